"""Two sources on one share."""

import doctest
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core import compare
from engine.core.bars import Action, History
from engine.core.compare import Difference, differences, krx_tick, lacking

prices = st.floats(100, 2_000_000)
closes = st.lists(prices, min_size=1, max_size=20)


def won(values: list[float], start: str = "2024-01-02", actions: tuple[Action, ...] = ()) -> History:
    """Closes in won, on days one after the other."""
    close = np.array(values, dtype=np.float64)
    days = np.datetime64(start) + np.arange(len(values))
    return History("005930.KS", days.astype("datetime64[D]"), close, close, close, close, close, actions)


def test_the_examples_hold() -> None:
    assert doctest.testmod(compare).failed == 0


def test_more_than_a_tick_apart_is_a_difference_that_names_both() -> None:
    assert differences(won([71_200]), won([70_200]), krx_tick) == (
        Difference(date(2024, 1, 2), 71_200.0, 70_200.0, 100.0),
    )


@pytest.mark.parametrize(("other", "differs"), [(71_300, False), (71_100, False), (71_301, True), (71_000, True)])
def test_one_tick_apart_is_none(other: float, differs: bool) -> None:
    assert bool(differences(won([71_200]), won([other]), krx_tick)) == differs


@settings(deadline=None)
@given(closes)
def test_a_source_does_not_differ_from_itself(values: list[float]) -> None:
    assert differences(won(values), won(values), krx_tick) == ()


@settings(deadline=None)
@given(closes)
def test_single_precision_makes_no_difference(values: list[float]) -> None:
    rounded = won([float(np.float32(value)) for value in values])
    assert differences(won(values), rounded, lambda price, session: 0.0) == ()


@settings(deadline=None)
@given(closes, closes)
def test_it_does_not_matter_which_is_first(some: list[float], others: list[float]) -> None:
    there, back = (
        differences(won(some), won(others), krx_tick),
        differences(won(others), won(some), krx_tick),
    )
    assert there == tuple(replace(each, one=each.other, other=each.one) for each in back)


@settings(deadline=None)
@given(closes, closes, st.integers(1, 5))
def test_later_sessions_change_nothing_of_earlier_ones(some: list[float], others: list[float], rows: int) -> None:
    whole = differences(won(some), won(others), krx_tick)
    part = differences(won(some[:rows]), won(others), krx_tick)
    assert part == whole[: len(part)]
    assert all(each.session > date(2024, 1, 1 + rows) for each in whole[len(part) :])


@pytest.mark.parametrize("nothing", [float("nan"), 0.0, -1.0, float("inf")])
def test_what_is_no_price_is_compared_with_nothing(nothing: float) -> None:
    assert differences(won([nothing]), won([70_000]), krx_tick) == ()


@settings(deadline=None)
@given(prices, st.booleans(), st.dates(date(2010, 1, 4), date(2027, 1, 1)))
def test_a_tick_is_at_most_a_hundredth_and_never_more_than_that_of_a_higher_price(
    price: float, kosdaq: bool, session: date
) -> None:
    tick = krx_tick(price, session, kosdaq=kosdaq)
    assert tick in {1.0, 5.0, 10.0, 50.0, 100.0, 500.0, 1000.0}
    assert tick <= 0.01 * price
    assert tick <= krx_tick(2 * price, session, kosdaq=kosdaq)


def test_only_sessions_that_are_not_there_are_lacking() -> None:
    have = won([1.0, 2.0]).sessions
    assert lacking(have, won([5.0, 6.0, 7.0])).close.tolist() == [7.0]


def test_actions_of_other_sessions_are_not_lacking() -> None:
    theirs = won([5.0, 6.0, 7.0], actions=(Action(date(2024, 1, 3), 2.0), Action(date(2024, 1, 4), 5.0)))
    assert [action.split for action in lacking(won([1.0, 2.0]).sessions, theirs).actions] == [5.0]
