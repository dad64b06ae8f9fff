"""Momentum break: a trend of two months (40 sessions), and then a sharp move against it (10 sessions).

score(t) = -z40(t-10) * z10(t), with z40 the return of the 40 sessions before the last 10 and z10 that of the last 10,
each in sigmas of a random walk as long, by the sigma known before the last 10: the move itself must not lengthen the
yardstick. A session counts no more than 4 of these sigmas, so that one jump is no break. Time-series momentum
(Moskowitz, Ooi and Pedersen, J. Financial Economics 104, 2012) that fails; as a product, so that a strong trend needs a
smaller move. Below zero the move goes on with the trend.
"""

import math

import numpy as np

from engine.core.bars import FloatArray
from engine.core.detect.kind import Direction, Evidence, Kind, percent
from engine.core.features import Features
from engine.core.momentum import in_sigmas
from engine.core.volatility import before, ratio

CLIP = 4.0
"""Sigmas that one session counts towards the move at most."""


def score(features: Features) -> FloatArray:
    """(T,) the product of both; NaN while there are too few sessions, and where the price stood still before."""
    trend, move = _both(features)
    return -trend * move


def direction(features: Features, row: int) -> Direction:
    """Where the last move goes."""
    return "down" if features.recent[row] < 0 else "up"


def evidence(features: Features, row: int) -> Evidence:
    """Trend and move, each in per cent, in sigmas, and over how many sessions."""
    windows = features.windows
    trend, move = _both(features.rows(max(row - windows.move, 0), row + 1))
    return {
        "trend_sessions": float(windows.before),
        "trend_pct": percent(features.earlier[row]),
        "trend_z": float(trend[-1]),
        "sessions": float(windows.move),
        "return_pct": percent(features.recent[row]),
        "return_z": float(move[-1]),
    }


def words(evidence: Evidence) -> str:
    """One sentence: "falls 7.1 % in 10 d after a rise of 12.0 % in 40 d"."""
    move, trend = float(evidence["return_pct"]), float(evidence["trend_pct"])
    moves, before = "falls" if move < 0 else "rises", "fall" if trend < 0 else "rise"
    return (
        f"{moves} {abs(move):.1f} % in {evidence['sessions']:.0f} d "
        f"after a {before} of {abs(trend):.1f} % in {evidence['trend_sessions']:.0f} d"
    )


def _both(features: Features) -> tuple[FloatArray, FloatArray]:
    windows = features.windows
    sigma = before(features.sigma, windows.move)
    move = np.zeros(sigma.shape)
    for ago in range(windows.move):
        move += np.clip(ratio(before(features.returns, ago), sigma), -CLIP, CLIP)
    return in_sigmas(features.earlier, sigma, windows.before), move / math.sqrt(windows.move)


KIND = Kind("momentum_break", score, direction, evidence, words, grade="onward", weight=4.0)
