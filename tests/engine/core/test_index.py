"""What a list does as one, and what that leaves of a ticker."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.bars import log_returns
from engine.core.index import LEAST, WINDOW, beta_of, index_of, middle, own_part
from tests.worlds import corrupted, history

ROWS = 400
LIST = [history(f"T{seed}", ROWS, seed=seed) for seed in range(8)]


def of(histories, known=None):
    return index_of([each.sessions for each in histories], [log_returns(each) for each in histories], known)


def test_fewer_than_five_tickers_make_no_index():
    assert of(LIST[: LEAST - 1]) is None
    assert of(LIST[:LEAST]) is not None


def test_a_session_on_which_fewer_than_five_have_a_return_has_none():
    assert np.isnan(middle(np.array([[0.1] * 4 + [np.nan]]))[0])


def test_it_is_the_mean_of_the_middle_half():
    assert middle(np.array([[9.0, 1.0, 2.0, 3.0, -9.0, np.nan]]))[0] == pytest.approx(2.0)
    assert middle(np.array([[9.0, 8.0, 1.0, 2.0, 3.0, 4.0, -9.0, -8.0]]))[0] == pytest.approx(2.5)


@pytest.mark.parametrize("jump", [0.3, -0.3, 10.0])
def test_one_ticker_that_jumps_does_not_move_it_far(jump):
    random = np.random.default_rng(0).normal(0, 0.01, 5)
    jumped = np.append(random[:-1], random[-1] + jump)
    assert abs(middle(jumped[None])[0] - middle(random[None])[0]) < 0.01


@given(st.integers(1, ROWS - 1), st.integers(0, 7))
@settings(max_examples=20, deadline=None)
def test_from_any_session_on_it_goes_on_as_if_made_at_once(row, late):
    made = [*LIST[:late], LIST[late].rows(slice(50, None)), *LIST[late + 1 :]]
    whole = of(made)
    gone_on = of(made, whole.until(LIST[0].sessions[row]))
    np.testing.assert_array_equal(gone_on.returns, whole.returns)
    np.testing.assert_array_equal(gone_on.sessions, whole.sessions)


@given(st.integers(1, ROWS - 2), st.sampled_from(("x10", "nan", "removed", "random")))
@settings(max_examples=20, deadline=None)
def test_no_session_of_it_depends_on_later_rows(row, how):
    later = of([corrupted(each, row, how) for each in LIST])
    np.testing.assert_array_equal(of(LIST).returns[: row + 1], later.returns[: row + 1])


def test_on_a_stretch_of_its_sessions_it_is_a_view_and_with_holes_the_same():
    whole, holes = of(LIST), np.arange(ROWS) % 3 > 0
    assert np.shares_memory(whole.on(LIST[0].sessions[10:50]), whole.returns)
    np.testing.assert_array_equal(whole.on(LIST[0].sessions[holes]), whole.returns[holes])


def test_on_a_session_that_it_does_not_have_it_is_unknown():
    whole = of([each.rows(np.arange(ROWS) != 100) for each in LIST])
    assert np.flatnonzero(np.isnan(whole.on(LIST[0].sessions))).tolist() == [0, 100]


def moving(beta, rows=ROWS):
    random = np.random.default_rng(1)
    index = random.normal(0, 0.01, rows)
    return beta * index, index


@pytest.mark.parametrize("beta", [0.0, 0.7, -1.5])
def test_beta_is_found_after_a_year_and_one_before(beta):
    found = beta_of(*moving(beta), ROWS)
    assert (found[:WINDOW] == 1.0).all()
    np.testing.assert_allclose(found[WINDOW:], beta, atol=1e-9)


def test_beta_is_known_the_session_before():
    returns, index = moving(0.7)
    jumped = np.append(returns[:-1], 1.0)
    assert beta_of(jumped, index, ROWS)[-1] == beta_of(returns, index, ROWS)[-1]


def test_of_an_index_known_for_less_than_half_a_year_no_beta_is_taken():
    returns, index = moving(0.7)
    young = np.where(np.arange(ROWS) < ROWS - 100, np.nan, index)
    assert (beta_of(returns, young, ROWS) == 1.0).all()


def test_the_last_rows_alone_have_the_same_beta():
    returns, index = moving(0.7)
    returns = returns + np.random.default_rng(2).normal(0, 0.01, ROWS)
    np.testing.assert_array_equal(beta_of(returns, index, 7), beta_of(returns, index, ROWS)[-7:])


def test_where_the_index_is_not_known_the_whole_move_is_its_own():
    assert own_part(np.array([0.02, 0.02]), np.array([1.0, 1.0]), np.array([np.nan, 0.015])).tolist() == [
        0.02,
        pytest.approx(0.005),
    ]


def test_a_jump_of_one_ticker_is_laid_at_nobody_elses_door():
    five = LIST[:5]
    jumped = replace(five[0], close=np.append(five[0].close[:-1], 1.5 * five[0].close[-1]))
    moved = of([jumped, *five[1:]]).returns[-1] - of(five).returns[-1]
    assert abs(moved) < 0.01
