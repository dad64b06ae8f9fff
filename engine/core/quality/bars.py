"""Rules that judge a bar by itself, or by whether it repeats the one before."""

import numpy as np
import numpy.typing as npt

from engine.core.bars import DateArray, History
from engine.core.quality.days import among

BoolArray = npt.NDArray[np.bool_]

ROUNDING = 1e-4
"""Prices of one bar may contradict each other by this share: sources round and rescale each column by itself. On 26,000
real bars the noise was below 1e-12, and the one true contradiction 1.7e-3."""

_FLAT = 1e-6


def negative_price(history: History) -> BoolArray:
    """(T,) rows with an open, high or low of zero or less."""
    with np.errstate(invalid="ignore"):
        return (history.open <= 0) | (history.high <= 0) | (history.low <= 0)


def high_below_low(history: History) -> BoolArray:
    """(T,) rows whose high is below their low, beyond rounding."""
    with np.errstate(invalid="ignore"):
        found: BoolArray = history.high < history.low - ROUNDING * history.close
    return found


def close_outside(history: History) -> BoolArray:
    """(T,) rows whose close is above their high or below their low, beyond rounding."""
    slack = ROUNDING * history.close
    with np.errstate(invalid="ignore"):
        return (history.close > history.high + slack) | (history.close < history.low - slack)


def not_traded(history: History) -> BoolArray:
    """(T,) rows without volume whose four prices are one, of a symbol that had volume before: a halt.

    Indices, currencies and funds come without any volume, and of those a bar like that says nothing.
    """
    if not bool((history.volume == 0).any()):
        return np.zeros(len(history), dtype=np.bool_)
    prices = np.stack((history.open, history.high, history.low, history.close))
    with np.errstate(invalid="ignore"):
        flat = prices.max(axis=0) - prices.min(axis=0) <= _FLAT * history.close
        traded: BoolArray = np.logical_or.accumulate(history.volume > 0)
    found: BoolArray = flat & (history.volume == 0) & traded
    return found


def repeated(history: History, rows: npt.NDArray[np.int64]) -> BoolArray:
    """(T,) those of `rows` without volume that have the same four prices, not all one, as the row of them before."""
    found = np.zeros(len(history), dtype=np.bool_)
    if not bool((history.volume[rows] == 0).any()):
        return found
    prices = np.stack((history.open, history.high, history.low, history.close))[:, rows]
    same = np.zeros(len(rows), dtype=np.bool_)
    same[1:] = (prices[:, 1:] == prices[:, :-1]).all(axis=0)
    found[rows] = same & (history.volume[rows] == 0) & (prices.max(axis=0) > prices.min(axis=0))
    return found


def on_weekend(history: History, sessions: DateArray) -> BoolArray:
    """(T,) rows of a Saturday or Sunday that is no session."""
    # 1970-01-01 was a Thursday
    weekday = (history.sessions.astype(np.int64) + 3) % 7
    return (weekday >= 5) & ~among(history.sessions, sessions)


def on_holiday(history: History, sessions: DateArray) -> BoolArray:
    """(T,) rows of a weekday that the calendar, as far as it reaches, calls a holiday: calendars are wrong at times."""
    if not len(sessions):
        return np.zeros(len(history), dtype=np.bool_)
    weekday = (history.sessions.astype(np.int64) + 3) % 7
    within = (history.sessions >= sessions[0]) & (history.sessions <= sessions[-1])
    found: BoolArray = (weekday < 5) & within & ~among(history.sessions, sessions)
    return found
