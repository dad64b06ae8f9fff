"""The line at the bottom: the keys, as many as fit."""

from tui.keymap import Keymap, Place, footer
from tui.paint import Painted
from tui.spans import Spans, cells

_TOGETHER = {"[": "[ ]", "h": "h l", "+": "+ -", "<": "< >"}


class KeyBar(Painted):
    """Made from the keymap; what does not fit is still in the help."""

    GROUND = "bar"

    def __init__(self, place: Place, keys: Keymap) -> None:
        super().__init__(id="keys")
        self._keys = footer(place, keys)

    def paint(self, width: int, height: int) -> list[Spans]:
        """The keys that fit, the most needed first."""
        line: Spans = [(" ", "text")]
        for key in self._keys:
            piece: Spans = [(_TOGETHER.get(key.shown, key.shown), "key bold"), (f" {key.short}  ", "dim")]
            if cells(line) + cells(piece) - 1 > width:
                break
            line += piece
        return [line]
