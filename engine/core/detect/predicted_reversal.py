"""Predicted reversal, the how-to's rule: up over the trend's sessions (10) but forecast to fall, and its mirror.

Where |z10| > 0.5: score(t) = -sign(z10) * q / (sigma sqrt(h)), with q the .75 quantile of the forecast in an up trend
and the .25 quantile in a down trend, h = 5 sessions ahead where the model says so much, else the next one. It is
ranked, not cut at zero: a forecaster that seldom leans would never cross it. A session that is not over has no forecast
yet: it is made at the close.
"""

import math

import numpy as np

from engine.core.bars import FloatArray
from engine.core.detect.kind import ORDINARY, Direction, Evidence, Kind, percent, signed
from engine.core.features import Features
from engine.core.momentum import in_sigmas

TREND = 0.5
AHEAD = 5
LOWER, MEDIAN, UPPER = 1, 2, 3


def score(features: Features) -> FloatArray:
    """(T,) how far the forecast leans against the trend, in sigmas as long; NaN without a forecast."""
    horizon = _horizon(features)
    quantiles = features.ahead[..., features.horizons.index(horizon), :]
    against_up = -in_sigmas(quantiles[..., UPPER], features.sigma, horizon)
    against_down = in_sigmas(quantiles[..., LOWER], features.sigma, horizon)
    z = features.momentum_z
    known = np.isfinite(z) & np.isfinite(against_up) & np.isfinite(against_down)
    scores = np.where(z > TREND, against_up, np.where(z < -TREND, against_down, ORDINARY))
    return np.where(known, scores, np.nan)


def direction(features: Features, row: int) -> Direction:
    """Where the price is expected to turn."""
    return "down" if features.momentum_z[row] > 0 else "up"


def evidence(features: Features, row: int) -> Evidence:
    """Trend in per cent and sigmas; the forecast's middle and the quartile that is scored, in per cent and sigmas."""
    horizon, side = _horizon(features), UPPER if features.momentum_z[row] > 0 else LOWER
    median, quartile = features.ahead[row, features.horizons.index(horizon), [MEDIAN, side]]
    sigma = features.sigma[row] * math.sqrt(horizon)
    return {
        "sessions": float(features.windows.trend),
        "momentum_pct": percent(features.momentum[row]),
        "momentum_z": float(features.momentum_z[row]),
        "forecast_sessions": float(horizon),
        "forecast_median_pct": percent(median),
        "forecast_median_sigma": float(median / sigma),
        "quartile_pct": percent(quartile),
        "quartile_sigma": float(quartile / sigma),
        "sigma_pct": float(100 * features.sigma[row]),
    }


def words(evidence: Evidence) -> str:
    """One sentence: "up 8.2 % in 10 d, forecast for 5 d leans down −0.62 σ"."""
    trend, lean = float(evidence["momentum_pct"]), float(evidence["forecast_median_sigma"])
    way = "up" if float(evidence["momentum_z"]) > 0 else "down"
    towards = "up" if lean > 0 else "down"
    leaning = f"leans {towards} {signed(lean, 2)} σ" if towards != way else f"nearly flat, {signed(lean, 2)} σ"
    made = f"forecast for {evidence['forecast_sessions']:.0f} d"
    return f"{way} {abs(trend):.1f} % in {evidence['sessions']:.0f} d, {made} {leaning}"


def _horizon(features: Features) -> int:
    return AHEAD if AHEAD in features.horizons else 1


KIND = Kind(
    "predicted_reversal",
    score,
    direction,
    evidence,
    words,
    grade="onward",
    leans=True,
    forming=False,
    weight=0.5,
)
