"""The sessions of every exchange, by rule, from the store, or from the library: whichever is enough."""

import logging
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Lock
from zoneinfo import ZoneInfo

import numpy as np

from engine.adapters.calendars import overrides
from engine.adapters.calendars.corrections import CORRECTIONS
from engine.adapters.calendars.record import made_from, recorded
from engine.core.sessions import Override, Recorded, Sessions, rows, sessions, unrecorded
from engine.core.symbols import ALWAYS, WEEKDAYS, exchange_name, exchange_of, exchange_zone
from engine.errors import BadRequest, StoreError
from engine.ports import MarketHours, SessionHours, Store

log = logging.getLogger(__name__)

AHEAD = timedelta(days=60)
"""Kept sessions that end sooner than this are made anew: the library knows about a year from the day it is asked."""

Record = Callable[[str], Recorded]


class ExchangeCalendars:
    """The sessions of exchanges, named by their MIC, and of what trades around the clock: "24/7" and "24/5".

    Sessions are dates in the exchange's own time zone. They are on record from 1990 (Tokyo 1997, Shanghai 1991) until
    about a year ahead. Before and after that every weekday, from 1900 to 2069, counts as a session, with the exchange's
    regular hours: holidays are then missed, but nothing stops. What is on record comes from the store, and where that
    has nothing, or too little, from exchange_calendars, and is kept in the store; our corrections of it, then the
    user's own from the `own` file, are laid over it afterwards. 24/7 and 24/5 are days of UTC by rule alone; futures
    and currencies, which open on Sunday evening in New York and pause between days, are only approximated by 24/5.

    All methods raise BadRequest for an unknown exchange. Safe to call from several threads; the first call for an
    exchange takes up to some seconds if it is not in the store, and tens of milliseconds if it is.
    """

    def __init__(
        self,
        store: Store | None = None,
        own: Path | None = None,
        *,
        record: Record = recorded,
        now: Callable[[], float] = time.time,
    ) -> None:
        """Raises ConfigError for an `own` file that cannot be used; one that is not there is none."""
        self._store = store
        self._file = own
        self._record = record
        self._now = now
        self._lock = Lock()
        self._own = overrides.read(own)
        self._built: dict[str, Sessions] = {}

    def reload(self) -> None:
        """Read the user's file again. Raises ConfigError; then what it said before stays in force."""
        own = overrides.read(self._file)
        with self._lock:
            if own != self._own:
                self._own, self._built = own, {}

    def exchange(self, symbol: str) -> str:
        """The MIC of the exchange a symbol trades on, by its suffix; New York without one."""
        return exchange_of(symbol)

    def session(self, exchange: str, day: date) -> date:
        """The last session on or before that day."""
        known = self._sessions(exchange)
        return known.at(known.upto(day) - 1)

    def following(self, exchange: str, session: date, count: int = 1) -> date:
        """The session that many sessions after; `session` may be any day, and is counted from the session before it."""
        known = self._sessions(exchange)
        return known.at(max(0, known.upto(session) - 1 + count))

    def between(self, exchange: str, start: date, end: date) -> tuple[date, ...]:
        """All sessions from `start` to `end`, both included."""
        return self._sessions(exchange).between(start, end)

    def completed(self, exchange: str, now: float) -> date:
        """The last session whose close has passed at that instant (seconds since the epoch, UTC)."""
        return self._sessions(exchange).completed(now)

    def hours(self, exchange: str, now: float) -> MarketHours:
        """Open or closed at that instant, and when that changes; closed during a lunch break."""
        known = self._sessions(exchange)
        is_open, until = known.open_until(now)
        return MarketHours(
            name=exchange_name(exchange),
            open=is_open,
            until=until,
            early=known.early(now),
            zone=exchange_zone(exchange) or "",
            since=known.open_since(now),
        )

    def _sessions(self, exchange: str) -> Sessions:
        built = self._built.get(exchange)
        if built is None:
            with self._lock:
                built = self._built.get(exchange) or self._build(exchange)
                self._built[exchange] = built
        return built

    def _build(self, exchange: str) -> Sessions:
        name = exchange_zone(exchange)
        if name is None:
            raise BadRequest("no such exchange", received=exchange, do="Name it by its MIC, XNYS or XKRX")
        zone = ZoneInfo(name)
        if exchange in {ALWAYS, WEEKDAYS}:
            return unrecorded(zone, weekends=exchange == ALWAYS)
        return sessions(self._recorded(exchange), zone, self._overrides(exchange))

    def _overrides(self, exchange: str) -> list[Override]:
        return [override for override in (*CORRECTIONS, *self._own) if override.exchange == exchange]

    def _recorded(self, exchange: str) -> Recorded:
        made, kept = self._kept(exchange)
        if made == made_from() and kept and kept[-1].session >= self._today() + AHEAD:
            return _from_store(kept)
        found = self._record(exchange)
        self._keep(exchange, found)
        return found

    def _kept(self, exchange: str) -> tuple[str, tuple[SessionHours, ...]]:
        try:
            return self._store.sessions(exchange) if self._store else ("", ())
        except StoreError as error:
            log.warning("the sessions of %s are made anew, for the store does not give them: %s", exchange, error)
            return "", ()

    def _keep(self, exchange: str, found: Recorded) -> None:
        try:
            if self._store:
                self._store.add_sessions(exchange, _for_store(found), made_from())
        except StoreError as error:
            log.warning("the sessions of %s are not kept, and will be made again: %s", exchange, error)

    def _today(self) -> date:
        return datetime.fromtimestamp(self._now(), UTC).date()


def _from_store(kept: tuple[SessionHours, ...]) -> Recorded:
    days = np.array([each.session for each in kept], dtype="datetime64[D]")
    columns = [(each.opens, each.break_starts, each.break_ends, each.closes) for each in kept]
    return Recorded(days, np.array(columns, dtype=np.float64))


def _for_store(found: Recorded) -> list[SessionHours]:
    return [
        SessionHours(day, float(opens), float(closes), _known(starts), _known(ends))
        for day, (opens, starts, ends, closes) in rows(found)
    ]


def _known(instant: float) -> float | None:
    return float(instant) if np.isfinite(instant) else None
