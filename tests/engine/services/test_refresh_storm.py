"""200 symbols on a bad day, through the real yfinance: unknown ones, flaky ones, and a storm of 429 in the middle."""

import asyncio
import bisect
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from engine.adapters.store import SqliteStore
from engine.adapters.yahoo import YahooSource
from engine.gate import Gate
from engine.services.refresh import DAY, Refresh
from tests.engine.adapters.test_yahoo import NewYork
from tests.worlds import history
from tests.yahoo import LocalYahoo, serving

EVENING = datetime(2024, 4, 1, 22, tzinfo=UTC).timestamp()
KNOWN = [f"K{number:03}" for number in range(180)]
UNKNOWN = [f"U{number:03}" for number in range(20)]
FLAKY = KNOWN[::18]
AN_HOUR = 900
STORM_AT, STORM_POLLS = 150, 2
"""The storm begins after so many requests, and lasts for so many polls more."""


class Clock:
    """Time that moves when somebody waits."""

    def __init__(self) -> None:
        self.at = EVENING
        self._lock = threading.Lock()

    def now(self) -> float:
        return self.at

    def wait(self, seconds: float) -> None:
        with self._lock:
            self.at += seconds


@dataclass(frozen=True)
class Day:
    """What was seen of it."""

    incomplete: list[str]
    in_the_storm: list[int]
    """Requests of each poll while it lasted."""
    times: list[float]
    unknown: list[int]
    """Requests for unknown symbols: until the list was complete, in a further poll, in one a day later."""


async def lived(folder: Path, yahoo: LocalYahoo, clock: Clock) -> Day:
    """Poll whenever the source says that it may be tried again, until nothing is missing."""
    store = SqliteStore(folder)
    source = YahooSource(folder / "cache", NewYork(), requests_an_hour=AN_HOUR, now=clock.now, wait=clock.wait)
    refresh = Refresh(source, store, Gate(store, NewYork(), clock), clock, 8)
    in_the_storm: list[int] = []

    def said(_: object) -> None:
        if not in_the_storm and len(yahoo.requests) >= STORM_AT:
            in_the_storm.append(0)
            yahoo.misbehave("429")

    def asked() -> int:
        return len([each for each in yahoo.charts() if each.symbol in UNKNOWN])

    symbols = sorted(KNOWN + UNKNOWN, key=lambda symbol: symbol[1:])
    done = await refresh(symbols, said)
    while any(not each.bars for each in done if each.symbol in KNOWN):
        clock.at = max(clock.at + 1, source.state().retry_at or 0)
        before = len(yahoo.requests)
        done = await refresh(symbols)
        in_the_storm.append(len(yahoo.requests) - before)
        if len(in_the_storm) > STORM_POLLS:
            yahoo.behave()
        assert len(in_the_storm) < 20
    unknown = [asked()]
    for later in (0.0, DAY):
        clock.at += later
        await refresh(UNKNOWN)
        unknown.append(asked() - sum(unknown))
    incomplete = [symbol for symbol in KNOWN if store.coverage(symbol).bars != 64]
    source.close()
    await refresh.close()
    store.close()
    return Day(incomplete, in_the_storm[1 : STORM_POLLS + 1], [each.at for each in yahoo.requests], unknown)


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    """It takes some seconds, and is lived once."""
    folder, clock = tmp_path_factory.mktemp("storm"), Clock()
    with serving(folder, clock.now) as yahoo, pytest.MonkeyPatch.context() as patch:
        yahoo.reached(patch)
        for number, symbol in enumerate(KNOWN):
            yahoo.add(history(symbol, 64, seed=number, start=date(2024, 1, 2)))
        for number, symbol in enumerate(FLAKY):
            yahoo.misbehave(("reset", "html", "short", "bad json", "half-closed")[number % 5], symbol, times=1)
        yield asyncio.run(lived(folder, yahoo, clock))


def test_the_list_is_complete_when_the_storm_is_over(day: Day) -> None:
    assert day.incomplete == []


def test_each_poll_in_the_storm_costs_one_request(day: Day) -> None:
    assert day.in_the_storm == [1, 1]


def test_no_hour_had_more_requests_than_the_budget(day: Day) -> None:
    times = sorted(day.times)
    assert len(times) > AN_HOUR / 3
    for row, start in enumerate(times):
        assert bisect.bisect_left(times, start + 3600) - row <= AN_HOUR


def test_unknown_symbols_cost_one_request_a_day_each(day: Day) -> None:
    first, again, next_day = day.unknown
    assert first <= 20 + 2 * 8
    assert again == 0
    assert next_day == 20
