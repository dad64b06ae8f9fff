"""What ridge regression reads: returns over several stretches, volatility and the market, all in EWMA sigmas."""

import numpy as np

from engine.core.bars import FloatArray, log_returns
from engine.core.evaluation.predictions import Cases
from engine.core.evaluation.ridge import Seen
from engine.core.momentum import momentum_z
from engine.core.panel import Listed, Panel
from engine.core.volatility import daily_variance, ewma_sigma, ratio, short_and_long

STRETCHES = (1, 5, 21, 63)
_CLIP = 6.0


def regressors(of: Listed) -> FloatArray:
    """(T, 6) at each row, from rows up to it: z of 1/5/21/63-session returns, log volatility ratio, z of the market.

    Clipped to 6 sigmas, as returns are for a model's input; NaN while there are too few rows, the market 0 where it is
    unknown.
    """
    returns = log_returns(of.history)
    sigma = ewma_sigma(returns)
    short, long = short_and_long(daily_variance(of.history, returns))
    with np.errstate(divide="ignore", invalid="ignore"):
        tension = np.log(ratio(short, long))
        market = np.nan_to_num(of.market / sigma, posinf=0.0, neginf=0.0)
    columns = [*(momentum_z(returns, sigma, stretch) for stretch in STRETCHES), tension, market]
    values = np.clip(np.column_stack(columns), -_CLIP, _CLIP)
    return np.where(np.isfinite(values), values, np.nan)


def seen(of: Panel, cases: Cases) -> Seen:
    """The rows beside what was known at each; `of` holds the symbols of the cases, in their order."""
    features = np.full((len(cases), len(STRETCHES) + 2), np.nan)
    for place, listed in enumerate(of):
        rows = np.flatnonzero(cases.symbol == place)
        at = np.searchsorted(listed.history.sessions, cases.made_at[rows])
        features[rows] = regressors(listed)[at]
    return Seen(cases, features)
