"""Predicted reversal, the how-to's rule: up over the last ten sessions but forecast to fall, and its mirror.

Where |z10| > 0.5: score(t) = -sign(z10) * q / sigma, with q the .75 quantile of the forecast in an up trend and the .25
quantile in a down trend. It is ranked, not cut at zero: a forecaster that seldom leans would never cross it.
"""

import numpy as np

from engine.core.bars import FloatArray
from engine.core.detect.kind import ORDINARY, Direction, Evidence, Kind, signed
from engine.core.features import Features

TREND = 0.5
LOWER, UPPER = 1, 3


def score(features: Features) -> FloatArray:
    """(T,) how far the forecast leans against the trend, in sigmas of a day; NaN without a forecast."""
    with np.errstate(divide="ignore", invalid="ignore"):
        against_up = -features.quantiles[:, UPPER] / features.sigma
        against_down = features.quantiles[:, LOWER] / features.sigma
    z = features.momentum_z
    known = np.isfinite(z) & np.isfinite(against_up) & np.isfinite(against_down)
    scores = np.where(z > TREND, against_up, np.where(z < -TREND, against_down, ORDINARY))
    return np.where(known, scores, np.nan)


def direction(features: Features, row: int) -> Direction:
    """Where the price is expected to turn."""
    return "down" if features.momentum_z[row] > 0 else "up"


def evidence(features: Features, row: int) -> Evidence:
    """Trend in per cent and sigmas; the quantile that leans against it, in per cent and sigmas of a day."""
    quantile = features.quantiles[row, UPPER if features.momentum_z[row] > 0 else LOWER]
    return {
        "momentum_10d_pct": float(100 * np.expm1(features.momentum[row])),
        "momentum_z": float(features.momentum_z[row]),
        "forecast_median_pct": float(100 * np.expm1(features.quantiles[row, 2])),
        "lean_pct": float(100 * np.expm1(quantile)),
        "lean_sigma": float(quantile / features.sigma[row]),
        "sigma_pct": float(100 * features.sigma[row]),
    }


def words(evidence: Evidence) -> str:
    """One sentence: "up 8.2 % in 10 d, forecast leans down −0.6 σ"."""
    trend, lean = float(evidence["momentum_10d_pct"]), float(evidence["lean_sigma"])
    towards = "down" if trend > 0 else "up"
    return f"{'up' if trend > 0 else 'down'} {abs(trend):.1f} % in 10 d, forecast leans {towards} {signed(lean)} σ"


KIND = Kind("predicted_reversal", score, direction, evidence, words)
