"""How much a price moves: EWMA sigma, the variance of a single day, and realised volatility over a window."""

import math

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from engine.core.bars import FloatArray, History

DECAY = 0.94
"""RiskMetrics Technical Document (J.P. Morgan/Reuters, 1996), daily data."""

WARM_UP = 20


def rolling_mean(values: FloatArray, window: int) -> FloatArray:
    """(T,) mean of the last `window` values; NaN while there are fewer, and where one of them is NaN."""
    result = np.full(len(values), np.nan)
    if len(values) >= window:
        result[window - 1 :] = sliding_window_view(values, window).mean(axis=-1)
    return result


def ewma_sigma(returns: FloatArray, decay: float = DECAY) -> FloatArray:
    """(T,) daily volatility known at the close of t: s2(t) = decay * s2(t-1) + (1 - decay) * r2(t).

    The first value is the root mean square of the first 20 returns; before it, NaN. A NaN return leaves s2 as it was.
    """
    result = np.full(len(returns), np.nan)
    squares = (returns * returns).tolist()
    warm: list[float] = []
    variance = math.nan
    for row, square in enumerate(squares):
        if math.isnan(square):
            pass
        elif len(warm) < WARM_UP:
            warm.append(square)
            variance = math.fsum(warm) / WARM_UP if len(warm) == WARM_UP else math.nan
        else:
            variance = decay * variance + (1 - decay) * square
        result[row] = math.sqrt(variance)
    return result


def daily_variance(history: History, returns: FloatArray) -> FloatArray:
    """(T,) variance of single days: the overnight gap squared plus Parkinson's range estimate of the session.

    v(t) = (r(t) - ln(C/O))^2 + ln(H/L)^2 / (4 ln 2), with r the total return, so that neither split nor dividend is a gap
    (Parkinson, Journal of Business 53, 1980). Days without open, high and low use r(t)^2.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        overnight = returns - np.log(history.close / history.open)
        spread = np.log(history.high / history.low)
        ranged = overnight**2 + spread**2 / (4 * math.log(2))
    return np.where(np.isfinite(ranged), ranged, returns**2)


def volatility_ratio(variance: FloatArray, short: int = 5, long: int = 60) -> FloatArray:
    """(T,) realised volatility of the last `short` sessions over that of the last `long`; NaN where the latter is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.sqrt(rolling_mean(variance, short) / rolling_mean(variance, long))
    return np.where(np.isfinite(ratio), ratio, np.nan)
