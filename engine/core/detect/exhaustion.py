"""Exhaustion, the how-to's combination: a trend, while RSI and MACD have already turned against it.

score(t) = -z10(t) * (d RSI(t) / s1 + d H(t) / s2) / 2, with z10 the trend in sigmas, RSI Wilder's over 14 sessions
(1978), H the histogram of MACD 12/26/9 (Appel 1979; Aspray 1986) in sigmas, and d the change over 5 sessions. s1 and s2
are the standard deviations of those changes when returns are independent: both series are weighted sums of past
returns, RSI nearly.
Continuous, unlike a divergence at pivots, which is known only sessions later.
"""

import math
from functools import lru_cache

import numpy as np

from engine.core.bars import FloatArray
from engine.core.detect.kind import Direction, Evidence, Kind, percent, signed
from engine.core.features import Features
from engine.core.indicators import FAST, SIGNAL, SLOW
from engine.core.series import RSI
from engine.core.volatility import before, smoothed

SETTLED = 20
"""Sessions for which sigma must have been known: RSI and MACD begin with nothing, and need some forty."""

ENOUGH = 400


def score(features: Features) -> FloatArray:
    """(T,) the product, above 0 where both turn against the trend; NaN before the 41st session and without a move."""
    short = features.windows.short
    of_rsi, of_histogram = usual_changes(short)
    rsi, histogram = features.rsi, features.histogram
    turned = ((rsi - before(rsi, short)) / of_rsi + (histogram - before(histogram, short)) / of_histogram) / 2
    settled = np.isfinite(before(features.sigma, SETTLED))
    return np.where(settled, -features.momentum_z * turned, np.nan)


def direction(features: Features, row: int) -> Direction:
    """Against the trend."""
    return "down" if features.momentum_z[row] > 0 else "up"


def evidence(features: Features, row: int) -> Evidence:
    """The trend in per cent and sigmas; RSI and the histogram (in sigmas), each as it was and as it is."""
    short, part = features.windows.short, features.rows(max(row - features.windows.short, 0), row + 1)
    return {
        "trend_sessions": float(features.windows.trend),
        "trend_pct": percent(features.momentum[row]),
        "trend_z": float(features.momentum_z[row]),
        "sessions": float(short),
        "rsi_before": float(part.rsi[0]),
        "rsi": float(part.rsi[-1]),
        "histogram_before_sigma": float(part.histogram[0]),
        "histogram_sigma": float(part.histogram[-1]),
    }


def words(evidence: Evidence) -> str:
    """One sentence: "up 12.0 % in 10 d, but RSI 78 → 61 and MACD histogram +0.40 → −0.10 σ in 5 d"."""
    trend = float(evidence["trend_pct"])
    earlier, now = (signed(float(evidence[f"histogram{when}_sigma"]), 2) for when in ("_before", ""))
    return (
        f"{'up' if trend > 0 else 'down'} {abs(trend):.1f} % in {evidence['trend_sessions']:.0f} d, but "
        f"RSI {evidence['rsi_before']:.0f} → {evidence['rsi']:.0f} and "
        f"MACD histogram {earlier} → {now} σ in {evidence['sessions']:.0f} d"
    )


@lru_cache
def usual_changes(sessions: int) -> tuple[float, float]:
    """Standard deviations of the change of RSI and of the histogram over so many sessions, of independent returns.

    RSI = 50 + 50 u / v, with u an EWMA of returns and v one of their sizes, nearly sqrt(2 / pi) sigma.
    """
    shock = np.zeros(ENOUGH)
    shock[0] = 1.0
    start = np.asarray(0.0)
    macd = smoothed(shock * (-FAST / (1 - FAST)), FAST, start)
    macd -= smoothed(shock * (-SLOW / (1 - SLOW)), SLOW, start)
    histogram = macd - smoothed(macd, SIGNAL, start)
    rsi = 50 * smoothed(shock, RSI, start) / math.sqrt(2 / math.pi)
    return _spread(rsi, sessions), _spread(histogram, sessions)


def _spread(response: FloatArray, sessions: int) -> float:
    """Of the change over so many sessions, from what one shock does to the series."""
    earlier = np.concatenate((np.zeros(sessions), response))[: len(response)]
    return float(np.sqrt(((response - earlier) ** 2).sum()))


KIND = Kind("exhaustion", score, direction, evidence, words, grade="onward", weight=0.5)
