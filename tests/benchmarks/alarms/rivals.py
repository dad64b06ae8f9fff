"""Other detectors on the same series, each with one score; they are calibrated as ours are.

Every one sees what ours see. The two that learn read the inputs of `_inputs`, the forest all clean years at once, the
trees session after session, as they were made to.
"""

import math
from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np

from engine.core.bars import FloatArray
from engine.core.budget import Rate
from engine.core.calibration import Calibration, calibrate
from engine.core.features import Features
from engine.core.pool import LEFT_OUT, pool

Rival: TypeAlias = Callable[[Sequence[Features], slice], list[FloatArray]]

SLACK = 0.5
"""Of the rival CUSUM: half of a shift by one sigma, as textbooks have it."""


def z(tickers: Sequence[Features], _: slice) -> list[FloatArray]:
    """|r(t)| / sigma(t-1)."""
    return [np.abs(each.z) for each in tickers]


def cusum(tickers: Sequence[Features], _: slice) -> list[FloatArray]:
    """The larger of two one-sided CUSUMs of z (Page 1954)."""
    return [_cusum(np.nan_to_num(each.z)) for each in tickers]


def how_to(tickers: Sequence[Features], _: slice) -> list[FloatArray]:
    """Up over ten sessions, but predicted to fall: by how many sigmas, by the forecaster of no skill."""
    return [
        np.where(np.isnan(each.mean), np.nan, np.where(each.momentum > 0, -each.mean / each.sigma, -np.inf))
        for each in tickers
    ]


def forest(tickers: Sequence[Features], clean: slice) -> list[FloatArray]:
    """IsolationForest (Liu, Ting and Zhou 2008; scikit-learn's defaults), fitted on the clean years of all tickers."""
    from sklearn.ensemble import IsolationForest

    inputs = [_inputs(each) for each in tickers]
    fitted = IsolationForest(random_state=0).fit(np.concatenate([each[clean] for each in inputs]))
    scores = -fitted.score_samples(np.concatenate(inputs))
    return [_known(each, own) for each, own in zip(inputs, np.split(scores, len(inputs)), strict=True)]


def trees(tickers: Sequence[Features], clean: slice) -> list[FloatArray]:
    """HalfSpaceTrees (Tan, Ting and Liu 2011; river's defaults but for the window: a year of the list)."""
    from river.anomaly import HalfSpaceTrees

    inputs = [_inputs(each) for each in tickers]
    low, high = (np.quantile(np.concatenate([each[clean] for each in inputs]), q, axis=0) for q in (0.001, 0.999))
    scaled = [np.clip((each - low) / (high - low), 0, 1) for each in inputs]
    grown = HalfSpaceTrees(window_size=len(tickers) * 252, seed=0)
    scores = np.zeros((len(tickers), len(inputs[0])))
    for row in range(clean.start, len(inputs[0])):
        for place, each in enumerate(scaled):
            seen = dict(enumerate(each[row].tolist()))
            scores[place, row] = grown.score_one(seen)
            grown.learn_one(seen)
    return [_known(each, own) for each, own in zip(inputs, scores, strict=True)]


RIVALS: dict[str, Rival] = {
    "abs z": z,
    "CUSUM": cusum,
    "how-to's rule": how_to,
    "IsolationForest": forest,
    "HalfSpaceTrees": trees,
}


def threshold(scores: Sequence[FloatArray], clean: slice, a_year: float) -> Calibration:
    """One pool of all tickers' clean years, and the threshold that keeps to so many episodes in it."""
    past = [each[clean.start : clean.stop + LEFT_OUT] for each in scores]
    return calibrate(pool(past, None), [Rate(a_year, a_year / 4)])[0]


def _cusum(values: FloatArray) -> FloatArray:
    up = down = 0.0
    larger = np.empty(len(values))
    for row, value in enumerate(values.tolist()):
        up, down = max(0.0, up + value - SLACK), max(0.0, down - value - SLACK)
        larger[row] = max(up, down)
    return larger


def _inputs(of: Features) -> FloatArray:
    """(T, 7) in sigmas: the return, the last move, the trend and the one before; volatility ratio, volume and RSI."""
    root, earlier = math.sqrt(of.windows.move), math.sqrt(of.windows.before)
    columns = [
        of.z,
        of.momentum / of.sigma / root,
        of.momentum_z,
        of.earlier / of.sigma / earlier,
        np.log(of.volatility_ratio),
        (of.log_volume - of.usual_volume) / of.volume_deviation,
        of.rsi,
    ]
    return np.nan_to_num(np.stack(columns, axis=1))


def _known(inputs: FloatArray, scores: FloatArray) -> FloatArray:
    return np.where((inputs == 0).sum(axis=1) > 2, np.nan, scores)
