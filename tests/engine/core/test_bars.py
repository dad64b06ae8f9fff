from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.bars import Action, as_date, log_returns, split_factor
from tests.worlds import history


def split_at(row: int, ratio: float, dividend: float = 0.0):
    plain = history(rows=60)
    action = Action(as_date(plain.sessions[row]), split=ratio, dividend=dividend)
    prices = {name: getattr(plain, name).copy() for name in ("open", "high", "low", "close")}
    for values in prices.values():
        values[row:] /= ratio
    return plain, history(rows=60).__class__(
        plain.symbol, plain.sessions, **prices, volume=plain.volume, actions=(action,)
    )


@given(row=st.integers(1, 59), ratio=st.sampled_from([2.0, 4.0, 0.1, 1.5, 7.0]))
def test_a_split_leaves_the_log_returns_as_they_were(row, ratio):
    plain, split = split_at(row, ratio)
    np.testing.assert_allclose(log_returns(split), log_returns(plain), rtol=0, atol=1e-12)


@given(row=st.integers(1, 59), ratio=st.sampled_from([2.0, 4.0, 0.1]))
def test_levels_as_of_the_last_session_hold_no_jump(row, ratio):
    plain, split = split_at(row, ratio)
    levels = split.close * split_factor(split, split.last)
    np.testing.assert_allclose(levels * ratio, plain.close, rtol=1e-12)


def test_levels_as_of_a_day_before_the_split_are_those_that_were_traded_then():
    plain, split = split_at(30, 2.0)
    before = split.upto(as_date(split.sessions[20]))
    np.testing.assert_array_equal(before.close * split_factor(before, before.last), plain.close[:21])


def test_levels_continue_past_the_base_in_the_same_share_count():
    plain, split = split_at(30, 2.0)
    levels = split.close * split_factor(split, as_date(split.sessions[20]))
    np.testing.assert_allclose(levels, plain.close, rtol=1e-12)


def test_a_dividend_counts_as_return_on_its_ex_date():
    plain = history(rows=60)
    paid = history(rows=60, actions=[Action(as_date(plain.sessions[10]), dividend=1.5)])
    gained = log_returns(paid) - log_returns(plain)
    assert gained[10] == pytest.approx(np.log((plain.close[10] + 1.5) / plain.close[10]))
    assert np.nansum(np.abs(np.delete(gained, 10))) == 0


def test_an_action_on_a_day_without_a_bar_counts_on_the_next_session():
    plain = history(rows=60)
    saturday = as_date(plain.sessions[4]).toordinal() + 1  # the first session is a Monday
    paid = history(rows=60, actions=[Action(date.fromordinal(saturday), dividend=1.0)])
    assert np.flatnonzero(log_returns(paid) != log_returns(plain)).tolist() == [0, 5]  # row 0 is NaN in both


def test_the_as_of_view_holds_neither_later_rows_nor_actions_not_yet_known():
    plain = history(rows=60)
    day = as_date(plain.sessions[30])
    known = Action(as_date(plain.sessions[10]), dividend=1.0)
    announced_late = Action(as_date(plain.sessions[12]), dividend=1.0, known_at=as_date(plain.sessions[40]))
    later = Action(as_date(plain.sessions[50]), split=2.0)
    view = history(rows=60, actions=[known, announced_late, later]).upto(day)
    assert (len(view), view.last, view.actions) == (31, day, (known,))
