"""Volume spike: far more shares change hands than is usual on that day of the week.

score(t) = (ln V(t) - m(t)) / d(t), with m and d median and 1.4826 median absolute deviation of log volume on the same
weekday over the year before, on all its days where too few (engine.core.volumes): the robust z of Iglewicz and Hoaglin
(How to Detect and Handle Outliers, 1993). Volume of a session that is not over can only grow, and with it the score.
"""

import math

import numpy as np

from engine.core.bars import FloatArray
from engine.core.detect.kind import Direction, Evidence, Kind, percent
from engine.core.features import Features
from engine.core.volatility import ratio
from engine.core.volumes import LEAST, weekdays

IN_BAND = 1.645
"""Deviations within which nine of ten of a normal distribution lie."""

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def score(features: Features) -> FloatArray:
    """(T,) the robust z; NaN without volume, before there is a usual one, and where it never changed."""
    return ratio(features.log_volume - features.usual_volume, features.volume_deviation)


def direction(features: Features, row: int) -> Direction:
    """Where the price went with it."""
    moved = features.returns[row]
    return "down" if moved < 0 else "up" if moved > 0 else "none"


def evidence(features: Features, row: int) -> Evidence:
    """Volume as a multiple of the usual, the multiples usual on nine days of ten, the z, the day, and the return."""
    usual, deviation = features.usual_volume[row], features.volume_deviation[row]
    return {
        "times_usual": math.exp(features.log_volume[row] - usual),
        "usually_from": math.exp(-IN_BAND * deviation),
        "usually_to": math.exp(IN_BAND * deviation),
        "z": float((features.log_volume[row] - usual) / deviation),
        "compared_with": _compared(features, row),
        "return_pct": percent(features.returns[row]),
    }


def words(evidence: Evidence) -> str:
    """One sentence: "volume 4.2× the usual of a Tuesday (0.6…1.7×)"."""
    times, low, high = (float(evidence[name]) for name in ("times_usual", "usually_from", "usually_to"))
    return f"volume {times:.1f}× the usual of a {evidence['compared_with']} ({low:.1f}…{high:.1f}×)"


def _compared(features: Features, row: int) -> str:
    """The weekday, or "day" where too few of those had a volume."""
    before = slice(max(row - features.windows.volume, 0), row)
    days, today = weekdays(features.sessions[before]), weekdays(features.sessions[row : row + 1])[0]
    known = np.isfinite(features.log_volume[before]) & (days == today)
    return DAYS[int(today)] if known.sum() >= LEAST else "day"


KIND = Kind("volume_spike", score, direction, evidence, words, grade="rough", weight=0.5)
