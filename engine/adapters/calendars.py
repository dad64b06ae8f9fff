"""Sessions of exchanges, from exchange_calendars: imported, and each calendar built, when first asked for."""

import warnings
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import Any

import numpy as np

from engine.core.bars import DateArray, FloatArray, as_date
from engine.core.symbols import exchange_name, exchange_of
from engine.errors import BadRequest
from engine.ports import MarketHours

_EARLIEST = "1990-01-01"
# the library records holidays no further back than this
_RECORDED_FROM = {"XTKS": "1997-01-01", "XSHG": "1991-01-01"}
# weekdays stand in for sessions from and until here; their hours are needed only for instants, which begin in 1970
_FIRST, _LAST, _FIRST_INSTANT = np.datetime64("1900-01-01"), np.datetime64("2070-01-01"), np.datetime64("1970-01-01")


@dataclass(frozen=True, slots=True)
class _Sessions:
    """All sessions of one exchange, oldest first, and when it opens and closes, in seconds since the epoch.

    `closes` belong to the last sessions of `days`. `edges` are opening, closing, opening, ...: a lunch break begins
    with a closing of its own.
    """

    days: DateArray
    closes: FloatArray
    edges: FloatArray


class ExchangeCalendars:
    """The sessions of every exchange that exchange_calendars knows, named by its MIC.

    Sessions are dates in the exchange's own time zone. They are recorded from 1990 (Tokyo 1997, Shanghai 1991) until
    about a year ahead. Before and after that every weekday, from 1900 to 2069, counts as a session, with the exchange's
    regular hours: holidays are then missed, but nothing stops. All methods raise BadRequest for an unknown exchange.
    Safe to call from several threads; the first call for an exchange takes up to some seconds, the others microseconds.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._built: dict[str, _Sessions] = {}

    def exchange(self, symbol: str) -> str:
        """The MIC of the exchange a symbol trades on, by its suffix; New York without one."""
        return exchange_of(symbol)

    def session(self, exchange: str, day: date) -> date:
        """The last session on or before that day."""
        days = self._sessions(exchange).days
        return as_date(days[max(0, _rows_upto(days, day) - 1)])

    def following(self, exchange: str, session: date, count: int = 1) -> date:
        """The session that many sessions after; `session` may be any day, and is counted from the session before it."""
        days = self._sessions(exchange).days
        return as_date(days[min(max(0, _rows_upto(days, session) - 1 + count), len(days) - 1)])

    def between(self, exchange: str, start: date, end: date) -> tuple[date, ...]:
        """All sessions from `start` to `end`, both included."""
        days = self._sessions(exchange).days
        first = int(np.searchsorted(days, np.datetime64(start, "D")))
        return tuple(days[first : _rows_upto(days, end)].astype(object))

    def completed(self, exchange: str, now: float) -> date:
        """The last session whose close has passed at that instant (seconds since the epoch, UTC)."""
        sessions = self._sessions(exchange)
        left = len(sessions.closes) - int(np.searchsorted(sessions.closes, now, side="right"))
        return as_date(sessions.days[len(sessions.days) - 1 - left])

    def hours(self, exchange: str, now: float) -> MarketHours:
        """Open or closed at that instant, and when that changes; closed during a lunch break."""
        edges = self._sessions(exchange).edges
        passed = int(np.searchsorted(edges, now, side="right"))
        until = float(edges[passed]) if passed < len(edges) else None
        return MarketHours(name=exchange_name(exchange), open=passed % 2 == 1, until=until)

    def _sessions(self, exchange: str) -> _Sessions:
        built = self._built.get(exchange)
        if built is None:
            with self._lock:
                built = self._built.get(exchange) or _build(exchange)
                self._built[exchange] = built
        return built


def _rows_upto(days: DateArray, day: date) -> int:
    return int(np.searchsorted(days, np.datetime64(day, "D"), side="right"))


def _build(exchange: str) -> _Sessions:
    import exchange_calendars  # noqa: PLC0415 - half a second, with pandas
    from exchange_calendars.errors import InvalidCalendarName  # noqa: PLC0415

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the library's own, against the newest pandas
        try:
            recorded = exchange_calendars.get_calendar(exchange, start=_RECORDED_FROM.get(exchange, _EARLIEST))
        except InvalidCalendarName:
            raise BadRequest("no such exchange", received=exchange, do="Name it by its MIC, XNYS or XKRX") from None
        days = recorded.sessions.to_numpy().astype("datetime64[D]")
        table = [_seconds(recorded.schedule[column]) for column in ("open", "break_start", "break_end", "close")]
    earlier, later = _weekdays(_FIRST, days[0]), _weekdays(days[-1] + 1, _LAST)
    timed = earlier[earlier >= _FIRST_INSTANT]
    tables = [_regular(recorded, timed, 0), np.stack(table, axis=1), _regular(recorded, later, -1)]
    hours = np.concatenate(tables)
    return _Sessions(np.concatenate([earlier, days, later]), hours[:, 3], hours[np.isfinite(hours)])


def _seconds(instants: Any) -> FloatArray:
    """(T,) seconds since the epoch of a column of UTC times, NaN where there is none."""
    naive = instants.dt.tz_convert(None).to_numpy().astype("datetime64[s]")
    return np.where(np.isnat(naive), np.nan, naive.astype(np.float64))


def _weekdays(start: np.datetime64, stop: np.datetime64) -> DateArray:
    every = np.arange(start, stop, dtype="datetime64[D]")
    weekdays: DateArray = every[np.is_busday(every)]
    return weekdays


def _regular(recorded: Any, days: DateArray, era: int) -> FloatArray:
    """(T, 4) opening, no break, closing of days without a record: the hours of the first or the last era on record."""
    import pandas  # noqa: PLC0415 - exchange_calendars has loaded it

    table = np.full((len(days), 4), np.nan)
    for column, times in ((0, recorded.open_times), (3, recorded.close_times)):
        hour = times[era][1]
        local = pandas.Series(days.astype("datetime64[s]") + np.timedelta64(hour.hour * 3600 + hour.minute * 60, "s"))
        zoned = local.dt.tz_localize(recorded.tz, ambiguous=False, nonexistent="shift_forward")
        table[:, column] = _seconds(zoned)
    return table
