"""What a price did over a stretch of sessions: before a row, plain and in its own sigmas, or after it."""

import math
from collections.abc import Sequence

import numpy as np

from engine.core.bars import FloatArray
from engine.core.volatility import ratio, rolling_mean, rolling_sum

SESSIONS = 10


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
