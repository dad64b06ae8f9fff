"""A list of 500 tickers: a page further, or back, to the painted frame; of the whole list and of a filtered one.

An empty Textual app stands beside it, and is asked in turn; processor time beside the clock's is what a free machine
would need.
"""

import os
import sys
import tempfile
from itertools import cycle, islice
from pathlib import Path

from tests.benchmarks.frames import EmptyApp, FramedTerminal, Stroke, p50_p99
from tests.benchmarks.screen import TRUECOLOR, fed
from tests.benchmarks.table import Figure, show

TICKERS, PAGES, BUDGET = 500, 200, 30.0
SIZES = ((120, 40), (200, 60))
FILTER = "mom > 0 and not chg > 1"
_BLOCKS = "▁".encode()[:2]
"""What the marks of a sparkline, and the one of the selected row, begin with."""
_THERE = 4
"""Pages in one direction before they go back: the filtered list has no more."""


def strokes() -> list[Stroke]:
    """So many pages down and up again; each new row has a sparkline of its own."""
    down, up = Stroke("a page down", "\x1b[6~", _BLOCKS), Stroke("a page up", "\x1b[5~", _BLOCKS)
    return list(islice(cycle([down] * _THERE + [up] * _THERE), PAGES))


def figures(columns: int, rows: int) -> list[Figure]:
    """Of one size of the terminal: the list as it opens, then filtered."""
    told = []
    with tempfile.TemporaryDirectory() as folder, fed(folder, TICKERS):
        environment = {**TRUECOLOR, "WHIPSAW_HOME": folder}
        command = [sys.executable, "-P", "-m", "tui"]
        with FramedTerminal(command, environment, columns, rows, folder) as ours, EmptyApp() as empty:
            ours.shows("TK05")
            ours.read_for(1.0)
            for what, typed in (("", ""), (f", filtered by {FILTER}", f"/{FILTER}\r")):
                for key in typed:
                    ours.press(key)
                    ours.read_for(0.1)
                told += _measured(f"{columns}x{rows}, {TICKERS} tickers{what}", ours, empty)
    return told


def _measured(what: str, ours: FramedTerminal, empty: EmptyApp) -> list[Figure]:
    ours.press("g")
    ours.read_for(0.5)
    taken, beside, before, worked = [], [], len(ours.raw), _worked(ours.pid)
    for stroke in strokes():
        taken.append(ours.answer(stroke))
        ours.read_for(0.02)
        beside.append(empty.takes())
    (half, most), (other_half, other_most) = p50_p99(taken), p50_p99(beside)
    own, sent = 1000 * (_worked(ours.pid) - worked) / PAGES, (len(ours.raw) - before) / PAGES
    value = f"{half:.1f} ms (p99 {most:.1f} ms; {own:.0f} ms of the processor, {sent:,.0f} bytes)"
    empty_value = f"{half / other_half:.1f} x ({other_half:.1f} ms, p99 {other_most:.1f} ms)"
    return [
        Figure(f"{what}: a page to the painted frame, median of {PAGES}", value, f"{BUDGET:.0f} ms", half <= BUDGET),
        Figure("the same against an empty app's key meanwhile", empty_value, "", None),
    ]


def _worked(pid: int) -> float:
    """Seconds of processor time of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """All of it."""
    show("Scrolling a long list", [figure for size in SIZES for figure in figures(*size)])


if __name__ == "__main__":
    main()
