import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.evaluation import losses
from engine.core.evaluation.metrics import (
    EWMA,
    GARCH,
    PERSISTENCE,
    clustered_interval,
    mean_loss,
    metrics,
    skill,
    wilson,
)
from engine.core.evaluation.predictions import silent
from engine.core.forecast import TAUS
from tests.engine.core.evaluation.tables import cases, said

returns = st.lists(st.floats(-0.2, 0.2), min_size=1, max_size=40)


def normal_rows(count=2_000, seed=0):
    return cases(np.random.default_rng(seed).normal(0, 0.01, count))


def test_errors_of_the_mean_are_in_per_cent_and_per_cent_squared():
    of = said(cases([0.03, -0.01]), mean=0.01)
    np.testing.assert_allclose(losses.absolute(of), [2.0, 2.0])
    np.testing.assert_allclose(losses.squared(of), [4.0, 4.0])


def test_the_scaled_error_is_in_mean_absolute_returns_of_the_training_rows():
    test = cases([0.03, -0.03]).measured_by(cases([0.02, -0.04, 0.0]))
    assert test.naive == pytest.approx([0.02, 0.02])
    assert losses.scaled(said(test, mean=0.0)) == pytest.approx([1.5, 1.5])


def test_the_scale_is_that_of_the_rows_own_symbol_and_horizon():
    training = cases([0.02, 0.04], symbol=["AAA", "BBB"])
    assert cases([0.0, 0.0], symbol=["BBB", "CCC"]).measured_by(training).naive == pytest.approx(
        [0.04, np.nan], nan_ok=True
    )
    assert np.isnan(cases([0.0], horizon=5).measured_by(training).naive).all()


def test_the_pinball_loss_of_one_row_added_up_by_hand():
    of = said(cases([0.02], sigma=0.01), quantiles=(0.0, 0.0, 0.0, 0.0, 0.03))
    # 2 sigmas above four quantiles at 0, 1 sigma below the last
    assert losses.pinball(of) == pytest.approx([(2 * (0.05 + 0.25 + 0.5 + 0.75) + 0.05 * 1) / 5])


@given(returns, st.integers(1, 100))
def test_the_pinball_loss_does_not_depend_on_a_tickers_scale(values, times):
    one = said(cases(values, sigma=0.01))
    other = said(cases(np.array(values) * times, sigma=0.01 * times), quantiles=one.quantiles[0] * times)
    np.testing.assert_allclose(losses.pinball(one), losses.pinball(other))


@given(returns)
def test_no_quantiles_cost_less_than_those_of_the_rows_themselves(values):
    of = cases(values)
    best = losses.pinball(said(of, quantiles=np.quantile(values, TAUS, method="inverted_cdf"))).mean()
    for shift in (-0.01, 0.004, 0.02):
        moved = np.quantile(values, TAUS, method="inverted_cdf") + shift
        assert best <= losses.pinball(said(of, quantiles=moved)).mean() + 1e-9


def test_the_ends_of_the_band_belong_to_it():
    of = said(cases([-0.02, 0.02, 0.0201, -0.0201]))
    np.testing.assert_array_equal(losses.covered(of), [1, 1, 0, 0])
    np.testing.assert_allclose(losses.width(of), 4.0)


def test_coverage_after_a_shock_is_that_of_the_rows_made_after_one():
    of = said(cases([0.0, 0.0, 0.05, 0.0], shocked=[False, False, True, True]))
    result = metrics(of, {}, 1)
    assert (result.coverage90, result.coverage90_after_shock) == (0.75, 0.5)


def test_a_mean_of_nothing_or_a_return_of_nothing_has_no_direction():
    of = said(cases([0.01, -0.01, 0.0, 0.01]), mean=[0.001, 0.001, 0.001, 0.0])
    np.testing.assert_array_equal(losses.directed(of), [1, 0, np.nan, np.nan])


def test_the_interval_of_a_share_is_wilsons():
    # Newcombe, Statistics in Medicine 17 (1998), table I, method 3
    assert wilson(81 / 263, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(0.0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert np.isnan(wilson(0.5, 0)).all()


@given(st.floats(0, 1), st.integers(1, 5_000))
def test_the_interval_holds_the_share_and_stays_within_0_and_1(share, count):
    low, high = wilson(share, count)
    assert -1e-12 <= low <= share + 1e-12
    assert share - 1e-12 <= high <= 1 + 1e-12


def test_rows_that_hit_together_are_worth_as_many_trials_as_there_are_days():
    hits = (np.random.default_rng(0).random(400) < 0.5).astype(float)
    together = clustered_interval(np.repeat(hits, 25), np.repeat(np.arange(400.0), 25))
    assert together == pytest.approx(wilson(hits.mean(), 400), abs=0.001)


def test_rows_that_hit_independently_are_worth_as_many_trials_as_there_are_rows():
    hits = (np.random.default_rng(0).random(10_000) < 0.5).astype(float)
    low, high = clustered_interval(hits, np.repeat(np.arange(400.0), 25))
    assert high - low == pytest.approx(np.diff(wilson(hits.mean(), 10_000))[0], rel=0.1)


def test_skill_is_the_share_of_the_baselines_loss_that_is_saved():
    days = cases(np.zeros(3)).made_at
    assert skill(np.array([1.0, np.nan, 2.0]), np.array([2.0, 9.0, 2.0]), days) == pytest.approx(0.25)
    assert np.isnan(skill(np.array([1.0]), np.array([0.0]), days[:1]))


def test_a_session_weighs_the_same_however_many_rows_it_has():
    days = cases(np.zeros(4), days=[0, 1, 1, 1]).made_at
    assert mean_loss(np.array([1.0, 3.0, 3.0, np.nan]), days) == 2.0
    assert skill(np.array([1.0, 3.0, 3.0, 3.0]), np.full(4, 4.0), days) == pytest.approx(0.5)


def test_a_forecaster_has_no_skill_against_itself_and_no_p_value():
    of = said(normal_rows(), mean=0.0)
    result = metrics(of, {PERSISTENCE: of, EWMA: of, GARCH: of}, 1)
    assert (result.skill_mse, result.pinball_skill_ewma, result.pinball_skill_garch) == (0, 0, 0)
    assert np.isnan([result.dm_p, result.pinball_p_ewma, result.pinball_p_garch]).all()


def test_a_forecaster_that_knows_half_of_each_return_has_three_quarters_of_skill():
    of = normal_rows()
    result = metrics(said(of, mean=of.realised / 2), {PERSISTENCE: said(of, mean=0.0)}, 1)
    assert result.skill_mse == pytest.approx(0.75)
    assert result.dm_p < 1e-6
    assert result.direction == 1.0


def test_better_quantiles_have_skill_with_a_p_value():
    of = normal_rows()
    right = said(of, quantiles=0.01 * np.array([-1.645, -0.674, 0, 0.674, 1.645]))
    wide = said(of, quantiles=0.02 * np.array([-1.645, -0.674, 0, 0.674, 1.645]))
    result = metrics(right, {EWMA: wide}, 1)
    assert result.pinball_skill_ewma > 0.05
    assert result.pinball_p_ewma < 0.001
    assert result.coverage90 == pytest.approx(0.9, abs=0.02)


def test_what_a_forecaster_does_not_say_is_nan():
    result = metrics(silent(normal_rows(50)), {}, 1)
    assert result.rows == 0
    assert np.isnan([result.mse, result.mae, result.pinball, result.coverage90, result.direction]).all()
