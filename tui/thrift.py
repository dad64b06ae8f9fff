"""Sends what changed on the screen in few bytes, and nothing twice.

Textual sends a widget's line from its left edge up to the end of a changed span, every piece of it with both of its
colours and a reset, and a screen that is opened or left several times over: on a terminal far away that is most of the
bytes. Here a cell is sent only if something else stands there, pieces of one colour are sent together, and a colour is
sent only when it differs from the one before. It leans on the compositor of the one release that pyproject.toml pins.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

from rich.cells import cell_len, split_graphemes
from rich.color import ColorSystem
from rich.console import Console
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.strip import SGR_STYLES, Strip

from tui.cells import SINGLE, differing

_RESET = "\x1b[0m"
Codes: TypeAlias = tuple[str, str, str]
"""The parameters of a style: its modes, its ground, its colour."""
Cell: TypeAlias = tuple[str, Codes]
"""What stands in a cell, and how; nothing in the second cell of a wide character."""


class Piece(NamedTuple):
    """Text in one style, and the cell it starts in."""

    codes: Codes
    y: int
    x: int
    text: str


class Shown:
    """What stands on a terminal, as far as it is known."""

    def __init__(self) -> None:
        self._lines: dict[int, list[Cell | None]] = {}

    def forget(self) -> None:
        """Something else may stand there now."""
        self._lines.clear()

    def news(self, pieces: Iterable[Piece]) -> Iterator[Piece]:
        """What differs of these pieces, which is there from now on."""
        for piece in pieces:
            codes, y, x, text = piece
            line = self._lines.setdefault(y, [])
            cells = list(map(_ink(codes).__getitem__, _cells(text)))
            end = x + len(cells)
            line.extend([None] * (end - len(line)))
            there = line[x:end]
            if there == cells:
                continue
            line[x:end] = cells
            if not any(there):
                yield piece
                continue
            for start, stop in _runs(there, cells):
                yield Piece(codes, y, x + start, "".join(cell[0] for cell in cells[start:stop]))


class Thrifty(CompositorUpdate):
    """An update of Textual's, written as what is new of it."""

    def __init__(self, update: LayoutUpdate | ChopsUpdate, shown: Shown) -> None:
        self._update = update
        self._shown = shown

    def render_segments(self, console: Console) -> str:
        """As terminal sequences."""
        colours = console._color_system or ColorSystem.TRUECOLOR
        update = self._update
        pieces = _of_layout(update, colours) if isinstance(update, LayoutUpdate) else _of_spans(update, colours)
        return written(self._shown.news(pieces))


def thrifty(drawn: object, shown: Shown) -> Any:
    """An update of Textual's as what is new of it; anything else as it is."""
    return Thrifty(drawn, shown) if isinstance(drawn, LayoutUpdate | ChopsUpdate) else drawn


def _of_layout(update: LayoutUpdate, colours: ColorSystem) -> Iterator[Piece]:
    """The whole screen, line by line."""
    for y, strips in enumerate(update.strips, update.region.y):
        yield from _pieces(strips, update.region.x, y, colours)


def _of_spans(update: ChopsUpdate, colours: ColorSystem) -> list[Piece]:
    """The parts of the widgets' lines that lie in a span, by line and colour."""
    return sorted(piece for span in update.spans for piece in _in_span(update, span, colours))


def _in_span(update: ChopsUpdate, span: tuple[int, int, int], colours: ColorSystem) -> Iterator[Piece]:
    y, x1, x2 = span
    for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
        if strip is not None and x < x2 and end > x1:
            start = max(x, x1)
            yield from _pieces([strip.crop(start - x, min(end, x2) - x)], start, y, colours)


def _cells(text: str) -> str | tuple[str, ...]:
    """What stands in each cell, marks with the character that bears them; nothing in a wide one's second cell."""
    return text if SINGLE.issuperset(text) else _wide_cells(text)


@lru_cache(maxsize=1024)
def _wide_cells(text: str) -> tuple[str, ...]:
    begun, cells = 0, []
    for _, end, width in split_graphemes(text)[0]:
        if width:
            cells += [text[begun:end], *[""] * (width - 1)]
            begun = end
    return tuple(cells)


class _Ink(dict[str, Cell]):
    """The cells of one style by what stands in them; each is made once, so that like ones are told by identity."""

    def __init__(self, codes: Codes) -> None:
        super().__init__()
        self._codes = codes

    def __missing__(self, text: str) -> Cell:
        modes, on, _ = self._codes
        # a blank shows its ground alone, whatever colour it has and however bold it is
        cell = (text, ("", on, "") if text == " " and modes in ("", "1") else self._codes)
        self[text] = cell
        return cell


_ink = lru_cache(maxsize=256)(_Ink)


def _runs(there: list[Cell | None], cells: list[Cell]) -> Iterator[tuple[int, int]]:
    """From where to where to send: what differs, with short gaps, and no half of a wide character."""
    for start, end in differing(there, cells):
        stop = end
        while stop < len(cells) and not cells[stop][0]:
            stop += 1
        yield start - (start > 0 and not cells[start][0]), stop


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
    return "".join(sent) + _RESET if sent else ""


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
