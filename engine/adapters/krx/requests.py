"""Asking KRX within its quota, politely, and not at all for a while after a fault that the next day would meet too."""

import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from threading import Event
from zoneinfo import ZoneInfo

from engine.adapters.krx.cache import Cache
from engine.adapters.krx.reply import Listed, NotData, Refusal, read
from engine.adapters.krx.wire import fault_of_krx, fault_of_status
from engine.core.faults import OF_THE_SOURCE
from engine.errors import Fault, SourceError
from engine.ports import SourceState
from engine.workers import Workers

Fetch = Callable[[str, date], bytes]
"""A service of the API and a day to the body of its answer; raises SourceError."""

SERVICES = {"KS": "stk_bydd_trd", "KQ": "ksq_bydd_trd"}
_SEOUL = ZoneInfo("Asia/Seoul")
_SHORTEST, _LONGEST = 60.0, 3600.0


class Requests:
    """One request at a time, `gap` seconds apart; once stopped it raises instead of waiting, for an answer too."""

    def __init__(self, fetch: Fetch, cache: Cache, *, a_day: int, gap: float, now: Callable[[], float]) -> None:
        self._fetch = fetch
        self._cache = cache
        self._a_day = a_day
        self._gap = gap
        self._now = now
        self._stopped = Event()
        self._workers = Workers(1, "krx")
        self._last = -gap
        self._faults = 0
        self._retry_at: float | None = None
        self._fault: SourceError | None = None
        self._today, self._used = self._day(), cache.used(self._day())

    def market(self, market: str, day: date) -> tuple[Listed, ...]:
        """All shares of a market on a day; not to be called from two threads at once.

        Raises SourceError, also within the pause after a fault and where the day's quota is used up.
        """
        self._check()
        self._stopped.wait(max(0.0, self._last + self._gap - time.monotonic()))
        if self._stopped.is_set():
            raise SourceError("the engine stops", do="What came of KRX so far is kept")
        self._today = self._day()
        self._used = self._cache.count(self._today)
        return self._asked(market, day)

    def state(self) -> SourceState:
        """What of today's quota is used, and the pause it takes; it never blocks."""
        waiting = self._retry_at is not None and self._now() < self._retry_at
        return SourceState(
            "krx",
            used=self._used if self._today == self._day() else 0,
            allowed=self._a_day,
            retry_at=self._retry_at if waiting else None,
            fault=str(self._fault) if waiting else None,
        )

    def stop(self) -> None:
        """Ask nothing more; a request under way is left to itself."""
        self._stopped.set()
        self._workers.close()

    def _asked(self, market: str, day: date) -> tuple[Listed, ...]:
        try:
            found = self._answer(market, day)
        except SourceError as error:
            if error.fault in OF_THE_SOURCE:
                self._pause(error)
            raise
        finally:
            self._last = time.monotonic()
        self._faults, self._retry_at, self._fault = 0, None, None
        return found

    def _answer(self, market: str, day: date) -> tuple[Listed, ...]:
        try:
            found = read(self._workers.run(lambda: self._fetch(SERVICES[market], day)), day)
        except NotData as error:
            raise fault_of_krx("garbled", str(error)) from None
        if isinstance(found, Refusal):
            raise fault_of_krx(_fault(found), found.words)
        return found

    def _check(self) -> None:
        if self._today == self._day() and self._used >= self._a_day:
            self._fault = SourceError(
                "today's requests to KRX are used up",
                received=f"{self._used} of {self._a_day}",
                do="They are counted anew after midnight in Seoul; source.krx_requests_a_day says how many",
                fault="limited",
            )
            self._retry_at = datetime.combine(self._today + timedelta(days=1), time_of_day.min, _SEOUL).timestamp()
        if self._fault and self._retry_at is not None and self._now() < self._retry_at:
            said = self._fault
            raise SourceError(said.message, received=said.received, do=said.do, fault=said.fault)

    def _pause(self, error: SourceError) -> None:
        self._retry_at = self._now() + min(_SHORTEST * 2**self._faults, _LONGEST)
        self._faults = min(self._faults + 1, 10)
        self._fault = error

    def _day(self) -> date:
        return datetime.fromtimestamp(self._now(), _SEOUL).date()


def _fault(refusal: Refusal) -> Fault:
    """What KRX means by a code of its own, which is that of a status or none."""
    words = refusal.words.lower()
    if any(word in words for word in ("limit", "exceed", "초과")):
        return "limited"
    return fault_of_status(int(refusal.code)) if refusal.code.isascii() and refusal.code.isdigit() else "other"
