"""What charts are drawn with: a scale of values to rows, lines in braille, round figures for an axis."""

import math
import re
from collections.abc import Sequence

from msgspec import Struct

from engine.format import number
from tui.spans import Spans

Cells = list[tuple[str, str]]
"""One line of a chart, a cell each: a character and its role."""

Grid = list[Cells]

_ANSI = re.compile(r"\x1b\[[0-9;]*m")


class Scale(Struct, frozen=True):
    """Values to rows, the highest value in row 0."""

    low: float
    high: float
    rows: int

    def at(self, value: float, *, parts: int = 1) -> int:
        """The row of a value, counted in so many parts of a row; on the dot that braille would set, four to a row."""
        last = self.rows * 4 - 1
        dot = round((self.high - value) / (self.high - self.low) * last)
        return max(0, min(last, dot)) * parts // 4


def braille(values: Sequence[float], scale: Scale, room: int, role: str = "line") -> Grid:
    """A line in braille dots, two to a cell: more values than dots are drawn by the last of each dot's."""
    from textual_plotext.plot import Plot  # noqa: PLC0415 (plotext is not needed for the first paint)

    dots = min(len(values), room * 2)
    points = [values[(index + 1) * len(values) // dots - 1] for index in range(dots)]
    plot = Plot()
    plot.plotsize(room, scale.rows)
    plot._set_size(room, scale.rows)  # without it a plot keeps the size of the terminal, as in PlotextPlot.render
    plot.frame(False)
    plot.xticks([])
    plot.yticks([])
    plot.ylim(scale.low, scale.high)
    plot.plot(list(range(dots)), points, marker="braille")
    lines = _ANSI.sub("", plot.build()).split("\n")
    return [[(character, role) for character in line.ljust(room)[:room]] for line in lines[: scale.rows]]


def column_of(index: int, count: int, room: int) -> int:
    """The cell in which value `index` of `count` is drawn."""
    return round(index / max(count - 1, 1) * (room - 1))


def ticks(scale: Scale, apart: float = 3) -> list[tuple[float, str]]:
    """Round values, one in so many rows or, where those are not round, in up to twice as many."""
    rough = (scale.high - scale.low) / max(scale.rows / apart, 1)
    power = 10 ** math.floor(math.log10(rough))
    factor = next(factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough)
    step = power * factor
    decimals = max(0, (factor == 2.5) - math.floor(math.log10(step) + 1e-9))
    first = math.ceil(scale.low / step)
    count = math.floor(scale.high / step) - first + 1
    return [((first + index) * step, number((first + index) * step, decimals)) for index in range(count)]


def axis_line(label: tuple[str, str] | None, cells: int) -> Spans:
    """One row of an axis whose words take so many cells: a figure with its role, or nothing."""
    if label is None:
        return [(" " * (cells + 4), "text")]
    text, role = label
    return [(" ┤", "frame"), (f" {text:>{cells}} ", role)]


def runs(cells: Cells) -> Spans:
    """Cells of one role joined."""
    spans: Spans = []
    for character, role in cells:
        if spans and spans[-1][1] == role:
            spans[-1] = (spans[-1][0] + character, role)
        else:
            spans.append((character, role))
    return spans
