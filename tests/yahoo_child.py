"""In yahoo's child process a library that does as its symbol says: for tests of the way there and back."""

import os
import sys
import threading
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np

from engine.adapters.yahoo.answer import Answer
from engine.adapters.yahoo.child import main
from engine.errors import SourceError


class Actor:
    """A symbol is a part to play; closes are the process's number and its nice value, to tell processes apart."""

    def __init__(self, folder: Path, before_request: Callable[[], None], timeout: float) -> None:
        self.before = before_request
        self.together = threading.Barrier(2)

    def daily(self, symbol: str, start: date) -> Answer:
        parts: dict[str, Callable[[], object]] = {
            "DIES": lambda: os._exit(3),
            "HANGS": lambda: time.sleep(60),
            "MEETS": lambda: self.together.wait(30),
            "ASKS": self.before,
            "GARBLED": lambda: {}["Close"],
            "DOWN": self.down,
        }
        parts.get(symbol, lambda: None)()
        days = np.array([start, start], "datetime64[D]")
        return Answer(np.zeros(2), days, {"Close": np.array([os.getpid(), os.nice(0)], float)})

    def down(self) -> None:
        raise SourceError("Yahoo is down", received="DOWN", do="wait", fault="down")


if __name__ == "__main__":
    main(sys.argv[1:], Actor)
