"""GARCH(1,1) with Student's t: fitted on rows before the test block, then filtered through it with fixed parameters.

r(t) = mu + e(t),  s2(t+1) = omega + alpha e(t)^2 + beta s2(t)   (Bollerslev, Journal of Econometrics 31, 1986, and
Review of Economics and Statistics 69, 1987, for t). garch_fit.py finds the parameters.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.core.bars import FloatArray
from engine.core.evaluation.folds import Fold
from engine.core.evaluation.predictions import Cases, Predictions, silent
from engine.core.evaluation.series import Series

SCALE = 100.0
"""Returns are taken in per cent, where the search for parameters goes well."""


@dataclass(frozen=True, slots=True)
class Garch:
    """Fitted parameters, of returns in per cent; `quantiles` are those of the standardised innovation at TAUS.

    `start` is the variance that the filter begins with.
    """

    mu: float
    omega: float
    alpha: float
    beta: float
    start: float
    quantiles: tuple[float, ...]


def garch(fitted: Mapping[str, Garch | None], of: Sequence[Series], test: Cases) -> Predictions:
    """What each symbol's model says to its rows; NaN for a symbol whose model could not be fitted.

    Over more than one session the variances add up and the innovation's quantiles are kept: the sum of several is a
    little closer to a normal than that.
    """
    said = silent(test)
    known = {each.symbol: each for each in of}
    for place, horizon in test.kinds():
        symbol = test.symbols[place]
        model = fitted.get(symbol)
        if model is None:
            continue
        rows = np.flatnonzero(test.are(place, horizon))
        variance = ahead(model, filtered(model, known[symbol].returns), horizon)
        sigma = np.sqrt(variance[np.searchsorted(known[symbol].sessions, test.made_at[rows])]) / SCALE
        said.mean[rows] = horizon * model.mu / SCALE
        said.quantiles[rows] = said.mean[rows, None] + sigma[:, None] * np.array(model.quantiles)
    return said


def before_test(of: Series, fold: Fold) -> FloatArray:
    """The returns that a symbol's parameters are fitted on: all from the training block's first to the test block."""
    keep = (of.sessions >= fold.train.first) & (of.sessions < fold.test.first)
    return np.asarray(of.returns[keep])


def filtered(model: Garch, returns: FloatArray) -> FloatArray:
    """(T,) the variance of the next session known at each row, in per cent squared; a NaN return counts as expected."""
    result = np.empty(len(returns))
    variance = model.start
    for row, value in enumerate(((SCALE * returns - model.mu) ** 2).tolist()):
        shock = variance if math.isnan(value) else value
        variance = model.omega + model.alpha * shock + model.beta * variance
        result[row] = variance
    return result


def ahead(model: Garch, variance: FloatArray, horizon: int) -> FloatArray:
    """(T,) the variance of the return over `horizon` sessions, from that of the next one: the sum of the expected ones.

    E s2(t+k+1) = omega + (alpha + beta) E s2(t+k).
    """
    total, expected = np.zeros_like(variance), variance
    for _ in range(horizon):
        total = total + expected
        expected = model.omega + (model.alpha + model.beta) * expected
    return total
