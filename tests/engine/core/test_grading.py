"""Grades: right or wrong by a fixed rule, known without the future, beside how usual that is."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.bars import log_returns
from engine.core.detect import KINDS
from engine.core.grading import HORIZONS, Outcome, grade, track, wilson
from engine.core.volatility import ewma_sigma
from tests.worlds import corrupted, history, shocked

ROWS = 420
ROW = 300
horizons = st.sampled_from(HORIZONS)


def seen(of):
    returns = log_returns(of)
    return returns, ewma_sigma(returns)


def drifting(step, rows=60):
    """Returns of a fixed size up and down, then `step` a day from row 40 on, with the sigma known of them."""
    returns = np.where(np.arange(rows) % 2, 0.01, -0.01)
    returns[41:] = step
    return returns, np.full(rows, 0.01)


@pytest.mark.parametrize(
    ("step", "direction", "hit"),
    [(0.01, "up", True), (0.01, "down", False), (-0.01, "down", True), (-0.01, "up", False), (0.001, "up", False)],
)
def test_onward_is_a_hit_where_the_price_goes_half_a_sigma_where_the_alarm_pointed(step, direction, hit):
    returns, sigma = drifting(step)
    assert grade("onward", direction, returns, sigma, row=40, horizon=5).hit is hit


def test_onward_measures_in_sigmas_of_as_many_sessions():
    returns, sigma = drifting(0.01)
    assert grade("onward", "up", returns, sigma, row=40, horizon=5).value == pytest.approx(math.sqrt(5))


def test_an_alarm_that_points_nowhere_cannot_be_right_by_going_on():
    returns, sigma = drifting(0.01)
    assert grade("onward", "none", returns, sigma, row=40, horizon=5) is None


@pytest.mark.parametrize(("step", "hit"), [(0.02, True), (-0.02, True), (0.001, False)])
def test_rough_is_a_hit_where_the_price_moves_more_than_in_two_thirds_of_the_past(step, hit):
    returns, sigma = drifting(step)
    assert grade("rough", "none", returns, sigma, row=40, horizon=5).hit is hit


def test_the_base_rate_of_rough_is_about_a_third():
    returns, sigma = seen(history(rows=2_000))
    assert grade("rough", "none", returns, sigma, row=1_900, horizon=10).base_rate == pytest.approx(1 / 3, abs=0.03)


@given(st.integers(100, ROWS - 30), horizons, st.sampled_from(("up", "down")))
def test_the_base_rate_is_the_share_of_all_sessions_after_which_the_same_rule_would_have_been_a_hit(row, horizon, way):
    returns, sigma = seen(history(rows=ROWS))
    known = [each for each in range(row + 1) if np.isfinite(sigma[each])]
    hits = [grade("onward", way, returns, sigma, row=each, horizon=horizon).hit for each in known]
    assert grade("onward", way, returns, sigma, row=row, horizon=horizon).base_rate == pytest.approx(np.mean(hits))


@pytest.mark.parametrize("rule", ["onward", "rough"])
def test_nothing_is_graded_before_its_sessions_are_over(rule):
    returns, sigma = seen(history(rows=ROWS))
    assert grade(rule, "up", returns, sigma, row=ROWS - 10, horizon=10) is None
    assert grade(rule, "up", returns, sigma, row=ROWS - 11, horizon=10) is not None


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@given(horizon=horizons, how=st.sampled_from(("x10", "nan", "random", "removed")))
def test_a_grade_does_not_depend_on_what_comes_after_its_last_session(kind, horizon, how):
    plain = history(rows=ROWS)
    first = grade(kind.grade, "up", *seen(plain), row=ROW, horizon=horizon)
    assert first == grade(kind.grade, "up", *seen(corrupted(plain, ROW + horizon, how)), row=ROW, horizon=horizon)


def test_a_move_within_its_sessions_does_matter():
    plain = history(rows=ROWS)
    first = grade("rough", "none", *seen(plain), row=ROWS - 6, horizon=5)
    assert grade("rough", "none", *seen(shocked(plain)), row=ROWS - 6, horizon=5) != first


def test_what_cannot_be_measured_is_not_graded():
    returns, _ = drifting(0.01)
    assert grade("onward", "up", returns, np.full(60, np.nan), row=40, horizon=5) is None


def test_a_track_record_counts_hits_and_holds_them_against_the_mean_base_rate():
    outcomes = [Outcome(hit, 1.0, 0.5, base) for hit, base in ((True, 0.2), (True, 0.3), (False, 0.25), (False, 0.25))]
    record = track(outcomes)
    assert (record.graded, record.hits, record.precision, record.base_rate) == (4, 2, 0.5, 0.25)
    assert record.lift == 2.0


def test_without_outcomes_there_is_no_precision():
    assert track([]).precision is None


@given(st.integers(0, 500), st.integers(1, 500))
def test_the_interval_holds_the_share_and_stays_between_none_and_all(hits, count):
    hits = min(hits, count)
    low, high = wilson(hits, count)
    assert 0 <= low <= hits / count + 1e-12
    assert hits / count - 1e-12 <= high <= 1


@pytest.mark.parametrize(("hits", "count"), [(0, 10), (8, 21), (50, 50), (3, 200)])
def test_the_interval_is_that_of_scipy(hits, count):
    from scipy.stats import binomtest

    reference = binomtest(hits, count).proportion_ci(0.95, method="wilson")
    assert wilson(hits, count) == pytest.approx((reference.low, reference.high), abs=1e-6)
