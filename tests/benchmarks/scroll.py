"""A page of a list of 500 tickers: from the key to its last byte, of the whole list and of a filtered one."""

import os
import select
import statistics
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.screen import TRUECOLOR, fed
from tests.benchmarks.table import Figure, show
from tests.terminal import Terminal

TICKERS = 500
PAGES = 12
BUDGET = 0.030
QUIET = 0.012
"""Seconds without a byte after which a frame is over."""
PAGE_DOWN, PAGE_UP = "\x1b[6~", "\x1b[5~"


def painted(terminal: Terminal, keys: str) -> float:
    """Seconds from a key to the last byte of the frame that it brings."""
    began = last = time.monotonic()
    terminal.press(keys)
    wait = 1.0
    while select.select([terminal._end], [], [], wait)[0]:
        os.read(terminal._end, 65_536)
        last, wait = time.monotonic(), QUIET
    return last - began


def pages(terminal: Terminal) -> list[float]:
    """A page down, so many times, and up again; the chart that follows a selection is let come."""
    taken = []
    for key in (PAGE_DOWN,) * PAGES + (PAGE_UP,) * PAGES:
        taken.append(painted(terminal, key))
        terminal.read_for(0.3)
    return taken


def measure() -> list[Figure]:
    """The list as it opens, and a half of it by an expression; beside the time what a free processor would need."""
    figures = []
    with tempfile.TemporaryDirectory() as folder, fed(folder, TICKERS):
        command = [sys.executable, "-P", "-m", "tui"]
        with Terminal(command, {**TRUECOLOR, "WHIPSAW_HOME": folder}, folder=folder) as terminal:
            terminal.shows("TK05")
            terminal.read_for(2.0)
            for what, keys in (
                ("as it opens", ""),
                ("filtered: mom > 0 and not chg > 1", "/mom > 0 and not chg > 1\r"),
            ):
                for key in keys:
                    terminal.press(key)
                    terminal.read_for(0.1)
                terminal.read_for(0.5)
                before = _worked(terminal.pid)
                taken = pages(terminal)
                figures += [_figure(what, taken), _own(what, (_worked(terminal.pid) - before) / len(taken))]
    return figures


def _worked(pid: int) -> float:
    """Seconds of processor time of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _own(what: str, seconds: float) -> Figure:
    return Figure(f"the screen's processor time of it, {what}", f"{1000 * seconds:.0f} ms", "", None)


def _figure(what: str, taken: list[float]) -> Figure:
    slowest, usual = max(taken), statistics.median(taken)
    value = f"{1000 * usual:.0f} ms (slowest of {len(taken)}: {1000 * slowest:.0f} ms)"
    return Figure(f"a page of {TICKERS} tickers, key to last byte, {what}", value, "30 ms", usual <= BUDGET)


def main() -> None:
    """All of it."""
    show("Scrolling a long list", measure())


if __name__ == "__main__":
    main()
