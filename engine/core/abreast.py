"""New rows of many tickers at once: each one's known rows stand side by side, and all go on from there together."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.core.bars import FloatArray, History
from engine.core.detect import KINDS
from engine.core.features import Features
from engine.core.forecast import TAUS, Outlook
from engine.core.grown import Grown
from engine.core.series import COLUMNS, Seen, Windows, rows
from engine.core.volatility import variance
from engine.core.volumes import log_volume, usual_on, weekdays

MOST_AT_ONCE = 32
"""New rows up to which going on is quicker than computing all anew."""

WIDTH = len(COLUMNS)
_SIGMA = COLUMNS.index("sigma")
_BETA = COLUMNS.index("beta")
_DEEP = _BETA + 1
"""Columns, the first ones, of which a row looks back upon more than a few rows."""


@dataclass(frozen=True, slots=True, eq=False)
class Ticker:
    """A ticker of whose table some first rows are known; `returns` (R,) are those of the rows after them.

    Of the table's columns the first are the series, then comes one score a kind. `index` is of all rows, `outlook` of
    the first at least.
    """

    table: Grown
    history: History
    returns: FloatArray
    index: FloatArray
    outlook: Outlook

    @property
    def start(self) -> int:
        """The first row that is not known."""
        return len(self.table.rows)


def goes_on(one: Ticker, windows: Windows) -> bool:
    """Whether there are rows enough to look back upon, and a sigma that no unknown return leaves as it was."""
    if one.start < windows.lookback or len(one.returns) > MOST_AT_ONCE:
        return False
    return bool(np.isfinite(one.table.rows[-1, _SIGMA]) and np.isfinite(one.returns).all())


def later_rows(group: Sequence[Ticker], windows: Windows) -> FloatArray:
    """(R, N, F + kinds) the rows of the tables after those known, R of each: tickers of the same horizons."""
    count, back, near_back = len(group[0].returns), windows.lookback, windows.reach
    deep = _side_by_side([each.table.rows[-back:, :_DEEP] for each in group], count)
    deep[back:, :, :_BETA] = _raw(group, count)
    index = np.stack([each.index[each.start - back :] for each in group], axis=-1)
    near = _side_by_side([each.table.rows[-near_back:, :WIDTH] for each in group], count)
    last = near[near_back - 1]
    returns, variances, volume, beta = np.moveaxis(deep, -1, 0)
    usual = _usual(group, volume, count, windows.volume)
    near[near_back:] = rows(Seen(returns, variances, volume, index, beta[:back]), windows, usual, last)
    mean, ahead = _said(group, near_back, count)
    nobody = group[0].history.rows(slice(0, 0))
    horizons = group[0].outlook.horizons
    known = Features("", nobody.sessions, nobody.close, near, index[back - near_back :], mean, ahead, horizons, windows)
    scores = [kind.score(known)[near_back:] for kind in KINDS]
    return np.concatenate((near[near_back:], np.stack(scores, axis=-1)), axis=-1)


def _side_by_side(tables: Sequence[FloatArray], room: int) -> FloatArray:
    """(L + room, N, C) the tables (L, C), and room behind them; what is looked back upon lies together."""
    length, width = tables[0].shape
    beside = np.empty((len(tables), width, length + room))
    for number, table in enumerate(tables):
        beside[number, :, :length] = table.T
    return np.moveaxis(beside, -1, 0)


def _raw(group: Sequence[Ticker], count: int) -> FloatArray:
    """(R, N, 3) the new rows' return, variance and log volume."""
    bars = np.empty((4, count, len(group)))
    made = np.empty((3, count, len(group)))
    for number, one in enumerate(group):
        new, history = slice(one.start, one.start + count), one.history
        made[0, :, number] = one.returns
        made[2, :, number] = log_volume(history, one.start)
        for name, column in enumerate((history.open, history.high, history.low, history.close)):
            bars[name, :, number] = column[new]
    made[1] = variance(made[0], *bars)
    return np.moveaxis(made, 0, -1)


def _usual(group: Sequence[Ticker], volume: FloatArray, count: int, window: int) -> FloatArray:
    """(R, N, 2) what volume was usual of each new row, from log volume (L + R, N)."""
    if not np.isfinite(volume).any():
        return np.full((count, len(group), 2), np.nan)
    days = weekdays(np.stack([one.history.sessions[one.start - window : one.start + count] for one in group])).T
    volume = volume[len(volume) - count - window :]
    return np.stack(
        [usual_on(volume[row : row + window], days[row : row + window], days[row + window]) for row in range(count)]
    )


def _said(group: Sequence[Ticker], back: int, count: int) -> tuple[FloatArray, FloatArray]:
    """(back + R, N) and (back + R, N, H, 5) the forecasts at the last rows; NaN where there is none yet."""
    mean = np.full((back + count, len(group)), np.nan)
    ahead = np.full((back + count, len(group), len(group[0].outlook.horizons), len(TAUS)), np.nan)
    for number, one in enumerate(group):
        new = slice(one.start - back, one.start + count)
        known = one.outlook.mean[new]
        mean[: len(known), number], ahead[: len(known), number] = known, one.outlook.quantiles[new]
    return mean, ahead
