"""Drift: said when the bands or the skill have gone, never by luck of one bad day, never of what has not come yet."""

import numpy as np
import pytest

from engine.core.drift import drift, outside, trials
from engine.core.evaluation.baselines import ewma
from engine.core.evaluation.predictions import Predictions
from engine.core.evaluation.series import cases, observed
from tests.worlds import steady

WORLD = [steady(name, seed=seed) for seed, name in enumerate(("AAA", "BBB", "CCC", "DDD"))]


def told(world=WORLD, *, scale=1.0, sessions=60, off=0.0):
    """EWMA's own quantiles on the last rows as if they had been stored, so wide, moved by so many sigmas."""
    every = cases([observed(each) for each in world], (1,))
    said = ewma(every.rows(slice(None)), every)
    quantiles = scale * said.quantiles + off * every.sigma[:, None]
    quantiles[every.made_at < np.unique(every.made_at)[-sessions]] = np.nan
    return Predictions(every, said.mean, quantiles)


def test_forecasts_that_fit_are_no_drift():
    assert drift(told()) is None


def test_bands_that_are_too_narrow_are_told_with_their_coverage():
    why = drift(told(scale=0.5))
    assert why.startswith("coverage ")
    assert why.endswith(" % of 90 over 60 sessions")
    assert int(why.split()[1]) < 80


def test_bands_that_are_too_wide_are_told_too():
    assert drift(told(scale=3.0)) == "coverage 100 % of 90 over 60 sessions"


def test_a_loss_above_that_of_ewma_quantiles_is_told():
    crossed = told()
    crossed.quantiles[:, 1:4] *= 3.0  # the middle of the forecast is off, its 90 % band is as it was
    assert drift(crossed).startswith("loss ")
    assert "above that of EWMA quantiles over 60 sessions" in drift(crossed)


@pytest.mark.parametrize("sessions", [1, 29])
def test_of_a_few_sessions_nothing_is_said(sessions):
    assert drift(told(scale=0.1, sessions=sessions)) is None


def test_tickers_that_miss_on_one_day_together_are_one_miss():
    made_at = np.repeat(np.arange("2008-01-01", "2008-03-01", dtype="datetime64[D]"), 20)
    hits = np.where(made_at < np.datetime64("2008-01-11"), 0.0, 1.0)
    assert trials(hits, made_at) == 60
    assert trials(np.tile([0.0] + [1.0] * 9, 120), made_at) == 1200


@pytest.mark.parametrize(("hits", "count", "said"), [(54, 60, False), (47, 60, False), (44, 60, True), (60, 60, True)])
def test_the_binomial_interval_is_the_exact_one(hits, count, said):
    assert outside(hits, count) is said
