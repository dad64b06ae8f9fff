"""How much a price moves: EWMA sigma, the variance of a single day, and realised volatility over a window."""

import math
from collections.abc import Sequence

import numpy as np

from engine.core.bars import FloatArray, History

DECAY = 0.94
"""RiskMetrics Technical Document (J.P. Morgan/Reuters, 1996), daily data."""

WARM_UP = 20

BLOCK = 256
"""Rows that are smoothed in one go: with decays from 0.8 up the powers keep far from the ends of floating point."""


def rolling_mean(values: FloatArray, window: int) -> FloatArray:
    """(T, ...) mean of the last `window` rows; NaN while there are fewer, and where one of them is NaN."""
    result = np.full(values.shape, np.nan)
    result[window - 1 :] = rolling_sum(values, window) / window
    return result


def rolling_sum(values: FloatArray, window: int) -> FloatArray:
    """(T - window + 1, ...) the sum of each `window` rows; empty while there are fewer, NaN where one is.

    Of two halves, and so on: the same bits wherever it is.
    """
    if window == 1 or len(values) < window:
        return values if window == 1 else values[:0]
    half = window // 2
    halves = rolling_sum(values, half)
    total = halves[: len(halves) - half] + halves[half:]
    return total if window == 2 * half else total[: len(total) - 1] + values[window - 1 :]


def ewma_sigma(returns: FloatArray, decay: float = DECAY, first: int = 0) -> FloatArray:
    """(T - first,) daily volatility known at the close of t: s2(t) = decay * s2(t-1) + (1 - decay) * r2(t).

    The first value is the root mean square of the first 20 returns; before it, NaN. A NaN return leaves s2 as it was.
    """
    squares = returns * returns
    known = ~np.isnan(squares)
    kept = squares[known]
    if len(kept) < WARM_UP or first >= len(returns):
        return np.full(len(returns) - first, np.nan)
    began = np.asarray(math.fsum(kept[:WARM_UP].tolist()) / WARM_UP)
    at = np.cumsum(known)[first:] - WARM_UP
    skipped = max(int(at[0]) - 1, 0)
    sigma = np.sqrt(np.append(began, smoothed(kept[WARM_UP:], decay, began, skipped)))
    at = np.where(at > 0, at - skipped, at)
    return np.where(at >= 0, sigma[np.maximum(at, 0)], np.nan)


def newest_sigmas(returns: Sequence[FloatArray], counts: Sequence[int]) -> list[FloatArray]:
    """(R,) the EWMA sigma at each one's last rows, as many as its count; all together where all are alike."""
    lengths = {(len(one), count) for one, count in zip(returns, counts, strict=True)}
    length, count = min(lengths, default=(0, 0))
    squares = np.stack(returns).T ** 2 if len(lengths) == 1 and length - count > WARM_UP else np.empty((0, 0))
    if not squares.size or not np.isfinite(squares).all():
        return [ewma_sigma(one, first=len(one) - rows) for one, rows in zip(returns, counts, strict=True)]
    began, skipped = squares[:WARM_UP].mean(axis=0), length - count - WARM_UP
    return list(np.sqrt(smoothed(squares[WARM_UP:], DECAY, began, skipped)).T)


def smoothed(values: FloatArray, decay: float, start: FloatArray, first: int = 0) -> FloatArray:
    """(T, ...) s(t) = decay * s(t-1) + (1 - decay) * x(t) along the first axis, with `start` (...) before the first.

    Row by row the same bits, however many rows come after: within a block, s is decay^k times a running sum. Where only
    rows from `first` on are asked for, (T - first, ...), those before them are one weighted sum.
    """
    if first:
        fading = (1 - decay) * decay ** np.arange(first - 1.0, -1.0, -1.0)
        start = np.asarray(decay**first * start + fading @ values[:first])
        values = values[first:]
    result = np.empty_like(values)
    shape = (-1, *[1] * (values.ndim - 1))
    powers = (decay ** np.arange(1, BLOCK + 1)).reshape(shape)
    weights = (1 - decay) / powers
    before = start
    for at in range(0, len(values), BLOCK):
        block = values[at : at + BLOCK]
        running = np.cumsum(block * weights[: len(block)], axis=0)
        result[at : at + BLOCK] = powers[: len(block)] * (before + running)
        before = result[at + len(block) - 1]
    return result


def daily_variance(history: History, returns: FloatArray) -> FloatArray:
    """(T,) variance of single days of a history with those log returns."""
    return variance(returns, history.open, history.high, history.low, history.close)


def variance(
    returns: FloatArray, opened: FloatArray, high: FloatArray, low: FloatArray, close: FloatArray
) -> FloatArray:
    """Variance of single days, bar by bar: that of the night from the gap, that of the session from its range.

    v(t) = g(t)^2 + ln(H/L)^2 / (4 ln 2), with g = r(t) - ln(C/O) the overnight gap and r the total return, so that
    neither split nor dividend is a gap. Of one day's range more can be told than of its return: it is five times as
    efficient (Parkinson, Journal of Business 53, 1980). Days without open, high and low: r(t)^2.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        overnight = returns - np.log(close / opened)
        spread = np.log(high / low)
        ranged = overnight**2 + spread**2 / (4 * math.log(2))
    return np.where(np.isfinite(ranged), ranged, returns**2)


def before(values: FloatArray, sessions: int) -> FloatArray:
    """(T, ...) the value as it was that many sessions earlier; NaN at the beginning."""
    result = np.full(values.shape, np.nan)
    result[sessions:] = values[: max(len(values) - sessions, 0)]
    return result


def ratio(short: FloatArray, long: FloatArray) -> FloatArray:
    """The quotient, value by value; NaN where the latter is 0 or either is NaN."""
    with np.errstate(divide="ignore", invalid="ignore"):
        quotient = short / long
    return np.where(np.isfinite(quotient), quotient, np.nan)
