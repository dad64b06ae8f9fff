"""Momentum over a stretch of sessions, plain and in its own sigmas."""

import math

from engine.core.bars import FloatArray
from engine.core.volatility import ratio, rolling_mean

SESSIONS = 10


def momentum(returns: FloatArray, sessions: int = SESSIONS) -> FloatArray:
    """(T,) total log return over the last `sessions`; NaN while there are fewer."""
    return rolling_mean(returns, sessions) * sessions


def in_sigmas(moved: FloatArray, sigma: FloatArray, sessions: int) -> FloatArray:
    """A log return over so many sessions in sigmas of a random walk as long: m / (sigma * sqrt(sessions)).

    NaN where sigma is 0.
    """
    return ratio(moved, sigma * math.sqrt(sessions))
