"""yfinance itself: imported, and set up, when the first symbol is asked for; in a process of its own (child.py)."""

import logging
import warnings
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

from engine.adapters.yahoo.answer import Answer, answer
from engine.ports import Interval


class Library(Protocol):
    """What is asked of yfinance; each raises whatever yfinance raises, or EngineError in its place."""

    def daily(self, symbol: str, start: date) -> Answer:
        """Daily bars from a day up to now, split-adjusted to now, with splits and dividends."""
        ...

    def within(self, symbol: str, interval: Interval, since: float) -> Answer:
        """Bars within the day from an instant up to now, pre- and post-market among them."""
        ...

    def newest(self, symbol: str) -> Answer:
        """The last day's minutes, pre- and post-market among them."""
        ...

    def search(self, text: str) -> Sequence[Mapping[str, Any]]:
        """Symbols like a text, best first."""
        ...


class Closing(Library, Protocol):
    """One that whoever uses it closes."""

    def close(self) -> None:
        """Let go of all who wait for an answer; nothing is asked any more."""
        ...


class YFinance:
    """The library: quiet, its cache in a folder of its own, all its requests through one paced session.

    Its singleton (the cookie, the crumb, a cache of answers) is the process's: one object of this class a process. One
    that came before may still have a thread in it, which waits for an answer that nobody wants any more.
    """

    _turn = Lock()
    """Whoever holds it works on an answer, one at a time: several would not get on faster. It is the process's, as what
    it guards is."""

    def __init__(self, cache_folder: Path, before_request: Callable[[], None], timeout: float) -> None:
        self._folder = cache_folder
        self._before = before_request
        self._timeout = timeout
        self._session: Any = None

    def daily(self, symbol: str, start: date) -> Answer:
        return self._history(symbol, start=start, interval="1d")

    def within(self, symbol: str, interval: Interval, since: float) -> Answer:
        return self._history(symbol, start=datetime.fromtimestamp(since, UTC), interval=interval, prepost=True)

    def newest(self, symbol: str) -> Answer:
        return self._history(symbol, period="1d", interval="1m", prepost=True)

    def search(self, text: str) -> Sequence[Mapping[str, Any]]:
        with self._turn:
            session = self._ready()
            import yfinance  # noqa: PLC0415

            found = yfinance.Search(text, max_results=10, news_count=0, lists_count=0, recommended=0, session=session)
            return list(found.quotes)

    def _history(self, symbol: str, **what: Any) -> Answer:
        with self._turn:
            session = self._ready()
            import yfinance  # noqa: PLC0415 - a second, with pandas

            ticker = yfinance.Ticker(symbol, session=session)
            try:
                frame = ticker.history(auto_adjust=False, actions=True, timeout=self._timeout, **what)
            except Exception:
                # it would give the same answer again from its cache, for as long as the process lives
                yfinance.data.YfData().cache_get.cache_clear()
                raise
            return answer(frame, ticker.get_history_metadata(), hours=what["interval"] != "1d")

    def _ready(self) -> Any:
        """The session, the library having been set up."""
        if self._session is None:
            self._session = self._set_up()
        return self._session

    def _set_up(self) -> Any:
        import yfinance  # noqa: PLC0415

        from engine.adapters.yahoo.session import PacedSession  # noqa: PLC0415

        self._folder.mkdir(parents=True, exist_ok=True)
        yfinance.set_tz_cache_location(str(self._folder))
        # its caches are made by whoever comes first, without a lock
        yfinance.cache.get_tz_cache().lookup("")
        yfinance.cache.get_cookie_cache().lookup("")
        yfinance.config.debug.hide_exceptions = False
        # its lines would tear the screen, and speak of delistings that nobody knows of: the engine says it in its words
        logger = logging.getLogger("yfinance")
        logger.addHandler(logging.NullHandler())
        logger.propagate = False
        warnings.filterwarnings("ignore", module="yfinance")
        session = PacedSession(self._before, self._timeout, self._turn)
        yfinance.data.YfData(session=session).cache_get.cache_clear()
        return session
