"""Quotes and completed sessions held against the levels, as they come."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence

from engine.core.quotes import DayBar, Levels, Quote
from engine.errors import EngineError
from engine.ports import Calendar, PriceAlarmRecord, Store, Ticker
from engine.services.quotes.facts import Facts
from engine.services.quotes.judge import Judge
from engine.services.quotes.since import Mark, Marks, marks, placed

log = logging.getLogger(__name__)


class Judging:
    """What waits to be judged, by which levels; `alarmed` is called with new price alarms, which are stored."""

    def __init__(self, store: Store, calendar: Calendar, alarmed: Callable[[Sequence[PriceAlarmRecord]], None]) -> None:
        self._judge = Judge(store, calendar)
        self._alarmed = alarmed
        self._levels: dict[str, tuple[Levels, ...]] = {}
        self.marks: Marks = {}
        """Since when each level is set."""
        self._waiting: list[Quote | DayBar] = []
        self._due = asyncio.Event()

    def want(self, tickers: Iterable[tuple[Ticker, Mark]], bars: Mapping[str, DayBar]) -> None:
        """The levels of these from now on, each since its mark, or since its symbol's last stored session."""
        levels: dict[str, dict[Levels, None]] = {}
        stood: list[tuple[str, Levels, Mark]] = []
        for ticker, mark in tickers:
            if own := Levels(ticker.above, ticker.below, ticker.move):
                levels.setdefault(ticker.symbol, {})[own] = None
                stood.append((ticker.symbol, own, mark))
        self.marks = placed(marks(stood, self.marks), bars)
        self._levels = {symbol: tuple(own) for symbol, own in levels.items()}

    def place(self, bars: Mapping[str, DayBar]) -> None:
        """Last stored sessions have become known."""
        self.marks = placed(self.marks, bars)

    def take(self, news: Quote | DayBar) -> None:
        """A quote or a completed session is news, where its symbol has a level."""
        if news.symbol in self._levels:
            self._waiting.append(news)
            self.look()

    def look(self) -> None:
        """Judge what waits, and what the store would not take before."""
        if self._waiting or self._judge.behind:
            self._due.set()

    async def run(self, facts: Callable[[], Facts]) -> None:
        """Judge by what is known then, until cancelled."""
        while True:
            await self._due.wait()
            self._due.clear()
            news, self._waiting = self._waiting, []
            try:
                alarms = await asyncio.to_thread(self._judge, news, self._levels, self.marks, facts())
            except EngineError as error:
                log.warning("quotes could not be judged: %s", error)
                continue
            if alarms:
                self._alarmed(alarms)
