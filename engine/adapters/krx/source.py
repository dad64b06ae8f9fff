"""KRX as a source of prices."""

import math
import time
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from threading import Lock

import numpy as np

from engine.adapters.krx.cache import Bar, Cache
from engine.adapters.krx.key import VARIABLE
from engine.adapters.krx.requests import Fetch, Requests
from engine.adapters.krx.splits import splits
from engine.adapters.krx.wire import Wire
from engine.core.bars import Action, History, empty
from engine.core.quality import DataNote
from engine.core.symbols import korean_code
from engine.errors import EmptyHistory, SourceError, UnknownSymbol
from engine.format import plain
from engine.ports import Calendar, Profile, SourceState

EARLIEST = date(2010, 1, 4)
"""The API has nothing before."""

_EXCHANGE = "XKRX"
_FIRST_FETCH = timedelta(days=365)
_SETTLED = timedelta(days=30)
_AGAIN = 1800.0
_MARKETS = {"KS": "KOSPI", "KQ": "KOSDAQ"}


class KrxSource:
    """Completed daily bars of Korean shares as traded, in won, by the exchange's own account.

    KRX answers with all shares of one market on one day. A stretch therefore costs one request for each of its sessions
    and each of the two markets, however many symbols are asked for: a year of KOSPI some 245 requests, at 4 a second a
    minute; from then on one a day. Days are asked for newest first and kept in `cache_folder` as they come, so that a
    stretch that is broken off goes on where it stopped. A day is there on the next morning in Seoul.

    Funds (ETF, ETN) and indices are other services of KRX's, and unknown here. Splits are found in the number of listed
    shares; dividends are not known. Safe to call from several threads.
    """

    name = "krx"

    def __init__(
        self,
        key: str | Callable[[], str | None] | None,
        *,
        base_url: str,
        requests_a_day: int,
        cache_folder: Path,
        calendar: Calendar,
        now: Callable[[], float] = time.time,
        fetch: Fetch | None = None,
        gap: float = 0.25,
    ) -> None:
        """Without a key a history raises, and says so, unless its days are known.

        A key that has to be looked for (the keyring may ask the user) is, when the first day is fetched.

        Raises ConfigError for an address that is not safe.
        """
        self._calendar = calendar
        self._now = now
        self._cache = Cache(cache_folder)
        self._key: Callable[[], str | None] = cache(key) if callable(key) else lambda: key
        self._keyed = fetch is None
        wire = fetch or Wire(base_url, lambda: self._key() or "")
        self._requests = Requests(wire, self._cache, a_day=requests_a_day, gap=gap, now=now)
        self._turn = Lock()
        # days that KRX had nothing of yet, and when they are asked for again
        self._awaited: dict[tuple[str, date], float] = {}

    def state(self) -> SourceState:
        return self._requests.state()

    def has_key(self) -> bool:
        """Whether there is a key to ask with. It may block, as the keyring does."""
        return not self._keyed or self._key() is not None

    def symbols(self) -> tuple[str, ...]:
        """Nothing: they are not listed without a request."""
        return ()

    def refused(self, symbol: str) -> tuple[DataNote, ...]:
        return ()

    def profile(self, symbol: str) -> Profile | None:
        """Its Korean name, once a day of its market is known."""
        code = korean_code(symbol)
        name = self._cache.name(code[1], code[0]) if code else None
        return Profile(symbol, name, "KRW", "equity") if name else None

    def history(self, symbol: str, start: date | None = None, end: date | None = None) -> History:
        """The bars from `start` to `end`; without a start those of the last year.

        Open, high and low are NaN, and the volume 0, on a day without a trade. None if no session has been completed
        since `start`. Raises UnknownSymbol, EmptyHistory, SourceError.
        """
        code = korean_code(symbol)
        if code is None:
            raise UnknownSymbol(
                "KRX has Korean shares only", received=plain(symbol), do="005930.KS is of KOSPI, 035720.KQ of KOSDAQ"
            )
        completed = self._calendar.completed(_EXCHANGE, self._now())
        last = completed if end is None else min(end, completed)
        first = max(EARLIEST, last - _FIRST_FETCH if start is None else start)
        days = self._calendar.between(_EXCHANGE, first, last)
        if not days:
            return empty(symbol)
        self._ensure(code[1], days)
        bars = self._cache.bars(code[1], code[0], days[0], days[-1])
        if not bars:
            raise self._missing(symbol, *code, days)
        return _history(symbol, bars, self._splits(*code, bars))

    def close(self) -> None:
        """Ask nothing more, and let go of the cache: a fetch under way ends with what it has."""
        self._requests.stop()
        self._cache.close()

    def _ensure(self, market: str, days: tuple[date, ...]) -> None:
        for day in reversed(days):
            if not self._cache.has(market, day):
                # who waits for the same day finds it kept when the turn comes
                with self._turn:
                    if not self._known(market, day):
                        self._fetch(market, day)

    def _known(self, market: str, day: date) -> bool:
        return self._cache.has(market, day) or self._now() < self._awaited.get((market, day), -math.inf)

    def _fetch(self, market: str, day: date) -> None:
        if not self.has_key():
            raise SourceError(
                "there is no key for KRX", do=f"Set {VARIABLE}, or keep it in the keyring", fault="refused"
            )
        shares = self._requests.market(market, day)
        # nothing may mean that the market was closed, or that the day is not published yet
        closed = self._cache.traded_after(market, day) or self._today() - day > _SETTLED
        if shares or closed:
            self._cache.add(market, day, shares)
        else:
            self._awaited[market, day] = self._now() + _AGAIN

    def _today(self) -> date:
        return self._calendar.completed(_EXCHANGE, self._now())

    def _splits(self, code: str, market: str, bars: tuple[Bar, ...]) -> tuple[Action, ...]:
        """The splits of those days; the session before them tells whether the first one is a split's."""
        before = self._calendar.session(_EXCHANGE, bars[0][0] - timedelta(days=1))
        rows = (*self._cache.bars(market, code, before, before), *bars)
        return splits([(day, bar.close, bar.shares) for day, bar in rows])

    def _missing(self, symbol: str, code: str, market: str, days: tuple[date, ...]) -> EmptyHistory | UnknownSymbol:
        other = "KQ" if market == "KS" else "KS"
        unpublished = not any(self._cache.traded(market, day) for day in days)
        if unpublished or self._cache.name(market, code) is not None:
            return EmptyHistory(f"KRX has no bars of {plain(symbol)} from {days[0]} to {days[-1]}")
        if self._cache.name(other, code) is not None:
            do = f"It is listed on {_MARKETS[other]}: write {code}.{other}"
        else:
            do = f"{_MARKETS[market]} has no such share; funds and indices are not among KRX's shares"
        return UnknownSymbol("KRX knows no such symbol", received=plain(symbol), do=do)


def _history(symbol: str, bars: tuple[Bar, ...], actions: tuple[Action, ...]) -> History:
    values = np.array([(bar.open, bar.high, bar.low, bar.close, bar.volume) for _, bar in bars], dtype=np.float64)
    opened, high, low, close, volume = values.T
    days = np.array([day for day, _ in bars], dtype="datetime64[D]")
    return History(symbol, days, opened, high, low, close, volume, actions)
