"""Sessions that passed unwatched: which of them are decided afterwards."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.missed import REACH, missed

SESSIONS = np.arange("2008-01-02", "2008-06-02", dtype="datetime64[D]")
NEWEST = SESSIONS[-1].item()


def day(row: int) -> date:
    return SESSIONS[row].item()


@given(st.dictionaries(st.sampled_from("ABC"), st.integers(-40, -1), min_size=1))
def test_what_passed_between_the_last_decision_and_the_newest_session_is_missed_as_far_as_it_reaches(rows):
    of = missed(dict.fromkeys("ABC", SESSIONS), {symbol: day(row) for symbol, row in rows.items()})
    assert of.too_old + of.sessions == tuple(SESSIONS[min(rows.values()) :][1:-1].tolist())
    assert len(of.sessions) == min(REACH, max(-min(rows.values()) - 2, 0))


@given(st.integers(-40, -1), st.integers(-40, -2))
def test_a_session_concerns_those_that_were_not_decided_on_it(row, at):
    of = missed({"A": SESSIONS}, {"A": day(row)})
    assert of.concern("A", day(at)) is (row < at)
    assert not of.concern("B", day(at))


def test_the_newest_session_of_a_symbol_is_not_missed_where_another_exchange_has_closed_since():
    of = missed({"A": SESSIONS, "B": SESSIONS[:-1]}, {"A": day(-9), "B": day(-9)})
    assert of.concern("A", day(-2))
    assert of.concern("B", day(-3))
    assert not of.concern("B", day(-2))


def test_who_was_never_decided_has_missed_nothing():
    assert missed({"A": SESSIONS}, {}).sessions == ()


def test_who_is_not_judged_on_the_newest_session_waits():
    assert missed({"A": SESSIONS}, {"A": NEWEST, "B": day(-9)}).sessions == ()


def test_what_was_set_aside_then_and_what_was_not_scored_is_not_called_unwatched():
    of = missed({"A": SESSIONS, "B": SESSIONS}, {"A": day(-26), "B": NEWEST})
    told = replace(of, aside={"A": frozenset({day(-25), day(-24)})}, seen=frozenset({day(-23)}))
    assert told.words == (
        "the session of 2008-05-11 passed unwatched and no alarm is decided on it; "
        "2 sessions from 2008-05-08 to 2008-05-09 came without bars of A that could be believed "
        "and no alarm is decided on them; "
        "the session of 2008-05-10 came without a score of A and no alarm is decided on it"
    )


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (-22, None),
        (-23, "the session of 2008-05-11 passed unwatched and no alarm is decided on it"),
        (-24, "2 sessions from 2008-05-10 to 2008-05-11 passed unwatched and no alarm is decided on them"),
    ],
)
def test_what_lies_too_far_back_is_said(row, words):
    assert missed({"A": SESSIONS}, {"A": day(row)}).words == words
