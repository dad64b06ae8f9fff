"""Lines in braille dots, several in one grid.

plotext draws one line at a time: 252 closes take it 7 ms at 76 x 28 cells and 15 ms at 130 x 44, where this takes 1.1
and 1.8 ms (medians of one run). The chart of the Symbol screen has up to nine lines, and is drawn for every bar its
cursor moves.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from tui.canvas import Grid

_BITS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
Point = tuple[int, int]
"""A dot: two to a cell across, four down."""
_MOST = 4
"""Points of one column that thinning leaves."""


class Dots:
    """A sheet of so many cells; of two lines that share a cell the later one gives it its role."""

    def __init__(self, room: int, rows: int) -> None:
        self._room, self._rows = room, rows
        self._masks = [[0] * room for _ in range(rows)]
        self._roles = [["text"] * room for _ in range(rows)]

    def line(self, points: Sequence[Point | None], role: str, *, every: int = 1) -> None:
        """Straight strokes from point to point, broken where there is none; dotted if only `every` so many are set."""
        before: Point | None = None
        for point in thinned(points):
            if point is not None:
                self._set(_stroke(before or point, point), role, every)
            before = point

    def bar(self, x: int, top: int, bottom: int, role: str) -> None:
        """A stroke straight down."""
        self._set(((x, y) for y in range(min(top, bottom), max(top, bottom) + 1)), role, 1)

    def grid(self) -> Grid:
        """What was drawn, a blank where nothing was."""
        return [
            [(chr(0x2800 + mask) if mask else " ", role) for mask, role in zip(masks, roles, strict=True)]
            for masks, roles in zip(self._masks, self._roles, strict=True)
        ]

    def _set(self, dots: Iterable[Point], role: str, every: int) -> None:
        for x, y in dots:
            if x % every == 0 and 0 <= x < 2 * self._room and 0 <= y < 4 * self._rows:
                self._masks[y // 4][x // 2] |= _BITS[x % 2][y % 4]
                self._roles[y // 4][x // 2] = role


def thinned(points: Iterable[Point | None]) -> Iterator[Point | None]:
    """The points whose strokes are the same as those of all: of many in one column first, lowest, highest and last."""
    for place, group in groupby(points, key=lambda point: None if point is None else point[0]):
        column = [point for point in group if point is not None]
        if place is None:
            yield None
        elif len(column) <= _MOST:
            yield from column
        else:
            yield from (column[0], min(column), max(column), column[-1])


def _stroke(start: Point, end: Point) -> Iterable[Point]:
    across, down = end[0] - start[0], end[1] - start[1]
    steps = max(abs(across), abs(down), 1)
    return (
        (start[0] + round(across * step / steps), start[1] + round(down * step / steps)) for step in range(steps + 1)
    )
