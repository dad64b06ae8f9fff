"""Bringing the store up to date: what is asked, what is written, what a failure leaves behind."""

import asyncio
import threading
from collections.abc import AsyncIterator
from datetime import date

import numpy as np
import pytest

from engine.adapters.store import SqliteStore
from engine.core.bars import History
from engine.core.quality import DataNote
from engine.errors import EmptyHistory, EngineError, Fault, SourceError, UnknownSymbol
from engine.gate import Gate
from engine.ports import Profile, SourceState
from engine.protocol import Fetched
from engine.services.refresh import DAY, REREAD, Refresh
from tests.engine.adapters.test_yahoo import NewYork
from tests.worlds import history

WORLD = history("AAA", 60)
NOW = 1_700_000_000.0


class Source:
    """A source with a budget, which answers as it is told and remembers what it was asked."""

    name = "shelf"

    def __init__(self) -> None:
        self.asked: list[tuple[str, date | None, date | None]] = []
        self.answer: History | EngineError = WORLD
        self.allowed: int | None = 1800
        self.known: Profile | None = None

    def state(self) -> SourceState:
        return SourceState(self.name, allowed=self.allowed)

    def profile(self, symbol: str) -> Profile | None:
        return self.known

    def refused(self, symbol: str) -> tuple[DataNote, ...]:
        return ()

    def history(self, symbol: str, start: date | None = None, end: date | None = None) -> History:
        self.asked.append((symbol, start, end))
        if isinstance(self.answer, EngineError):
            raise self.answer
        return self.answer if start is None else self.answer.since(start)

    def symbols(self) -> tuple[str, ...]:
        return ()


class Clock:
    """Time that stands until it is moved."""

    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> float:
        return self.at


class Shop:
    """A store, a source, a clock and what brings them together."""

    def __init__(self) -> None:
        self.store, self.source, self.clock = SqliteStore(None), Source(), Clock()
        self.refresh = Refresh(self.source, self.store, Gate(self.store, NewYork(), self.clock), self.clock, 2)

    async def why(self, *, force: bool = False) -> str | None:
        """One refresh of AAA: why it failed."""
        return (await self.refresh(("AAA",), force=force))[0].why


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    made = Shop()
    yield made
    await made.refresh.close()
    made.store.close()


UNKNOWN = UnknownSymbol("no such symbol")


# --- what is asked ---


