"""Volatility shock: the last five sessions move far more than the last sixty.

score(t) = realised volatility over 5 sessions / over 60, from ranges where high and low exist (core/volatility.py).
"""

import numpy as np

from engine.core.bars import FloatArray
from engine.core.detect.kind import Direction, Evidence, Kind
from engine.core.features import Features


def score(features: Features) -> FloatArray:
    """(T,) the 5/60 volatility ratio; NaN before 60 sessions."""
    return features.volatility_ratio


def direction(features: Features, row: int) -> Direction:
    """Where the price went meanwhile."""
    moved = features.returns[max(row - 4, 0) : row + 1].sum()
    return "down" if moved < 0 else "up"


def evidence(features: Features, row: int) -> Evidence:
    """Both volatilities, per cent a day, their ratio, and the return over the five sessions."""
    return {
        "volatility_5d_pct": float(100 * features.volatility_5[row]),
        "volatility_60d_pct": float(100 * features.volatility_60[row]),
        "ratio": float(features.volatility_ratio[row]),
        "return_5d_pct": float(100 * np.expm1(features.returns[max(row - 4, 0) : row + 1].sum())),
    }


def words(evidence: Evidence) -> str:
    """One sentence: "5-day volatility 2.1× its norm: 5.6 % a day, was 2.7 %"."""
    return (
        f"5-day volatility {float(evidence['ratio']):.1f}× its norm: {float(evidence['volatility_5d_pct']):.1f} % a day "
        f"against {float(evidence['volatility_60d_pct']):.1f} % over 60"
    )


KIND = Kind("volatility_shock", score, direction, evidence, words)
