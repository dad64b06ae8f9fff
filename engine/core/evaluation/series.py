"""A list's histories as series, and the series as rows to be forecast: every value at t from rows up to t.

`realised` and `target` alone look ahead: they are the answers.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.core.bars import DateArray, FloatArray, History, as_date, log_returns, split_factor
from engine.core.evaluation.predictions import BoolArray, Cases, joined_cases
from engine.core.momentum import outcomes
from engine.core.volatility import ewma_sigma

HORIZONS = (1, 5, 10)
SHOCK_SIGMAS = 4.0
SHOCK_SESSIONS = 20


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """One symbol, all arrays (T,): total log returns, their EWMA sigma, price level as of the last row, shocks."""

    symbol: str
    sessions: DateArray
    returns: FloatArray
    sigma: FloatArray
    close: FloatArray
    shocked: BoolArray


def observed(history: History) -> Series:
    """The series of a history."""
    returns = log_returns(history)
    sigma = ewma_sigma(returns)
    level = history.close * split_factor(history, as_date(history.sessions[-1])) if len(history) else history.close
    return Series(history.symbol, history.sessions, returns, sigma, level, shocked(returns, sigma))


def shocked(
    returns: FloatArray, sigma: FloatArray, sigmas: float = SHOCK_SIGMAS, sessions: int = SHOCK_SESSIONS
) -> BoolArray:
    """(T,) whether one of the last `sessions` returns, the row's own among them, was a shock: |r(t)| > 4 sigma(t-1).

    The sigma is that of the session before, so that a shock does not hide itself. A NaN is no shock.
    """
    hit = np.zeros(len(returns), np.bool_)
    hit[1:] = np.abs(returns[1:]) > sigmas * sigma[:-1]
    counted = np.cumsum(hit)
    before = np.concatenate((np.zeros(min(sessions, len(hit)), counted.dtype), counted[: max(len(hit) - sessions, 0)]))
    return np.asarray(counted > before)


def cases(of: Sequence[Series], horizons: Sequence[int] = HORIZONS) -> Cases:
    """Every row of every symbol that has a target, a return to it, and a sigma above zero to measure it with.

    Raises DataError of an empty list.
    """
    symbols = tuple(each.symbol for each in of)
    return joined_cases([_cases(each, symbols, place, steps) for steps in horizons for place, each in enumerate(of)])


def calendar(of: Sequence[Series]) -> DateArray:
    """The calendar of the list: every session that any of its symbols has, sorted."""
    return np.unique(np.concatenate([np.empty(0, "datetime64[D]"), *(each.sessions for each in of)]))


def _cases(of: Series, symbols: tuple[str, ...], place: int, horizon: int) -> Cases:
    realised = outcomes(of.returns, (horizon,))[:, 0]
    rows = np.flatnonzero(np.isfinite(realised) & (of.sigma > 0))
    return Cases(
        symbols=symbols,
        symbol=np.full(len(rows), place, np.int64),
        made_at=of.sessions[rows],
        target=of.sessions[rows + horizon],
        horizon=np.full(len(rows), horizon, np.int64),
        realised=realised[rows],
        sigma=of.sigma[rows],
        close=of.close[rows],
        shocked=of.shocked[rows],
        naive=np.full(len(rows), np.nan),
    )
