"""What a price did over a stretch of sessions: before a row, plain, in its own sigmas and as a state; or after it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from engine.core.bars import FloatArray
from engine.core.volatility import ratio, rolling_mean, rolling_sum

SESSIONS = 10

State: TypeAlias = Literal["bull", "correction", "bear", "rebound"]

SLOW, FAST = 252, 21
"""A year and a month of sessions."""

BAND = 0.25
"""Sigmas beyond zero that a momentum must reach before its sign counts as changed."""

_STATES: dict[tuple[bool, bool], State] = {
    (True, True): "bull",
    (True, False): "correction",
    (False, False): "bear",
    (False, True): "rebound",
}


def momentum(returns: FloatArray, sessions: int = SESSIONS) -> FloatArray:
    """(T,) total log return over the last `sessions`; NaN while there are fewer."""
    return rolling_mean(returns, sessions) * sessions


def in_sigmas(moved: FloatArray, sigma: FloatArray, sessions: int) -> FloatArray:
    """A log return over so many sessions in sigmas of a random walk as long: m / (sigma * sqrt(sessions)).

    NaN where sigma is 0.
    """
    return ratio(moved, sigma * math.sqrt(sessions))


def outcomes(returns: FloatArray, horizons: Sequence[int]) -> FloatArray:
    """(T, ..., H) the log return over the sessions after each row, as many as each horizon; NaN while it is unknown."""
    known = np.where(np.isfinite(returns), returns, np.nan)
    ahead = np.full((*returns.shape, len(horizons)), np.nan)
    for column, sessions in enumerate(horizons):
        came = rolling_sum(known[1:], sessions)
        ahead[: len(came), ..., column] = came
    return ahead


def signs(z: FloatArray, band: float = BAND) -> FloatArray:
    """(T,) +1 or -1: the sign of the last z beyond the band, at first the plain sign; NaN where z is not known.

    A state machine over rows, without the walk: between -band and +band the sign stays what it was.
    """
    known = np.flatnonzero(~np.isnan(z))
    result = np.full(len(z), np.nan)
    if not len(known):
        return result
    decided = np.abs(z[known]) > band
    decided[0] = True
    last = np.maximum.accumulate(np.where(decided, np.arange(len(known)), 0))
    result[known] = np.where(z[known][last] >= 0, 1.0, -1.0)
    return result


@dataclass(frozen=True, slots=True)
class Momentum:
    """Where a ticker stands: log returns over a year and a month; None where there are too few sessions."""

    slow: float | None
    fast: float | None
    state: State | None


def momentum_of(returns: FloatArray, sigma: FloatArray) -> Momentum:
    """The state of the last row, from slow and fast momentum: Goulding, Harvey and Mazzoleni (2023), with hysteresis.

    Bull (+, +), correction (+, -), bear (-, -), rebound (-, +); a sign changes only beyond `BAND` of its own sigmas.
    """
    (slow, up_slow), (fast, up_fast) = (_signed(returns, sigma, sessions) for sessions in (SLOW, FAST))
    known = up_slow is not None and up_fast is not None
    return Momentum(slow, fast, _STATES[(up_slow == 1, up_fast == 1)] if known else None)


def _signed(returns: FloatArray, sigma: FloatArray, sessions: int) -> tuple[float | None, float | None]:
    moved = momentum(returns, sessions)
    return _last(moved), _last(signs(in_sigmas(moved, sigma, sessions)))


def _last(values: FloatArray) -> float | None:
    return float(values[-1]) if len(values) and np.isfinite(values[-1]) else None
