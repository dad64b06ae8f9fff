"""What stands below the price: volume, RSI, MACD; each under the bars it belongs to."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from engine.format import number
from tui.canvas import Grid, Scale
from tui.charts.axes import Label
from tui.charts.bars import Bars, Values
from tui.charts.columns import Columns
from tui.charts.dots import Dots, Point
from tui.spans import Spans, trend

_EIGHTHS = " ▁▂▃▄▅▆▇█"
RSI_LOW, RSI_HIGH = 30.0, 70.0


class Panel(Struct, frozen=True):
    """A small plot with its head line's words and the figures of its axis, by row."""

    head: Spans
    grid: Grid
    labels: dict[int, Label]


def volume(volumes: Values, parts: Sequence[range], rows: int) -> list[str]:
    """Mean volume of the bars of each cell, in eighths of a row."""
    means = []
    for part in parts:
        known = [volume for volume in (volumes[index] for index in part) if volume]
        means.append(sum(known) / len(known) if known else 0.0)
    top = max(means) or 1.0
    heights = [round(mean / top * rows * 8) for mean in means]
    return ["".join(_EIGHTHS[max(0, min(8, height - row * 8))] for height in heights) for row in reversed(range(rows))]


def rsi(bars: Bars, columns: Columns, rows: int, at: int) -> Panel:
    """RSI over 14 bars between the levels of 30 and 70; its value at bar `at` in the head."""
    values = bars.series.get("rsi14", ())
    scale, dots = Scale(0.0, 100.0, rows), Dots(columns.room, rows)
    for level in (RSI_LOW, RSI_HIGH):
        _across(dots, scale, level, columns.room)
    dots.line(points(values, columns, scale), "line")
    now = values[at] if values else None
    role = "dim" if now is None else "down bold" if now <= RSI_LOW else "up bold" if now >= RSI_HIGH else "text"
    labels = {scale.at(level): (number(level, 0), "dim") for level in (RSI_LOW, RSI_HIGH)}
    return Panel([("RSI14 ", "dim"), (number(now, 0), role)], dots.grid(), labels)


def macd(bars: Bars, columns: Columns, rows: int, at: int) -> Panel:
    """The MACD line, its signal dotted, and what lies between them as strokes from zero."""
    line, signal = (bars.series.get(name, ()) for name in ("macd", "macd_signal"))
    gaps = tuple(_less(one, other) for one, other in zip(line, signal, strict=False))
    most = max((abs(value) for values in (line, signal, gaps) for value in values if value), default=1.0)
    scale, dots = Scale(-most, most, rows), Dots(columns.room, rows)
    _across(dots, scale, 0.0, columns.room)
    for index, gap in enumerate(gaps):
        if gap:
            dots.bar(columns.dot(index), scale.at(0.0, parts=4), scale.at(gap, parts=4), "rise" if gap > 0 else "fall")
    dots.line(points(signal, columns, scale), "text", every=2)
    dots.line(points(line, columns, scale), "line")
    decimals = 0 if most >= 100 else 2
    parts = [("MACD ", line, True), ("  signal ", signal, False), ("  gap ", gaps, True)]
    head: Spans = []
    for name, values, coloured in parts:
        value = values[at] if values else None
        role = trend(value) if coloured else "text"
        head += [(name, "dim"), (number(value, decimals, sign=True), role)]
    return Panel(head, dots.grid(), {scale.at(0.0): ("0", "dim")})


def points(values: Sequence[float | None], columns: Columns, scale: Scale) -> list[Point | None]:
    """The dots of a series; a value outside the scale lies on its edge."""
    return [
        None if value is None else (columns.dot(index), scale.at(value, parts=4)) for index, value in enumerate(values)
    ]


def _across(dots: Dots, scale: Scale, level: float, room: int) -> None:
    y = scale.at(level, parts=4)
    dots.line([(0, y), (2 * room - 1, y)], "frame", every=4)


def _less(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one - other


def known(values: Iterable[float | None]) -> list[float]:
    """Those that are known."""
    return [value for value in values if value is not None]
