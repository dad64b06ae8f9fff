"""What the feed shows, and where an alarm leads, by state alone."""

from datetime import date, timedelta

import pytest

from engine.protocol import Range
from tests.tui import data
from tui.events import Chosen, Found, Jumped, Moved, Narrowed, Selected
from tui.narrowing import By
from tui.reduce import reduce
from tui.state import State

TODAY = data.TODAY


def narrowed(times: int, state: State | None = None) -> State:
    state = state or reduce(State(), data.view())
    for _ in range(times):
        state = reduce(state, Narrowed())
    return state


@pytest.mark.parametrize(
    ("times", "by", "shown"),
    [
        (0, "all", [5, 4, 3, 2, 1]),
        (1, "alerts", [5, 3]),
        (2, "ticker", [5, 3]),
        (3, "kind", [5, 3]),
        (4, "unseen", [5, 4]),
        (5, "all", [5, 4, 3, 2, 1]),
    ],
)
def test_each_press_shows_the_next_part(times: int, by: By, shown: list[int]) -> None:
    state = narrowed(times)
    assert (state.narrowing.by, [alarm.id for alarm in state.feed]) == (by, shown)


def test_the_filter_of_a_ticker_stays_with_it_when_another_alarm_is_chosen() -> None:
    state = reduce(narrowed(2), Chosen(4))
    assert (state.narrowing.of, state.alarm and state.alarm.symbol) == ("AAPL", "AAPL")


def test_ticker_and_kind_are_those_of_the_newest_where_the_filter_before_shows_none() -> None:
    alone = reduce(State(), data.view(alarms=(data.reversal(4, "GOOG"),)))
    assert narrowed(2, alone).narrowing.of == "GOOG"


def test_without_any_alarm_ticker_and_kind_are_passed_over() -> None:
    assert narrowed(2, reduce(State(), data.view(alarms=()))).narrowing.by == "unseen"


def test_all_are_shown_again_at_once() -> None:
    assert reduce(narrowed(3), Narrowed(on=False)).narrowing.by == "all"


def test_the_choice_moves_among_what_is_shown() -> None:
    assert reduce(narrowed(1), Moved(1, "feed")).chosen == 3


def test_a_jump_puts_the_cursor_on_the_session_of_the_alarm() -> None:
    state = reduce(reduce(reduce(State(), data.view()), Jumped(2)), data.chart("IBM"))
    assert state.chart and state.look.cursor is not None
    assert state.chart.sessions[-1 - state.look.cursor] == date(2008, 9, 3)


def test_a_jump_to_the_ticker_that_is_shown_needs_no_new_chart() -> None:
    state = reduce(reduce(reduce(State(), data.view()), Selected("IBM")), data.chart("IBM"))
    assert reduce(state, Jumped(2)).look.cursor == 10


def test_a_chart_without_the_session_gets_no_cursor() -> None:
    alarms = (data.alarm(1, "IBM", opened=date(2001, 1, 6)),)  # a Saturday
    state = reduce(reduce(reduce(State(), data.view(alarms=alarms)), Jumped(1)), data.chart("IBM", "max"))
    assert state.look.cursor is None


@pytest.mark.parametrize(
    ("span", "opened", "wanted"),
    [
        ("1D", TODAY, "5D"),
        ("5D", TODAY - timedelta(days=4), "1M"),
        ("1M", TODAY - timedelta(days=30), "1M"),
        ("1M", TODAY - timedelta(days=40), "3M"),
        ("1Y", TODAY - timedelta(days=40), "1Y"),
        ("6M", date(2001, 1, 3), "max"),
    ],
)
def test_a_jump_lengthens_the_chart_as_far_as_its_session_needs(span: Range, opened: date, wanted: Range) -> None:
    state = reduce(State(range=span), data.view(alarms=(data.alarm(1, "IBM", opened=opened),)))
    assert reduce(state, Jumped(1)).range == wanted


def test_a_chart_that_is_too_short_does_not_end_what_is_sought() -> None:
    alarms = (data.alarm(1, "IBM", opened=date(2008, 7, 17)),)
    state = reduce(reduce(State(range="1M"), data.view(alarms=alarms)), Selected("IBM"))
    state = reduce(reduce(state, data.chart("IBM", "1M")), Jumped(1))
    state = reduce(state, data.chart("IBM", "3M"))
    assert state.chart and state.look.cursor is not None
    assert state.chart.sessions[-1 - state.look.cursor] == date(2008, 7, 17)


def test_a_session_is_not_sought_any_more_on_the_chart_of_another_ticker() -> None:
    state = reduce(reduce(reduce(State(), data.view()), Jumped(2)), Selected("MSFT"))
    state = reduce(reduce(state, data.chart("MSFT")), Selected("IBM"))
    assert reduce(state, data.chart("IBM")).look.cursor is None


def test_a_jump_to_a_ticker_that_is_filtered_out_shows_the_whole_list_again() -> None:
    state = reduce(reduce(reduce(State(), data.view()), Found("AAPL")), Jumped(2))
    assert (state.find, state.selected) == ("", "IBM")
