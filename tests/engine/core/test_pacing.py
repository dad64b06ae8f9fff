"""Pacing: the budget is never exceeded, pauses grow, one probe at a time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.faults import OF_THE_SOURCE
from engine.core.pacing import (
    LONGEST_PAUSE,
    Breaker,
    abandoned,
    admitted,
    backoff,
    bucket,
    failed,
    give_back,
    pause,
    resting,
    succeeded,
    take,
    tokens,
)
from engine.errors import Fault

NOW = 1_000_000.0


def opened(draw: float = 0.0) -> Breaker:
    return failed(Breaker(), "limited", "too many", NOW, draw)


# --- the bucket ---


@given(st.integers(10, 400), st.lists(st.floats(0, 900), max_size=600))
def test_no_hour_has_more_requests_than_its_budget(an_hour: int, gaps: list[float]) -> None:
    state, now, granted = bucket(an_hour, NOW), NOW, []
    for gap in gaps:
        now += gap
        state, wait = take(state, now)
        granted.append(now + wait)
    for first, start in enumerate(granted):
        assert sum(each < start + 3600 - 1e-3 for each in granted[first:]) <= an_hour + 1


def test_a_third_of_the_budget_goes_through_at_once() -> None:
    state, waits = bucket(30, NOW), []
    for _ in range(11):
        state, wait = take(state, NOW)
        waits.append(wait)
    assert waits[:10] == [0.0] * 10
    assert waits[10] == pytest.approx(180)


def test_the_next_in_line_waits_longer() -> None:
    state = bucket(30, NOW)
    for _ in range(11):
        state, _wait = take(state, NOW)
    assert take(state, NOW)[1] == pytest.approx(360)


def test_a_token_given_back_is_there_for_the_next() -> None:
    state = bucket(30, NOW)
    for _ in range(11):
        state, _wait = take(state, NOW)
    assert take(give_back(state, NOW), NOW)[1] == pytest.approx(180)


@given(st.floats(0, 1e9))
def test_waiting_never_fills_a_bucket_beyond_its_brim(later: float) -> None:
    state, _ = take(bucket(90, NOW), NOW)
    assert tokens(state, NOW + later) <= 30


def test_a_clock_that_was_set_back_takes_no_tokens_away() -> None:
    assert tokens(bucket(30, NOW), NOW - 7200) == 10


# --- the back-off ---


@given(st.integers(0, 40), st.floats(0, 1, exclude_max=True))
def test_a_second_try_comes_soon_and_never_at_once(attempt: int, draw: float) -> None:
    assert 0.25 <= backoff(attempt, draw) <= 8


def test_each_further_try_waits_longer() -> None:
    assert [backoff(attempt, 0.5) for attempt in range(3)] == [0.375, 0.75, 1.5]


# --- the breaker ---


def test_too_many_requests_open_it_at_once() -> None:
    assert resting(opened(), NOW)


@pytest.mark.parametrize("fault", sorted(OF_THE_SOURCE - {"limited"}))
def test_three_faults_of_the_source_in_a_row_open_it(fault: Fault) -> None:
    state = Breaker()
    rests = []
    for _ in range(3):
        state = failed(state, fault, "", NOW, 0)
        rests.append(resting(state, NOW))
    assert rests == [False, False, True]


def test_an_answer_in_between_starts_the_count_again() -> None:
    state = failed(failed(Breaker(), "down", "", NOW, 0), "down", "", NOW, 0)
    state = failed(succeeded(state), "down", "", NOW, 0)
    assert not resting(state, NOW)


@given(st.lists(st.sampled_from(["garbled", "cut", "other"]), max_size=20))
def test_a_symbols_own_faults_never_open_it(faults: list[Fault]) -> None:
    state = Breaker()
    for fault in faults:
        state = failed(state, fault, "", NOW, 0)
    assert not resting(state, NOW)


def test_nothing_is_admitted_while_it_is_open() -> None:
    assert admitted(opened(), NOW + 59) is None


def test_one_probe_is_admitted_after_the_pause_and_no_second() -> None:
    probing = admitted(opened(), NOW + 60)
    assert probing is not None
    assert admitted(probing, NOW + 60) is None


def test_a_probe_that_is_answered_closes_it() -> None:
    probing = admitted(opened(), NOW + 60)
    assert probing is not None
    assert succeeded(probing) == Breaker()


@pytest.mark.parametrize("fault", ["down", "garbled", "limited"])
def test_a_probe_that_fails_in_whatever_way_doubles_the_pause(fault: Fault) -> None:
    probing = admitted(opened(), NOW + 60)
    assert probing is not None
    assert failed(probing, fault, "", NOW + 60, 0).until == NOW + 60 + 120


def test_a_probe_that_came_to_nothing_leaves_room_for_the_next() -> None:
    probing = admitted(opened(), NOW + 60)
    assert probing is not None
    assert admitted(abandoned(probing), NOW + 60) is not None


def test_what_was_asked_before_it_opened_neither_closes_it_nor_prolongs_it() -> None:
    state = opened()
    assert succeeded(state) == state
    assert failed(state, "limited", "", NOW + 30, 0) == state


def test_a_clock_that_was_set_back_ends_the_pause() -> None:
    assert admitted(opened(), NOW - 7200) is not None


@given(st.integers(0, 100_000), st.floats(0, 1, exclude_max=True))
def test_a_pause_is_at_most_half_an_hour(openings: int, draw: float) -> None:
    assert 48 <= pause(openings, draw) <= LONGEST_PAUSE


def test_pauses_double() -> None:
    assert [pause(openings, 0) / 60 for openings in range(7)] == [1, 2, 4, 8, 16, 30, 30]
