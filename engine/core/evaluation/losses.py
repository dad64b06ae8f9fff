"""What a forecast costs, row by row: squared, absolute and pinball loss, and whether the band held."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from engine.core.bars import FloatArray
from engine.core.evaluation.predictions import Predictions
from engine.core.forecast import TAUS

Loss: TypeAlias = Callable[[Predictions], FloatArray]

PER_CENT = 100.0


def squared(of: Predictions) -> FloatArray:
    """(N,) squared error of the mean, in per cent squared of log return; NaN where there is no mean."""
    return np.asarray((PER_CENT * (of.cases.realised - of.mean)) ** 2)


def absolute(of: Predictions) -> FloatArray:
    """(N,) absolute error of the mean, in per cent of log return; NaN where there is no mean."""
    return np.asarray(PER_CENT * np.abs(of.cases.realised - of.mean))


def scaled(of: Predictions) -> FloatArray:
    """(N,) absolute error over the mean absolute return of the symbol's training rows (`naive`); its mean is MASE.

    Hyndman & Koehler, International Journal of Forecasting 22 (2006), section 3. NaN where either is unknown or `naive`
    is 0.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.abs(of.cases.realised - of.mean) / of.cases.naive
    return np.where(np.isfinite(error), error, np.nan)


def in_prices(of: Predictions) -> FloatArray:
    """(N,) error of the mean in prices, split-adjusted: close (e^realised - e^mean); dividends count as price."""
    return np.asarray(of.cases.close * (np.exp(of.cases.realised) - np.exp(of.mean)))


def pinball(of: Predictions) -> FloatArray:
    """(N,) mean over TAUS of the pinball loss, in EWMA sigmas; NaN where a quantile is missing.

    max(tau u, (tau - 1) u) with u = (realised - quantile) / sigma (Koenker & Bassett, Econometrica 46, 1978). Over
    sigma, a calm ticker and a wild one, and calm and wild years, weigh alike.
    """
    u = (of.cases.realised[:, None] - of.quantiles) / of.cases.sigma[:, None]
    taus = np.array(TAUS)
    return np.asarray(np.maximum(taus * u, (taus - 1.0) * u).mean(axis=1))


def covered(of: Predictions) -> FloatArray:
    """(N,) 1 where the return lies within the 90 % band, ends included, else 0; NaN where there is no band."""
    low, high = of.quantiles[:, 0], of.quantiles[:, -1]
    inside = (of.cases.realised >= low) & (of.cases.realised <= high)
    return np.where(np.isfinite(low) & np.isfinite(high), inside.astype(np.float64), np.nan)


def width(of: Predictions) -> FloatArray:
    """(N,) width of the 90 % band, in per cent of log return; NaN where there is none."""
    return np.asarray(PER_CENT * (of.quantiles[:, -1] - of.quantiles[:, 0]))


def directed(of: Predictions) -> FloatArray:
    """(N,) 1 where the mean has the sign of the return, else 0; NaN where there is no mean, or either is 0."""
    sign = np.sign(of.mean) * np.sign(of.cases.realised)
    return np.where(np.isfinite(sign) & (sign != 0), (sign > 0).astype(np.float64), np.nan)
