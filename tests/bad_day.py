"""A bad day, lived through by a real engine: Friday 28 November 2025, which ended early in New York.

The real yfinance and the real stream's client talk to a local Yahoo that refuses, drops, cuts short and sends a bad
tick as the script says; what a screen was shown at each moment is kept.
"""

import asyncio
import dataclasses
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from msgspec.structs import replace

from engine.adapters.calendars import ExchangeCalendars
from engine.adapters.yahoo_stream import YahooStream
from engine.client import Client
from engine.core.bars import History
from engine.ports import IntradayBar
from engine.protocol import Attach, Changed, Feed, GetChart, Refresh, View, apply
from engine.protocol.charts import Chart
from tests.engines import client_of, record, running
from tests.worlds import history
from tests.yahoo import LocalYahoo, serving
from tests.yahoo_stream import YahooStreamServer, yahoo_stream

NEW_YORK = ZoneInfo("America/New_York")
DAY = date(2025, 11, 28)
NAMES = {"AAPL": ("Apple Inc.", 271.0), "IBM": ("IBM", 304.0), "MSFT": ("Microsoft Corporation", 486.0)}
LIST = """title = "Bad day"
[[ticker]]
symbol = "AAPL"
above = {level}
[[ticker]]
symbol = "IBM"
shares = 10
cost = 250
[[ticker]]
symbol = "MSFT"
"""


class Clock:
    """Time that stands still until the script moves it."""

    def __init__(self, at: float) -> None:
        self.at = at

    def now(self) -> float:
        return self.at


@dataclass(frozen=True)
class Moment:
    """What a screen was shown at one moment of the day."""

    at: float
    view: View
    charts: dict[str, Chart]


def instant(hour: int, minute: int, second: int = 0) -> float:
    """That time of the day in New York."""
    return datetime(DAY.year, DAY.month, DAY.day, hour, minute, second, tzinfo=NEW_YORK).timestamp()


def listed(symbol: str, last: float) -> History:
    """Two years of sessions up to the day itself, ending near a price of today."""
    calendar = ExchangeCalendars(record=record)
    sessions = np.array(calendar.between("XNYS", date(2023, 11, 1), DAY), "datetime64[D]")
    made = history(symbol, len(sessions), seed=sum(map(ord, symbol)))
    factor = last / made.close[-2]
    scaled = {name: np.round(getattr(made, name) * factor, 2) for name in ("open", "high", "low", "close")}
    return dataclasses.replace(made, sessions=sessions, **scaled)


class Script:
    """The day's director: it moves the clock, lets the world misbehave, and waits until the screen tells it."""

    def __init__(
        self, clock: Clock, yahoo: LocalYahoo, stream: YahooStreamServer, client: Client, wake: Callable[[], None]
    ) -> None:
        self.clock = clock
        self.yahoo = yahoo
        self.stream = stream
        self._client = client
        self._wake = wake
        self._view: View
        self._changes: asyncio.Queue[Changed] = asyncio.Queue()
        self.moments: dict[str, Moment] = {}

    async def attach(self, name: str) -> None:
        """Open the screen."""
        answer = await self._client.ask(Attach(watchlist=name))
        assert isinstance(answer, View)
        self._view = answer

    async def move(self, hour: int, minute: int, second: int = 0) -> None:
        """Time goes on, and the engine looks at the clock, as it does every minute."""
        self.clock.at = instant(hour, minute, second)
        self._wake()

    async def listen(self) -> None:
        async for change in self._client.changes():
            self._changes.put_nowait(change)

    async def until(self, holds: Callable[[View], bool]) -> None:
        """Wait for what the screen is told; what it was told last is in the error if it never is."""
        try:
            async with asyncio.timeout(60):
                while not holds(self._view):
                    self._view = apply(self._view, await self._changes.get())
        except TimeoutError:
            status = self._view.status
            raise AssertionError(f"never told: {status.feed} {status.live} {status.markets}") from None

    async def refresh(self) -> None:
        """The key r."""
        await self._client.ask(Refresh())

    async def keep(self, name: str) -> None:
        """Remember what is shown now."""
        charts = {symbol: await self._client.ask(GetChart(symbol, "6M")) for symbol in NAMES}
        self.moments[name] = Moment(
            self.clock.at,
            _steady(self._view, self.clock.at),
            {symbol: chart for symbol, chart in charts.items() if isinstance(chart, Chart)},
        )

    def price(self, symbol: str) -> float | None:
        """The live price that a row shows."""
        return next(row.price for row in self._view.rows if row.symbol == symbol)

    @property
    def all_came(self) -> bool:
        """Whether every row has been fetched now, and nothing is wrong with it."""
        return all(row.fetched_at == self.clock.at and row.data is None for row in self._view.rows)

    @property
    def all_quoted(self) -> bool:
        """Whether every row has a price of now."""
        return all(row.price_at == self.clock.at for row in self._view.rows)


