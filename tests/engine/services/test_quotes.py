"""Live quotes: the newest a symbol, how they come, and the levels they reach, stored."""

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from time import monotonic

import numpy as np
import pytest

from engine.adapters.store import SqliteStore
from engine.adapters.yahoo_stream import YahooStream
from engine.core.bars import Action, History
from engine.core.money import Rate
from engine.core.quotes import Quote
from engine.errors import SourceError, StoreError
from engine.gate import Gate
from engine.ports import MarketHours, SourceState, StreamState, Ticker
from engine.services.quotes import Quotes
from tests.yahoo_stream import yahoo_stream

MONDAY = date(2026, 10, 26)
NOON = datetime(2026, 10, 26, 16, tzinfo=UTC).timestamp()
LEVELS = Ticker("AAPL", above=230.0)
LONG_AGO = NOON - 30 * 86_400
"""When its level was written, unless a test says otherwise."""


class Weekdays:
    """New York without holidays, open or closed as told; Friday is complete."""

    def __init__(self, *, open_=True):
        self.open = open_

    def exchange(self, symbol):
        return "XKRX" if symbol.endswith(".KS") else "XNYS"

    def session(self, exchange, day):
        return day - timedelta(days=max(0, day.weekday() - 4))

    def completed(self, exchange, now):
        day = datetime.fromtimestamp(now, UTC).date()
        return self.session(exchange, day - timedelta(days=1))

    def hours(self, exchange, now):
        return MarketHours("NYSE", self.open, None, zone="Asia/Seoul" if exchange == "XKRX" else "America/New_York")


class FakeStream:
    """Says what the test says."""

    name = "fake"

    def __init__(self):
        self.state, self.wanted, self.news = StreamState(), None, asyncio.Queue()
        self.times, self._wants = 0, asyncio.Event()

    def want(self, symbols):
        self.wanted = set(symbols)
        self.times += 1
        self._wants.set()

    async def until_asked_again(self):
        """Closes have been read anew: only then is a stream asked."""
        before = self.times
        while self.times == before:
            self._wants.clear()
            await self._wants.wait()

    async def until_it_wants(self, *symbols):
        while self.wanted != set(symbols):
            self._wants.clear()
            await self._wants.wait()

    async def run(self, said):
        while True:
            news = await self.news.get()
            if isinstance(news, StreamState):
                self.state = news
            said(news)

    def says(self, *news):
        for each in news:
            self.news.put_nowait(each)


class Polled:
    """A source that is asked for quotes."""

    name = "polled"

    def __init__(self, price=100.0, *, fault=None, state=None):
        self.price, self.fault, self.asked = price, fault, []
        self._state = state or SourceState("polled")

    def state(self):
        return self._state

    def quotes(self, symbols):
        self.asked.append(set(symbols))
        if self.fault:
            raise self.fault
        return tuple(Quote(symbol, self.price, NOON + len(self.asked)) for symbol in symbols)


class Fixed:
    def __init__(self, now=NOON):
        self.time = now

    def now(self):
        return self.time


class Passing:
    """Time that passes, from an hour after noon on: what a poll gives is older than what a stream says."""

    def __init__(self):
        self._began = monotonic()

    def now(self):
        return NOON + 3_600 + monotonic() - self._began


class Heard:
    """What the service tells, and a way to wait for it."""

    def __init__(self, quotes):
        self.symbols, self.alarms = [], []
        self._quotes, self._news = quotes, asyncio.Event()
        quotes.changed, quotes.alarmed = self._changed, self._alarmed

    def _changed(self, symbols):
        self.symbols += symbols
        self._news.set()

    def _alarmed(self, records):
        self.alarms += records
        self._news.set()

    async def until(self, met):
        while not met():
            self._news.clear()
            await self._news.wait()


def bars(symbol="AAPL", closes=(218.0, 220.0), last=date(2026, 10, 23), actions=(), high=None):
    sessions = np.busday_offset(np.datetime64(last), np.arange(1 - len(closes), 1))
    close = np.array(closes)
    top = close if high is None else np.append(close[:-1], high)
    return History(symbol, sessions.astype("datetime64[D]"), close, top, close, close, np.ones(len(closes)), actions)


@pytest.fixture
def store(tmp_path):
    store = SqliteStore(tmp_path)
    yield store
    store.close()


