"""Yahoo Finance as a source of prices."""

import logging
import time
from collections.abc import Callable, Collection
from datetime import date, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from threading import Event
from typing import TypeVar

from engine.adapters.yahoo import frames
from engine.adapters.yahoo.answer import Answer
from engine.adapters.yahoo.faults import fault_of
from engine.adapters.yahoo.library import Closing
from engine.adapters.yahoo.pacer import Pacer, Wait
from engine.adapters.yahoo.process import YahooProcess
from engine.core.bars import History, empty
from engine.core.faults import OF_THE_SOURCE, TRIED_AGAIN
from engine.core.quality import DataNote
from engine.core.quotes import Quote
from engine.core.sessions import SETTLING
from engine.errors import EmptyHistory, EngineError, SourceError, UnknownSymbol
from engine.format import plain
from engine.ports import Calendar, Found, Interval, IntradayBar, Profile, SourceState
from engine.workers import Workers

log = logging.getLogger(__name__)

T = TypeVar("T")
DAY = 86_400.0
RETRIES = 2
SECONDS: dict[Interval, float] = {"1h": 3600.0, "15m": 900.0, "5m": 300.0}
REACH: dict[Interval, float] = {"1h": 730 * DAY, "15m": 60 * DAY, "5m": 60 * DAY}
"""How far back Yahoo gives bars within the day."""


class YahooSource:
    """Bars as traded: Yahoo's prices come split-adjusted to today, so later splits are taken out.

    Prices are in the currency that Yahoo quotes, sessions in the exchange's time zone. yfinance keeps its cache in
    `cache_folder`. All HTTP requests, look-ups of time zones, cookies and second tries among them, stay within
    `requests_an_hour`, at most `at_once` of them under way at a time. Safe to call from several threads; `close` lets
    go of whoever waits.
    """

    name = "yahoo"

    def __init__(
        self,
        cache_folder: Path,
        calendar: Calendar,
        *,
        history_years: int = 20,
        requests_an_hour: int = 1800,
        at_once: int = 8,
        timeout: float = 15.0,
        now: Callable[[], float] = time.time,
        wait: Wait | None = None,
        library: Callable[[Callable[[], None]], Closing] | None = None,
    ) -> None:
        self._calendar = calendar
        self._span = timedelta(days=round(365.25 * history_years))
        self._now = now
        self._closing = Event()
        self._pacer = Pacer(requests_an_hour, now, wait or self._closing.wait)
        before = self._pacer.before_request
        self._library = library(before) if library else YahooProcess(cache_folder, before, timeout, at_once)
        self._workers = Workers(at_once, "yahoo")
        self._profiles: dict[str, Profile] = {}

    def state(self) -> SourceState:
        return self._pacer.state(self.name)

    def profile(self, symbol: str) -> Profile | None:
        return self._profiles.get(symbol)

    def refused(self, symbol: str) -> tuple[DataNote, ...]:
        return ()

    def symbols(self) -> tuple[str, ...]:
        """Nothing: Yahoo's symbols cannot be listed."""
        return ()

    def close(self) -> None:
        """Let go of all who wait for an answer, and ask nothing more."""
        self._pacer.close()
        self._closing.set()
        self._workers.close()
        self._library.close()

    def history(self, symbol: str, start: date | None = None, end: date | None = None) -> History:
        """The bars from `start` (by default so many years ago) to `end`, of completed sessions only.

        None if no session has been completed since `start`. Raises UnknownSymbol, EmptyHistory, SourceError.
        """
        completed = self._calendar.completed(self._calendar.exchange(symbol), self._now() - SETTLING)
        last = completed if end is None else min(end, completed)
        first = last - self._span if start is None else start
        if first > last:
            return empty(symbol)

        def ask() -> History:
            # always up to now: a split after `end` is in the prices before it as well
            answer = self._library.daily(symbol, first)
            self._learn(symbol, answer)
            return frames.history(symbol, answer, first, last, end)

        history = self._workers.run(lambda: self._asked(symbol, ask))
        if not len(history):
            raise EmptyHistory(f"Yahoo has no bars of {plain(symbol)} from {first} to {last}")
        return history

    def intraday(self, symbol: str, interval: Interval, since: float) -> tuple[IntradayBar, ...]:
        now = self._now()
        # a minute's margin: Yahoo refuses a start that is a second too early
        begin = max(since, now - REACH[interval] + 60)

        def ask() -> tuple[IntradayBar, ...]:
            answer = self._library.within(symbol, interval, begin)
            self._learn(symbol, answer)
            return frames.intraday(answer, SECONDS[interval], begin, now)

        return self._workers.run(lambda: self._asked(symbol, ask))

    def quotes(self, symbols: Collection[str]) -> tuple[Quote, ...]:
        """The newest price of each that has one; polling stops where it would take what history needs."""
        tasks = [(symbol, self._workers.start(partial(self._quote, symbol))) for symbol in symbols]
        quotes: list[Quote] = []
        failure: SourceError | None = None
        for symbol, task in tasks:
            try:
                said = self._workers.result(task)
            except (UnknownSymbol, EmptyHistory) as error:
                log.debug("no quote of %s: %s", plain(symbol), error)
            except SourceError as error:
                failure = error
            else:
                quotes += [said] if said else []
        if failure and (not quotes or failure.fault in OF_THE_SOURCE):
            self._pacer.unless_closed()  # whichever answer failed last, who polls is told that it is over
            raise failure
        return tuple(quotes)

    def search(self, text: str) -> tuple[Found, ...]:
        return self._workers.run(lambda: self._asked(text, lambda: frames.found(self._library.search(text))))

    def _quote(self, symbol: str) -> Quote | None:
        if not self._pacer.spare():
            raise SourceError(
                "half of the requests that may be made at once are kept for history", do="Quotes are polled again later"
            )
        return self._asked(symbol, lambda: frames.quote(symbol, self._library.newest(symbol)))

    def _learn(self, symbol: str, answer: Answer) -> None:
        if said := frames.profile(symbol, answer.meta):
            self._profiles[symbol] = said

    def _asked(self, symbol: str, ask: Callable[[], T]) -> T:
        """What Yahoo answers, tried again where one answer was at fault. Raises UnknownSymbol, EmptyHistory, ..."""
        for attempt in count():
            self._pacer.admit(symbol)
            try:
                with self._pacer.asking():
                    return _classified(symbol, ask)
            except EngineError as error:
                self._pacer.unless_closed()  # what closing did to an answer is no fault of Yahoo's
                again = attempt < RETRIES and isinstance(error, SourceError) and error.fault in TRIED_AGAIN
                if not again or self.state().retry_at is not None:
                    log.warning("%s: %s", plain(symbol), error)
                    raise
            self._pacer.rest(attempt)
        raise AssertionError("unreachable")


def _classified(symbol: str, ask: Callable[[], T]) -> T:
    """The same, every exception as one of our own."""
    try:
        return ask()
    except EngineError:
        raise
    except Exception as error:
        log.debug("%s could not be fetched", plain(symbol), exc_info=error)
        raise fault_of(symbol, error) from None
