"""The chart of the Symbol screen: price, fan, overlays, volume, panels, cursor, in so many cells.

As rows get fewer, the MACD panel goes first, then the volume, then the RSI panel, the line of figures last.
"""

import re
from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from engine.format import width
from engine.protocol import DataNote, Forecast, Marker
from tui.canvas import Cells, Grid, Scale, axis_line, runs
from tui.charts import axes, marks, panels
from tui.charts.bars import Bars, Series
from tui.charts.candles import candles
from tui.charts.columns import Columns
from tui.charts.dots import Dots
from tui.charts.ground import Ground, fan, horizons, past
from tui.charts.look import Look, With
from tui.charts.panels import Panel
from tui.spans import Spans

_LINES: dict[With, tuple[tuple[Series, str, int], ...]] = {
    "none": (),
    "averages": (("ma50", "dim", 3), ("ma20", "text", 2)),
    "bands": (("lower", "dim", 1), ("upper", "dim", 1), ("ma20", "text", 2)),
    "panels": (),
}
"""What is drawn over the price: a series, its role, and how many dots there are for each that is set."""
_HEADROOM = 0.06
"""Share of the price range left free above the highest price, for markers."""
_PANELS = ((40, 6, 6, 3), (28, 4, 4, 2), (20, 3, 3, 1), (16, 3, 3, 0), (11, 3, 0, 0))
"""From so many rows on: those of RSI, of MACD, of the volume."""
_VOLUME = ((40, 4), (16, 2), (9, 1))
"""From so many rows on: those of the volume where it stands alone."""
_WORD: Final = re.compile(r"\d\d \w{3}\b|\w{3} \d\d\b|\S+")
"""What the axis of days says of one period: a day, a weekday, a month, a year."""


class Rooms(Struct, frozen=True):
    """Rows of each part; a panel has one more for its head."""

    price: int
    volume: int
    rsi: int
    macd: int


class Drawn(Struct, frozen=True):
    """What is to be drawn: the bars in sight, and what belongs to them.

    `last` is the newest close of all, `forecasts` the fan where the newest bar is in sight; `cursor` is a bar in sight.
    """

    bars: Bars
    last: float
    forecasts: tuple[Forecast, ...] = ()
    markers: tuple[Marker, ...] = ()
    notes: tuple[DataNote, ...] = ()
    cursor: int | None = None
    currency: str = "USD"


def rooms(rows: int, beside: With, *, volume: bool) -> Rooms:
    """How so many rows are shared."""
    one = two = 0
    if beside == "panels":
        one, two, below = next((shares for least, *shares in _PANELS if rows >= least), (0, 0, 0))
    else:
        below = next((share for least, share in _VOLUME if rows >= least), 0)
    below *= volume
    return Rooms(rows - 1 - below - sum(each + 1 for each in (one, two) if each), below, one, two)


def draw(of: Drawn, look: Look, columns: int, rows: int) -> list[Spans]:
    """The chart in so many cells; nothing if there is too little to draw, or too little room."""
    shared = rooms(rows, look.beside, volume=any(of.bars.volumes))
    if len(of.bars.closes) < 2 or shared.price < 3:
        return []
    scale = _scale(of, look, shared.price)
    labels = axes.prices(scale, _boxed(of, scale), of.currency, 3 if shared.price >= 14 else 2)
    cells = axes.widest(labels)
    free = columns - cells - 4
    gutter = _gutter(free) if of.forecasts else 1
    if free - gutter < 8:
        return []
    across = Columns(len(of.bars.closes), free - gutter)
    at = len(of.bars.closes) - 1 if of.cursor is None else of.cursor
    plotted = _price(of, look, across, scale, gutter)
    below = _below(of, across, gutter)
    marks.notes(plotted[-1], below, of.bars.sessions, of.notes, across.at)
    lines = [*_beside_axis(plotted, labels, cells), runs(below)]
    if shared.volume:
        texts = panels.volume(of.bars.volumes, [across.within(each) for each in range(across.room)], shared.volume)
        lines += [[(text, "volume")] for text in texts]
        lines[-1].append(("volume ".rjust(gutter + cells + 4), "dim"))
    if shared.rsi:
        lines += _panel(panels.rsi(of.bars, across, shared.rsi, at), gutter, cells)
    if shared.macd:
        lines += _panel(panels.macd(of.bars, across, shared.macd, at), gutter, cells)
    return _pointed(lines, of, across, shared)


def _scale(of: Drawn, look: Look, rows: int) -> Scale:
    overlaid = [value for name, _, _ in _LINES[look.beside] for value in panels.known(of.bars.series.get(name, ()))]
    ends = [price for each in of.forecasts for price in (each.q05, each.q95)]
    if look.style == "candles":
        ends += [price for index in range(len(of.bars.closes)) for price in of.bars.span(index)]
    prices = [*of.bars.closes, *ends, *overlaid]
    low, high = min(prices), max(prices)
    span = (high - low) or abs(high) * 0.02 or 1.0
    return (
        Scale(low - span * 0.02, high + span * _HEADROOM, rows) if high > low else Scale(low - span, high + span, rows)
    )


