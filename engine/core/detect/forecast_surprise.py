"""Forecast surprise: the session's return is far from what was forecast for it the session before.

score(t) = |e(t) - m(t-1)| / sigma(t-1), with e the return beside the list (engine.core.index), m the forecast's mean
for the next session and sigma the EWMA volatility of e, both known at the close of t-1: the innovation of a forecast,
standardised (Basseville and Nikiforov, Detection of Abrupt Changes, 1993, section 2.1), on both sides.
"""

import numpy as np

from engine.core.bars import FloatArray
from engine.core.detect.kind import Direction, Evidence, Kind, beside_list, percent, signed
from engine.core.features import Features
from engine.core.volatility import before, ratio

LOWEST, HIGHEST = 0, -1


def score(features: Features) -> FloatArray:
    """(T,) the residual's size in sigmas; NaN where the session before made no forecast."""
    return np.abs(ratio(features.own - before(features.mean, 1), before(_known_sigma(features), 1)))


def direction(features: Features, row: int) -> Direction:
    """Where the price went beside the list, against the forecast."""
    return "down" if features.own[row] < features.mean[row - 1] else "up"


def evidence(features: Features, row: int) -> Evidence:
    """The return, what was expected of it, and the 90 % band, in per cent; the residual in sigmas."""
    low, high = features.quantiles[row - 1, [LOWEST, HIGHEST]]
    sigma = features.own_sigma[row - 1]
    return {
        "return_pct": percent(features.returns[row]),
        "expected_pct": percent(features.mean[row - 1]),
        "band_low_pct": percent(low),
        "band_high_pct": percent(high),
        "residual_sigma": float((features.own[row] - features.mean[row - 1]) / sigma),
        "sigma_pct": float(100 * sigma),
        **beside_list(features, row, 1),
    }


def words(evidence: Evidence) -> str:
    """One sentence: "−3.9 % against −1.6…+1.7 % expected", or with a list its part, "…, −3.1 % beside the list"."""
    seen, low, high = (signed(float(evidence[name])) for name in ("return_pct", "band_low_pct", "band_high_pct"))
    if "own_pct" not in evidence:
        return f"{seen} % against {low}…{high} % expected"
    return f"{seen} % in a day, {signed(float(evidence['own_pct']))} % beside the list; {low}…{high} % expected"


def _known_sigma(features: Features) -> FloatArray:
    """Where there is a band to say what was expected."""
    banded = np.isfinite(features.quantiles[..., LOWEST]) & np.isfinite(features.quantiles[..., HIGHEST])
    return np.where(banded, features.own_sigma, np.nan)


KIND = Kind("forecast_surprise", score, direction, evidence, words, grade="onward", leans=True, own=True, weight=5.0)
