"""Volatility shock: the last sessions (3) move far more than those before them (60).

score(t) = mean deviation of a day in the short window / in the long one before it; a day's deviation is the root of
its variance, from gap and range where they are known (core/volatility.py). Means of deviations, not of variances: a few
wild days among the many (60) must not hide what comes after them, nor one of the few (3) be taken for all (Davidian and
Carroll, J. American Statistical Association 82, 1987).
"""

import numpy as np

from engine.core.bars import FloatArray
from engine.core.detect.kind import Direction, Evidence, Kind, percent
from engine.core.features import Features


def score(features: Features) -> FloatArray:
    """(T,) the ratio of both volatilities; NaN while there are too few sessions, and where the price stood still."""
    return features.volatility_ratio


def direction(features: Features, row: int) -> Direction:
    """Where the price went meanwhile."""
    return "down" if _moved(features, row) < 0 else "up"


def evidence(features: Features, row: int) -> Evidence:
    """Both volatilities, per cent a day, their ratio, and the return over the short window."""
    return {
        "sessions": float(features.windows.shock),
        "volatility_pct": float(100 * features.volatility_short[row]),
        "volatility_before_pct": float(100 * features.volatility_long[row]),
        "ratio": float(features.volatility_ratio[row]),
        "return_pct": percent(_moved(features, row)),
    }


def words(evidence: Evidence) -> str:
    """One sentence: "moves 7.0 % a day over 5 d, 2.5× its norm"."""
    short, times = float(evidence["volatility_pct"]), float(evidence["ratio"])
    return f"moves {short:.1f} % a day over {evidence['sessions']:.0f} d, {times:.1f}× its norm"


def _moved(features: Features, row: int) -> float:
    return float(np.nansum(features.returns[max(row + 1 - features.windows.shock, 0) : row + 1]))


KIND = Kind("volatility_shock", score, direction, evidence, words, grade="rough", weight=5.0)
