"""Sessions of exchanges."""

import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import numpy as np
import pytest

from engine.adapters.calendars import EXAMPLE, ExchangeCalendars, recorded_elsewhere
from engine.adapters.calendars.corrections import CORRECTIONS
from engine.adapters.calendars.record import recorded
from engine.adapters.store import SqliteStore
from engine.core.sessions import Override, Recorded
from engine.core.symbols import exchange_zone, exchanges
from engine.errors import BadRequest, ConfigError, StoreError
from engine.ports import SessionHours


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


def test_an_open_exchange_says_since_when(calendars: ExchangeCalendars) -> None:
    assert calendars.hours("XNYS", at("2024-07-10T15:00")).since == at("2024-07-10T13:30")


def test_after_a_lunch_break_an_exchange_is_open_anew(calendars: ExchangeCalendars) -> None:
    assert calendars.hours("XHKG", at("2024-07-10T05:10")).since == at("2024-07-10T05:00")


def test_a_closed_exchange_is_open_since_no_time(calendars: ExchangeCalendars) -> None:
    assert calendars.hours("XNYS", at("2024-07-10T13:29")).since is None


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


# --- what trades around the clock ---


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the library's own, against the newest pandas
@pytest.mark.parametrize("name", ["24/7", "24/5"])
def test_sessions_around_the_clock_are_those_of_the_library(calendars: ExchangeCalendars, name: str) -> None:
    import exchange_calendars

    theirs = exchange_calendars.get_calendar(name, start="2001-01-01", end="2026-01-01").sessions
    assert calendars.between(name, date(2001, 1, 1), date(2026, 1, 1)) == tuple(day.date() for day in theirs)


def test_bitcoin_has_a_session_on_sunday(calendars: ExchangeCalendars) -> None:
    assert calendars.session(calendars.exchange("BTC-USD"), date(2024, 7, 7)) == date(2024, 7, 7)


def test_a_rate_has_none_on_sunday(calendars: ExchangeCalendars) -> None:
    assert calendars.session(calendars.exchange("EURUSD=X"), date(2024, 7, 7)) == date(2024, 7, 5)


# --- hours ---


def seoul(text: str) -> float:
    return datetime.fromisoformat(f"{text}+09:00").timestamp()


def test_hours_depend_on_the_instant_alone_whatever_was_asked_before(calendars: ExchangeCalendars) -> None:
    friday, monday, back = at("2024-07-12T19:59"), at("2024-07-15T13:31"), at("2024-07-12T19:58")
    assert [calendars.hours("XNYS", now).until for now in (friday, monday, back)] == [
        at("2024-07-12T20:00"),
        at("2024-07-15T20:00"),
        at("2024-07-12T20:00"),
    ]


def test_midnight_in_seoul_is_no_midnight_in_new_york(calendars: ExchangeCalendars) -> None:
    now = seoul("2024-11-30T00:00")
    assert (calendars.hours("XKRX", now).early, calendars.hours("XNYS", now).early) == (False, True)


@pytest.mark.parametrize("day", ["2024-11-29", "2025-07-03", "2026-11-27"])
def test_a_half_day_in_new_york_is_early(calendars: ExchangeCalendars, day: str) -> None:
    hours = calendars.hours("XNYS", at(f"{day}T15:00"))
    assert (hours.early, hours.zone) == (True, "America/New_York")


def test_the_day_after_a_half_day_is_not_early(calendars: ExchangeCalendars) -> None:
    assert not calendars.hours("XNYS", at("2024-12-02T15:00")).early


def test_tokyos_longer_day_made_no_day_early(calendars: ExchangeCalendars) -> None:
    year = calendars.between("XTKS", date(2024, 6, 3), date(2025, 6, 2))
    assert not [day for day in year if calendars.hours("XTKS", at(f"{day}T03:30")).early]


