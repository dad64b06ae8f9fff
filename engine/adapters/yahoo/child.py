"""`python -m engine.adapters.yahoo.child FOLDER TIMEOUT LINE...`: yfinance at work for an engine; see process.py.

Each LINE is the descriptor of a socket that the engine holds the other end of. The process leaves when its standard
input ends, so that it cannot outlive the engine.
"""

import contextlib
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from engine.adapters.yahoo.faults import fault_of
from engine.adapters.yahoo.library import Library, YFinance
from engine.adapters.yahoo.process import Word
from engine.errors import EngineError

NICE = 5
"""What is fetched can wait a little where the screen cannot; a training can wait longer still."""


def main(arguments: Sequence[str], library: Callable[[Path, Callable[[], None], float], Library] = YFinance) -> None:
    """Serve the lines until standard input ends."""
    folder, timeout, *lines = arguments
    os.nice(NICE)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the engine's to hear; it then ends this process
    here = threading.local()
    asked = library(Path(folder), lambda: _may(here.line), float(timeout))
    for line in lines:
        threading.Thread(target=_serve, args=(Connection(int(line)), asked, here), daemon=True).start()
    sys.stdin.buffer.read()
    os._exit(0)  # requests under way are left to themselves


def _serve(line: "Connection[Any, Any]", library: Library, here: threading.local) -> None:
    """Answer the questions of one line until the engine lets go of it."""
    here.line = line
    with contextlib.suppress(EOFError, OSError):
        while True:
            what, given = line.recv()
            line.send(_answered(library, what, given))


def _answered(library: Library, what: str, given: tuple[Any, ...]) -> Word:
    """The answer, or any exception as one of our own."""
    try:
        return "gave", getattr(library, what)(*given)
    except EngineError as error:
        return "failed", (error, "")
    except Exception as error:  # noqa: BLE001 - handed to whoever asked
        return "failed", (fault_of(str(given[0]), error), traceback.format_exc())


def _may(line: "Connection[Any, Any]") -> None:
    """Wait until the engine lets a request through. Raises SourceError where it does not."""
    line.send(("may", None))
    if refusal := line.recv():
        raise refusal


if __name__ == "__main__":
    main(sys.argv[1:])
