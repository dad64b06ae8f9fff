"""A widget made of lines that sends only the cells that changed.

Textual sends again whatever is set again, changed or not; over SSH that is what costs. A `Painted` widget draws all of
its lines, compares them with those it drew before and refreshes the regions that differ: a tick that changes nothing
sends nothing.
"""

from functools import lru_cache
from itertools import groupby, repeat

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.filter import ANSIToTruecolor
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from engine.format import closed
from tui.cells import SINGLE, differing
from tui.spans import Spans
from tui.theme import colour


class Painted(Widget):
    """Draws `paint()`; call `repaint()` when what it shows may have changed."""

    GROUND = "ground"
    """The role of the ground it stands on."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._painted: list[Spans] = []
        self._strips: list[Strip] = []
        """These lines with their colours."""
        self._styles_by_role: dict[str, Style] = {}
        self._theme: str | None = None

    def paint(self, width: int, height: int) -> list[Spans]:
        """The lines to show in so many cells; missing ones are blank, long ones are cut."""
        raise NotImplementedError

    def repaint(self) -> None:
        """Draw, and refresh the regions that differ from what was drawn before."""
        before, strips = self._strips, self._draw()
        if not strips:
            return
        if not _same_size(before, strips):
            self.refresh()
            return
        regions = [
            Region(x, y, length, 1) for y, strip in enumerate(strips) for x, length in changed_cells(before[y], strip)
        ]
        if regions:
            self.refresh(*regions)

    def render_line(self, y: int) -> Strip:
        """A line as it was drawn; the first frame asks before the size was told, and is not left empty for that."""
        if not self._strips:
            self._draw()
        if y < len(self._strips):
            return self._strips[y]
        return Strip.blank(self.size.width, self._style("text"))

    def render_lines(self, crop: Region) -> list[Strip]:
        """So many lines as they were drawn: they have no border or padding to add, and true colours alone."""
        width, text = self.size.width, self._style("text")
        lines = [self.render_line(y).adjust_cell_length(width, text) for y in crop.line_range]
        strips = _with_less(self, lines)
        start, end = crop.column_span
        return strips if (start, end) == (0, width) else [strip.crop(start, end) for strip in strips]

    def on_resize(self) -> None:
        """Everything stands elsewhere now, unless it was drawn for this size already."""
        self.repaint()

    def notify_style_update(self) -> None:
        """In another theme the colours are read again; Textual calls this for much less than that."""
        super().notify_style_update()
        if self._theme != self.app.theme:
            self._theme = self.app.theme
            self._styles_by_role.clear()
            self._painted = []
            self.repaint()

    def _draw(self) -> list[Strip]:
        """The lines for the size it has, made anew where they differ from the last ones; none without one."""
        width, height = self.size
        lines = self.paint(width, height)[:height] if width and height else []
        lines += [[]] * (height - len(lines) if width else 0)
        before = self._painted if self._strips and self._strips[0].cell_length == width else []
        self._strips = [
            self._strips[y] if before[y : y + 1] == [spans] else self._strip(spans, width)
            for y, spans in enumerate(lines)
        ]
        self._painted = lines
        return self._strips

    def _strip(self, spans: Spans, width: int) -> Strip:
        segments: list[Segment] = []
        for style, alike in groupby(spans, key=lambda span: self._style(span[1])):
            if text := "".join(text if text.isascii() else closed(text) for text, _ in alike):
                segments.append(Segment(text, style))
        return Strip(segments).adjust_cell_length(width, self._style("text"))

    def _style(self, role: str) -> Style:
        if role not in self._styles_by_role:
            self._styles_by_role[role] = self._read_style(role)
        return self._styles_by_role[role]

    def _read_style(self, role: str) -> Style:
        ink, _, ground = role.partition("/")
        ink_role, *modes = ink.split()
        return Style(
            color=colour(self.app.current_theme, ink_role),
            bgcolor=colour(self.app.current_theme, ground or self.GROUND),
            bold="bold" in modes or None,
        )


class Blank(Widget):
    """A ground without border, padding or content; as a base it comes last, for style goes by the first one."""

    def render_lines(self, crop: Region) -> list[Strip]:
        """One line, so many times."""
        ground = Style(bgcolor=self.background_colors[1].rich_color)
        return _with_less(self, [Strip.blank(crop.width, ground)]) * crop.height


def _with_less(widget: Widget, strips: list[Strip]) -> list[Strip]:
    """The lines for a terminal with less; their colours are true ones already."""
    for each in widget.app.get_line_filters():
        if not isinstance(each, ANSIToTruecolor):
            strips = [strip.apply_filter(each, widget.background_colors[1]) for strip in strips]
    return strips


def _same_size(before: list[Strip], after: list[Strip]) -> bool:
    return bool(before) and len(before) == len(after) and before[0].cell_length == after[0].cell_length


def changed_cells(before: Strip, after: Strip) -> list[tuple[int, int]]:
    """Where two lines of the same length differ: (first cell, cells); near ones are joined."""
    if before == after:
        return []
    return [(start, end - start) for start, end in differing(_cells(before), _cells(after))]


_width = lru_cache(maxsize=2048)(cell_len)
"""Of one character: rich looks each up anew, and most of the time of a frame's comparison went there."""


def _cells(strip: Strip) -> list[tuple[str, Style | None]]:
    cells: list[tuple[str, Style | None]] = []
    for text, style, _ in strip:
        if SINGLE.issuperset(text):
            cells.extend(zip(text, repeat(style)))
            continue
        for character in text:
            taken = _width(character)
            if not taken and cells:
                cells[-1] = (cells[-1][0] + character, style)
            # the second half of a wide character differs whenever its first half does
            cells.extend([(character, style)] * taken)
    return cells