def _steady(view: View, now: float) -> View:
    """Without what differs from run to run: pauses are drawn at random, so each is shown as a minute."""
    live = view.status.live
    status = replace(
        view.status,
        pid=1,
        home="/home",
        version="0",
        started=0.0,
        feed=_paused(view.status.feed, now),
        live=replace(live, retry_at=live.retry_at and now + 60, why=live.why and "the connection to Yahoo broke"),
    )
    rows = tuple(replace(row, data=_cut(row.data)) for row in view.rows)
    return replace(view, status=status, rows=rows, jobs=())


def _cut(words: str | None) -> str | None:
    """What failed: who met it, and when it is tried again, may differ."""
    return words and words.split(" (received")[0]


def _paused(feed: Feed, now: float) -> Feed:
    return replace(feed, retry_at=feed.retry_at and now + 60, next_poll=now + 900, error=_cut(feed.error), used=0)


async def lived(folder: Path, patch: pytest.MonkeyPatch) -> dict[str, Moment]:
    """The whole day; what the screen was shown at each of its moments."""
    clock = Clock(instant(9, 10))
    # the script jumps over many minutes: a watchdog that looked in between would take each jump for silence
    patch.setitem(YahooStream.__init__.__kwdefaults__, "stale_after", 86_400.0)
    with serving(folder, clock.now) as yahoo:
        yahoo.reached(patch)
        async with _world(folder, clock, yahoo) as script:
            await _play(script)
            return script.moments


@asynccontextmanager
async def _world(folder: Path, clock: Clock, yahoo: LocalYahoo) -> AsyncIterator[Script]:
    for symbol, (name, last) in NAMES.items():
        minutes = (IntradayBar(instant(12, 3), last, last, last, round(last * 1.004, 2), 900.0),)
        yahoo.add(listed(symbol, last), name=name, intraday={"1m": minutes})
    lists = folder / "home" / "watchlists"
    lists.mkdir(parents=True)
    (lists / "bad-day.toml").write_text(LIST.format(level=NAMES["AAPL"][1] + 3))
    tls: ssl.SSLContext = yahoo.tls
    async with yahoo_stream(tls) as stream:
        yahoo.tunnels["streamer.finance.yahoo.com"] = stream.port
        async with (
            running(folder / "home", "yahoo", "source.at_once=1", clock=clock) as engine,
            client_of(folder / "home") as client,
        ):
            script = Script(clock, yahoo, stream, client, engine.engine.schedule.wake)
            await script.attach("bad-day")
            listening = asyncio.create_task(script.listen())
            yield script
            listening.cancel()


async def _play(script: Script) -> None:
    await _morning(script)
    await _noon(script)
    await _afternoon(script)


