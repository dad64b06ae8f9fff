"""Volatility shock: the last sessions (5) move far more than those before them (60).

score(t) = realised volatility of the short window / of the long one before it, with ranges where high and low exist
(core/volatility.py).
"""

from engine.core.bars import FloatArray
from engine.core.detect.kind import Direction, Evidence, Kind, percent
from engine.core.features import Features


def score(features: Features) -> FloatArray:
    """(T,) the ratio of both volatilities; NaN while there are too few sessions, and where the price stood still."""
    return features.volatility_ratio


def direction(features: Features, row: int) -> Direction:
    """Where the price went meanwhile."""
    return "down" if features.recent[row] < 0 else "up"


def evidence(features: Features, row: int) -> Evidence:
    """Both volatilities, per cent a day, their ratio, and the return over the short window."""
    return {
        "sessions": float(features.windows.short),
        "volatility_pct": float(100 * features.volatility_short[row]),
        "volatility_before_pct": float(100 * features.volatility_long[row]),
        "ratio": float(features.volatility_ratio[row]),
        "return_pct": percent(features.recent[row]),
    }


def words(evidence: Evidence) -> str:
    """One sentence: "moves 7.0 % a day over 5 d, 2.5× its norm"."""
    short, times = float(evidence["volatility_pct"]), float(evidence["ratio"])
    return f"moves {short:.1f} % a day over {evidence['sessions']:.0f} d, {times:.1f}× its norm"


KIND = Kind("volatility_shock", score, direction, evidence, words, grade="rough")
