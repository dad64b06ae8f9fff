import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.evaluation.diebold_mariano import by_session, compare, diebold_mariano, hac_lag, long_run_variance

DAYS = np.arange("2001-01-01", "2001-04-11", dtype="datetime64[D]")


def autoregressive(random, length, rho):
    noise, values = random.normal(size=length + 50), np.zeros(length + 50)
    for row in range(1, len(values)):
        values[row] = rho * values[row - 1] + noise[row]
    return values[50:]


def test_the_variance_of_a_series_that_can_be_added_up_by_hand():
    # mean 2, deviations -1 0 1: g0 = 2/3, g1 = 0, g2 = -1/3, weights 2/3 and 1/3
    assert long_run_variance(np.array([1.0, 2.0, 3.0]), 0) == pytest.approx(2 / 3)
    assert long_run_variance(np.array([1.0, 2.0, 3.0]), 2) == pytest.approx(2 / 3 - 2 / 9)


@pytest.mark.parametrize(
    ("count", "horizon", "lag"), [(100, 1, 4), (1_000, 1, 6), (5_040, 1, 9), (5_040, 10, 27), (40, 10, 10)]
)
def test_the_lag_follows_sample_and_horizon(count, horizon, lag):
    assert hac_lag(count, horizon) == lag


@pytest.mark.parametrize("horizon", [1, 5, 10])
def test_the_statistic_is_that_of_an_independent_library_but_for_the_small_sample_correction(horizon):
    from scipy import stats
    from statsmodels.regression.linear_model import OLS

    series = 0.05 + autoregressive(np.random.default_rng(1), 700, 0.3)
    result = diebold_mariano(series, horizon)
    reference = OLS(series, np.ones(700)).fit(cov_type="HAC", cov_kwds={"maxlags": result.lag, "use_correction": False})
    correction = np.sqrt((701 - 2 * horizon + horizon * (horizon - 1) / 700) / 700)
    assert result.statistic == pytest.approx(float(reference.tvalues[0]) * correction)
    assert result.p == pytest.approx(2 * stats.t.sf(abs(result.statistic), 699))


@pytest.mark.parametrize(("horizon", "highest"), [(1, 0.07), (5, 0.09), (10, 0.09)])
def test_where_no_forecaster_is_better_one_of_twenty_is_called_so(horizon, highest):
    random, found = np.random.default_rng(horizon), 0
    for _ in range(2_000):
        noise = random.normal(size=1_000 + horizon - 1)
        found += diebold_mariano(np.convolve(noise, np.ones(horizon), "valid"), horizon).p < 0.05
    assert 0.035 < found / 2_000 < highest


def test_a_difference_of_a_fifth_of_its_own_deviation_is_found_in_a_thousand_sessions():
    random = np.random.default_rng(0)
    found = [diebold_mariano(random.normal(-0.2, 1, 1_000), 1) for _ in range(100)]
    assert all(each.p < 0.01 and each.statistic < 0 for each in found)


def test_tickers_of_one_day_count_as_one_observation():
    random = np.random.default_rng(3)
    market = random.normal(size=len(DAYS))
    many = np.repeat(market, 50) + random.normal(0, 0.01, 50 * len(DAYS))
    pooled = compare(many, np.zeros(len(many)), np.repeat(DAYS, 50), 1)
    alone = compare(market, np.zeros(len(DAYS)), DAYS, 1)
    assert pooled.sessions == len(DAYS)
    assert pooled.p == pytest.approx(alone.p, rel=0.05)


@given(st.lists(st.floats(-5, 5), min_size=40, max_size=80), st.integers(1, 10))
def test_swapping_the_forecasters_turns_the_sign_and_nothing_else(values, horizon):
    series = np.array(values)
    one, other = diebold_mariano(series, horizon), diebold_mariano(-series, horizon)
    np.testing.assert_allclose([one.statistic, one.p], [-other.statistic, other.p])


@given(st.lists(st.floats(-5, 5), min_size=2, max_size=80), st.integers(0, 20))
def test_the_variance_is_never_below_zero(values, lag):
    assert long_run_variance(np.array(values), min(lag, len(values) - 1)) >= -1e-9


def test_the_same_forecasts_are_no_different_and_have_no_p_value():
    losses = np.random.default_rng(0).random(len(DAYS))
    result = compare(losses, losses, DAYS, 1)
    assert result.difference == 0
    assert np.isnan(result.p)


def test_a_few_sessions_are_not_tested():
    assert np.isnan(diebold_mariano(np.arange(20.0), 1).p)
    assert np.isnan(diebold_mariano(np.empty(0), 1).p)


def test_rows_that_one_of_them_did_not_forecast_are_left_out():
    random = np.random.default_rng(5)
    one, other = random.random(len(DAYS)), random.random(len(DAYS))
    other[10:20] = np.nan
    kept = np.isfinite(other)
    assert compare(one, other, DAYS, 1) == compare(one[kept], other[kept], DAYS[kept], 1)


def test_the_mean_of_each_session_is_one_value():
    days = np.array(["2001-01-02", "2001-01-01", "2001-01-02"], "datetime64[D]")
    np.testing.assert_array_equal(by_session(np.array([1.0, 5.0, 3.0]), days), [5.0, 2.0])