async def _morning(script: Script) -> None:
    clock, yahoo, stream = script.clock, script.yahoo, script.stream
    apple = NAMES["AAPL"][1]

    await script.until(lambda view: all(row.scored for row in view.rows) and view.status.live.state == "live")
    await stream.until(lambda server: server.subscribed and {*NAMES} <= server.subscribed[-1])
    await stream.quote("AAPL", apple + 1, clock.at, market_hours=0, previous_close=apple)
    await script.until(lambda _: script.price("AAPL") == apple + 1)
    await script.until(lambda view: view.jobs[0].state == "done" and view.status.model is not None)
    await script.keep("before the open")

    yahoo.misbehave("429")
    await script.move(9, 31)
    await script.refresh()
    await script.until(lambda view: view.status.feed.state == "failing" and view.status.feed.retry_at is not None)
    await script.until(lambda view: all("429" in (row.data or "") for row in view.rows))
    await script.keep("429 at the open")

    yahoo.behave()
    await script.move(9, 36)
    await script.until(lambda view: view.status.feed.state == "ok" and script.all_came)
    await script.keep("answers again")


async def _noon(script: Script) -> None:
    clock, yahoo, stream = script.clock, script.yahoo, script.stream

    stream.refusing = 503
    await stream.drop()
    # before the clock jumps to noon: hours without a quote would be noticed as silence first
    await script.until(lambda view: view.status.live.state == "lost")
    await script.move(12, 0)
    await script.until(lambda view: view.status.feed.next_poll is not None and view.status.feed.next_poll > clock.at)
    await script.keep("socket dropped at noon")

    await script.move(12, 4)
    await script.refresh()
    await script.until(lambda view: view.status.live.state == "polling" and script.all_quoted)
    await script.until(lambda view: view.status.feed.last_success == clock.at and script.all_came)
    await script.until(lambda view: any(alarm.kind == "price alert" for alarm in view.alarms))
    await script.keep("polling instead")

    stream.refusing = None
    await script.move(12, 10)
    await script.refresh()
    await script.until(lambda view: view.status.live.state == "live" and script.all_came)
    await stream.until(lambda server: server.clients == 1)
    await script.move(12, 11)
    for symbol, (_, last) in NAMES.items():
        price = last + (3.5 if symbol == "AAPL" else 0.5)
        await stream.quote(symbol, price, clock.at, previous_close=last)
    await script.until(lambda view: script.all_quoted and view.status.live.last_quote == clock.at)
    await script.until(lambda view: any(alarm.kind == "price alert" for alarm in view.alarms))
    await script.keep("live again, a level reached")

    yahoo.misbehave("half-closed", "IBM")
    await script.move(12, 20)
    await script.refresh()
    await script.until(lambda view: view.status.feed.state == "partly")
    await script.until(lambda view: any("cannot be reached" in (row.data or "") for row in view.rows))
    await script.keep("half-closed replies")


async def _afternoon(script: Script) -> None:
    clock, yahoo, stream = script.clock, script.yahoo, script.stream
    apple = NAMES["AAPL"][1]

    yahoo.behave()
    await script.move(12, 30)
    await script.refresh()
    await script.until(lambda view: view.status.feed.state == "ok" and script.all_came)
    await stream.quote("MSFT", 4.86, clock.at, previous_close=NAMES["MSFT"][1])
    await script.until(lambda view: any(row.doubt for row in view.rows))
    await script.keep("a bad tick")

    await script.move(12, 40)
    await script.refresh()
    await stream.quote("MSFT", NAMES["MSFT"][1] + 1, clock.at, previous_close=NAMES["MSFT"][1])
    await script.until(lambda view: script.all_came and not any(row.doubt for row in view.rows))
    await script.keep("closes early")

    await script.move(13, 20)
    await script.refresh()
    await stream.quote("AAPL", apple + 2, clock.at, market_hours=2, previous_close=apple)
    await script.until(lambda view: not view.status.markets[0].open and script.price("AAPL") == apple + 2)
    await script.until(lambda view: script.all_came and view.status.session == DAY)
    await script.until(lambda view: view.status.live.last_quote == clock.at)
    await script.keep("closed early")