@asynccontextmanager
async def working(
    store,
    stream=None,
    source=None,
    *,
    calendar=None,
    clock=None,
    poll_seconds=1_000.0,
    wanted=(LEVELS,),
    stood_at=LONG_AGO,
):
    calendar = calendar or Weekdays()
    quotes = Quotes(
        stream=stream,
        source=source,
        store=store,
        gate=Gate(store, calendar),
        calendar=calendar,
        clock=clock or Fixed(),
        poll_seconds=poll_seconds,
    )
    heard = Heard(quotes)
    quotes.want([(ticker, stood_at) for ticker in wanted])
    async with asyncio.timeout(20):
        running = asyncio.create_task(quotes.run())
        try:
            yield quotes, heard
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


@asynccontextmanager
async def streaming(store, *, wanted=(LEVELS,), **options):
    """A service whose stream is live, its symbols known."""
    stream = FakeStream()
    async with working(store, stream, wanted=wanted, **options) as (quotes, heard):
        stream.says(StreamState("live", NOON))
        await heard.until(lambda: quotes.live.state == "live")
        await stream.until_it_wants(*(ticker.symbol for ticker in wanted))
        yield stream, quotes, heard


def keep(store, history):
    store.add_bars(history, "test", NOON)


def quote(price, at=NOON, *, symbol="AAPL", phase="regular", close=None):
    return Quote(symbol, price, at, phase, close, currency="USD")


# --- quotes ---


async def test_the_newest_quote_of_a_wanted_symbol_is_told_and_kept(store):
    async with streaming(store) as (stream, quotes, heard):
        stream.says(quote(221.0), quote(222.0, NOON + 1), quote(223.0, NOON + 1), quote(5.0, symbol="IBM"))
        await heard.until(lambda: len(heard.symbols) == 2)
        assert quotes.newest("AAPL").price == 222.0
        assert heard.symbols == ["AAPL", "AAPL"]
        assert quotes.live.last_quote == NOON + 1
        assert quotes.newest("IBM") is None


async def test_a_quote_without_the_close_before_is_measured_by_the_stored_one(store):
    keep(store, bars())
    async with streaming(store) as (stream, quotes, heard):
        stream.says(quote(231.0))
        await heard.until(lambda: heard.symbols)
        assert (quotes.priced("AAPL").previous_close, quotes.priced("AAPL").day) == (220.0, MONDAY)


async def test_a_stored_close_that_is_not_the_one_before_is_not_used(store):
    keep(store, bars(last=date(2026, 10, 21)))
    async with streaming(store) as (stream, quotes, heard):
        stream.says(quote(231.0))
        await heard.until(lambda: heard.symbols)
        assert quotes.priced("AAPL").previous_close is None


@pytest.mark.parametrize(("phase", "close"), [("regular", 220.0), ("post", 225.0)])
async def test_once_the_session_is_stored_only_after_hours_is_measured_by_its_close(store, phase, close):
    keep(store, bars(closes=(220.0, 225.0), last=MONDAY))
    async with streaming(store) as (stream, quotes, heard):
        stream.says(quote(226.0, phase=phase))
        await heard.until(lambda: heard.symbols)
        assert quotes.priced("AAPL").previous_close == close


async def test_a_split_today_is_taken_out_of_the_stored_close(store):
    keep(store, bars(closes=(872.0, 880.0), actions=(Action(MONDAY, split=4.0, known_at=MONDAY),)))
    async with streaming(store) as (stream, quotes, heard):
        stream.says(quote(221.0))
        await heard.until(lambda: heard.symbols)
        assert quotes.priced("AAPL").previous_close == 220.0


async def test_the_last_close_is_in_the_shares_of_a_splits_morning(store):
    keep(store, bars(actions=(Action(MONDAY, split=4.0),)))
    async with working(store) as (quotes, _):
        await looked(quotes)
        assert (quotes.last("AAPL").session, quotes.last("AAPL").close) == (date(2026, 10, 23), 55.0)


async def test_a_quote_belongs_to_the_day_of_its_exchange(store):
    async with streaming(store, wanted=(Ticker("005930.KS"),)) as (stream, quotes, heard):
        stream.says(quote(71_000.0, NOON, symbol="005930.KS"))
        await heard.until(lambda: heard.symbols)
        assert quotes.priced("005930.KS").day == date(2026, 10, 27)