class Held(Source):
    """It answers only when it is let go, and says when it was asked."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._loop, self.was_asked, self.go = loop, asyncio.Event(), threading.Event()

    def history(self, symbol: str, start: date | None = None, end: date | None = None) -> History:
        self._loop.call_soon_threadsafe(self.was_asked.set)
        self.go.wait(20)
        return super().history(symbol, start, end)


@pytest.fixture
async def held(shop: Shop) -> AsyncIterator[Held]:
    source = Held(asyncio.get_running_loop())
    shop.refresh = Refresh(source, shop.store, Gate(shop.store, NewYork(), shop.clock), shop.clock, 2)
    yield source
    source.go.set()
    await shop.refresh.close()


async def test_what_is_being_fetched_is_waited_for_and_not_asked_for_again(shop: Shop, held: Held) -> None:
    said: list[Fetched] = []
    first = asyncio.create_task(shop.refresh(("AAA",)))
    await held.was_asked.wait()
    second = asyncio.create_task(shop.refresh(("AAA",), said.append))
    await asyncio.sleep(0)
    held.go.set()
    assert await first == await second == tuple(said)
    assert [symbol for symbol, *_ in held.asked] == ["AAA"]


async def test_only_what_is_not_under_way_is_asked_for(shop: Shop, held: Held) -> None:
    first = asyncio.create_task(shop.refresh(("AAA",)))
    await held.was_asked.wait()
    second = asyncio.create_task(shop.refresh(("AAA", "BBB")))
    held.go.set()
    assert [each.symbol for each in (*await first, *await second)] == ["AAA", "AAA", "BBB"]
    assert sorted(symbol for symbol, *_ in held.asked) == ["AAA", "BBB"]


async def test_who_waits_is_not_cancelled_with_the_one_who_asked_first(shop: Shop, held: Held) -> None:
    first = asyncio.create_task(shop.refresh(("AAA",)))
    await held.was_asked.wait()
    second = asyncio.create_task(shop.refresh(("AAA",)))
    await asyncio.sleep(0)
    first.cancel()
    held.go.set()
    assert [each.status for each in await second] == ["updated"]


async def test_what_nobody_waits_for_any_more_is_begun_anew_by_the_next(shop: Shop, held: Held) -> None:
    first = asyncio.create_task(shop.refresh(("AAA", "BBB", "CCC")))
    await held.was_asked.wait()
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    held.go.set()
    assert [each.symbol for each in await shop.refresh(("CCC",))] == ["CCC"]
    assert [symbol for symbol, *_ in held.asked].count("CCC") == 1


async def test_the_first_fetch_asks_for_all_and_the_next_for_the_last_week(shop: Shop) -> None:
    await shop.why()
    await shop.why()
    assert WORLD.last
    assert shop.source.asked == [("AAA", None, None), ("AAA", WORLD.last - REREAD, None)]


async def test_an_unknown_symbol_is_asked_for_once_a_day(shop: Shop) -> None:
    shop.source.answer = UNKNOWN
    for hour in range(49):
        shop.clock.at = NOW + 3600 * hour
        assert await shop.why() == "no such symbol"
    assert len(shop.source.asked) == 3


async def test_a_person_may_ask_again_for_an_unknown_symbol_after_a_minute(shop: Shop) -> None:
    shop.source.answer = UNKNOWN
    for seconds in (0, 10, 59, 61, 70):
        shop.clock.at = NOW + seconds
        await shop.why(force=True)
    assert len(shop.source.asked) == 2


async def test_a_source_without_a_budget_is_asked_every_time(shop: Shop) -> None:
    shop.source.answer, shop.source.allowed = UNKNOWN, None
    await shop.why()
    await shop.why()
    assert len(shop.source.asked) == 2


@pytest.mark.parametrize("fault", ["limited", "down", "garbled", "cut", "slow", "unreachable"])
async def test_a_symbol_that_failed_otherwise_is_asked_for_at_the_next_poll(shop: Shop, fault: Fault) -> None:
    shop.source.answer = SourceError("no", fault=fault)
    await shop.why()
    shop.source.answer = WORLD
    assert await shop.why() is None


async def test_a_clock_that_was_set_back_does_not_silence_an_unknown_symbol(shop: Shop) -> None:
    shop.source.answer = UNKNOWN
    await shop.why()
    shop.clock.at = NOW - 30 * DAY
    await shop.why()
    assert len(shop.source.asked) == 2


# --- what is written ---


async def test_a_failure_leaves_bars_and_the_last_success_as_they_were(shop: Shop) -> None:
    await shop.why()
    shop.source.answer = SourceError("it is down", fault="down")
    shop.clock.at += 60
    await shop.why()
    known = shop.store.coverage("AAA")
    assert (known.bars, known.fetched_at, known.fault, known.error) == (60, NOW, "down", "it is down")


async def test_a_source_at_fault_does_not_make_an_unknown_symbol_known(shop: Shop) -> None:
    shop.source.answer = UNKNOWN
    await shop.why()
    shop.source.answer = SourceError("it is down", fault="down")
    shop.clock.at += DAY
    assert await shop.why() == "no such symbol"
    assert shop.store.coverage("AAA").fault == "unknown"


async def test_a_bar_that_the_gate_would_not_pass_is_stored(shop: Shop) -> None:
    closes = WORLD.close.copy()
    closes[30] = 1e9
    shop.source.answer = History("AAA", WORLD.sessions, WORLD.open, WORLD.high, WORLD.low, closes, WORLD.volume)
    await shop.why()
    np.testing.assert_array_equal(shop.store.bars("AAA").close, closes)


@pytest.mark.parametrize("close", [np.nan, 0.0, -5.0])
async def test_only_a_row_without_a_price_is_not_stored_and_that_is_noted(shop: Shop, close: float) -> None:
    closes = WORLD.close.copy()
    closes[30] = close
    shop.source.answer = History("AAA", WORLD.sessions, WORLD.open, WORLD.high, WORLD.low, closes, WORLD.volume)
    await shop.why()
    np.testing.assert_array_equal(shop.store.bars("AAA").close, np.delete(closes, 30))
    assert [note.session for note in shop.store.notes("AAA") if note.treatment == "refused"] == [
        WORLD.sessions[30].item()
    ]


async def test_of_two_rows_of_one_session_the_first_is_stored(shop: Shop) -> None:
    order = np.array([0, 1, 1, 2])
    closes = np.array([1.0, 2.0, 3.0, 4.0])
    four = WORLD.rows(slice(0, 4))
    shop.source.answer = History("AAA", WORLD.sessions[order], four.open, four.high, four.low, closes, four.volume)
    await shop.why()
    assert shop.store.bars("AAA").close.tolist() == [1, 2, 4]
    assert len(shop.store.corrections("AAA")) == 0


async def test_what_the_source_says_of_a_symbol_is_kept(shop: Shop) -> None:
    shop.source.known = Profile("AAA", "Alpha", "USD", "equity")
    await shop.why()
    assert shop.store.profiles() == {"AAA": shop.source.known}


async def test_why_a_symbol_failed_does_not_name_it_again(shop: Shop) -> None:
    shop.source.answer = EmptyHistory("no bars up to 2008-12-11", received="AAA", do="Wait")
    assert await shop.why() == "no bars up to 2008-12-11. Wait"


async def test_what_else_was_received_is_said(shop: Shop) -> None:
    shop.source.answer = EmptyHistory("no table", received="<html>")
    assert await shop.why() == "no table (received: <html>)"


# --- delisted ---


async def test_one_answer_never_makes_a_symbol_delisted(shop: Shop) -> None:
    await shop.why()
    shop.source.answer = UNKNOWN
    assert await shop.why() == "no such symbol"


async def test_a_symbol_with_bars_that_is_unknown_on_two_days_may_have_been_delisted(shop: Shop) -> None:
    await shop.why()
    shop.source.answer = UNKNOWN
    await shop.why()
    shop.clock.at += DAY
    said = "shelf no longer knows it, and said so on two days: it may have been delisted"
    assert await shop.why() == said
    shop.clock.at += 61
    assert await shop.why(force=True) == said


async def test_a_symbol_that_never_had_bars_is_unknown_and_not_delisted(shop: Shop) -> None:
    shop.source.answer = UNKNOWN
    await shop.why()
    shop.clock.at += DAY
    assert await shop.why() == "no such symbol"


async def test_a_symbol_that_is_known_again_is_no_longer_delisted(shop: Shop) -> None:
    await shop.why()
    shop.source.answer = UNKNOWN
    await shop.why()
    shop.clock.at += DAY
    shop.source.answer = WORLD
    assert await shop.why() is None
    assert shop.store.coverage("AAA").fault is None


async def test_a_known_symbol_without_bars_is_empty_and_asked_again(shop: Shop) -> None:
    shop.source.answer = EmptyHistory("nothing yet")
    await shop.why()
    assert shop.store.coverage("AAA").fault == "empty"
    shop.source.answer = WORLD
    assert await shop.why() is None


# --- the end ---


async def test_once_stopped_nothing_is_asked(shop: Shop) -> None:
    shop.refresh.stop()
    with pytest.raises(SourceError, match="stopping"):
        await shop.why()
    assert shop.source.asked == []
