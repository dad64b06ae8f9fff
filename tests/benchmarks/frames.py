"""A terminal that is told where each frame ends, as those are told that draw a frame at once (DEC mode 2026)."""

import statistics
import sys
import time
from typing import NamedTuple, Self

from tests.terminal import Terminal

_ASKED, _YES = b"\x1b[?2026$p", "\x1b[?2026;2$y"
_END = b"\x1b[?2026l"


class Stroke(NamedTuple):
    """A key, and bytes that are in the frame which answers it and in none that comes by itself."""

    name: str
    keys: str
    words: bytes


class FramedTerminal(Terminal):
    """Says that it draws whole frames, and so sees their ends."""

    _told = False

    def answer(self, stroke: Stroke, seconds: float = 10.0) -> float:
        """Press a key; gives the seconds from then to the end of the frame that answers it."""
        self.read_for(0)
        before, began = len(self.raw), time.perf_counter()
        self.press(stroke.keys)
        for _ in self._reading(seconds):
            found = self.raw.find(stroke.words, before)
            if found >= 0 and self.raw.find(_END, found) >= 0:
                return time.perf_counter() - began
        raise AssertionError(f"{stroke.name} was not answered; the screen is\n{self.text}")

    def _take(self) -> bool:
        came = super()._take()
        if not self._told and _ASKED in self.raw:
            self._told = True
            self.press(_YES)
        return came


def p50_p99(seconds: list[float]) -> tuple[float, float]:
    """In milliseconds."""
    cuts = statistics.quantiles([1000 * each for each in seconds], n=100, method="inclusive")
    return cuts[49], cuts[98]


_BESIDE = """
from textual.app import App
from textual.widgets import Static
class Beside(App):
    pressed = 0
    def compose(self):
        yield Static("ready")
    def on_key(self):
        self.pressed += 1
        self.query_one(Static).update(f"pressed {self.pressed} times")
Beside().run()
"""


class EmptyApp(FramedTerminal):
    """A Textual app that writes a line at each key: what it takes is the machine's and Textual's own."""

    def __init__(self) -> None:
        super().__init__([sys.executable, "-P", "-c", _BESIDE], {"COLORTERM": "truecolor"})
        self._pressed = 0

    def __enter__(self) -> Self:
        self.shows("ready")
        return super().__enter__()

    def takes(self) -> float:
        """Seconds from a key to its frame."""
        self._pressed += 1
        return self.answer(Stroke("a key", "x", f"pressed {self._pressed} ".encode()))
