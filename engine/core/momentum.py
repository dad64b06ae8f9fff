"""Momentum over a stretch of sessions, plain and in its own sigmas."""

import math

import numpy as np

from engine.core.bars import FloatArray
from engine.core.volatility import rolling_mean

SESSIONS = 10


def momentum(returns: FloatArray, sessions: int = SESSIONS) -> FloatArray:
    """(T,) total log return over the last `sessions`; NaN while there are fewer."""
    return rolling_mean(returns, sessions) * sessions


def momentum_z(returns: FloatArray, sigma: FloatArray, sessions: int = SESSIONS) -> FloatArray:
    """(T,) momentum in sigmas of a random walk as long: m(t) / (sigma(t) * sqrt(sessions)); NaN where sigma is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        z = momentum(returns, sessions) / (sigma * math.sqrt(sessions))
    return np.where(np.isfinite(z), z, np.nan)
