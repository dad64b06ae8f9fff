"""Read jobs from standard input, train, and say what happens on standard output: a line of JSON each.

    in   {"kind": "fit", "input": "job.npz", "output": "result.npz", "hyper": {...}}
         {"kind": "garch", "input": "returns.npz", "output": "models.npz"}
         {"kind": "tune", "input": "job.npz", "output": "result.npz", "hyper": {...}, "study": {...}}
    out  {"event": "ready"}                        once, when TensorFlow is there
         {"event": "epoch", "epoch": 1, "epochs": 10, "loss": [...], "val_loss": [...]}
         {"event": "trial", "number": 1, "trials": 30, "state": "done", "value": 0.1, "best": 0.1, "hyper": {...}}
         {"event": "words", "words": "..."}        for whoever waits
         {"event": "done"}                         the output file is whole
         {"event": "failed", "kind": "data", "message": "...", "received": ..., "do": ...}

Whatever else is written to standard output goes to standard error. The end of standard input, by the engine's wish or
its death, ends this process at once, in the midst of anything.
"""

import contextlib
import json
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, TextIO

import numpy as np

from engine.core.evaluation import garch_fit
from engine.core.fitting import Epoch, FitJob, Fitted
from engine.core.tuning import Study, Trial
from engine.errors import EngineError, TrainingError

NICE = 10

Say = Callable[[dict[str, Any]], None]
Train = Callable[[FitJob, Callable[[Epoch], None]], Fitted]


def main() -> None:
    """Serve jobs until standard input ends."""
    _step_back()
    say = _speaker(_own_output())
    jobs: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(sys.stdin.buffer, jobs), daemon=True).start()
    train = _start_tensorflow()
    say({"event": "ready"})
    while True:
        say(_answer(jobs.get(), train, say))


def _step_back() -> None:
    """Let the engine and the screens have the processor, and the out-of-memory killer choose this process first."""
    os.nice(NICE)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the engine's to hear; it then ends the input
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("500")


def _own_output() -> TextIO:
    """Standard output for the events alone: what libraries print goes to standard error from now on."""
    private = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return os.fdopen(private, "w", encoding="utf-8")


def _speaker(output: TextIO) -> Say:
    def say(event: dict[str, Any]) -> None:
        output.write(json.dumps(event, allow_nan=False) + "\n")
        output.flush()

    return say


def _read(source: BinaryIO, jobs: "queue.SimpleQueue[bytes]") -> None:
    """Hand over lines until there are no more, then leave: a thread can, while the main one is deep in TensorFlow."""
    for line in source:
        jobs.put(line)
    os._exit(0)


def _start_tensorflow() -> Train:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")  # its sums differ from processor to processor
    from engine.training.bank import configure, train  # noqa: PLC0415  (seconds, which the engine is told of)

    configure()
    return train


def _answer(line: bytes, train: Train, say: Say) -> dict[str, Any]:
    """Do one job; what is to be said of its end."""
    try:
        request = json.loads(line)
        with np.load(request["input"], allow_pickle=False) as arrays:
            given = dict(arrays)
        np.savez(request["output"], **_result(request, given, train, say))
    except EngineError as error:
        return _failed(error)
    except MemoryError:
        return _failed(TrainingError("Not enough memory to train", do="Train fewer tickers or shorter histories"))
    except OSError as error:
        return _failed(TrainingError(f"The trainer cannot use its working files: {error}"))
    return {"event": "done"}


def _result(request: dict[str, Any], given: dict[str, Any], train: Train, say: Say) -> dict[str, Any]:
    if request["kind"] == "garch":
        return garch_fit.fitted(given)

    def tell(news: str | Epoch | Trial) -> None:
        say(_event(news))

    job = FitJob.from_arrays(given, request["hyper"])
    if request["kind"] == "fit":
        return train(job, tell).to_arrays()
    from engine.training.tune import tune  # noqa: PLC0415  (Optuna is for those who tune)

    return tune(job, Study.from_header(request["study"]), train, tell).to_arrays()


def _event(news: str | Epoch | Trial) -> dict[str, Any]:
    if isinstance(news, str):
        return {"event": "words", "words": news}
    return {"event": "epoch" if isinstance(news, Epoch) else "trial", **news.to_header()}


def _failed(error: EngineError) -> dict[str, Any]:
    return {
        "event": "failed",
        "kind": error.kind,
        "message": error.message,
        "received": error.received,
        "do": error.do,
    }


if __name__ == "__main__":
    main()
