"""Sessions of exchanges."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest

from engine.adapters.calendars import ExchangeCalendars
from engine.errors import BadRequest


@pytest.fixture(scope="module")
def calendars() -> ExchangeCalendars:
    return ExchangeCalendars()


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("symbol", "exchange"),
    [
        ("AAPL", "XNYS"),
        ("BRK.B", "XNYS"),
        ("005930.KS", "XKRX"),
        ("035720.kq", "XKRX"),
        ("VOD.L", "XLON"),
        ("7203.T", "XTKS"),
        ("0700.HK", "XHKG"),
        ("SAP.DE", "XETR"),
        ("MC.PA", "XPAR"),
        ("RY.TO", "XTSE"),
        ("BHP.AX", "XASX"),
    ],
)
def test_the_end_of_a_symbol_names_its_exchange(calendars: ExchangeCalendars, symbol: str, exchange: str) -> None:
    assert calendars.exchange(symbol) == exchange


def test_the_monday_of_lehman_was_a_session(calendars: ExchangeCalendars) -> None:
    assert calendars.session("XNYS", date(2008, 9, 15)) == date(2008, 9, 15)


def test_labour_day_was_none(calendars: ExchangeCalendars) -> None:
    assert calendars.session("XNYS", date(2008, 9, 1)) == date(2008, 8, 29)


def test_after_a_friday_comes_monday(calendars: ExchangeCalendars) -> None:
    assert calendars.following("XNYS", date(2008, 9, 12)) == date(2008, 9, 15)


def test_sessions_are_counted_over_holidays(calendars: ExchangeCalendars) -> None:
    assert calendars.following("XNYS", date(2008, 8, 29), 10) == date(2008, 9, 15)


def test_between_includes_both_ends(calendars: ExchangeCalendars) -> None:
    assert calendars.between("XNYS", date(2008, 8, 29), date(2008, 9, 3)) == (
        date(2008, 8, 29),
        date(2008, 9, 2),
        date(2008, 9, 3),
    )


def test_between_is_empty_over_a_weekend(calendars: ExchangeCalendars) -> None:
    assert calendars.between("XNYS", date(2008, 9, 13), date(2008, 9, 14)) == ()


def test_a_session_is_completed_at_its_close_and_not_before(calendars: ExchangeCalendars) -> None:
    before, close = at("2008-09-15T19:59:59"), at("2008-09-15T20:00:00")
    assert (calendars.completed("XNYS", before), calendars.completed("XNYS", close)) == (
        date(2008, 9, 12),
        date(2008, 9, 15),
    )


def test_a_half_day_is_completed_early(calendars: ExchangeCalendars) -> None:
    assert calendars.completed("XNYS", at("2023-11-24T18:00")) == date(2023, 11, 24)


def test_hours_follow_daylight_saving_time(calendars: ExchangeCalendars) -> None:
    opens = [calendars.hours("XNYS", at(f"{day}T00:00")).until for day in ("2024-01-10", "2024-07-10")]
    assert opens == [at("2024-01-10T14:30"), at("2024-07-10T13:30")]


def test_an_open_exchange_says_when_it_closes(calendars: ExchangeCalendars) -> None:
    hours = calendars.hours("XNYS", at("2024-07-10T15:00"))
    assert (hours.name, hours.open, hours.until) == ("NYSE", True, at("2024-07-10T20:00"))


def test_a_closed_exchange_says_when_it_opens(calendars: ExchangeCalendars) -> None:
    hours = calendars.hours("XNYS", at("2024-07-05T21:00"))
    assert (hours.open, hours.until) == (False, at("2024-07-08T13:30"))


def test_a_lunch_break_is_closed(calendars: ExchangeCalendars) -> None:
    hours = calendars.hours("XHKG", at("2024-07-10T04:30"))
    assert (hours.name, hours.open, hours.until) == ("HKEX", False, at("2024-07-10T05:00"))


def test_past_the_records_weekdays_are_sessions(calendars: ExchangeCalendars) -> None:
    assert calendars.between("XNYS", date(2050, 12, 23), date(2050, 12, 27)) == (
        date(2050, 12, 23),
        date(2050, 12, 26),
        date(2050, 12, 27),
    )


def test_past_the_records_the_regular_hours_hold(calendars: ExchangeCalendars) -> None:
    hours = calendars.hours("XNYS", at("2050-07-11T15:00"))
    assert (hours.open, hours.until) == (True, at("2050-07-11T20:00"))


def test_before_the_records_weekdays_are_sessions(calendars: ExchangeCalendars) -> None:
    assert calendars.session("XNYS", date(1962, 1, 7)) == date(1962, 1, 5)


@pytest.mark.parametrize("day", [date.min, date.max])
def test_no_day_is_too_far_away(calendars: ExchangeCalendars, day: date) -> None:
    assert calendars.session("XNYS", day).year in {1900, 2069}


def test_an_unknown_exchange_is_refused(calendars: ExchangeCalendars) -> None:
    with pytest.raises(BadRequest, match=r"no such exchange \(received: XXXX\)"):
        calendars.session("XXXX", date(2024, 1, 2))


def test_threads_may_ask_for_the_same_calendar_at_once() -> None:
    fresh = ExchangeCalendars()
    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(lambda _: fresh.session("XNYS", date(2008, 9, 1)), range(8)))
    assert found == {date(2008, 8, 29)}
