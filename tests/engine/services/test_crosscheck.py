"""Yahoo's word against the exchange's."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from engine.adapters.calendars import ExchangeCalendars
from engine.adapters.krx import KrxSource
from engine.adapters.store import SqliteStore
from engine.core.bars import Action, History, empty
from engine.core.quality import DataNote
from engine.core.sessions import Recorded
from engine.errors import EngineError, SourceError, UnknownSymbol
from engine.ports import Profile, SourceState
from engine.services.crosscheck import CrossCheck
from tests.krx import KEY, local_krx, share

SAMSUNG = "005930.KS"


class Noon:
    def now(self) -> float:
        return 1.72e9


@dataclass
class Exchange:
    """A second source by hand."""

    has: dict[str, History] = field(default_factory=dict)
    error: EngineError | None = None
    asked: list[tuple[str, date | None]] = field(default_factory=list)
    name: str = "krx"

    def state(self) -> SourceState:
        return SourceState(self.name)

    def profile(self, symbol: str) -> Profile | None:
        return Profile(symbol, "삼성전자", "KRW", "equity")

    def symbols(self) -> tuple[str, ...]:
        return ()

    def history(self, symbol: str, start: date | None = None, end: date | None = None) -> History:
        self.asked.append((symbol, start))
        if self.error:
            raise self.error
        return self.has[symbol] if start is None else self.has[symbol].since(start)


def won(values: list[float], start: str = "2024-07-01", actions: tuple[Action, ...] = ()) -> History:
    close = np.array(values, dtype=np.float64)
    days = np.busday_offset(np.datetime64(start), np.arange(len(values)), roll="forward")
    return History(SAMSUNG, days.astype("datetime64[D]"), close, close, close, close, close, actions)


@pytest.fixture
def store() -> Iterator[SqliteStore]:
    opened = SqliteStore(None)
    yield opened
    opened.close()


def check(store: SqliteStore, second: Exchange) -> CrossCheck:
    return CrossCheck(second, "yahoo", store, Noon())


async def test_a_difference_is_kept_as_a_data_fault_that_names_both(store: SqliteStore) -> None:
    store.add_bars(won([71_000, 71_200]), "yahoo", 1.0)
    await check(store, Exchange({SAMSUNG: won([71_000, 70_200])}))([SAMSUNG])
    assert store.notes(SAMSUNG) == (
        DataNote(date(2024, 7, 2), "sources differ", "quarantined", "yahoo says 71,200, krx says 70,200"),
    )


async def test_the_first_sources_bars_stay_as_they_were(store: SqliteStore) -> None:
    store.add_bars(won([71_000, 71_200]), "yahoo", 1.0)
    await check(store, Exchange({SAMSUNG: won([71_000, 70_200])}))([SAMSUNG])
    assert store.bars(SAMSUNG).close.tolist() == [71_000, 71_200]
    assert len(store.corrections(SAMSUNG)) == 0


async def test_agreement_leaves_no_note(store: SqliteStore) -> None:
    store.add_bars(won([71_000, 71_200]), "yahoo", 1.0)
    (checked,) = await check(store, Exchange({SAMSUNG: won([71_000, 71_200])}))([SAMSUNG])
    assert (checked.compared, checked.differing, checked.filled, store.notes(SAMSUNG)) == (2, 0, 0, ())


async def test_only_korean_shares_are_checked(store: SqliteStore) -> None:
    second = Exchange()
    assert await check(store, second)(["AAPL", "^KS11", "BTC-KRW"]) == ()
    assert second.asked == []


async def test_at_most_ten_sessions_are_compared(store: SqliteStore) -> None:
    bars = won([70_000 + 100 * row for row in range(30)])
    store.add_bars(bars, "yahoo", 1.0)
    second = Exchange({SAMSUNG: bars})
    (checked,) = await check(store, second)([SAMSUNG])
    assert (checked.compared, second.asked) == (10, [(SAMSUNG, bars.sessions[-10].astype(object))])


async def test_what_was_compared_is_not_compared_again(store: SqliteStore) -> None:
    bars = won([70_000, 71_000, 72_000])
    second = Exchange({SAMSUNG: bars})
    crosscheck = check(store, second)
    compared = []
    for rows in (2, 2, 3):
        store.add_bars(bars.rows(slice(0, rows)), "yahoo", 1.0)
        second.has[SAMSUNG] = bars.rows(slice(0, rows))
        compared.append((await crosscheck([SAMSUNG]))[0].compared)
    assert compared == [2, 0, 1]


async def test_a_session_that_the_second_source_has_later_is_compared_then(store: SqliteStore) -> None:
    bars = won([70_000, 71_000])
    store.add_bars(bars, "yahoo", 1.0)
    second = Exchange({SAMSUNG: bars.rows(slice(0, 1))})
    crosscheck = check(store, second)
    await crosscheck([SAMSUNG])
    second.has[SAMSUNG] = won([70_000, 75_000])
    (checked,) = await crosscheck([SAMSUNG])
    assert (checked.compared, checked.differing) == (1, 1)


@pytest.mark.parametrize(
    "error", [SourceError("KRX cannot be reached", fault="unreachable"), UnknownSymbol("KRX knows no such symbol")]
)
async def test_a_fault_of_the_second_source_does_no_harm(store: SqliteStore, error: EngineError) -> None:
    store.add_bars(won([71_000]), "yahoo", 1.0)
    before = store.coverage(SAMSUNG)
    (checked,) = await check(store, Exchange(error=error))([SAMSUNG])
    assert (checked.why, store.coverage(SAMSUNG), store.notes(SAMSUNG)) == (str(error), before, ())


# --- standing in ---


async def test_where_the_first_failed_the_second_stands_in(store: SqliteStore) -> None:
    store.fetch_failed(SAMSUNG, "yahoo", "Yahoo is down", fault="down", failed_at=5.0)
    (checked,) = await check(store, Exchange({SAMSUNG: won([71_000, 71_200])}))([SAMSUNG])
    assert (checked.filled, store.bars(SAMSUNG).close.tolist()) == (2, [71_000, 71_200])


async def test_that_the_first_failed_stays_known(store: SqliteStore) -> None:
    store.add_bars(won([71_000]), "yahoo", 1.0)
    store.fetch_failed(SAMSUNG, "yahoo", "Yahoo is down", fault="down", failed_at=5.0)
    await check(store, Exchange({SAMSUNG: won([71_000, 71_200])}))([SAMSUNG])
    coverage = store.coverage(SAMSUNG)
    assert (coverage.bars, coverage.error, coverage.fault, coverage.failed_at) == (2, "Yahoo is down", "down", 5.0)


async def test_a_stretch_that_was_filled_is_not_the_whole_history(store: SqliteStore) -> None:
    store.fetch_failed(SAMSUNG, "yahoo", "Yahoo is down", fault="down", failed_at=5.0)
    await check(store, Exchange({SAMSUNG: won([71_000, 71_200])}))([SAMSUNG])
    assert not store.coverage(SAMSUNG).whole


async def test_a_session_that_the_first_left_out_is_filled(store: SqliteStore) -> None:
    whole = won([71_000, 71_100, 71_200])
    store.add_bars(whole.rows(np.array([True, False, True])), "yahoo", 1.0)
    await check(store, Exchange({SAMSUNG: whole}))([SAMSUNG])
    assert store.bars(SAMSUNG).close.tolist() == [71_000, 71_100, 71_200]


async def test_a_symbol_that_was_never_asked_for_is_left_to_the_first_source(store: SqliteStore) -> None:
    second = Exchange({SAMSUNG: won([71_000])})
    (checked,) = await check(store, second)([SAMSUNG])
    assert (checked.why, second.asked) == ("yahoo was not asked yet", [])


async def test_what_is_no_price_is_not_filled_in(store: SqliteStore) -> None:
    store.fetch_failed(SAMSUNG, "yahoo", "Yahoo is down", fault="down", failed_at=5.0)
    await check(store, Exchange({SAMSUNG: won([71_000, 0.0])}))([SAMSUNG])
    assert store.bars(SAMSUNG).close.tolist() == [71_000]


async def test_a_split_that_both_know_is_one(store: SqliteStore) -> None:
    splits = Action(date(2024, 7, 3), 5.0, known_at=date(2024, 7, 3))
    store.add_bars(replace(won([71_000, 71_100, 14_200]), actions=(splits,)).rows(slice(0, 2)), "yahoo", 1.0)
    theirs = won([71_000, 71_100, 71_100, 14_200], actions=(Action(date(2024, 7, 4), 5.0, known_at=date(2024, 7, 4)),))
    await check(store, Exchange({SAMSUNG: theirs}))([SAMSUNG])
    assert [action.split for action in store.bars(SAMSUNG).actions] == [5.0]


async def test_nothing_new_is_written_twice(store: SqliteStore) -> None:
    store.fetch_failed(SAMSUNG, "yahoo", "Yahoo is down", fault="down", failed_at=5.0)
    crosscheck = check(store, Exchange({SAMSUNG: won([71_000, 71_200])}))
    filled = [(await crosscheck([SAMSUNG]))[0].filled for _ in range(2)]
    assert filled == [2, 0]


async def test_an_empty_stretch_is_no_fault(store: SqliteStore) -> None:
    store.add_bars(won([71_000]), "yahoo", 1.0)
    (checked,) = await check(store, Exchange({SAMSUNG: empty(SAMSUNG)}))([SAMSUNG])
    assert (checked.compared, checked.why) == (0, None)


# --- with the client itself ---


def weekdays(exchange: str) -> Recorded:
    every = np.arange("2023-01-02", "2025-01-01", dtype="datetime64[D]")
    days = every[np.is_busday(every)]
    midnight = days.astype("datetime64[s]").astype(np.float64) - 9 * 3600
    nothing = np.full(len(days), np.nan)
    return Recorded(days, np.stack([midnight + 9 * 3600, nothing, nothing, midnight + 15.5 * 3600], axis=1))


async def test_a_list_of_two_costs_the_days_of_one(store: SqliteStore, tmp_path: Path) -> None:
    hynix = "000660.KS"
    yahoo = won([71_000, 71_200, 71_400])
    store.add_bars(yahoo, "yahoo", 1.0)
    store.add_bars(replace(yahoo, symbol=hynix), "yahoo", 1.0)
    with local_krx() as krx:
        for day, close in zip(yahoo.sessions.astype(object), (71_000, 71_200, 72_400), strict=True):
            krx.add(day, share("005930", close), share("000660", 71_000))
        evening = datetime(2024, 7, 3, 20, tzinfo=ZoneInfo("Asia/Seoul")).timestamp()
        second = KrxSource(
            KEY,
            base_url=krx.url,
            requests_a_day=100,
            cache_folder=tmp_path,
            calendar=ExchangeCalendars(record=weekdays),
            now=lambda: evening,
            gap=0.0,
        )
        checked = await CrossCheck(second, "yahoo", store, Noon())([SAMSUNG, hynix])
        second.close()
        assert (len(krx.asked), [each.differing for each in checked]) == (3, [1, 2])


async def test_shares_with_bars_are_checked_before_those_that_have_to_be_filled(store: SqliteStore) -> None:
    store.add_bars(won([71_000, 71_200]), "yahoo", 1.0)
    turns = await check(store, Exchange()).turns(["035420.KS", "AAPL", SAMSUNG])
    assert turns == ((SAMSUNG,), ("035420.KS",))
