"""The screen for terminals that have less: without a colour, or without a glyph beyond ASCII.

Both work on what the widgets have drawn, so that none of them needs to know.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Final

from rich.color_triplet import ColorTriplet
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from textual.theme import Theme

from tui.theme import colour

_PAIRS: Final = (
    "…~ −- –- ·. •* ●* ○o ◐o ◷@ ◦. ▌> █# ▲^ ▼v △/ ▽\\ ◆* ◇o ▾v ▴^ ▸> ▶> ≈~ ✓+ ‹< ›> σs ×x ↓v ↑^ ⇧^ "
    "─- ┄- ╌- ┈. ╷. ╵' ╻| ╹| ╽| ╿| ━= │| ┃| ╭+ ╮+ ╰+ ╯+ ┤+ ▁_ ▂_ ▃. ▄- ▅- ▆= ▇= ░: ▒%"
)
_SHADES: Final = {"band90": "░", "band50": "▒"}
"""What the tones of a forecast are drawn with where there is no colour."""
_ROLES: Final = ("selected", "dim", *_SHADES)


def _braille(dots: int) -> str:
    """A cell of a line by where its dots stand: above, below, or both."""
    above, below = dots & 0b00011011, dots & 0b11100100
    return ":" if above and below else "'" if above else "." if below else " "


ASCII: Final = str.maketrans(
    {"▀": " "}
    | {pair[0]: pair[1] for pair in _PAIRS.split()}
    | {chr(0x2800 + dots): _braille(dots) for dots in range(256)}
)
"""One character for one of one cell, so that nothing moves; what people have written stays theirs."""


class AsciiAlone(LineFilter):
    """Glyphs in ASCII."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments in characters that every terminal has."""
        return [Segment(text.translate(ASCII), style, control) for text, style, control in segments]


class NoColour(LineFilter):
    """No colour at all: the selected row is reversed, what is secondary is dim, a forecast's tones are shades."""

    def __init__(self, theme: Callable[[], Theme]) -> None:
        """`theme` gives the theme in force."""
        super().__init__()
        self._theme = theme

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments with modes and shades in place of colours."""
        theme = self._theme()
        colours = tuple(colour(theme, role) for role in _ROLES)
        return [_without_colour(segment, colours) for segment in segments]


def filters(theme: Callable[[], Theme], *, colour: bool, glyphs: bool) -> list[LineFilter]:
    """What a terminal needs that lacks colours, or glyphs."""
    return [*(() if colour else (NoColour(theme),)), *(() if glyphs else (AsciiAlone(),))]


@lru_cache(maxsize=2048)
def _without_colour(segment: Segment, colours: tuple[str, ...]) -> Segment:
    """A segment in modes and shades; `colours` are those of _ROLES, in their order."""
    text, style, control = segment
    if style is None:
        return segment
    triplets = dict(zip(_ROLES, (_triplet(one) for one in colours), strict=True))
    seen = [each.triplet for each in (style.bgcolor, style.color) if each]
    selected = triplets["selected"] in seen[:1] and style.bgcolor is not None
    dim = style.color is not None and style.color.triplet == triplets["dim"]
    shades = [shade for role, shade in _SHADES.items() if triplets[role] in seen]
    modes = Style(
        bold=style.bold,
        underline=style.underline,
        reverse=style.reverse or selected or None,
        dim=(dim and not selected) or None,
    )
    return Segment(shades[-1] * len(text) if shades and not text.strip(" ▀") else text, modes, control)


def _triplet(text: str) -> ColorTriplet | None:
    return Color.parse(text).rich_color.triplet
