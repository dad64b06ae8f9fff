"""What a model has to beat: forecasters that need no network. Each sees the rows before the test, and answers it.

These are all that a model knows too, which is fitted once more on all of them: a baseline that learnt from fewer would
be beaten by what is new in them.

GARCH stands in garch.py and ridge regression in ridge.py: both are fitted in the trainer process.
"""

import numpy as np

from engine.core.bars import FloatArray
from engine.core.evaluation.predictions import Cases, Predictions, silent
from engine.core.forecast import TAUS


def persistence(before: Cases, test: Cases) -> Predictions:
    """The price stays: a mean of 0; quantiles are those of the symbol's returns before, whatever the volatility."""
    said = _of_the_past(before, test)
    return Predictions(test, np.where(np.isnan(said.mean), np.nan, 0.0), said.quantiles)


def drift(before: Cases, test: Cases) -> Predictions:
    """The price goes on as on average: the mean and the quantiles of the symbol's returns before."""
    return _of_the_past(before, test)


def ewma(before: Cases, test: Cases) -> Predictions:
    """EWMA volatility times the empirical quantiles of the standardised returns before; no mean.

    r / sigma of all symbols together, for each horizon by itself, so that what is left of volatility's clustering over
    5 or 10 sessions stands in the quantiles. This is "the EWMA baseline" wherever one is named.
    """
    said = silent(test)
    for horizon in np.unique(test.horizon):
        rows, known = test.horizon == horizon, before.of(int(horizon))
        said.quantiles[rows] = test.sigma[rows, None] * _quantiles(known.realised / known.sigma)
    return said


def _of_the_past(before: Cases, test: Cases) -> Predictions:
    said = silent(test)
    for symbol, horizon in test.kinds():
        rows, known = test.are(symbol, horizon), before.realised[before.are(symbol, horizon)]
        if len(known):
            said.mean[rows] = known.mean()
            said.quantiles[rows] = _quantiles(known)
    return said


def _quantiles(values: FloatArray) -> FloatArray:
    """(5,) at TAUS; NaN of nothing."""
    return np.quantile(values, TAUS) if len(values) else np.full(len(TAUS), np.nan)
