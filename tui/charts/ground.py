"""The grounds of a plot: bands of forecasts in two tones, half a row at a time, under what is drawn on them."""

from collections.abc import Sequence
from itertools import pairwise

from engine.protocol import Forecast
from tui.canvas import Cells, Grid, Scale
from tui.charts.bars import Bars
from tui.charts.columns import Columns

TONES = ("ground", "band90", "band50")
_BLANK = "\u2800 "


class Ground:
    """Tones by half rows: 0 the pane's own, 1 the band of 90 %, 2 that of 50 %."""

    def __init__(self, room: int, scale: Scale) -> None:
        self._scale = scale
        self._tones = [[0] * room for _ in range(2 * scale.rows)]

    def band(self, column: int, low: float, high: float, tone: int) -> None:
        """From one price to another; a narrower band stands over a wider one."""
        top, bottom = (self._scale.at(price, parts=2) for price in (high, low))
        for half in range(top, bottom + 1):
            self._tones[half][column] = max(self._tones[half][column], tone)

    def under(self, grid: Grid) -> Grid:
        """The grid on these grounds: what is blank shows both halves, what is drawn stands on one of them."""
        halves = zip(self._tones[::2], self._tones[1::2], strict=True)
        return [
            [_on(above, below, *cell) for above, below, cell in zip(upper, lower, line, strict=True)]
            if any(upper) or any(lower)
            else line
            for line, (upper, lower) in zip(grid, halves, strict=True)
        ]


def _on(upper: int, lower: int, character: str, role: str) -> tuple[str, str]:
    if not upper and not lower:
        return character, role
    if character not in _BLANK:
        return character, f"{role}/{TONES[min(upper, lower) or max(upper, lower)]}"
    return (" ", f"text/{TONES[upper]}") if upper == lower else ("▀", f"{TONES[upper]}/{TONES[lower]}")


def fan(forecasts: Sequence[Forecast], last: float, ground: Ground, columns: range) -> None:
    """Both bands from the last close through the quantiles of each horizon, over these columns."""
    furthest = forecasts[-1].horizon if forecasts else 1
    for place, column in enumerate(columns):
        ahead = (place + 1) / len(columns) * furthest
        for tone, names in ((1, ("q05", "q95")), (2, ("q25", "q75"))):
            low, high = (_through(forecasts, name, last, ahead) for name in names)
            ground.band(column, low, high, tone)


def horizons(forecasts: Sequence[Forecast], room: int) -> Cells:
    """Below a fan of so many cells: sessions ahead, where each of its forecasts stands."""
    line: Cells = [(" ", "dim")] * room
    furthest = forecasts[-1].horizon if forecasts else 1
    for each in forecasts:
        name = str(each.horizon)
        column = max(round(each.horizon / furthest * room) - len(name), 0)
        if all(line[place][0] == " " for place in range(max(column - 1, 0), min(column + len(name), room))):
            line[column : column + len(name)] = [(digit, "dim") for digit in name]
    return line


def past(bars: Bars, columns: Columns, ground: Ground) -> None:
    """The band that was forecast for each bar; of several in a cell, from the lowest to the highest."""
    for column in range(columns.room if bars.past else 0):
        told = [each for each in (bars.past[index] for index in columns.within(column)) if each]
        if told:
            ground.band(column, min(each.q05 for each in told), max(each.q95 for each in told), 1)
    between = [index for index, each in enumerate(bars.past) if each]
    for left, right in pairwise(between):
        if right == left + 1:
            _joined(bars, columns, ground, left)


def _joined(bars: Bars, columns: Columns, ground: Ground, index: int) -> None:
    """No gaps where bars stand apart: half of the way belongs to either."""
    one, other = columns.at(index), columns.at(index + 1)
    for column in range(one + 1, other):
        each = bars.past[index if 2 * column < one + other else index + 1]
        if each:
            ground.band(column, each.q05, each.q95, 1)


def _through(forecasts: Sequence[Forecast], name: str, last: float, ahead: float) -> float:
    known = [(0, last), *((each.horizon, getattr(each, name)) for each in forecasts)]
    for (before, start), (after, end) in pairwise(known):
        if ahead <= after:
            return float(start + (end - start) * (ahead - before) / (after - before))
    return float(known[-1][1])
