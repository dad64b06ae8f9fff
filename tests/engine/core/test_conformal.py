"""Bands that hold what they promise: exchangeable errors exactly, changing ones in the long run."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core import conformal
from engine.core.conformal import GAMMA, LEAST, LEVELS, MOST, Said, ladder, offset, standing
from engine.core.evaluation.series import shocked
from engine.core.forecast import TAUS
from engine.core.momentum import outcomes
from engine.core.volatility import ewma_sigma

HORIZONS = (1, 5, 10)


def said(rows=400, calibrated=300, seed=0, spread=1.0):
    """A forecaster that says the same every day, of returns that spread `spread` times as far as it says."""
    random = np.random.default_rng(seed)
    returns = random.standard_t(5, rows) * 0.01 * np.where(np.arange(rows) < calibrated, 1.0, spread)
    scale = np.full((rows, len(HORIZONS)), 0.01) * standing(HORIZONS)
    quantiles = np.broadcast_to(scale[..., None] * np.array([-1.6, -0.6, 0.0, 0.6, 1.6]), (rows, len(HORIZONS), 5))
    errors = (outcomes(returns[:calibrated], HORIZONS)[..., None] - quantiles[:calibrated]) / scale[
        :calibrated, :, None
    ]
    return Said(quantiles, scale, returns, ladder(errors), calibrated)


def bands(of, horizons):
    """The corrected quantiles alone."""
    return tuple(band.quantiles for band in conformal.bands(of, horizons))


def between(one, first, end, before=None):
    """The rows from `first` to before `end`, as they go on from those before them."""
    rows = slice(first, end)
    returns = one.returns[:end] if before else one.returns[rows]
    left = max(one.calibrated - first, 0)
    return replace(
        one, quantiles=one.quantiles[rows], scale=one.scale[rows], returns=returns, calibrated=left, before=before
    )


seeds = st.integers(0, 10_000)


@given(seeds, st.integers(60, 400))
@settings(max_examples=20, deadline=None)
def test_the_next_of_exchangeable_errors_lies_below_a_quantile_as_often_as_it_says(seed, rows):
    errors = np.random.default_rng(seed).standard_normal((rows, 400))
    below = errors[-1] <= ladder(errors[:-1])[:, np.isin(LEVELS.round(3), TAUS)].T
    np.testing.assert_allclose(below.mean(axis=1), TAUS, atol=0.11)


@given(seeds, st.floats(0.3, 4.0))
@settings(max_examples=20, deadline=None)
def test_quantiles_rise(seed, spread):
    (band,) = bands([said(seed=seed, spread=spread)], HORIZONS)
    assert (np.diff(band, axis=-1) >= 0).all()


@given(seeds, st.sampled_from([0.0, 30.0]))
@settings(max_examples=10, deadline=None)
def test_levels_stay_clipped_however_wrong_the_forecaster_is(seed, spread):
    one = said(rows=900, seed=seed, spread=spread)
    (band,) = bands([one], HORIZONS)
    lowest = one.quantiles[-1, :, 0] + one.scale[-1] * offset(one.ladder[:, 0], np.full(3, LEAST))
    highest = one.quantiles[-1, :, -1] + one.scale[-1] * offset(one.ladder[:, -1], np.full(3, 1 - LEAST))
    assert (band[-1, :, 0] >= lowest - 1e-12).all()
    assert (band[-1, :, -1] <= highest + 1e-12).all()
    assert MOST == 0.5


@pytest.mark.parametrize("spread", [0.7, 1.0, 1.4])
def test_after_the_world_has_changed_the_band_finds_back_to_its_share(spread):
    one = said(rows=4_000, spread=spread)
    (band,) = bands([one], HORIZONS)
    late = slice(1_500, 4_000)
    came = outcomes(one.returns, (1,))[late, 0]
    inside = (came >= band[late, 0, 0]) & (came <= band[late, 0, -1])
    assert inside[np.isfinite(came)].mean() == pytest.approx(0.9, abs=0.02)


@pytest.mark.parametrize("rows", [301, 305, 350, 399])
def test_row_by_row_bands_are_those_of_all_rows(rows):
    one = said()
    (whole,) = bands([one], HORIZONS)
    first = replace(one, quantiles=one.quantiles[:rows], scale=one.scale[:rows], returns=one.returns[:rows])
    (known,) = bands([first], HORIZONS)
    np.testing.assert_array_equal(known, whole[:rows])


@given(seeds, st.lists(st.integers(1, 399), min_size=1, max_size=8, unique=True).map(sorted))
@settings(max_examples=25, deadline=None)
def test_bands_that_go_on_from_earlier_ones_are_those_of_all_rows_to_the_bit(seed, cuts):
    one = said(seed=seed, spread=1.4)
    (whole,) = conformal.bands([one], HORIZONS)
    known = None
    for first, end in zip([0, *cuts], [*cuts, 400], strict=True):
        (later,) = conformal.bands([between(one, first, end, known)], HORIZONS)
        joined = [later] if known is None else [known, later]
        known = conformal.Band(*(np.concatenate([getattr(e, n) for e in joined]) for n in ("quantiles", "shares")))
    np.testing.assert_array_equal(known.quantiles, whole.quantiles)
    np.testing.assert_array_equal(known.shares, whole.shares)


def test_a_band_knows_no_outcome_of_a_later_row():
    one = said()
    (plain,) = bands([one], HORIZONS)
    altered = one.returns.copy()
    altered[351:] = 9.0
    (band,) = bands([replace(one, returns=altered)], HORIZONS)
    np.testing.assert_array_equal(band[:351], plain[:351])
    assert not np.array_equal(band[352:], plain[352:])


def test_a_ticker_has_the_same_bands_whoever_stands_beside_it():
    one, other = said(), said(rows=333, calibrated=310, seed=1)
    np.testing.assert_array_equal(bands([one], HORIZONS)[0], bands([other, one], HORIZONS)[1])


def test_an_outcome_beyond_moves_the_level_by_the_step():
    steps = np.broadcast_to(LEVELS, (1, 5, len(LEVELS)))  # an offset then is its own level
    zero = np.zeros((3, 1, 5))
    one = Said(zero, np.ones((3, 1)), np.array([0.0, -9.0, 0.0]), steps, 0)
    (band,) = bands([one], (1,))
    np.testing.assert_allclose(band[0, 0], TAUS)
    assert band[1, 0, 0] == pytest.approx(0.05 + GAMMA * (0.05 - 1))
    assert band[1, 0, -1] == pytest.approx(0.95 - GAMMA * 0.05)
    assert band[1, 0, 2] == 0.5


def test_rows_without_a_forecast_have_no_band_and_change_none():
    one = said()
    holes = one.quantiles.copy()
    holes[[100, 320]] = np.nan
    (band,) = bands([replace(one, quantiles=holes)], HORIZONS)
    assert np.isnan(band[[100, 320]]).all()
    assert np.isfinite(np.delete(band, [100, 320], axis=0)).all()


def test_without_any_error_there_is_no_ladder():
    assert np.isnan(ladder(np.full((10, 3), np.nan))).all()
    assert ladder(np.empty((0, 3, 5))).shape == (3, 5, 199)


def test_split_conformal_agrees_with_mapie():
    """The 90 % band around a mean, from 500 residuals: MAPIE's own, to a hundredth of a residual's deviation."""
    from mapie.regression import SplitConformalRegressor
    from sklearn.dummy import DummyRegressor

    random = np.random.default_rng(3)
    errors = random.standard_t(5, 500)
    reference = SplitConformalRegressor(
        DummyRegressor(strategy="constant", constant=0.0).fit(np.zeros((2, 1)), np.zeros(2)),
        confidence_level=0.9,
        conformity_score="absolute",
        prefit=True,
    ).conformalize(np.zeros((500, 1)), errors)
    _, interval = reference.predict_interval(np.zeros((1, 1)))
    both_sides = np.concatenate((errors, -errors))  # a symmetric score is a one-sided one of both signs
    steps = ladder(both_sides)
    own = [offset(steps, np.array(level)) for level in (0.05, 0.95)]
    np.testing.assert_allclose(own, interval[0, :, 0], atol=0.01 * errors.std())


@given(seeds)
@settings(max_examples=20, deadline=None)
def test_a_shock_is_remembered_for_twenty_sessions(seed):
    random = np.random.default_rng(seed)
    returns, sigma = random.normal(0, 0.01, 200), np.full(200, 0.01)
    returns = np.clip(returns, -0.03, 0.03)
    at = int(random.integers(1, 170))
    returns[at] = 0.05
    assert np.flatnonzero(shocked(returns, sigma)).tolist() == list(range(at, at + 20))


def test_outcomes_are_the_sums_of_the_returns_after():
    returns = np.array([np.nan, 0.1, 0.2, np.nan, 0.3, 0.4])
    np.testing.assert_allclose(outcomes(returns, (1, 2))[:, 0], [0.1, 0.2, np.nan, 0.3, 0.4, np.nan])
    np.testing.assert_allclose(outcomes(returns, (1, 2))[:, 1], [0.3, np.nan, np.nan, 0.7, np.nan, np.nan])
    assert ewma_sigma(returns).shape == (6,)


@pytest.mark.parametrize("rows", range(12))
def test_of_few_rows_only_the_outcomes_that_came_are_known(rows):
    known = np.isfinite(outcomes(np.full(rows, 0.01), HORIZONS)).sum(axis=0)
    assert known.tolist() == [max(rows - sessions, 0) for sessions in HORIZONS]


def test_outcomes_side_by_side_are_those_of_each_alone():
    returns = np.random.default_rng(3).normal(size=(40, 3))
    together = outcomes(returns, HORIZONS)
    alone = [outcomes(column, HORIZONS) for column in returns.T]
    np.testing.assert_array_equal(together, np.stack(alone, axis=1))
