"""The line at the bottom: the keys, as many as fit."""

from tui.keymap import Key, Keymap, Place, footer, shown
from tui.pane import Standing
from tui.spans import Spans, cells
from tui.state import State

_OTHER = {"(1)": "(-1)", "(-1)": "(1)"}
"""The end of the id of what does the opposite."""


class KeyBar(Standing):
    """Made from the keymap; what does not fit is still in the help.

    Hints that were followed give way when its screen is opened: nothing moves while it is looked at.
    """

    GROUND = "bar"

    def __init__(self, place: Place, keys: Keymap) -> None:
        super().__init__(id="keys")
        self._place, self._all = place, keys
        self._keys = footer(place, keys)

    def opened(self, state: State) -> None:
        """The hints that were not followed yet come first."""
        keys = footer(self._place, self._all, state.used)
        if keys != self._keys:
            self._keys = keys
            self.repaint()

    def paint(self, width: int, height: int) -> list[Spans]:
        """The keys that fit, the most needed first."""
        line: Spans = [(" ", "text")]
        for key in self._keys:
            piece: Spans = [(self._both(key), "key bold"), (f" {key.short}  ", "dim")]
            if cells(line) + cells(piece) - 1 > width:
                break
            line += piece
        return [line]

    def _both(self, key: Key) -> str:
        """The key, and beside it the one that does the opposite."""
        end = key.id.removeprefix(key.hint)
        return f"{key.shown} {shown(key.hint + _OTHER[end], self._all)}" if end else key.shown
