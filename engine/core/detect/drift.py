"""Drift: session after session a little the same way, until together it is much.

score(t) = max(S+(t), S-(t)), with S+(t) = max(0, .95 S+(t-1) + z(t) - 0.15) and S- the same of -z: a CUSUM (Page,
Biometrika 41, 1954) on each side that forgets, so that a drift which is over makes room for the one against it; z is
the return beside the list in its sigmas known before, within 3, so that a single jump is no drift (engine.core.series,
engine.core.index): where the whole list drifts, no ticker of it does.
"""

import numpy as np

from engine.core.bars import FloatArray
from engine.core.detect.kind import ORDINARY, Direction, Evidence, Kind, beside_list, percent, signed
from engine.core.features import Features
from engine.core.series import FORGETS, SLACK


def score(features: Features) -> FloatArray:
    """(T,) the larger CUSUM, in sigmas; ORDINARY where both are 0, NaN where the return has no z."""
    larger = np.maximum(features.drift_up, features.drift_down)
    return np.where(np.isnan(features.own_z), np.nan, np.where(larger > 0, larger, ORDINARY))


def direction(features: Features, row: int) -> Direction:
    """Where it drifts."""
    return "up" if features.drift_up[row] > features.drift_down[row] else "down"


def evidence(features: Features, row: int) -> Evidence:
    """The CUSUM, since how many sessions it has been above 0, what they made together and, clipped, on average."""
    side = features.drift_up if direction(features, row) == "up" else features.drift_down
    at_zero = np.flatnonzero(side[: row + 1] <= 0)
    sessions = row - (int(at_zero[-1]) if len(at_zero) else -1)
    moved = np.nansum(features.returns[row + 1 - sessions : row + 1])
    forgotten = (1 - FORGETS) * side[row + 1 - sessions : row].sum()
    towards = 1.0 if direction(features, row) == "up" else -1.0
    return {
        "cusum_sigma": float(side[row]),
        "sessions": float(sessions),
        "return_pct": percent(moved),
        "mean_sigma": towards * float((side[row] + forgotten) / sessions + SLACK),
        **beside_list(features, row, sessions),
    }


def words(evidence: Evidence) -> str:
    """One sentence: "drifts down for 14 d: −9.1 %, −0.62 σ a day", or with a list the part beside it and the whole."""
    mean, whole = float(evidence["mean_sigma"]), signed(float(evidence["return_pct"]))
    drifts = f"drifts {'up' if mean > 0 else 'down'} for {evidence['sessions']:.0f} d"
    if "own_pct" not in evidence:
        return f"{drifts}: {whole} %, {signed(mean, 2)} σ a day"
    own = signed(float(evidence["own_pct"]))
    return f"{drifts} beside the list: {own} %, {signed(mean, 2)} σ a day; {whole} % with it"


KIND = Kind("drift", score, direction, evidence, words, grade="onward", own=True)