async def test_a_bad_tick_is_neither_shown_nor_an_alarm(store):
    keep(store, bars())
    async with streaming(store) as (stream, quotes, heard):
        stream.says(quote(2_310.0), quote(221.0, NOON + 1))
        await heard.until(lambda: heard.symbols)
        assert quotes.newest("AAPL").price == 221.0
        assert quotes.dropped == {"bad tick": 1}
        stream.says(quote(231.0, NOON + 2))
        await heard.until(lambda: heard.alarms)
        assert [record.alarm.price for record in heard.alarms] == [231.0]


async def test_a_rate_is_the_newer_of_its_quote_and_its_stored_close(store):
    keep(store, bars("KRWUSD=X", (0.0007, 0.00071)))
    async with streaming(store) as (stream, quotes, heard):
        quotes.want([(LEVELS, LONG_AGO)], ["KRWUSD=X"])
        await stream.until_it_wants("AAPL", "KRWUSD=X")
        saturday = datetime(2026, 10, 24, tzinfo=UTC).timestamp()
        assert quotes.rates == {"KRWUSD=X": Rate(0.00071, saturday)}
        stream.says(quote(0.00072, NOON, symbol="KRWUSD=X"))
        await heard.until(lambda: heard.symbols)
        assert quotes.rates == {"KRWUSD=X": Rate(0.00072, NOON)}


# --- alarms ---


def later() -> Fixed:
    """The end of the next session: quotes of two of them lie behind."""
    clock = Fixed()
    clock.time += 90_000
    return clock


async def test_a_level_reached_is_stored_and_told_once_a_session(store):
    keep(store, bars())
    async with streaming(store, clock=later()) as (stream, _, heard):
        prices = (229.0, 231.0, 229.0, 232.0)
        stream.says(*(quote(price, NOON + step) for step, price in enumerate(prices)))
        tomorrow = NOON + 80_000
        stream.says(quote(229.0, tomorrow, close=229.5), quote(233.0, tomorrow + 1, close=229.5))
        await heard.until(lambda: len(heard.alarms) == 2)
        assert [(record.alarm.session, record.alarm.price) for record in heard.alarms] == [
            (MONDAY, 231.0),
            (date(2026, 10, 27), 233.0),
        ]
        assert list(store.price_alarms()) == heard.alarms[::-1]


async def test_the_first_quote_of_a_session_beyond_a_level_is_an_alarm_marked_with_its_phase(store):
    keep(store, bars())
    async with streaming(store) as (stream, _, heard):
        stream.says(quote(231.4, phase="pre"))
        await heard.until(lambda: heard.alarms)
        assert heard.alarms[0].alarm.words == "AAPL reached 231.40, above your 230 (pre-market)"


async def test_an_alarm_is_not_told_again_by_the_next_engine(store):
    keep(store, bars())
    async with streaming(store) as (stream, _, heard):
        stream.says(quote(231.0))
        await heard.until(lambda: heard.alarms)
    async with streaming(store, wanted=(Ticker("AAPL", above=230.0, move=6.0),)) as (stream, _, heard):
        stream.says(quote(231.0), quote(240.0, NOON + 1))
        await heard.until(lambda: heard.alarms)
        assert [record.alarm.rule for record in heard.alarms] == ["move"]


async def test_the_levels_of_two_lists_are_both_watched(store):
    keep(store, bars())
    async with streaming(store, wanted=(LEVELS, Ticker("AAPL", above=231.0))) as (stream, _, heard):
        stream.says(quote(231.0))
        await heard.until(lambda: len(heard.alarms) == 2)
        assert {record.alarm.level for record in heard.alarms} == {230.0, 231.0}


async def test_an_alarm_that_the_store_would_not_take_is_told_once_it_does(store):
    class Full(SqliteStore):
        full = True

        def add_price_alarm(self, alarm):
            if self.full:
                Full.full = False
                raise StoreError("the disk is full")
            return super().add_price_alarm(alarm)

    store.__class__ = Full
    keep(store, bars())
    async with streaming(store) as (stream, _, heard):
        stream.says(quote(231.0))
        await heard.until(lambda: heard.symbols)
        while Full.full:
            await asyncio.sleep(0)
        stream.says(quote(225.0, NOON + 1))
        await heard.until(lambda: heard.alarms)
        assert [record.alarm.price for record in heard.alarms] == [231.0]


