"""The momentum state: four of them, from two signs that do not flicker."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.bars import log_returns
from engine.core.momentum import BAND, FAST, SLOW, momentum, momentum_of, signs
from engine.core.volatility import ewma_sigma
from tests.worlds import corrupted, history

ROWS = 420
SIGMA = 0.01
z_values = st.lists(st.one_of(st.floats(-2, 2), st.just(float("nan"))), max_size=60)


def trending(slow, fast):
    """Returns that alternate about a drift a day: of the year before the last month, then of that month."""
    noise = np.where(np.arange(SLOW) % 2, SIGMA, -SIGMA)
    return noise + np.concatenate((np.full(SLOW - FAST, slow), np.full(FAST, fast)))


def walked(z):
    """The same machine, row by row."""
    sign, result = np.nan, []
    for value in z:
        if not np.isnan(value) and (np.isnan(sign) or abs(value) > BAND):
            sign = 1.0 if value >= 0 else -1.0
        result.append(np.nan if np.isnan(value) else sign)
    return result


@pytest.mark.parametrize(
    ("slow", "fast", "state"),
    [
        (0.002, 0.003, "bull"),
        (0.002, -0.003, "correction"),
        (-0.002, -0.003, "bear"),
        (-0.002, 0.003, "rebound"),
    ],
)
def test_each_pair_of_signs_is_a_state(slow, fast, state):
    assert momentum_of(trending(slow, fast), np.full(SLOW, SIGMA)).state == state


def test_slow_and_fast_are_the_returns_of_a_year_and_a_month():
    returns = trending(0.001, -0.002)
    known = momentum_of(returns, np.full(SLOW, SIGMA))
    assert (known.slow, known.fast) == (pytest.approx(returns.sum()), pytest.approx(returns[-FAST:].sum()))


def test_there_is_no_state_before_a_year_of_sessions():
    returns = trending(0.001, 0.001)[1:]
    assert momentum_of(returns, np.full(SLOW - 1, SIGMA)).state is None


def test_a_sign_stays_until_the_other_side_of_the_band_is_crossed():
    z = np.array([1.0, 0.1, -0.2, -BAND, -0.3, 0.2, 0.26])
    assert signs(z).tolist() == [1, 1, 1, 1, -1, -1, 1]


@given(z_values)
def test_the_signs_are_those_of_a_machine_walked_row_by_row(z):
    np.testing.assert_array_equal(signs(np.array(z, dtype=float)), walked(z))


@given(st.integers(300, ROWS - 2), st.sampled_from(("x10", "nan", "random", "removed")))
def test_neither_state_nor_momentum_of_a_row_depends_on_later_rows(row, how):
    def until_row(of):
        returns = log_returns(of)[: row + 1]
        return momentum_of(returns, ewma_sigma(returns)), signs(momentum(log_returns(of), FAST))[: row + 1]

    plain = history(rows=ROWS)
    first, second = until_row(plain), until_row(corrupted(plain, row, how))
    assert first[0] == second[0]
    np.testing.assert_array_equal(first[1], second[1])
