"""Whether a band holds what it promises, in quiet times and after a shock."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.core.bars import FloatArray
from engine.core.conformal import outcomes

SHOCK = 4.0
AFTERMATH = 20


@dataclass(frozen=True, slots=True)
class Coverage:
    """The share of outcomes within the 90 % band: of all forecasts, and of those made in the 20 sessions after a shock.

    Both NaN where there is none; `rows` and `rows_after_shock` say how many there are.
    """

    overall: float
    after_shock: float
    rows: int
    rows_after_shock: int


def shocked(returns: FloatArray, sigma: FloatArray) -> npt.NDArray[np.bool_]:
    """(T,) whether one of the last 20 returns up to each row was beyond 4 of the EWMA sigmas known before it."""
    beyond = np.zeros(len(returns), np.bool_)
    beyond[1:] = np.abs(returns[1:]) > SHOCK * sigma[:-1]
    count = np.cumsum(beyond, dtype=np.int64)
    count[AFTERMATH:] -= count[:-AFTERMATH].copy()
    return np.asarray(count > 0)


def coverage(
    quantiles: Sequence[FloatArray], returns: Sequence[FloatArray], sigma: Sequence[FloatArray], sessions: int = 1
) -> Coverage:
    """How bands (T, 5) of some tickers, for so many sessions ahead, did: returns and EWMA sigma are (T,) each."""
    within, after = [], []
    for band, came, known in zip(quantiles, returns, sigma, strict=True):
        outcome = outcomes(came, (sessions,))[:, 0]
        told = np.isfinite(outcome) & np.isfinite(band).all(axis=1)
        within.append(((outcome >= band[:, 0]) & (outcome <= band[:, -1]))[told])
        after.append(shocked(came, known)[told])
    inside = np.concatenate([np.empty(0, np.bool_), *within])
    aftermath = inside[np.concatenate([np.empty(0, np.bool_), *after])]
    return Coverage(_share(inside), _share(aftermath), len(inside), len(aftermath))


def _share(hits: npt.NDArray[np.bool_]) -> float:
    return float(hits.mean()) if len(hits) else math.nan
