"""The sessions of one exchange: from what is on record of it to every weekday of two centuries, and its hours.

Days are dates in the exchange's own time zone, instants seconds since the epoch, UTC.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from engine.core.bars import DateArray, FloatArray, as_date

# weekdays stand in for sessions from and until here; their hours are needed only for instants, which begin in 1970
_FIRST, _LAST, _EPOCH = np.datetime64("1900-01-01"), np.datetime64("2070-01-01"), np.datetime64("1970-01-01")
_ERA = 250
"""Sessions whose most frequent hours pass for the regular ones where nothing is on record."""
_NEAR = 60
"""Sessions before and after one whose most frequent close is the regular one."""
_DAY = 86_400.0

SETTLING = 20 * 60.0
"""Seconds after a close until its price is taken for final: sources are late by up to a quarter of an hour, and closing
prints settle after the bell."""


@dataclass(frozen=True, slots=True, eq=False)
class Recorded:
    """Sessions on record, oldest first: (T,) days and (T, 4) when each opens, breaks, resumes and closes.

    The two in the middle are NaN where there is no lunch break.
    """

    days: DateArray
    hours: FloatArray


@dataclass(frozen=True, slots=True)
class Override:
    """One day of one exchange that differs from the record: its local hours, or closed where it has none."""

    exchange: str
    day: date
    hours: tuple[time, time] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Sessions:
    """All sessions of one exchange, oldest first, and when it opens and closes.

    `closes` and `local_closes` (seconds after local midnight) belong to the last sessions of `days`. `edges` are
    opening, closing, opening, ...: a lunch break begins with a closing of its own; what never closes has no edge.
    """

    zone: tzinfo
    days: DateArray
    closes: FloatArray
    local_closes: FloatArray
    edges: FloatArray

    def upto(self, day: date) -> int:
        """How many sessions there are up to that day."""
        return int(np.searchsorted(self.days, np.datetime64(day, "D"), side="right"))

    def at(self, row: int) -> date:
        """The session of that row; the first or the last one beyond the ends."""
        return as_date(self.days[min(max(0, row), len(self.days) - 1)])

    def between(self, start: date, end: date) -> tuple[date, ...]:
        """All sessions from `start` to `end`, both included."""
        first = int(np.searchsorted(self.days, np.datetime64(start, "D")))
        return tuple(self.days[first : self.upto(end)].astype(object))

    def completed(self, now: float) -> date:
        """The last session whose close has passed."""
        left = len(self.closes) - int(np.searchsorted(self.closes, now, side="right"))
        return self.at(len(self.days) - 1 - left)

    def open_until(self, now: float) -> tuple[bool, float | None]:
        """Whether it is open, and when that changes; closed during a lunch break; None where it never changes."""
        passed = int(np.searchsorted(self.edges, now, side="right"))
        until = float(self.edges[passed]) if passed < len(self.edges) else None
        return (passed % 2 == 1 if len(self.edges) else True), until

    def open_since(self, now: float) -> float | None:
        """When it opened, after a lunch break again; None while it is closed, and where it never changes."""
        passed = int(np.searchsorted(self.edges, now, side="right"))
        return float(self.edges[passed - 1]) if passed % 2 == 1 else None

    def early(self, now: float) -> bool:
        """Whether the session of today's local date closes before its neighbours mostly do, on either side.

        On either side, so that no session is early because the exchange moved its close for good.
        """
        today = datetime.fromtimestamp(now, self.zone).date()
        row = self.upto(today) - 1
        hour = row - (len(self.days) - len(self.closes))
        if hour < 1 or self.at(row) != today:
            return False
        before, after = self.local_closes[max(0, hour - _NEAR) : hour], self.local_closes[hour + 1 : hour + 1 + _NEAR]
        regular = min(_most_frequent(side) for side in (before, after) if len(side))
        return bool(self.local_closes[hour] < regular)


def sessions(recorded: Recorded, zone: tzinfo, overrides: Iterable[Override] = ()) -> Sessions:
    """Everything, from what is on record: before and after it every weekday, with the hours that were usual then.

    Overrides hold wherever their day lies.
    """
    first, last = _usual(recorded, slice(0, _ERA), zone), _usual(recorded, slice(-_ERA, None), zone)
    earlier, later = _weekdays(_FIRST, recorded.days[0]), _weekdays(recorded.days[-1] + 1, _LAST)
    timed = earlier[earlier >= _EPOCH]
    days = np.concatenate([timed, recorded.days, later])
    hours = np.concatenate([_regular(timed, first, zone), recorded.hours, _regular(later, last, zone)])
    for override in overrides:
        days, hours = _overridden(days, hours, override, last, zone)
    return _made(np.concatenate([earlier[earlier < _EPOCH], days]), hours, zone)


def unrecorded(zone: tzinfo, *, weekends: bool) -> Sessions:
    """What trades around the clock, from midnight to midnight of that zone: every day, or every weekday."""
    every = np.arange(_FIRST, _LAST, dtype="datetime64[D]")
    days = every if weekends else every[np.is_busday(every)]
    timed = days[days >= _EPOCH]
    return _made(days, _regular(timed, (0.0, _DAY), zone), zone)


def _made(days: DateArray, hours: FloatArray, zone: tzinfo) -> Sessions:
    timed = days[len(days) - len(hours) :]
    edges = hours[np.isfinite(hours)]
    # a close at the very instant of the next opening is none
    joins = np.flatnonzero(edges[1:] == edges[:-1])
    edges = np.delete(edges, np.concatenate([joins, joins + 1]))
    always = len(edges) <= 2
    return Sessions(zone, days, hours[:, 3], _local(timed, hours[:, 3], zone), edges[:0] if always else edges)


def _overridden(
    days: DateArray, hours: FloatArray, override: Override, usual: tuple[float, float], zone: tzinfo
) -> tuple[DateArray, FloatArray]:
    """The same sessions and hours with one day closed, moved or added."""
    day = np.datetime64(override.day, "D")
    row = int(np.searchsorted(days, day))
    there = row < len(days) and days[row] == day
    if override.hours is None:
        return (np.delete(days, row), np.delete(hours, row, axis=0)) if there else (days, hours)
    if not there:
        days = np.insert(days, row, day)
        hours = np.insert(hours, row, _regular(days[row : row + 1], usual, zone)[0], axis=0)
    changed = hours.copy()
    changed[row] = _moved(changed[row], override.day, override.hours, zone)
    return days, changed


def _moved(hours: FloatArray, day: date, to: tuple[time, time], zone: tzinfo) -> FloatArray:
    opens, closes = (datetime.combine(day, hour, zone).timestamp() for hour in to)
    starts, ends = hours[1:3]
    # a break that the new hours leave no room for is none
    inside = opens < starts < ends < closes
    return np.array([opens, starts if inside else np.nan, ends if inside else np.nan, closes])


def _weekdays(start: np.datetime64, stop: np.datetime64) -> DateArray:
    every = np.arange(start, stop, dtype="datetime64[D]")
    weekdays: DateArray = every[np.is_busday(every)]
    return weekdays


def _usual(recorded: Recorded, era: slice, zone: tzinfo) -> tuple[float, float]:
    """When the exchange mostly opened and closed in that era, in seconds after local midnight."""
    days = recorded.days[era]
    opens, closes = (_most_frequent(_local(days, recorded.hours[era, column], zone)) for column in (0, 3))
    return opens, closes


def _most_frequent(values: FloatArray) -> float:
    found, counts = np.unique(values, return_counts=True)
    return float(found[np.argmax(counts)])


def _regular(days: DateArray, usual: tuple[float, float], zone: tzinfo) -> FloatArray:
    """(T, 4) opening, no break, closing of days at the same local hours."""
    table = np.full((len(days), 4), np.nan)
    midnight = _seconds(days) - _offsets(days, zone)
    table[:, 0], table[:, 3] = midnight + usual[0], midnight + usual[1]
    return table


def _local(days: DateArray, instants: FloatArray, zone: tzinfo) -> FloatArray:
    """(T,) seconds after local midnight."""
    return instants + _offsets(days, zone) - _seconds(days)


def _seconds(days: DateArray) -> FloatArray:
    return days.astype("datetime64[s]").astype(np.float64)


def _offsets(days: DateArray, zone: tzinfo) -> FloatArray:
    """(T,) how far local time is ahead of UTC at noon of each day, in seconds.

    Clocks change at most once a fortnight: between two days of equal offset that are closer, every day has it.
    """
    found = np.empty(len(days))
    marks = [*range(0, len(days), 5), len(days)]
    known = [_offset(day, zone) for day in days[::5].astype(object)]
    for number, (start, stop) in enumerate(pairwise(marks)):
        if number + 1 < len(known) and known[number] == known[number + 1]:
            found[start:stop] = known[number]
        else:
            found[start:stop] = [_offset(day, zone) for day in days[start:stop].astype(object)]
    return found


def _offset(day: date, zone: tzinfo) -> float:
    noon = datetime.combine(day, time(12), zone)
    return (noon.utcoffset() or timedelta()).total_seconds()


def rows(recorded: Recorded) -> Iterable[tuple[date, npt.NDArray[np.float64]]]:
    """Each session on record with its four instants."""
    return zip((as_date(day) for day in recorded.days), recorded.hours, strict=True)
