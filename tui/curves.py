"""Charts of a model: its loss by epoch, and what it forecast against what came. Nothing here knows a widget."""

from collections.abc import Sequence

from engine.format import width
from engine.protocol import ModelPlot
from tui.canvas import Grid, Scale, axis_line, braille, column_of, runs, ticks
from tui.spans import Spans

TRAINED, WATCHED, CAME, FORECAST = "line", "watch", "text", "line"
"""Roles of the curves: loss on training and on validation rows; what came, and what was forecast."""

_BLANK = "\u2800"


def losses(trained: Sequence[float], watched: Sequence[float | None], columns: int, rows: int) -> list[Spans]:
    """Both losses by epoch, the first at the left; nothing with fewer than two epochs, or too little room."""
    seen = [loss for loss in watched if loss is not None]
    values = [*trained, *seen]
    plot_rows = rows - 1
    if len(trained) < 2 or plot_rows < 3:
        return []
    scale = _scale(min(values), max(values), plot_rows)
    axis = _axis(scale, [(value, text, "dim") for value, text in ticks(scale)])
    room = columns - max(sum(width(text) for text, _ in line) for line in axis)
    if room < 8:
        return []
    grid = braille(_stretched(trained, room), scale, room, TRAINED)
    if len(seen) == len(trained):
        grid = _over(grid, braille(_stretched(seen, room), scale, room, WATCHED))
    plotted = [runs(line) + label for line, label in zip(grid, axis, strict=True)]
    last = f"epoch {len(trained)}"
    return [*plotted, [(f"1{last:>{max(room - 1, len(last))}}", "dim")]]


def against(plot: ModelPlot, columns: int, rows: int) -> list[Spans]:
    """What came, over the 90 % band and the forecast of each session; nothing if there is too little to draw."""
    plot_rows = rows - 1
    if len(plot.sessions) < 2 or plot_rows < 3:
        return []
    known = [value for values in (plot.actual, plot.predicted, plot.q05, plot.q95) for value in values if value]
    scale = _scale(min(known), max(known), plot_rows)
    axis = _axis(scale, [(value, text, "dim") for value, text in ticks(scale)])
    room = columns - max(sum(width(text) for text, _ in line) for line in axis)
    if room < 8:
        return []
    grid = braille(plot.actual, scale, room, CAME)
    if None not in plot.predicted:
        forecast = [value for value in plot.predicted if value is not None]
        grid = _over(braille(forecast, scale, room, FORECAST), grid)
    _band(grid, plot, scale)
    plotted = [runs(line) + label for line, label in zip(grid, axis, strict=True)]
    return [*plotted, [(_dates(plot, room), "dim")]]


def _scale(low: float, high: float, rows: int) -> Scale:
    spare = (high - low) * 0.02 or abs(high) * 0.02 or 1.0
    return Scale(low - spare, high + spare, rows)


def _axis(scale: Scale, labels: list[tuple[float, str, str]]) -> list[Spans]:
    rows = {scale.at(value): (text, role) for value, text, role in labels}
    taken = max((width(text) for text, _ in rows.values()), default=0)
    return [axis_line(rows.get(row), taken) for row in range(scale.rows)]


def _stretched(values: Sequence[float], room: int) -> list[float]:
    """Few values over the whole width, straight lines between them."""
    dots = room * 2
    if len(values) >= dots:
        return list(values)
    places = [index * (len(values) - 1) / (dots - 1) for index in range(dots)]
    return [_between(values, place) for place in places]


def _between(values: Sequence[float], place: float) -> float:
    before = min(int(place), len(values) - 2)
    share = place - before
    return values[before] * (1 - share) + values[before + 1] * share


def _over(below: Grid, above: Grid) -> Grid:
    """Two lines in one grid: where both have dots the upper one's are seen."""
    return [
        [upper if upper[0].strip(_BLANK + " ") else lower for lower, upper in zip(line, over, strict=True)]
        for line, over in zip(below, above, strict=True)
    ]


def _band(grid: Grid, plot: ModelPlot, scale: Scale) -> None:
    """The ground of each cell between the lowest and the highest end of the band of its sessions."""
    count, room = len(plot.sessions), len(grid[0])
    for column in range(room):
        first = column * count // room
        part = slice(first, max((column + 1) * count // room, first + 1))
        low = [value for value in plot.q05[part] if value is not None]
        high = [value for value in plot.q95[part] if value is not None]
        if low and high:
            _shaded(grid, column, scale.at(max(high)), scale.at(min(low)))


def _shaded(lines: Grid, column: int, top: int, bottom: int) -> None:
    for row in range(top, bottom + 1):
        character, role = lines[row][column]
        lines[row][column] = (character, f"{role}/band90")


def _dates(plot: ModelPlot, room: int) -> str:
    """The month of each quarter of the chart, as far as they do not touch."""
    count, line = len(plot.sessions), ""
    for quarter in range(4):
        index = quarter * (count - 1) // 4
        name, column = f"{plot.sessions[index]:%b %Y}", column_of(index, count, room)
        if (column > len(line) or not column) and column + len(name) <= room:
            line = line.ljust(column) + name
    return line
