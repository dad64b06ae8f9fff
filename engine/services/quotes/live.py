"""The newest quote of each wanted symbol: by stream, by polling while the stream is silent, and the levels reached."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from engine.core.forming import FormingBar, comparable
from engine.core.money import Rate
from engine.core.quotes import DayBar, Levels, Priced, Quote
from engine.core.ticks import Ticks
from engine.errors import EngineError
from engine.gate import Gate
from engine.ports import (
    Calendar,
    Clock,
    LiveSource,
    PriceAlarmRecord,
    QuoteStream,
    SourceState,
    Store,
    StreamState,
    Ticker,
)
from engine.protocol import Live
from engine.services.quotes.facts import Facts, look
from engine.services.quotes.forming import FormingBars
from engine.services.quotes.judge import Judge
from engine.services.quotes.since import Mark, Marks, marks, placed

log = logging.getLogger(__name__)

_LOOK = 60.0
# polling leaves this part of a source's budget to the bars
_SHARE = 0.75


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
        self._poll_seconds = poll_seconds
        self.changed: Callable[[Collection[str]], None] = lambda _: None
        self.alarmed: Callable[[Sequence[PriceAlarmRecord]], None] = lambda _: None
        self._symbols: frozenset[str] = frozenset()
        self._rates: frozenset[str] = frozenset()
        self._levels: dict[str, tuple[Levels, ...]] = {}
        self._marks: Marks = {}
        self._facts = Facts()
        self._ticks = Ticks()
        self._forming = FormingBars()
        self._judge = Judge(store, calendar)
        self._unjudged: list[Quote | DayBar] = []
        self._to_judge, self._to_look, self._to_poll = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._refreshed = False
        # without a stream it is silent from the start
        self._silent_since: float | None = None if stream else clock.now()
        self._attempted_at: float | None = None
        self._polled_at: float | None = None
        self._fault: str | None = None
        self._last_quote: float | None = None

    # --- what others may ask for ---

    def want(self, tickers: Iterable[tuple[Ticker, float | None]], rates: Collection[str] = ()) -> None:
        """Quotes of these from now on instead of those before, with their levels, and of these exchange rates.

        Each ticker comes with the instant by which it stood in its list at the latest, None where that is not known:
        a level counts from then on, or from now.
        """
        levels: dict[str, dict[Levels, None]] = {}
        stood: list[tuple[str, Levels, Mark]] = []
        for ticker, at in tickers:
            own = levels.setdefault(ticker.symbol, {})
            if set_ := Levels(ticker.above, ticker.below, ticker.move):
                own[set_] = None
                stood.append((ticker.symbol, set_, self._mark(at)))
        self._marks = placed(marks(stood, self._marks), self._facts.bars)
        self._rates = frozenset(rates)
        symbols = frozenset(levels) | self._rates
        is_new = symbols != self._symbols
        self._symbols = symbols
        self._levels = {symbol: tuple(own) for symbol, own in levels.items() if own}
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
        if self._polling:
            return Live(
                "polling", self._last_quote, stream.retry_at if stream else None, stream.why if stream else None
            )
        if stream is not None:
            why = "; ".join(each for each in (stream.why, self._fault) if each)
            return Live(stream.state, self._last_quote, stream.retry_at, why or None)
        return Live("lost" if self._fault else "off", self._last_quote, None, self._fault)

    def expects(self, now: float) -> bool:
        """Whether a market of the wanted symbols is open, so that a stream should be sending."""
        return any(self._facts.open(symbol, now) for symbol in self._symbols)

    @property
    def _polling(self) -> bool:
        if self._polled_at is None or self._fault is not None or self._silent_since is None:
            return False
        return self._clock.now() - self._polled_at <= 2 * self._poll_seconds

    # --- the work ---

    async def run(self) -> None:
        """Take quotes in and judge them, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._judging())
            tasks.create_task(self._looking())
            if self._source is not None:
                tasks.create_task(self._polls(self._source))
            if self._stream is not None:
                tasks.create_task(self._stream.run(self._said))

    def _said(self, news: Quote | StreamState) -> None:
        if isinstance(news, Quote):
            self._take(news)
            return
        if news.state in ("live", "off"):
            self._silent_since = self._polled_at = self._fault = None
        elif self._silent_since is None:
            self._silent_since = self._clock.now()
        self._to_poll.set()
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
        if quote.symbol in self._levels:
            self._unjudged.append(quote)
            self._to_judge.set()
        self.changed((quote.symbol,))

    async def _judging(self) -> None:
        while True:
            await self._to_judge.wait()
            self._to_judge.clear()
            news, self._unjudged = self._unjudged, []
            try:
                alarms = await asyncio.to_thread(self._judge, news, self._levels, self._marks, self._facts)
            except EngineError as error:
                log.warning("quotes could not be judged: %s", error)
                continue
            if alarms:
                self.alarmed(alarms)

    async def _looking(self) -> None:
        while True:
            self._to_look.clear()
            await self._look()
            await _waited(self._to_look, _LOOK)

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
            self._marks = placed(self._marks, self._facts.bars)
            if self._facts.bars != known.bars:
                self.changed(())  # what is held is worth a close where no quote comes
            if refreshed:
                self._unjudged += [bar for bar in self._facts.bars.values() if self._is_to_be_judged(bar)]
        if self._unjudged or self._judge.behind:
            self._to_judge.set()
        if self._stream is not None:
            self._stream.want(symbols)
        self._to_poll.set()

    def _is_to_be_judged(self, bar: DayBar) -> bool:
        """A session is news if it is the last there was; without live quotes (files, a replay) the last stored is."""
        market = self._facts.market(bar.symbol)
        newest = market is not None and bar.session == market.completed
        return bar.symbol in self._levels and (newest or not self._is_live)

    @property
    def _is_live(self) -> bool:
        return self._stream is not None or self._source is not None

    def _mark(self, stood_at: float | None) -> Mark:
        now = self._clock.now()
        return (now if stood_at is None else min(now, stood_at)) if self._is_live else None

    # --- polling ---

    async def _polls(self, source: LiveSource) -> None:
        while True:
            self._to_poll.clear()
            if self._poll_due_in() <= 0:
                await self._poll(source)
            await _waited(self._to_poll, max(0.0, min(_LOOK, self._poll_due_in())))

    def _poll_due_in(self) -> float:
        """Seconds until the next poll; infinite while quotes come by stream, or nothing can be polled."""
        if self._silent_since is None:
            return float("inf")
        now = self._clock.now()
        if not self.expects(now):
            return _LOOK
        # without a stream there is nothing to wait for; the clock may have been set back since
        first = min(self._silent_since, now) + self._poll_seconds if self._stream else now
        since = self._attempted_at
        return (first if since is None else max(first, min(since, now) + self._poll_seconds)) - now

    async def _poll(self, source: LiveSource) -> None:
        now = self._attempted_at = self._clock.now()
        symbols = [symbol for symbol in sorted(self._symbols) if self._facts.open(symbol, now)]
        fault = _kept_from_polling(source.state(), len(symbols), now)
        if fault is None:
            try:
                quotes = await asyncio.to_thread(source.quotes, symbols)
            except EngineError as error:
                fault = str(error)
            else:
                for quote in quotes:
                    self._take(quote)
                self._polled_at = now if quotes else None
                fault = None if quotes else f"{source.name} gave no quote"
        # the stream may have come back in the meantime
        self._fault = None if self._silent_since is None else fault
        self.changed(())


def _kept_from_polling(source: SourceState, symbols: int, now: float) -> str | None:
    """Why that many more requests are not made now, if so."""
    if source.retry_at is not None and source.retry_at > now:
        return source.fault or f"{source.name} is not asked for now"
    if source.allowed is not None and source.used + symbols > _SHARE * source.allowed:
        return f"no polling: {source.used} of {source.allowed} requests to {source.name} are used"
    return None


async def _waited(event: asyncio.Event, seconds: float) -> None:
    """Wait for an event, but no longer than that."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        pass
