"""The reference: Keras's own `predict`, a window a call, of a network like the pooled one, in a process of its own.

`python -m tests.benchmarks.keras_predict INPUTS OUTPUTS` says "ready" once the network is built and has been called
once; then each number of calls on its input is answered with the seconds and processor seconds they took, as JSON.
"""

import json
import os
import sys
import time

import numpy as np

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")


def main() -> None:
    """Call as often as the input says."""
    import keras

    window, inputs, outputs = 30, int(sys.argv[1]), int(sys.argv[2])
    model = keras.Sequential(
        [
            keras.layers.Input((window, inputs)),
            keras.layers.LSTM(50, return_sequences=True),
            keras.layers.LSTM(50),
            keras.layers.Dense(outputs),
        ]
    )
    windows = np.random.default_rng(0).normal(size=(500, 1, window, inputs)).astype(np.float32)
    model.predict(windows[0], verbose=0)
    print("ready", flush=True)
    for line in sys.stdin:
        began, used = time.perf_counter(), time.process_time()
        for each in windows[: int(line)]:
            model.predict(each, verbose=0)
        print(json.dumps([time.perf_counter() - began, time.process_time() - used]), flush=True)


if __name__ == "__main__":
    main()
