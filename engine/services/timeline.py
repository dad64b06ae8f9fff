"""Which sessions of a list are stored, and which of them a day means."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from engine.errors import BadRequest
from engine.ports import Calendar, Store

BACK, AHEAD = 60, 20
"""Sessions that are told of before and after the one shown: as many as somebody steps over before the next answer."""
_LONG_ENOUGH = 2
"""Calendar days to a session, with all holidays there are."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some sessions of a list, oldest first, and the first one that is stored."""

    sessions: tuple[date, ...] = ()
    first: date | None = None


class Timeline:
    """Reads the store's ends and the calendar between them; it blocks."""

    def __init__(self, store: Store, calendar: Calendar) -> None:
        self._store = store
        self._calendar = calendar

    def meant(self, symbols: Sequence[str], day: date) -> date | None:
        """The last session up to a day; None where that is the last one stored, which is now.

        Raises BadRequest where the day lies outside of what is stored.
        """
        reach = self._store.reach(symbols)
        if reach is None:
            raise BadRequest("no session is stored yet", received=f"{day}", do="fetch history first")
        first, last = reach
        if not first <= day <= last:
            raise BadRequest("no session is stored of that day", received=f"{day}", do=f"stored are {first} to {last}")
        known = self._between(symbols, max(first, day - timedelta(days=30)), last)
        upto = [session for session in known if session <= day]
        session = upto[-1] if upto else first
        return None if session >= (known[-1] if known else last) else session

    def around(self, symbols: Sequence[str], session: date | None) -> Stretch:
        """The sessions around one; around the last one stored where none is named."""
        reach = self._store.reach(symbols)
        if reach is None:
            return Stretch()
        first, last = reach
        at = session or last
        start = max(first, at - timedelta(days=_LONG_ENOUGH * BACK))
        end = min(last, at + timedelta(days=_LONG_ENOUGH * AHEAD)) if session else last
        known = self._between(symbols, start, end)
        before, after = [each for each in known if each <= at], [each for each in known if each > at]
        return Stretch((*before[-BACK - 1 :], *after[:AHEAD]), first)

    def _between(self, symbols: Sequence[str], start: date, end: date) -> list[date]:
        """The sessions of all exchanges of the list."""
        exchanges = {self._calendar.exchange(symbol) for symbol in symbols}
        return sorted({day for each in exchanges for day in self._calendar.between(each, start, end)})
