"""Key to paint: a real screen on a real engine of 100 tickers, at rest and while the real trainer trains the list.

An empty Textual app stands beside it, and is asked in turn.
"""

import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import cycle
from multiprocessing import get_context

from tests.benchmarks.frames import EmptyApp, FramedTerminal, Stroke, p50_p99
from tests.benchmarks.resting import TICKERS, prepared
from tests.benchmarks.screen import TRUECOLOR
from tests.benchmarks.table import Figure, rows, show

ROUNDS, BUDGET = 15, 50.0
_RARITY = re.compile(r" 1/\d+d ")
"""In a row that is scored."""
_MARK, _FRAME, _BRAILLE = "▌".encode(), "╭".encode(), b"\xe2\xa1"
STROKES = (
    *(Stroke("j", "j", _MARK),) * 3,
    Stroke("k", "k", _MARK),
    Stroke("PgDn", "\x1b[6~", _MARK),
    Stroke("PgUp", "\x1b[5~", _MARK),
    Stroke("G", "G", _MARK),
    Stroke("k", "k", _MARK),
    Stroke("g", "g", _MARK),
    *(Stroke("Tab", "\t", _FRAME),) * 3,
    Stroke("]", "]", b"1Y"),
    Stroke("[", "[", b"6M"),
    Stroke("2", "2", b"Detectors"),
    Stroke("c", "c", "█".encode()),
    Stroke("c", "c", _BRAILLE),
    Stroke("1", "1", b"Watchlist"),
    Stroke("/", "/", b"Enter keeps"),
    Stroke("Enter", "\r", b"help"),
    Stroke("?", "?", b"Marks"),
    Stroke("? again", "?", b"Watchlist"),
)
"""One round: a person walks through the list, the panes, the ranges, the screens."""


def _pauses() -> Iterator[float]:
    """Seconds between an answer and the next key: some keys meet the chart of the one before, some do not."""
    return cycle((0.02, 0.15, 0.05, 0.3, 0.09))


class Typist:
    """Presses all keys of some rounds, the empty app's in turn with them."""

    def __init__(self, ours: FramedTerminal, empty: EmptyApp) -> None:
        self._ours, self._empty = ours, empty

    def rounds(self, number: int) -> tuple[dict[str, list[float]], list[float]]:
        """Seconds by key, and the empty app's."""
        taken: dict[str, list[float]] = {}
        beside = []
        for _ in range(number):
            for stroke, pause in zip(STROKES, _pauses(), strict=False):
                taken.setdefault(stroke.name, []).append(self._ours.answer(stroke))
                self._ours.read_for(pause)
                beside.append(self._empty.takes())
        return taken, beside


def measure(folder: str) -> dict[str, tuple[dict[str, list[float]], list[float]]]:
    """At rest, then while the list is trained."""
    environment = {**TRUECOLOR, "WHIPSAW_HOME": f"{folder}/home"}
    command = [sys.executable, "-P", "-m", "tui", "--source", f"files:{folder}/files", "-w", "hundred"]
    with FramedTerminal(command, environment, folder=folder) as ours, EmptyApp() as empty:
        ours.until(lambda text: "idle" in text and bool(_RARITY.search(text)), seconds=180)
        ours.read_for(5.0)
        ours.press("g")
        ours.read_for(1.0)
        typist = Typist(ours, empty)
        typist.rounds(1)
        found = {"at rest": typist.rounds(ROUNDS)}
        ours.press("\x14")
        ours.shows("epoch", seconds=180)
        found["while training"] = typist.rounds(ROUNDS)
        assert "epoch" in ours.text, "the training was over before the last key"
        ours.press("Q")
        ours.ended()
    return found


def figures(what: str, taken: dict[str, list[float]], beside: list[float]) -> list[Figure]:
    """All keys together; the empty app's and the ratio to it."""
    every = [seconds for each in taken.values() for seconds in each]
    (half, most), (other_half, other_most) = p50_p99(every), p50_p99(beside)
    ratio = f"{half / other_half:.1f} x, {most / other_most:.1f} x"
    return [
        Figure(f"{what}: key to painted frame, p50 of {len(every)} keys", f"{half:.0f} ms", "", None),
        Figure(f"{what}: the same, p99", f"{most:.0f} ms", f"{BUDGET:.0f} ms", most <= BUDGET),
        Figure("an empty app's meanwhile, p50, p99", f"{other_half:.0f} ms, {other_most:.0f} ms", "", None),
        Figure("the one against the other", ratio, "", None),
    ]


def by_key(found: dict[str, tuple[dict[str, list[float]], list[float]]]) -> list[list[str]]:
    """A row a key: median and worst of each state."""
    names = next(iter(found.values()))[0]
    states = [taken for taken, _ in found.values()]
    return [
        [f"`{name}`", *(f"{1000 * statistics.median(s[name]):.0f} / {1000 * max(s[name]):.0f}" for s in states)]
        for name in names
    ]


def main() -> None:
    """All of it."""
    with tempfile.TemporaryDirectory() as folder:
        work = get_context("spawn").Process(target=prepared, args=(folder,))
        work.start()
        work.join()
        assert work.exitcode == 0
        try:
            found = measure(folder)
        finally:
            stop = [sys.executable, "-P", "-m", "tui", "engine", "stop", "--home", f"{folder}/home"]
            subprocess.run(stop, capture_output=True, check=False)
    told = [figure for what, (taken, beside) in found.items() for figure in figures(what, taken, beside)]
    show(f"Keys, {TICKERS} tickers, 120x40", told)
    rows("ms to the painted frame, median / worst", ["key", *found], by_key(found))


if __name__ == "__main__":
    main()
