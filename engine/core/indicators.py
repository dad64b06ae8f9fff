"""What traders look at beside a price, as series of closes: no value knows a later close."""

from dataclasses import dataclass

import numpy as np

from engine.core.bars import FloatArray
from engine.core.volatility import rolling_mean, smoothed

FAST, SLOW, SIGNAL = 11 / 13, 25 / 27, 8 / 10
"""What an average of 12, 26 or 9 sessions keeps of itself: (n - 1) / (n + 1)."""


@dataclass(frozen=True, slots=True, eq=False)
class Macd:
    """Series (T,) in price: the line, its signal, and the histogram, which is the line less its signal."""

    line: FloatArray
    signal: FloatArray
    histogram: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Bollinger:
    """Series (T,) in price: the lower and the upper band; the line between them is the simple average."""

    lower: FloatArray
    upper: FloatArray


@dataclass(frozen=True, slots=True)
class Indicators:
    """The last values; None while there are too few sessions. All but `rsi14` are in price."""

    rsi14: float | None
    macd: float | None
    macd_signal: float | None
    ma20: float | None
    ma50: float | None


def indicators(close: FloatArray) -> Indicators:
    """RSI over 14 sessions, MACD 12/26/9, simple averages over 20 and 50 sessions, as of the last of closes (T,)."""
    of = macd(close)
    return Indicators(
        rsi14=_last(rsi(close)),
        macd=_last(of.line),
        macd_signal=_last(of.signal),
        ma20=_last(moving_average(close, 20)),
        ma50=_last(moving_average(close, 50)),
    )


def rsi(close: FloatArray, sessions: int = 14) -> FloatArray:
    """(T,) relative strength, 0 to 100: the average rise in per cent of the average rise and the average fall.

    The averages are Wilder's (New Concepts in Technical Trading Systems, 1978, section VI): the mean of the first
    `sessions` changes, then (n - 1) / n of the last average and 1 / n of the change. 50 where nothing has moved yet.
    NaN up to the first average; a close that is NaN is left out, its own row is NaN and later ones do not notice.
    """
    changes = np.diff(_known(close), prepend=np.nan)
    kept, first = (sessions - 1) / sessions, slice(1, sessions + 1)
    rises, falls = (_averaged(np.maximum(sign * changes, 0.0), kept, first) for sign in (1.0, -1.0))
    moved = rises + falls
    with np.errstate(invalid="ignore"):
        return _aligned(np.where(moved == 0, 50.0, 100 * (rises / moved)), close)


def macd(close: FloatArray) -> Macd:
    """The difference of exponential averages over 12 and 26 sessions, and its own average over 9 as the signal.

    Source: Appel (The Moving Average Convergence-Divergence Trading Method, 1979). Each average begins as the plain
    mean of as many values, both of the line at the 26th close. All three series are NaN for the first 33 sessions,
    until there is a signal; a close that is NaN is left out, its own row is NaN and later ones do not notice.
    """
    closes = _known(close)
    line = _averaged(closes, FAST, slice(14, 26)) - _averaged(closes, SLOW, slice(0, 26))
    signal = _averaged(line, SIGNAL, slice(25, 34))
    line = np.where(np.isnan(signal), np.nan, line)
    return Macd(*(_aligned(each, close) for each in (line, signal, line - signal)))


def moving_average(close: FloatArray, sessions: int) -> FloatArray:
    """(T,) the mean of the last `sessions` closes; NaN while there are fewer, and in the row of a close that is NaN.

    Such a close is left out: the average then reaches one session further back.
    """
    return _aligned(rolling_mean(_known(close), sessions), close)


def bollinger(close: FloatArray, sessions: int = 20, deviations: float = 2.0) -> Bollinger:
    """The simple average over `sessions`, so many standard deviations of the same closes below and above it.

    Source: Bollinger (Bollinger on Bollinger Bands, 2001, chapter 7), with the population's deviation. NaN while there
    are fewer closes, and in the row of a close that is NaN, which is left out.
    """
    closes = _known(close)
    middle = rolling_mean(closes, sessions)
    mean, count = middle[sessions - 1 :], len(closes) - sessions + 1
    # one session of every window after the other: the same bits whatever stands after a row
    squares = (np.square(closes[first : first + count] - mean) for first in range(sessions if count > 0 else 0))
    spread = np.full(len(closes), np.nan)
    spread[sessions - 1 :] = np.sqrt(sum(squares, np.zeros(max(count, 0))) / sessions)
    return Bollinger(*(_aligned(middle + sign * deviations * spread, close) for sign in (-1.0, 1.0)))


def _averaged(values: FloatArray, kept: float, first: slice) -> FloatArray:
    """(T,) the exponential average that begins as the mean of the rows `first`; NaN before the last of them."""
    result = np.full(len(values), np.nan)
    if len(values) >= first.stop:
        start = np.asarray(values[first].mean())
        result[first.stop - 1] = start
        result[first.stop :] = smoothed(values[first.stop :], kept, start)
    return result


def _known(close: FloatArray) -> FloatArray:
    return close[np.isfinite(close)]


def _aligned(values: FloatArray, close: FloatArray) -> FloatArray:
    """(T,) values of the known closes, in their rows."""
    result = np.full(len(close), np.nan)
    result[np.isfinite(close)] = values
    return result


def _last(values: FloatArray) -> float | None:
    return float(values[-1]) if len(values) and np.isfinite(values[-1]) else None
