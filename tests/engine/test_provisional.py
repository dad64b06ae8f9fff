"""A session as it runs: its quotes raise provisional alarms, which its close lets stand or withdraws."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from engine.client import Client
from engine.core.bars import History
from engine.protocol import (
    Alarm,
    AlarmHistory,
    AlarmList,
    Attach,
    GetAlarmHistory,
    ListAlarms,
    Refresh,
    RemoveSymbol,
    View,
)
from tests.bad_day import DAY, Clock, instant, listed
from tests.engines import client_of, running, until
from tests.yahoo import LocalYahoo, serving
from tests.yahoo_stream import YahooStreamServer, yahoo_stream

LAST = 100.0
CALM, WILD = "CALM", "WILD"
JUMP = 118.0


def jumped(of: History) -> History:
    """Its last bar closes where the quotes were."""
    columns = {name: getattr(of, name).copy() for name in ("open", "high", "low", "close")}
    for name, price in zip(columns, (LAST, JUMP + 1, LAST, JUMP), strict=True):
        columns[name][-1] = price
    return replace(of, **columns)


@dataclass
class Day:
    folder: Path
    clock: Clock
    yahoo: LocalYahoo

    @asynccontextmanager
    async def engine(self) -> AsyncIterator[tuple[Client, YahooStreamServer, View]]:
        """A life of the engine, with its stream, until both tickers are scored."""
        async with yahoo_stream(self.yahoo.tls) as stream:
            self.yahoo.tunnels["streamer.finance.yahoo.com"] = stream.port
            async with running(self.folder, "yahoo", clock=self.clock), client_of(self.folder) as client:
                view = await client.ask(Attach(watchlist="mine", rate=20.0))
                assert isinstance(view, View)
                view = await until(view, client, lambda now: all(row.scored for row in now.rows))
                await stream.until(lambda server: server.subscribed and {CALM, WILD} <= server.subscribed[-1])
                yield client, stream, view

    async def quoted(self, stream: YahooStreamServer, **fields: float) -> None:
        for symbol in (CALM, WILD):
            await stream.quote(
                symbol, JUMP, self.clock.at, previous_close=LAST, open_price=LAST, day_high=JUMP, day_low=LAST, **fields
            )

    def moved(self, hour: int, minute: int) -> None:
        self.clock.at = instant(hour, minute)


@pytest.fixture
def day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, warm_yahoo: Sequence[str]):
    clock = Clock(instant(10, 0))
    lists = tmp_path / "home" / "watchlists"
    lists.mkdir(parents=True)
    (lists / "mine.toml").write_text(f'[[ticker]]\nsymbol = "{CALM}"\n[[ticker]]\nsymbol = "{WILD}"\n')
    with serving(tmp_path, clock.now) as yahoo:
        yahoo.reached(monkeypatch, warm_yahoo)
        yahoo.add(listed(CALM, LAST), name=CALM)
        yahoo.add(jumped(listed(WILD, LAST)), name=WILD)
        yield Day(tmp_path / "home", clock, yahoo)


def shocks(view: View) -> dict[str, Alarm]:
    found = [alarm for alarm in view.alarms if alarm.kind == "volatility_shock" and alarm.opened == DAY]
    assert len(found) == len({alarm.symbol for alarm in found})
    return {alarm.symbol: alarm for alarm in found}


def both(view: View) -> bool:
    return set(shocks(view)) == {CALM, WILD}


async def test_what_a_session_raises_its_close_lets_stand_or_withdraws_though_the_engine_was_restarted(
    day: Day,
) -> None:
    async with day.engine() as (client, stream, view):
        await day.quoted(stream)
        raised = await until(view, client, both)
        first = shocks(raised)
        assert all(alarm.provisional and alarm.state == "open" for alarm in first.values())
        assert raised.status.alarms
        assert raised.status.alarms.this_year == sum(not alarm.provisional for alarm in raised.alarms)
    day.moved(10, 30)
    async with day.engine() as (client, stream, view):
        assert shocks(view) == first
        await day.quoted(stream)
        day.moved(13, 30)
        await client.ask(Refresh())
        after = shocks(await until(view, client, lambda now: not any(alarm.provisional for alarm in now.alarms)))
        assert {symbol: (alarm.id, alarm.state) for symbol, alarm in after.items()} == {
            CALM: (first[CALM].id, "withdrawn"),
            WILD: (first[WILD].id, "open"),
        }
        for symbol, events in ((CALM, ["raised", "withdrawn"]), (WILD, ["raised", "opened"])):
            told = await client.ask(GetAlarmHistory(after[symbol].id))
            assert isinstance(told, AlarmHistory)
            assert [step.event for step in told.steps] == events


async def test_what_was_raised_of_a_ticker_is_withdrawn_when_it_is_taken_off_the_list(day: Day) -> None:
    async with day.engine() as (client, stream, view):
        await day.quoted(stream)
        first = shocks(await until(view, client, both))
        await client.ask(RemoveSymbol(WILD))
        listed = await client.ask(ListAlarms())
        assert isinstance(listed, AlarmList)
        states = {alarm.id: alarm.state for alarm in listed.alarms}
        assert {symbol: states[alarm.id] for symbol, alarm in first.items()} == {CALM: "open", WILD: "withdrawn"}


async def test_a_quote_of_other_shares_than_the_stored_close_raises_nothing(day: Day) -> None:
    async with day.engine() as (client, stream, view):
        for symbol, close in ((CALM, LAST / 2), (WILD, LAST)):
            await stream.quote(symbol, JUMP, day.clock.at, previous_close=close)
        assert set(shocks(await until(view, client, lambda now: WILD in shocks(now)))) == {WILD}
