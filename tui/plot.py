"""The small chart beside the list as lines of spans: plotext draws the line, the rest is set around it.

From left to right: the sessions, then what is forecast in a gutter of its own, then the axis with the last price boxed.
Below: months, or hours and days where bars lie within days, and volume. All is arithmetic on a `Chart` and a size;
nothing here knows a widget.
"""

from collections.abc import Sequence
from functools import partial
from itertools import pairwise

from engine.protocol import Chart, Forecast
from tui.canvas import Grid, Scale, braille, column_of, runs
from tui.charts import axes, marks
from tui.charts.bars import Bars, bars, fan_of
from tui.charts.ground import Ground, fan
from tui.charts.panels import volume
from tui.spans import Spans

_LABEL = "next session"
_HEADROOM = 0.07
"""Share of the price range left free above the highest price, for markers and the forecast's label."""


def draw(chart: Chart, columns: int, rows: int, currency: str, zone: str = "") -> list[Spans]:
    """The chart in so many cells; nothing if there is too little to draw, or too little room."""
    drawn = bars(chart, zone)
    volume_rows = _volume_rows(drawn, rows)
    plot_rows = rows - 1 - volume_rows
    if len(drawn.closes) < 2 or plot_rows < 3:
        return []
    ahead = fan_of(chart)
    scale = _scale(drawn, ahead, plot_rows)
    labels = axes.prices(scale, {drawn.closes[-1]: "text bold/band90"}, currency, axes.apart(plot_rows))
    axis = axes.axis(labels, plot_rows, axes.widest(labels))
    free = columns - axes.widest(labels) - 4
    gutter = _gutter(free) if ahead else 1
    room = free - gutter
    if room < 8:
        return []
    grid = braille(drawn.closes, scale, room)
    _dim_outside(grid, drawn.outside)
    at = partial(column_of, count=len(drawn.closes), room=room)
    marks.alarms(grid, drawn.sessions, chart.markers, at)
    below = [(character, "dim") for character in axes.days(drawn, at, room + gutter).ljust(room)]
    marks.notes(grid[-1], below, drawn.sessions, chart.notes, at)
    plotted = [
        runs(line + tail) + label
        for line, tail, label in zip(grid, _fan(ahead, drawn.closes[-1], scale, gutter), axis, strict=True)
    ]
    below_axis = _volume(drawn, room, volume_rows, columns - room) if volume_rows else []
    return [*plotted, runs(below), *below_axis]


def _volume_rows(drawn: Bars, rows: int) -> int:
    if rows < 9 or not any(drawn.volumes):
        return 0
    return 1 if rows < 16 else 2 if rows < 40 else 3


def _gutter(free: int) -> int:
    """Cells of the forecast: as wide as its label, or half of it where that would crowd out the past."""
    return len(_LABEL) + 1 if free >= 40 else 6


def _scale(drawn: Bars, ahead: Sequence[Forecast], rows: int) -> Scale:
    prices = [*drawn.closes, *(price for each in ahead for price in (each.q05, each.q95))]
    low, high = min(prices), max(prices)
    span = (high - low) or abs(high) * 0.02 or 1.0
    return Scale(low, high + span * _HEADROOM, rows) if high > low else Scale(low - span, high + span, rows)


def _dim_outside(grid: Grid, outside: Sequence[bool]) -> None:
    """The line before and after the sessions, in the colour of what is secondary."""
    count, room = len(outside), len(grid[0])
    for column in range(room if count else 0):
        first = column * count // room
        if all(outside[first : max((column + 1) * count // room, first + 1)]):
            for line in grid:
                line[column] = (line[column][0], "volume")


def _fan(ahead: Sequence[Forecast], last: float, scale: Scale, gutter: int) -> Grid:
    """Two tones that widen from the last close to the quantiles of each horizon, and above them how far it goes."""
    blank: Grid = [[(" ", "text")] * gutter for _ in range(scale.rows)]
    if not ahead:
        return blank
    ground = Ground(gutter, scale)
    fan(ahead, last, ground, range(gutter))
    drawn = ground.under(blank)
    above = max(scale.at(max(each.q95 for each in ahead)) - 1, 0)
    drawn[above] = [(character, "dim") for character in f" {_label(ahead, gutter)}".ljust(gutter)]
    return drawn


def _label(ahead: Sequence[Forecast], gutter: int) -> str:
    furthest = ahead[-1].horizon
    label = _LABEL if furthest == 1 else f"{furthest} d ahead"
    return label if gutter > len(label) else label.split()[0] if furthest == 1 else f"{furthest} d"


def _volume(drawn: Bars, room: int, rows: int, beside: int) -> list[Spans]:
    """Mean volume a cell, under the sessions it belongs to."""
    count = len(drawn.volumes)
    starts = [column * count // room for column in range(room + 1)]
    parts = [range(start, max(end, start + 1)) for start, end in pairwise(starts)]
    lines: list[Spans] = [[(text, "volume")] for text in volume(drawn.volumes, parts, rows)]
    lines[-1].append(("volume ".rjust(beside) if beside > 7 else "", "dim"))
    return lines
