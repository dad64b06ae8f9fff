"""The reference: one plain Keras model after another, as the how-to trains them, in a process of its own.

`python -m tests.benchmarks.keras_loop JOB.npz EPOCHS` says "ready" once Keras is there; then each line of members'
numbers on its input is answered with a line of JSON: seconds, processor seconds, and each one's MAE on its test rows.
"""

import json
import os
import sys
import time

import numpy as np

from engine.core.windows import windows

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")


def trained(keras, x, y, epochs):
    """The how-to's model after its epochs."""
    model = keras.Sequential(
        [
            keras.layers.Input(x.shape[1:]),
            keras.layers.LSTM(50, return_sequences=True),
            keras.layers.LSTM(50),
            keras.layers.Dense(1),
        ]
    )
    model.compile(optimizer="adam", loss="mse")
    model.fit(x, y, epochs=epochs, batch_size=32, verbose=0)
    return model


def main() -> None:
    """Train whom the input names."""
    import keras

    os.nice(10)  # as the trainer does
    job, epochs, length = np.load(sys.argv[1]), int(sys.argv[2]), 30
    print("ready", flush=True)
    for line in sys.stdin:
        began, used, models = time.perf_counter(), time.process_time(), []
        for member in map(int, line.split()):
            ends = job["train"][member, : job["rows_train"][member]]
            rows = windows(job["x"][member, :, 0], length)[..., None]
            models.append((member, trained(keras, rows[ends - length + 1], job["y"][member, ends], epochs)))
        said = {"seconds": time.perf_counter() - began, "cpu": time.process_time() - used, "mae": []}
        for member, model in models:
            tested = np.arange(job["val"][member].max() + 1, job["x"].shape[1] - 1)
            rows = windows(job["x"][member, :, 0], length)[..., None]
            guess = model.predict(rows[tested - length + 1], verbose=0)
            said["mae"].append(float(np.abs(guess - job["y"][member, tested]).mean()))
        print(json.dumps(said), flush=True)


if __name__ == "__main__":
    main()
