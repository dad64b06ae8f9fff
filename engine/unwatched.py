"""What becomes of alarms that no session decides: their tickers are on no list that anybody watches."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import TypeAlias

from engine.core.episodes import MARKET, Change, dropped, market_symbol, whose, withdrawn
from engine.core.market import lacking, together
from engine.core.missed import REACH
from engine.ports import AlarmRecord, Calendar

Held: TypeAlias = Callable[[], Mapping[str, Collection[str]] | None]
"""The symbols of all lists there are, by the lists' names; None where nobody can say."""


class Unwatched:
    """Withdraws what forming bars raised, and drops what stands open, each after a session of its own exchange."""

    def __init__(self, decided: Callable[[str], date | None], calendar: Calendar, held: Held) -> None:
        """`decided` is the last session that a symbol was decided on."""
        self._decided = decided
        self._calendar = calendar
        self._held = held

    def changes(
        self, others: Mapping[str, Sequence[AlarmRecord]], sat: Mapping[str, date]
    ) -> Iterator[tuple[date, Change]]:
        """What becomes, and when, of the alarms of all others, by the symbols that sat, and the session of each."""
        newest = self._newest(sat)
        others = {symbol: each for symbol, each in others.items() if any(of.episode.closed is None for of in each)}
        if not (others and newest):
            return
        lists = self._held()
        held = None if lists is None else frozenset(self._watched(lists, max(newest.values())))
        for symbol, records in others.items():
            exchange = self._exchange(symbol, lists or {})
            # whether another exchange has closed on the same date is not known
            day = newest.get(exchange) or self._calendar.session(exchange, max(newest.values()) - timedelta(days=1))
            since = self._decided(symbol) or max(record.episode.opened for record in records)
            why = self._unwatched(symbol, (since, day), exchange, held)
            for episode in (record.episode for record in records if record.episode.closed is None):
                if episode.provisional and episode.opened < day:
                    yield day, withdrawn(episode, day)
                elif why and not episode.provisional:
                    yield day, dropped(episode, day, why)

    def _exchange(self, symbol: str, lists: Mapping[str, Collection[str]]) -> str:
        """The exchange that a ticker trades on, or those that make a list's market."""
        name, watchlist = whose(symbol)
        exchanges = {each: self._calendar.exchange(each) for each in lists.get(watchlist, ())}
        return next((exchanges[each] for each in together(exchanges)), self._calendar.exchange(name))

    def _watched(self, lists: Mapping[str, Collection[str]], day: date) -> Iterator[str]:
        """The markets of all lists, and the tickers of those that somebody watches.

        Lists come with the program that nobody has ever looked at. Of one that makes a market that is known; one that
        does not is small, and a person's own.
        """
        for name, symbols in lists.items():
            whole = market_symbol(name)
            yield whole
            of_market = together({symbol: self._calendar.exchange(symbol) for symbol in symbols})
            since = self._decided(whole)
            if lacking(len(of_market)) or (since and self._sessions(self._exchange(whole, lists), since, day) <= REACH):
                yield from symbols

    def _sessions(self, exchange: str, since: date, day: date) -> int:
        """How many sessions came after one."""
        return len(self._calendar.between(exchange, since, day)) - 1

    def _unwatched(
        self, symbol: str, between: tuple[date, date], exchange: str, held: Collection[str] | None
    ) -> str | None:
        """Why nobody has looked at a symbol since a session, in words; None where somebody may yet."""
        since, day = between
        if day <= since:
            return None
        name, watchlist = whose(symbol)
        if held is not None and symbol not in held:
            return f"there is no list {watchlist} any more" if watchlist else f"{name} is on no list that is watched"
        return f"nobody has watched it since {since}" if self._sessions(exchange, since, day) > REACH else None

    def _newest(self, sat: Mapping[str, date]) -> dict[str, date]:
        """The newest session of each exchange whose tickers sat."""
        newest: dict[str, date] = {}
        for symbol, day in sat.items():
            if whose(symbol)[0] != MARKET:
                exchange = self._calendar.exchange(symbol)
                newest[exchange] = max(day, newest.get(exchange, day))
        return newest