def test_korea_opens_an_hour_late_on_the_first_day_of_the_year(calendars: ExchangeCalendars) -> None:
    hours = calendars.hours("XKRX", seoul("2026-01-02T09:30"))
    assert (hours.open, hours.until) == (False, seoul("2026-01-02T10:00"))


@pytest.mark.parametrize("day", ["2021-11-18", "2022-11-17", "2023-11-16", "2024-11-14", "2025-11-13", "2026-11-19"])
def test_korea_trades_from_ten_on_the_day_of_the_entrance_exam(calendars: ExchangeCalendars, day: str) -> None:
    before, during = (calendars.hours("XKRX", seoul(f"{day}T{hour}")) for hour in ("09:59", "16:29"))
    assert (before.open, before.until, during.open, during.until) == (
        False,
        seoul(f"{day}T10:00"),
        True,
        seoul(f"{day}T16:30"),
    )


def test_a_session_of_the_exam_is_completed_at_half_past_four(calendars: ExchangeCalendars) -> None:
    assert [calendars.completed("XKRX", seoul(f"2025-11-13T{hour}")) for hour in ("16:29:59", "16:30")] == [
        date(2025, 11, 12),
        date(2025, 11, 13),
    ]


@pytest.mark.parametrize("day", [date(2026, 6, 3), date(2026, 7, 17), date(2027, 5, 3), date(2027, 7, 19)])
def test_korea_is_closed_on_new_holidays(calendars: ExchangeCalendars, day: date) -> None:
    assert calendars.session("XKRX", day) < day


@pytest.mark.parametrize("override", CORRECTIONS, ids=lambda each: str(each.day))
def test_a_correction_is_of_a_regular_day_or_on_record_by_now(override: Override) -> None:
    known = recorded(override.exchange)
    row = int(np.searchsorted(known.days, np.datetime64(override.day)))
    there = known.days[row] == np.datetime64(override.day)
    on_record = (known.hours[row, 0], known.hours[row, 3]) if there else None
    regular = seoul(f"{override.day}T09:00"), seoul(f"{override.day}T15:30")
    corrected = override.hours and tuple(seoul(f"{override.day}T{hour}") for hour in override.hours)
    assert on_record in (regular, corrected)


def test_every_zone_is_that_of_the_library() -> None:
    import exchange_calendars

    ours = {name: exchange_zone(name) for name in exchanges()}
    # a calendar's class knows its zone without being built
    zones = {name: kind.tz for name, kind in exchange_calendars.calendar_utils._default_calendar_factories.items()}
    theirs = {name: zone.fget(None) if isinstance(zone, property) else zone for name, zone in zones.items()}
    assert ours == {name: str(theirs[exchange_calendars.resolve_alias(name)]) for name in ours}


# --- kept in the store ---