async def looked(quotes):
    """Bars have been read."""
    while not quotes._facts.bars:
        await asyncio.sleep(0)


async def test_a_completed_session_that_reached_a_level_is_an_alarm_without_live_quotes(store):
    keep(store, bars(last=date(2026, 10, 22)))
    async with working(store) as (quotes, heard):
        await looked(quotes)
        keep(store, bars(high=231.4))
        quotes.refreshed()
        await heard.until(lambda: heard.alarms)
        alarm = heard.alarms[0].alarm
        assert (alarm.session, alarm.price, alarm.rule) == (date(2026, 10, 23), 231.4, "above")
        assert quotes.live.state == "off"


async def test_without_live_quotes_a_level_is_not_held_against_the_session_that_was_the_last_when_it_was_set(store):
    async with working(store) as (quotes, heard):
        keep(store, bars(last=date(2026, 10, 22), high=235.0))
        quotes.refreshed()
        await looked(quotes)
        keep(store, bars(high=231.4))
        quotes.refreshed()
        await heard.until(lambda: heard.alarms)
        assert [record.alarm.session for record in heard.alarms] == [date(2026, 10, 23)]


async def test_a_level_set_after_a_session_is_not_held_against_it_nor_against_an_older_price(store):
    async with streaming(store, stood_at=None) as (stream, quotes, heard):
        keep(store, bars(high=235.0))
        quotes.refreshed()
        await stream.until_asked_again()
        stream.says(quote(231.0, NOON - 60, close=228.0), quote(232.0, NOON + 1, close=228.0))
        await heard.until(lambda: heard.alarms)
        assert [record.alarm.price for record in heard.alarms] == [232.0]


@pytest.mark.parametrize(("last", "told"), [(date(2026, 10, 19), [MONDAY]), (date(2026, 10, 23), ["Friday", MONDAY])])
async def test_where_quotes_come_live_only_the_last_completed_session_is_news(store, last, told):
    async with streaming(store) as (stream, quotes, heard):
        keep(store, bars(last=last, high=231.4))
        quotes.refreshed()
        await stream.until_asked_again()
        stream.says(quote(229.0, close=228.0), quote(231.0, NOON + 1, close=228.0))
        await heard.until(lambda: any(record.alarm.session == MONDAY for record in heard.alarms))
        friday = {date(2026, 10, 23): "Friday"}
        assert [friday.get(record.alarm.session, record.alarm.session) for record in heard.alarms] == told


async def test_a_session_starts_from_the_close_before_it_not_from_the_last_quote_of_another(store):
    async with streaming(store, clock=later()) as (stream, _, heard):
        stream.says(quote(231.0, close=229.0), quote(232.0, NOON + 80_000, close=229.0))
        await heard.until(lambda: len(heard.alarms) == 2)
        assert [record.alarm.price for record in heard.alarms] == [231.0, 232.0]


# --- how they come ---


@pytest.mark.parametrize("state", ["stale", "lost", "connecting"])
async def test_a_stream_that_is_silent_for_long_is_replaced_by_polling_until_it_sends_again(store, state):
    stream, source = FakeStream(), Polled()
    async with working(store, stream, source, poll_seconds=0.02, clock=Passing()) as (quotes, heard):
        stream.says(StreamState(state, NOON, why="nothing came"))
        await heard.until(lambda: quotes.live.state == "polling")
        assert quotes.live.why == "nothing came"
        await heard.until(lambda: quotes.newest("AAPL") is not None)
        stream.says(StreamState("live", NOON))
        await heard.until(lambda: quotes.live.state == "live")
        assert all(symbols == {"AAPL"} for symbols in source.asked)


async def test_a_silence_is_polled_once_it_has_lasted_and_no_sooner(store):
    stream, source, clock = FakeStream(), Polled(), Fixed()
    async with working(store, stream, source, poll_seconds=60.0, clock=clock) as (quotes, heard):
        await stream.until_it_wants("AAPL")
        stream.says(StreamState("lost", NOON))
        await heard.until(lambda: quotes.live.state == "lost")
        for _ in range(3):
            quotes.refreshed()
            await stream.until_asked_again()
        assert quotes.live.state == "lost"
        clock.time += 60.0
        quotes.refreshed()
        await heard.until(lambda: quotes.live.state == "polling")
        assert len(source.asked) == 1


