"""Momentum break: a trend of two months (40 sessions), and then a sharp move against it (10 sessions).

score(t) = -z40(t-10) * z10(t), with z40 the return of the 40 sessions before the last 10 and z10 that of the last 10,
each in sigmas of a random walk as long, by the sigma known before the last 10: the move itself must not lengthen the
yardstick. A session counts no more than 4 of these sigmas, so that one jump is no break. Time-series momentum
(Moskowitz, Ooi and Pedersen, J. Financial Economics 104, 2012) that fails; as a product, so that a strong trend needs a
smaller move. Below zero the move goes on with the trend. All of it beside the list (engine.core.index): a market that
turns is one event of the list, and none of each ticker.
"""

import math

import numpy as np

from engine.core.bars import FloatArray
from engine.core.detect.kind import Direction, Evidence, Kind, beside_list, percent, signed
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
    """Where the last move goes, beside the list."""
    return "down" if np.nansum(features.rows(*_last_move(features, row)).own) < 0 else "up"


def evidence(features: Features, row: int) -> Evidence:
    """Trend and move, each in per cent, in sigmas, and over how many sessions; each beside the list where there is one.

    The sigmas are those of what is scored, the move beside the list.
    """
    windows, (first, end) = features.windows, _last_move(features, row)
    trend, move = _both(features.rows(max(row - windows.move, 0), row + 1))
    trended = np.nansum(features.rows(max(first - windows.before, 0), first).returns)
    told: Evidence = {
        "trend_sessions": float(windows.before),
        "trend_pct": percent(trended),
        "trend_z": float(trend[-1]),
        "sessions": float(windows.move),
        "return_pct": percent(np.nansum(features.rows(first, end).returns)),
        "return_z": float(move[-1]),
    }
    beside = beside_list(features, row, windows.move)
    return told | {"trend_own_pct": percent(features.earlier[row])} | beside if beside else told


def words(evidence: Evidence) -> str:
    """One sentence: "falls 7.1 % in 10 d after a rise of 12.0 % in 40 d", or with a list the same beside it first."""
    if "own_pct" not in evidence:
        return _sentence(evidence, "", "return_pct", "trend_pct")
    move, trend = (signed(float(evidence[name])) for name in ("return_pct", "trend_pct"))
    return f"{_sentence(evidence, ' beside the list', 'own_pct', 'trend_own_pct')}; {move} % after {trend} % with it"


def _sentence(evidence: Evidence, beside: str, of_move: str, of_trend: str) -> str:
    move, trend = float(evidence[of_move]), float(evidence[of_trend])
    moves, before = "falls" if move < 0 else "rises", "fall" if trend < 0 else "rise"
    return (
        f"{moves} {abs(move):.1f} % in {evidence['sessions']:.0f} d{beside} "
        f"after a {before} of {abs(trend):.1f} % in {evidence['trend_sessions']:.0f} d"
    )


def _last_move(features: Features, row: int) -> tuple[int, int]:
    return max(row + 1 - features.windows.move, 0), row + 1


def _both(features: Features) -> tuple[FloatArray, FloatArray]:
    windows = features.windows
    sigma, own = before(features.own_sigma, windows.move), features.own
    move = np.zeros(sigma.shape)
    for ago in range(windows.move):
        move += np.clip(ratio(before(own, ago), sigma), -CLIP, CLIP)
    return in_sigmas(features.earlier, sigma, windows.before), move / math.sqrt(windows.move)


KIND = Kind("momentum_break", score, direction, evidence, words, grade="onward", own=True, weight=3.0)