def _boxed(of: Drawn, scale: Scale) -> dict[float, str]:
    """The prices that the axis points out: the last one if it is in sight, the cursor's where it is another."""
    boxed: dict[float, str] = {}
    if scale.low <= of.last <= scale.high:
        boxed[of.last] = "text bold/band90"
    if of.cursor is not None and scale.at(of.bars.closes[of.cursor]) != scale.at(of.last):
        boxed[of.bars.closes[of.cursor]] = "key bold/selected"
    return boxed


def _gutter(free: int) -> int:
    """Cells of the forecast: a fifth of the width, but no more than make a shape."""
    return max(min(free // 5, 22), 6)


def _price(of: Drawn, look: Look, across: Columns, scale: Scale, gutter: int) -> Grid:
    """The past beside what is forecast, on the grounds of what was and what is forecast."""
    room = across.room
    grid = _drawn(of, look, across, scale)
    marks.alarms(grid, of.bars.sessions, of.markers, across.at)
    grid = [line + [(" ", "text")] * gutter for line in grid]
    if scale.low <= of.last <= scale.high:
        _level(grid[scale.at(of.last)])
    ground = Ground(room + gutter, scale)
    past(of.bars, across, ground)
    fan(of.forecasts, of.last, ground, range(room, room + gutter) if of.forecasts else range(0))
    return ground.under(grid)


def _drawn(of: Drawn, look: Look, across: Columns, scale: Scale) -> Grid:
    dots = Dots(across.room, scale.rows)
    candled = look.style == "candles" and of.bars.whole
    for name, role, every in _LINES[look.beside]:
        # beside candles there is no line of the price to take an average for
        fewer = int(candled and look.beside == "averages")
        dots.line(panels.points(of.bars.series.get(name, ()), across, scale), role, every=every - fewer)
    if candled:
        over = candles(of.bars, across, scale)
        return [
            [upper if upper[0] != " " else lower for lower, upper in zip(line, above, strict=True)]
            for line, above in zip(dots.grid(), over, strict=True)
        ]
    outside = of.bars.outside
    closes = panels.points(of.bars.closes, across, scale)
    if any(outside):
        dots.line(closes, "volume")
        dots.line([None if out else point for out, point in zip(outside, closes, strict=True)], "line")
    else:
        dots.line(closes, "line")
    return dots.grid()


def _level(line: Cells) -> None:
    """The last price through all that is blank."""
    for column in range(0, len(line)):
        if line[column][0] == " ":
            line[column] = ("┄", "volume")


def _below(of: Drawn, across: Columns, gutter: int) -> Cells:
    """Days under the past, sessions ahead under the fan."""
    words = axes.days(of.bars, across.at, across.room - 1).ljust(across.room)[: across.room]
    ahead = horizons(of.forecasts, gutter) if of.forecasts else [(" ", "dim")] * gutter
    return [*((character, "dim") for character in words), *ahead]


def _beside_axis(grid: Grid, labels: Mapping[int, axes.Label], cells: int) -> list[Spans]:
    return [runs(line) + axis_line(labels.get(row), cells) for row, line in enumerate(grid)]


def _panel(panel: Panel, gutter: int, cells: int) -> list[Spans]:
    """Its head on a rule, its plot, its axis."""
    room = len(panel.grid[0])
    said = sum(width(text) for text, _ in panel.head)
    head: Spans = [*panel.head, (" " + "─" * max(room - said - 1, 0), "frame")]
    blank = [(" ", "text")] * gutter
    return [head, *_beside_axis([line + blank for line in panel.grid], panel.labels, cells)]


def _pointed(lines: list[Spans], of: Drawn, across: Columns, shared: Rooms) -> list[Spans]:
    """The cursor through all that is blank, its day on the axis."""
    if of.cursor is None:
        return lines
    column = across.at(of.cursor)
    pointed = [_struck(line, column) for line in lines]
    pointed[shared.price] = _named(lines[shared.price], column, _moment(of.bars, of.cursor))
    return pointed


def _struck(line: Spans, column: int) -> Spans:
    """A stroke in that cell, unless something is drawn there."""
    place = 0
    for number_, (text, role) in enumerate(line):
        if place <= column < place + len(text):
            inside = column - place
            if text[inside] not in " ┄▀─":
                return line
            ground = f"/{role.partition('/')[2]}" if "/" in role else ""
            pieces = [(text[:inside], role), ("│", f"key{ground}"), (text[inside + 1 :], role)]
            return [*line[:number_], *(piece for piece in pieces if piece[0]), *line[number_ + 1 :]]
        place += len(text)
    return line


def _named(line: Spans, column: int, name: str) -> Spans:
    text = "".join(words for words, _ in line)
    start = max(min(column - len(name) // 2, len(text) - len(name)), 0)
    end = start + len(name)
    # a word that would be covered in part gives way whole
    kept = _WORD.sub(lambda word: word[0] if word.end() <= start or word.start() >= end else " " * len(word[0]), text)
    return [(kept[:start], "dim"), (name, "key bold"), (kept[end:], "dim")]


def _moment(bars: Bars, index: int) -> str:
    if bars.times:
        return f" {bars.times[index]:%H:%M} "
    return f" {bars.sessions[index]:%d %b} "
