"""Volatility shock: the last five sessions move far more than the sixty before them.

score(t) = realised volatility of the last 5 sessions / of the 60 before, with ranges where high and low exist
(core/volatility.py).
"""

import numpy as np

from engine.core.bars import FloatArray
from engine.core.detect.kind import Direction, Evidence, Kind
from engine.core.features import Features


def score(features: Features) -> FloatArray:
    """(T,) the 5/60 volatility ratio; NaN before the 66th session."""
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
    """One sentence: "moves 7.0 % a day over 5 d, 2.5× its norm"."""
    short, times = float(evidence["volatility_5d_pct"]), float(evidence["ratio"])
    return f"moves {short:.1f} % a day over 5 d, {times:.1f}× its norm"


KIND = Kind("volatility_shock", score, direction, evidence, words)
