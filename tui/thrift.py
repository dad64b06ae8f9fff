"""Sends what changed on the screen in few bytes.

Textual sends a widget's line from its left edge up to the end of a changed span, and every piece of it with both of its
colours and a reset: over SSH that is most of the bytes. Here a span starts where it starts, pieces of one colour are
sent together, and a colour is sent only when it differs from the one before. It leans on the compositor of the one
release that pyproject.toml pins.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from rich.cells import cell_len
from rich.color import ColorSystem
from rich.console import Console
from rich.style import Style
from textual._compositor import ChopsUpdate, Compositor, LayoutUpdate
from textual.strip import SGR_STYLES, Strip

_RESET = "\x1b[0m"
Codes: TypeAlias = tuple[str, str, str]
"""The parameters of a style: its modes, its ground, its colour."""


class Piece(NamedTuple):
    """Text in one style, and the cell it starts in."""

    codes: Codes
    y: int
    x: int
    text: str


class ThriftyCompositor(Compositor):
    """Textual's own, but for how updates are written."""

    def render_full_update(self, simplify: bool = False) -> LayoutUpdate:
        """The whole screen."""
        update = super().render_full_update(simplify)
        return ThriftyLayout(update.strips, update.region)

    def render_partial_update(self) -> ChopsUpdate | None:
        """The changed spans."""
        update = super().render_partial_update()
        return update and ThriftySpans(update.chops, update.spans, update.chop_ends)


class ThriftyLayout(LayoutUpdate):
    """The whole screen, line by line."""

    def render_segments(self, console: Console) -> str:
        """As terminal sequences."""
        colours = console._color_system or ColorSystem.TRUECOLOR
        lines = enumerate(self.strips, self.region.y)
        return written(piece for y, strips in lines for piece in _pieces(strips, self.region.x, y, colours))


class ThriftySpans(ChopsUpdate):
    """Changed spans, colour by colour."""

    def render_segments(self, console: Console) -> str:
        """As terminal sequences."""
        colours = console._color_system or ColorSystem.TRUECOLOR
        return written(sorted(piece for span in self.spans for piece in self._pieces(span, colours)))

    def _pieces(self, span: tuple[int, int, int], colours: ColorSystem) -> Iterator[Piece]:
        """The parts of a line's widgets that lie in a span."""
        y, x1, x2 = span
        for end, (x, strip) in zip(self.chop_ends[y], self.chops[y].items(), strict=False):
            if strip is not None and x < x2 and end > x1:
                start = max(x, x1)
                yield from _pieces([strip.crop(start - x, min(end, x2) - x)], start, y, colours)


def written(pieces: Iterable[Piece]) -> str:
    """The pieces as terminal sequences: the cursor is moved where one does not follow the last, colours when new."""
    sent: list[str] = []
    place: tuple[int, int] | None = None
    now: Codes | None = None
    for codes, y, x, text in pieces:
        if place != (y, x):
            sent.append(f"\x1b[{x + 1}G" if place and place[0] == y else f"\x1b[{y + 1};{x + 1}H")
        if now != codes:
            sent.append(_change(now, codes))
        sent.append(text)
        place, now = (y, x + cell_len(text)), codes
    return "".join(sent) + _RESET


def _change(before: Codes | None, after: Codes) -> str:
    """From one style to another: what differs, or all of it where something has to be switched off."""
    if before is None or before[0] != after[0] or "" in after[1:]:
        return f"\x1b[{';'.join(filter(None, ('0', *after)))}m"
    return f"\x1b[{';'.join(new for old, new in zip(before[1:], after[1:], strict=True) if old != new)}m"


def _pieces(strips: Iterable[Strip], x: int, y: int, colours: ColorSystem) -> Iterator[Piece]:
    """Segments as pieces; blanks join what stands before them on the same ground, for they have no colour to see."""
    last: Piece | None = None
    for text, style, control in (segment for strip in strips for segment in strip):
        if control or not text:
            continue
        codes = _codes(style or Style.null(), colours)
        if last and (codes == last.codes or _blank_like(text, codes, last.codes)):
            last = last._replace(text=last.text + text)
        else:
            if last:
                yield last
            last = Piece(codes, y, x, text)
        x += cell_len(text)
    if last:
        yield last


def _blank_like(text: str, codes: Codes, before: Codes) -> bool:
    return not text.strip(" ") and codes[0] in ("", "1") and before[0] in ("", "1") and codes[1] == before[1]


@lru_cache(maxsize=1024)
def _codes(style: Style, colours: ColorSystem) -> Codes:
    attributes = style._attributes & style._set_attributes
    modes = ";".join(code for bit, code in enumerate(SGR_STYLES) if attributes & (1 << bit))
    ground = style.bgcolor.downgrade(colours).get_ansi_codes(foreground=False) if style.bgcolor else ()
    colour = style.color.downgrade(colours).get_ansi_codes() if style.color else ()
    return modes, ";".join(ground), ";".join(colour)
