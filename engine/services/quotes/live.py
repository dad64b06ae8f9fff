"""The newest quote of each wanted symbol: by stream, by polling while the stream is silent, and the levels reached."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from engine.core.forming import FormingBar, comparable
from engine.core.money import Rate
from engine.core.quotes import DayBar, Priced, Quote
from engine.core.ticks import Ticks
from engine.errors import EngineError
from engine.gate import Gate
from engine.ports import (
    Calendar,
    Clock,
    LiveSource,
    PriceAlarmRecord,
    QuoteStream,
    Store,
    StreamState,
    Ticker,
)
from engine.protocol import Live
from engine.services.quotes.facts import Facts, look
from engine.services.quotes.forming import FormingBars
from engine.services.quotes.judging import Judging
from engine.services.quotes.polling import LOOK, Polling, waited
from engine.services.quotes.since import Mark

log = logging.getLogger(__name__)


class Quotes:
    """Live quotes of all lists in use. All methods belong to the engine's loop; what blocks runs in threads.

    `changed` is called with the symbols that have a newer quote, or with none when the way they come has changed: as
    often as that happens, the caller makes it seldom. `alarmed` is called with new price alarms, which are stored.
    """

    def __init__(
        self,
        *,
        stream: QuoteStream | None,
        source: LiveSource | None,
        store: Store,
        gate: Gate,
        calendar: Calendar,
        clock: Clock,
        poll_seconds: float,
    ) -> None:
        self._stream = stream
        self._source = source
        self._store = store
        self._gate = gate
        self._calendar = calendar
        self._clock = clock
        self.changed: Callable[[Collection[str]], None] = lambda _: None
        self.alarmed: Callable[[Sequence[PriceAlarmRecord]], None] = lambda _: None
        self._symbols: frozenset[str] = frozenset()
        self._rates: frozenset[str] = frozenset()
        self._facts = Facts()
        self._ticks = Ticks()
        self._forming = FormingBars()
        self._judging = Judging(store, calendar, self._reached)
        self._polling = Polling(
            clock,
            poll_seconds,
            streamed=stream is not None,
            wanted=self._open,
            take=self._take,
            told=lambda: self.changed(()),
        )
        self._to_look = asyncio.Event()
        self._refreshed = False
        self._last_quote: float | None = None

    # --- what others may ask for ---

    def want(self, tickers: Iterable[tuple[Ticker, float | None]], rates: Collection[str] = ()) -> None:
        """Quotes of these from now on instead of those before, with their levels, and of these exchange rates.

        Each ticker comes with the instant by which it stood in its list at the latest, None where that is not known:
        a level counts from then on, or from now.
        """
        since = [(ticker, self._mark(at)) for ticker, at in tickers]
        self._judging.want(since, self._facts.bars)
        self._rates = frozenset(rates)
        symbols = frozenset(ticker.symbol for ticker, _ in since) | self._rates
        is_new = symbols != self._symbols
        self._symbols = symbols
        if is_new:
            self._ticks.keep(set(symbols))
            self._forming.keep(symbols)
            self._to_look.set()

    def refreshed(self) -> None:
        """Bars were fetched: the last closes are read anew, and the last sessions judged by the levels."""
        self._refreshed = True
        self._to_look.set()

    def newest(self, symbol: str) -> Quote | None:
        """The newest quote of a symbol; None if none came since it is wanted."""
        return self._ticks.newest.get(symbol)

    def priced(self, symbol: str) -> Priced | None:
        """The same with its day and the close before it."""
        quote = self.newest(symbol)
        return None if quote is None else Priced(quote, self._facts.day(quote), self._facts.close_before(quote))

    def forming(self, symbols: Iterable[str]) -> tuple[FormingBar, ...]:
        """The bars of these symbols' running sessions, where the session before them is stored, in the same shares."""
        now = self._clock.now()
        bars = (self._forming.of(symbol) for symbol in symbols if self._facts.open(symbol, now))
        return tuple(bar for bar in bars if bar is not None and self._goes_on(bar))

    def _goes_on(self, bar: FormingBar) -> bool:
        stored, quote = self._facts.bars.get(bar.symbol), self._ticks.newest.get(bar.symbol)
        if stored is None or quote is None or stored.session != bar.follows:
            return False
        return self._facts.day(quote) == bar.session and comparable(quote, stored.close)

    def last(self, symbol: str) -> DayBar | None:
        """A symbol's last stored session, its prices in the shares of today; None where none was read."""
        return self._facts.bars.get(symbol)

    def held(self, symbol: str) -> Quote | None:
        """The quote of a symbol that is held back as a bad tick until another confirms it, if there is one."""
        return self._ticks.held(symbol)

    @property
    def rates(self) -> Mapping[str, Rate]:
        """The wanted exchange rates that are known, by symbol: the newer of quote and stored close."""
        known: dict[str, Rate] = {}
        for symbol in self._rates:
            quote, stored = self.newest(symbol), self._facts.rate(symbol)
            live = Rate(quote.price, quote.time) if quote else None
            if found := max((each for each in (live, stored) if each), key=lambda rate: rate.at, default=None):
                known[symbol] = found
        return known

    @property
    def dropped(self) -> Counter[str]:
        """How many quotes were not believed, by reason."""
        return self._ticks.dropped

    @property
    def live(self) -> Live:
        """How quotes come now."""
        stream = self._stream.state if self._stream else None
        if self._polling.succeeds:
            retry_at, why = (stream.retry_at, stream.why) if stream else (None, None)
            return Live("polling", self._last_quote, retry_at, why)
        if stream is not None:
            why = "; ".join(each for each in (stream.why, self._polling.fault) if each)
            return Live(stream.state, self._last_quote, stream.retry_at, why or None)
        return Live("lost" if self._polling.fault else "off", self._last_quote, None, self._polling.fault)

    def expects(self, now: float) -> bool:
        """Whether a market of the wanted symbols is open, so that a stream should be sending."""
        return any(self._facts.open(symbol, now) for symbol in self._symbols)

    def _open(self, now: float) -> list[str]:
        return [symbol for symbol in self._symbols if self._facts.open(symbol, now)]

    # --- the work ---

    async def run(self) -> None:
        """Take quotes in and judge them, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._judging.run(lambda: self._facts))
            tasks.create_task(self._looking())
            if self._source is not None:
                tasks.create_task(self._polling.run(self._source))
            if self._stream is not None:
                tasks.create_task(self._stream.run(self._said))

    def _said(self, news: Quote | StreamState) -> None:
        if isinstance(news, Quote):
            self._take(news)
            return
        self._polling.hear(news)
        self.changed(())

    def _take(self, quote: Quote) -> None:
        if quote.symbol not in self._symbols:
            return
        facts = self._facts
        close, limit = facts.close_before(quote), facts.limit(quote.symbol)
        if not self._ticks.take(quote, now=self._clock.now(), close=close, limit=limit):
            if self._ticks.held(quote.symbol) is quote:
                self.changed((quote.symbol,))
            return
        self._last_quote = max(self._last_quote or 0.0, quote.time)
        if (market := facts.market(quote.symbol)) is not None:
            self._forming.take(quote, market.day(quote.time), market.completed)
        self._judging.take(quote)
        self.changed((quote.symbol,))

    def _reached(self, alarms: Sequence[PriceAlarmRecord]) -> None:
        self.alarmed(alarms)

    async def _looking(self) -> None:
        while True:
            self._to_look.clear()
            await self._look()
            await waited(self._to_look, LOOK)

    async def _look(self) -> None:
        """Read hours and closes anew; new symbols are asked of the stream only after that, so none comes unknown."""
        symbols, refreshed = self._symbols, self._refreshed
        self._refreshed = False
        known = self._facts
        before = Facts() if refreshed else known
        now = self._clock.now()
        try:
            self._facts = await asyncio.to_thread(
                look, self._store, self._gate, self._calendar, symbols, now=now, before=before
            )
        except EngineError as error:
            log.warning("hours and closes could not be read: %s", error)
            self._refreshed = refreshed
        else:
            self._judging.place(self._facts.bars)
            if self._facts.bars != known.bars:
                self.changed(())  # what is held is worth a close where no quote comes
            if refreshed:
                for bar in filter(self._is_news, self._facts.bars.values()):
                    self._judging.take(bar)
        self._judging.look()
        if self._stream is not None:
            self._stream.want(symbols)
        self._polling.look()

    def _is_news(self, bar: DayBar) -> bool:
        """A session is news if it is the last there was; without live quotes (files, a replay) the last stored is."""
        market = self._facts.market(bar.symbol)
        newest = market is not None and bar.session == market.completed
        return newest or not self._is_live

    @property
    def _is_live(self) -> bool:
        return self._stream is not None or self._source is not None

    def _mark(self, stood_at: float | None) -> Mark:
        now = self._clock.now()
        return (now if stood_at is None else min(now, stood_at)) if self._is_live else None