class Library:
    """What is on record, and how often it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, exchange: str) -> Recorded:
        self.asked.append(exchange)
        return recorded(exchange)


@pytest.fixture
def store() -> Iterator[SqliteStore]:
    opened = SqliteStore(None)
    yield opened
    opened.close()


def test_kept_sessions_are_not_asked_for_again(store: SqliteStore) -> None:
    library = Library()
    for _ in range(2):
        ExchangeCalendars(store, record=library).session("XNYS", date(2024, 7, 5))
    assert library.asked == ["XNYS"]


@pytest.mark.parametrize("exchange", ["XNYS", "XHKG", "XLON", "XTKS", "BVMF", "XKRX"])
def test_kept_sessions_are_those_that_were_built(
    store: SqliteStore, calendars: ExchangeCalendars, exchange: str
) -> None:
    ExchangeCalendars(store).session(exchange, date(2024, 7, 5))

    def not_asked(_: str) -> Recorded:
        raise AssertionError("asked")

    kept, built = ExchangeCalendars(store, record=not_asked), calendars
    whole = date(1900, 1, 1), date(2069, 12, 31)
    assert kept.between(exchange, *whole) == built.between(exchange, *whole)
    moments = np.random.default_rng(7).uniform(at("1975-01-01"), at("2060-01-01"), 300)
    assert [kept.hours(exchange, moment) for moment in moments] == [built.hours(exchange, moment) for moment in moments]
    assert [kept.completed(exchange, moment) for moment in moments] == [
        built.completed(exchange, moment) for moment in moments
    ]


def test_sessions_that_end_within_sixty_days_are_made_anew(store: SqliteStore) -> None:
    ExchangeCalendars(store).session("XNYS", date(2024, 7, 5))
    last = store.sessions("XNYS")[1][-1].session
    asked = []
    for days in (60, 59):
        library = Library()
        moment = datetime.combine(last - timedelta(days=days), time(12), UTC).timestamp()
        ExchangeCalendars(store, record=library, now=lambda moment=moment: moment).session("XNYS", date(2024, 7, 5))
        asked.append(library.asked)
    assert asked == [[], ["XNYS"]]


def test_sessions_of_another_version_of_the_library_are_made_anew(store: SqliteStore) -> None:
    library = Library()
    store.add_sessions("XNYS", [SessionHours(date(2030, 1, 2), 0.0, 1.0)], "exchange_calendars 0.1")
    ExchangeCalendars(store, record=library).session("XNYS", date(2024, 7, 5))
    assert library.asked == ["XNYS"]


@pytest.mark.parametrize("broken", ["sessions", "add_sessions"])
def test_a_store_that_fails_takes_no_session_away(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    def fails(*_: object) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr(store, broken, fails)
    assert ExchangeCalendars(store).session("XNYS", date(2024, 7, 4)) == date(2024, 7, 3)


def test_a_start_with_kept_sessions_loads_no_calendar_library(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib, datetime\n"
        "from engine.adapters.store import SqliteStore\n"
        "from engine.adapters.calendars import ExchangeCalendars\n"
        "store = SqliteStore(pathlib.Path(sys.argv[1]))\n"
        "ExchangeCalendars(store).hours('XNYS', 1.7e9)\n"
        "store.close()\n"
        "print('exchange_calendars' in sys.modules, 'pandas' in sys.modules)\n"
    )
    root = Path(__file__).parents[3]
    said = [
        subprocess.run(
            [sys.executable, "-c", code, str(tmp_path)], cwd=root, capture_output=True, text=True, check=True
        ).stdout.strip()
        for _ in range(2)
    ]
    assert said == ["True True", "False False"]


# --- the user's own file ---


def own(folder: Path, text: str) -> Path:
    path = folder / "calendars.toml"
    path.write_text(text, encoding="utf-8")
    return path


HALF_DAY = """\
[[session]]
exchange = "XNYS"
date = 2024-07-10
open = "09:30"
close = "12:00"
"""


def test_a_day_of_the_users_own_holds(tmp_path: Path) -> None:
    hours = ExchangeCalendars(own=own(tmp_path, HALF_DAY)).hours("XNYS", at("2024-07-10T15:00"))
    assert (hours.open, hours.until, hours.early) == (True, at("2024-07-10T16:00"), True)


def test_a_day_of_the_users_own_holds_over_ours(tmp_path: Path) -> None:
    text = '[[session]]\nexchange = "XKRX"\ndate = "2026-06-03"\nopen = 09:00:00\nclose = "15:30"\n'
    found = ExchangeCalendars(own=own(tmp_path, text)).session("XKRX", date(2026, 6, 3))
    assert found == date(2026, 6, 3)


def test_the_example_is_a_good_file_once_it_is_no_comment(tmp_path: Path) -> None:
    lines = [line.removeprefix("# ") for line in EXAMPLE.splitlines() if re.match(r"# (\[\[|\w+ = )", line)]
    known = ExchangeCalendars(own=own(tmp_path, "\n".join(lines)))
    assert known.hours("XNYS", at("2026-11-27T17:30")).until == at("2026-11-27T18:00")


def test_the_example_says_nothing_as_it_stands(tmp_path: Path) -> None:
    assert ExchangeCalendars(own=own(tmp_path, EXAMPLE)).session("XNYS", date(2024, 7, 10)) == date(2024, 7, 10)


BAD = {
    "no toml": ("[[session]\n", "is not TOML"),
    "an unknown table": ("[sessions]\n", "line 1, key sessions: unknown key"),
    "an unknown key": (f'{HALF_DAY}closes = "13:00"\n', "line 6, key closes: unknown key .*nearest known key is close"),
    "no table": ("session = 3\n", "line 1, key session: not a session .received: 3"),
    "no exchange": ("[[session]]\ndate = 2024-07-10\n", r"line 1, key exchange: cannot be used \(received: nothing"),
    "no such exchange": (HALF_DAY.replace("XNYS", "NYSE"), r"line 2, key exchange: cannot be used \(received: NYSE"),
    "no such date": (HALF_DAY.replace("2024-07-10", '"2024-02-30"'), r"line 3, key date: .*received: 2024-02-30"),
    "no such hour": (HALF_DAY.replace("12:00", "25:00"), r"line 5, key close: .*25:00.*allowed is a time"),
    "closed before open": (HALF_DAY.replace("12:00", "09:00"), "line 5, key close: it closes before it opens"),
    "half of the hours": (HALF_DAY.replace('close = "12:00"\n', ""), "line 1, key close: .*nothing"),
    "closed with hours": (HALF_DAY + "closed = true\n", "line 4, key open: a closed day has no hours"),
    "not closed": (
        '[[session]]\nexchange = "XNYS"\ndate = 2024-07-10\nclosed = false\n',
        "line 4, key closed: .*False",
    ),
    "twice": (HALF_DAY + "\n" + HALF_DAY, "line 9, key date: the same day twice"),
}


@pytest.mark.parametrize(("text", "words"), BAD.values(), ids=BAD.keys())
def test_a_file_that_cannot_be_used_says_where_and_what(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ConfigError, match=rf"calendars\.toml.*{words}"):
        ExchangeCalendars(own=own(tmp_path, text))


def test_the_last_good_file_stays_in_force(tmp_path: Path) -> None:
    known = ExchangeCalendars(own=own(tmp_path, HALF_DAY))
    own(tmp_path, "[[session]\n")
    with pytest.raises(ConfigError):
        known.reload()
    assert known.hours("XNYS", at("2024-07-10T15:00")).until == at("2024-07-10T16:00")


def test_a_changed_file_is_taken_up(tmp_path: Path) -> None:
    known = ExchangeCalendars(own=own(tmp_path, HALF_DAY))
    known.session("XNYS", date(2024, 7, 10))
    own(tmp_path, "")
    known.reload()
    assert known.hours("XNYS", at("2024-07-10T15:00")).until == at("2024-07-10T20:00")


def test_a_file_that_is_gone_says_nothing(tmp_path: Path) -> None:
    assert ExchangeCalendars(own=tmp_path / "none.toml").session("XNYS", date(2024, 7, 10)) == date(2024, 7, 10)


def test_a_record_read_elsewhere_is_the_same_and_leaves_no_pandas_here():
    code = """
import sys
from engine.adapters.calendars import recorded_elsewhere
found = recorded_elsewhere("XKRX")
assert "pandas" not in sys.modules and "exchange_calendars" not in sys.modules
sys.stdout.buffer.write(found.days.tobytes() + found.hours.tobytes())
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout
    here = recorded("XKRX")
    assert said == here.days.tobytes() + here.hours.tobytes()


def test_a_record_that_cannot_be_read_elsewhere_is_read_here_and_that_is_logged(monkeypatch, caplog):
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")
    found = recorded_elsewhere("XNYS")
    assert found.days.tobytes() == recorded("XNYS").days.tobytes()
    assert "the sessions of XNYS are read in the engine itself" in caplog.text
