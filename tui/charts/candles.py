"""Candles: a body from open to close, a wick from low to high, half a row at a time.

A rise has a slim body, a fall a full one: the colour repeats what the shape says.
"""

from collections.abc import Iterable

from tui.canvas import Grid, Scale
from tui.charts.bars import Bars
from tui.charts.columns import Columns

_RISE = {"BB": "┃", "BW": "╿", "WB": "╽", "B ": "╹", " B": "╻"}
_FALL = {"BB": "█", "BW": "█", "WB": "█", "B ": "▀", " B": "▄"}
_WICK = {"WW": "│", "W ": "╵", " W": "╷", "  ": " "}


def candles(bars: Bars, columns: Columns, scale: Scale) -> Grid:
    """A candle a cell that has bars: from the first open to the last close of those in it."""
    grid: Grid = [[(" ", "text")] * columns.room for _ in range(scale.rows)]
    for column in range(columns.room):
        within = columns.within(column)
        if within:
            _candle(grid, column, scale, _prices(bars, within))
    return grid


def _prices(bars: Bars, within: range) -> tuple[float, float, float, float]:
    spans = [bars.span(index) for index in within]
    first, last = bars.opens[within[0]], bars.closes[within[-1]]
    return last if first is None else first, max(high for _, high in spans), min(low for low, _ in spans), last


def _candle(grid: Grid, column: int, scale: Scale, prices: tuple[float, float, float, float]) -> None:
    start, high, low, end = prices
    role, body = ("up", _RISE) if end >= start else ("down", _FALL)
    within = tuple(sorted((_half(scale, start), _half(scale, end))))
    reach = (_half(scale, high), _half(scale, low))
    for row in range(reach[0] // 2, reach[1] // 2 + 1):
        halves = "".join(_part(half, within, reach) for half in (2 * row, 2 * row + 1))
        grid[row][column] = (body.get(halves) or _WICK[halves], role)


def _half(scale: Scale, price: float) -> int:
    return scale.at(price, parts=2)


def _part(half: int, body: Iterable[int], reach: tuple[int, int]) -> str:
    top, bottom = body
    return "B" if top <= half <= bottom else "W" if reach[0] <= half <= reach[1] else " "
