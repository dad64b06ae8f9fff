"""Alarms while a session runs: its forming bars raise provisional ones, which the close lets stand or withdraws."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from threading import Lock

import numpy as np

from engine.alarms import Alarms, Forming
from engine.core.bars import DateArray
from engine.core.episodes import Verdict, market_symbol
from engine.core.features import Features
from engine.core.forming import FormingBar
from engine.core.judge import Judgement
from engine.core.provisional import Ground, MarketClose, TickerClose, ground, index_now, judged_now, market_now, moved
from engine.core.scored import BY_NAME


class Provisional:
    """Scores forming bars. It blocks; one call at a time, closes may come meanwhile.

    The thresholds of a session are those of the first close before it that was told: they stay for the day.
    """

    def __init__(self, alarms: Alarms) -> None:
        self._alarms = alarms
        self._lock = Lock()
        self._closes: dict[str, TickerClose] = {}
        self._lists: dict[str, str] = {}
        self._markets: dict[str, MarketClose] = {}
        self._told: dict[str, Mapping[str, TickerClose]] = {}
        self._grounds: dict[str, tuple[date, Ground]] = {}
        self._formed: dict[str, Features] = {}
        self._moves: dict[str, tuple[date, float]] = {}

    def closed(self, watchlist: str, tickers: Mapping[str, TickerClose], market: MarketClose) -> None:
        """A list as its last close was judged."""
        with self._lock:
            for symbol, close in tickers.items():
                before = self._closes.get(symbol)
                if before is None or before.judged.session != close.judged.session:
                    self._closes[symbol], self._lists[symbol] = close, watchlist
            known = self._markets.get(watchlist)
            if known is None or known.judged.session != market.judged.session or known.members != market.members:
                self._markets[watchlist] = market
            self._told[watchlist] = tickers

    def watch(self, watchlists: Collection[str]) -> None:
        """Nobody watches other lists any more: a ticker of one of them goes by another list that it is on, if any."""
        with self._lock:
            for gone in self._told.keys() - set(watchlists):
                del self._told[gone], self._markets[gone]
                for symbol in [symbol for symbol, name in self._lists.items() if name == gone]:
                    del self._lists[symbol], self._closes[symbol]
                    self._grounds.pop(symbol, None)
                    if (other := next((name for name, each in self._told.items() if symbol in each), None)) is not None:
                        self._lists[symbol], self._closes[symbol] = other, self._told[other][symbol]

    def __call__(self, bars: Iterable[FormingBar]) -> bool:
        """Judge the bars of sessions that follow a known close; True where an alarm was raised or escalated.

        Raises StoreError.
        """
        known = [(bar, each) for bar in bars if (each := self._ground(bar)) is not None]
        bars, grounds = [bar for bar, _ in known], [each for _, each in known]
        judged = judged_now(grounds, bars, self._indices(bars, grounds))
        self._formed |= {each.symbol: each.scored.features for each in judged if each.scored}
        together, carried = self._together({bar.session for bar in bars})
        own = (
            _forming(each.symbol, verdict, each)
            for each in judged
            for verdict in each.firing
            if each.symbol not in carried or _is_own(verdict, each)
        )
        formed = [*together, *own]
        return bool(formed) and self._alarms.form(formed)

    def _indices(self, bars: Sequence[FormingBar], grounds: Sequence[Ground]) -> list[float]:
        """What each bar's list has done so far in its session."""
        self._moves |= {bar.symbol: (bar.session, moved(each, bar)) for bar, each in zip(bars, grounds, strict=True)}
        with self._lock:
            lists = [(self._lists[bar.symbol], bar.session) for bar in bars]
            markets = {name: self._markets[name] for name, _ in lists}
        found = {(name, session): index_now(markets[name], self._moved(session)) for name, session in set(lists)}
        return [found[each] for each in lists]

    def _moved(self, session: date) -> dict[str, float]:
        return {symbol: move for symbol, (day, move) in self._moves.items() if day == session}

    def _together(self, sessions: Iterable[date]) -> tuple[list[Forming], frozenset[str]]:
        """The alarms of the lists' markets, and the tickers whose moves are part of them."""
        with self._lock:
            markets = tuple(self._markets.items())
        found, carried = list[Forming](), frozenset[str]()
        for watchlist, close in markets:
            for judged in (market_now(close, self._formed.values(), session) for session in sessions):
                found += [_forming(market_symbol(watchlist), verdict, judged) for verdict in judged.firing]
                carried |= close.members if judged.firing else frozenset()
        return found, carried

    def _ground(self, bar: FormingBar) -> Ground | None:
        with self._lock:
            close = self._closes.get(bar.symbol)
        session = close.judged.session if close else None
        if close is None or session is None or session >= bar.session or bar.follows != session:
            return None
        known = self._grounds.get(bar.symbol)
        if known is None or known[0] != session:
            known = self._grounds[bar.symbol] = session, ground(close)
        return known[1]


def _is_own(verdict: Verdict, judged: Judgement) -> bool:
    return BY_NAME[verdict.kind].own and judged.scored is not None and judged.scored.features.listed


def _forming(symbol: str, verdict: Verdict, judged: Judgement) -> Forming:
    assert judged.scored is not None  # noqa: S101 - there would be no verdict
    since = partial(_sessions_after, judged.scored.features.sessions)
    return Forming(symbol, verdict, since, judged.calibrations[verdict.kind].cooldown)


def _sessions_after(sessions: DateArray, opened: date) -> int:
    return len(sessions) - int(np.searchsorted(sessions, np.datetime64(opened, "D"), side="right"))
