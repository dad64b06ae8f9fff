"""Sessions of one exchange, from what is on record of it."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.sessions import Override, Recorded, Sessions, sessions, unrecorded

NEW_YORK, SEOUL = ZoneInfo("America/New_York"), ZoneInfo("Asia/Seoul")


def weekdays(start: str, stop: str, zone: ZoneInfo = NEW_YORK, closes: time = time(16)) -> Recorded:
    """Weekdays on record, open from half past nine."""
    every = np.arange(start, stop, dtype="datetime64[D]")
    days = every[np.is_busday(every)]

    def instants(hour: time) -> list[float]:
        return [datetime.combine(day, hour, zone).timestamp() for day in days.astype(object)]

    nothing = np.full(len(days), np.nan)
    return Recorded(days, np.stack([instants(time(9, 30)), nothing, nothing, instants(closes)], axis=1))


def at(text: str, zone: ZoneInfo = NEW_YORK) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()


@pytest.fixture(scope="module")
def plain() -> Sessions:
    return sessions(weekdays("2023-01-02", "2025-01-01"), NEW_YORK)


def test_every_weekday_before_and_after_the_record_is_a_session(plain: Sessions) -> None:
    every = np.arange("1900-01-01", "2070-01-01", dtype="datetime64[D]")
    np.testing.assert_array_equal(plain.days, every[np.is_busday(every)])


@settings(deadline=None)
@given(st.dates(date(1971, 1, 1), date(2069, 12, 30)))
def test_local_hours_are_the_same_on_every_day_of_every_year(day: date) -> None:
    known = _NEW_YORK
    noon = at(f"{day}T12:00")
    is_open, until = known.open_until(noon)
    assert is_open == (day.weekday() < 5)
    assert until is not None
    local = datetime.fromtimestamp(until, NEW_YORK)
    assert (local.hour, local.minute) == ((16, 0) if is_open else (9, 30))


_NEW_YORK = sessions(weekdays("2023-01-02", "2025-01-01"), NEW_YORK)


@settings(deadline=None)
@given(st.floats(at("1971-01-01T00:00"), at("2069-12-30T00:00")))
def test_the_last_completed_session_has_closed_and_the_next_has_not(now: float) -> None:
    last = _NEW_YORK.completed(now)
    following = _NEW_YORK.at(_NEW_YORK.upto(last))
    assert at(f"{last}T16:00") <= now < at(f"{following}T16:00")


def test_a_closed_day_is_no_session() -> None:
    known = sessions(weekdays("2023-01-02", "2025-01-01"), NEW_YORK, [Override("XNYS", date(2024, 7, 5))])
    assert known.between(date(2024, 7, 4), date(2024, 7, 8)) == (date(2024, 7, 4), date(2024, 7, 8))


def test_a_day_that_is_no_session_can_be_closed_as_well() -> None:
    sunday = Override("XNYS", date(2024, 7, 7))
    known = sessions(weekdays("2023-01-02", "2025-01-01"), NEW_YORK, [sunday])
    np.testing.assert_array_equal(known.days, _NEW_YORK.days)


def test_a_saturday_can_be_opened() -> None:
    saturday = Override("XNYS", date(2024, 7, 6), (time(10), time(12)))
    known = sessions(weekdays("2023-01-02", "2025-01-01"), NEW_YORK, [saturday])
    assert known.open_until(at("2024-07-06T11:00")) == (True, at("2024-07-06T12:00"))


def test_a_day_beyond_the_record_can_be_moved() -> None:
    later = Override("XNYS", date(2031, 7, 3), (time(9, 30), time(13)))
    known = sessions(weekdays("2023-01-02", "2025-01-01"), NEW_YORK, [later])
    assert known.open_until(at("2031-07-03T12:00")) == (True, at("2031-07-03T13:00"))


def test_of_two_overrides_of_a_day_the_later_holds() -> None:
    both = [Override("XNYS", date(2024, 7, 5)), Override("XNYS", date(2024, 7, 5), (time(11), time(12)))]
    known = sessions(weekdays("2023-01-02", "2025-01-01"), NEW_YORK, both)
    assert known.open_until(at("2024-07-05T11:30")) == (True, at("2024-07-05T12:00"))


def test_a_session_that_ends_before_its_neighbours_is_early_all_day() -> None:
    half = Override("XNYS", date(2024, 7, 3), (time(9, 30), time(13)))
    known = sessions(weekdays("2023-01-02", "2025-01-01"), NEW_YORK, [half])
    days = ["2024-07-02T23:00", "2024-07-03T00:30", "2024-07-03T12:00", "2024-07-03T20:00", "2024-07-04T09:00"]
    assert [known.early(at(moment)) for moment in days] == [False, True, True, True, False]


def test_a_session_that_is_moved_later_is_not_early() -> None:
    exam = Override("XKRX", date(2024, 11, 14), (time(10), time(16, 30)))
    known = sessions(weekdays("2023-01-02", "2025-01-01", SEOUL, time(15, 30)), SEOUL, [exam])
    assert not known.early(at("2024-11-14T12:00", SEOUL))


@pytest.mark.parametrize("later", [True, False])
def test_a_close_that_is_moved_for_good_makes_no_day_early(later: bool) -> None:
    closes = (time(15), time(15, 30)) if later else (time(15, 30), time(15))
    before, after = (
        weekdays("2023-01-02", "2024-01-01", SEOUL, closes[0]),
        weekdays("2024-01-01", "2025-01-01", SEOUL, closes[1]),
    )
    recorded = Recorded(np.concatenate([before.days, after.days]), np.concatenate([before.hours, after.hours]))
    known = sessions(recorded, SEOUL)
    year = known.between(date(2023, 6, 1), date(2024, 6, 1))
    assert not [day for day in year if known.early(at(f"{day}T12:00", SEOUL))]


def test_what_never_closes_is_open_and_says_no_hour() -> None:
    assert unrecorded(ZoneInfo("UTC"), weekends=True).open_until(at("2024-07-06T11:00")) == (True, None)


def test_a_day_around_the_clock_is_complete_at_midnight() -> None:
    always = unrecorded(ZoneInfo("UTC"), weekends=True)
    midnight = datetime(2024, 7, 7, tzinfo=UTC).timestamp()
    assert [always.completed(midnight - 1), always.completed(midnight)] == [date(2024, 7, 5), date(2024, 7, 6)]


def test_what_trades_on_weekdays_closes_at_the_end_of_friday() -> None:
    rates = unrecorded(ZoneInfo("UTC"), weekends=False)
    friday, monday = (datetime(2024, 7, day, tzinfo=UTC).timestamp() for day in (6, 8))
    assert (rates.open_until(friday - 7200), rates.open_until(friday)) == ((True, friday), (False, monday))


def test_what_never_closes_has_not_opened_at_any_time() -> None:
    assert unrecorded(ZoneInfo("UTC"), weekends=True).open_since(at("2024-07-06T11:00")) is None