async def test_without_a_stream_quotes_are_polled_at_once(store):
    source = Polled()
    async with working(store, None, source) as (quotes, heard):
        await heard.until(lambda: quotes.newest("AAPL") is not None)
        assert quotes.live.state == "polling"
        assert len(source.asked) == 1


async def test_nothing_is_polled_while_every_market_is_closed(store):
    source, stream, calendar = Polled(), FakeStream(), Weekdays(open_=False)
    async with working(store, stream, source, calendar=calendar, poll_seconds=0.0) as (quotes, heard):
        stream.says(StreamState("lost", NOON))
        await heard.until(lambda: quotes.live.state == "lost")
        await stream.until_it_wants("AAPL")
        stream.says(quote(221.0))
        await heard.until(lambda: heard.symbols)
        assert source.asked == []
        assert not quotes.expects(NOON)
        calendar.open = True
        quotes.refreshed()
        await heard.until(lambda: source.asked)
        assert quotes.expects(NOON)


async def test_polling_that_fails_says_why_and_goes_on(store):
    source = Polled(fault=SourceError("too many requests", fault="limited"))
    async with working(store, None, source, poll_seconds=0.02, clock=Passing()) as (quotes, heard):
        await heard.until(lambda: len(source.asked) == 2)
        assert (quotes.live.state, quotes.live.why) == ("lost", "too many requests")
        source.fault = None
        await heard.until(lambda: quotes.live.state == "polling")


async def test_a_lost_stream_and_a_failing_poll_are_both_said(store):
    stream, source = FakeStream(), Polled(fault=SourceError("too many requests", fault="limited"))
    async with working(store, stream, source, poll_seconds=0.02, clock=Passing()) as (quotes, heard):
        stream.says(StreamState("lost", NOON, why="it broke"))
        await heard.until(lambda: source.asked and quotes.live.why == "it broke; too many requests")
        assert quotes.live.state == "lost"


@pytest.mark.parametrize(
    ("state", "why"),
    [
        (SourceState("polled", used=80, allowed=100), "no polling: 80 of 100 requests to polled are used"),
        (SourceState("polled", retry_at=NOON + 9, fault="429"), "429"),
    ],
)
async def test_polling_leaves_a_source_alone_that_has_no_requests_to_spare(store, state, why):
    source = Polled(state=state)
    async with working(store, None, source) as (quotes, heard):
        await heard.until(lambda: quotes.live.state == "lost")
        assert quotes.live.why == why
        assert source.asked == []


async def test_from_the_server_to_a_stored_alarm_through_a_drop_a_silence_and_back(store):
    """The whole way, over a real socket: live, dropped, live again, silent, polled, live."""
    keep(store, bars())
    source, clock = Polled(222.0), Passing()
    async with yahoo_stream() as server:
        paused = asyncio.Event()

        async def pause(seconds):
            await paused.wait()

        ahead = [0.0]

        def now():
            return clock.now() + ahead[0]

        stream = YahooStream(server.url, expects=lambda now: True, now=now, stale_after=2.0, sleep=pause)
        async with working(store, stream, source, poll_seconds=0.05, clock=clock) as (quotes, heard):
            await server.until(lambda now: now.subscribed)
            await server.quote("AAPL", 221.0, clock.now(), change=1.0)
            await heard.until(lambda: heard.symbols)
            await server.drop()
            await heard.until(lambda: quotes.live.state == "polling")
            paused.set()
            await heard.until(lambda: quotes.live.state == "live")
            await server.until(lambda now: len(now.subscribed) == 2)
            paused.clear()
            ahead[0] += 2.0
            await heard.until(lambda: stream.state.state == "stale")
            await heard.until(lambda: quotes.live.state == "polling")
            paused.set()
            await server.until(lambda now: len(now.subscribed) == 3)
            await server.quote("AAPL", 231.0, clock.now() + 1, change=11.0)
            await heard.until(lambda: heard.alarms)
            assert quotes.live.state == "live"
        assert [record.alarm.price for record in store.price_alarms()] == [231.0]
