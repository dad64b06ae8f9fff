"""Sessions of exchanges."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol


@dataclass(frozen=True, slots=True)
class MarketHours:
    """One exchange at one instant: open or closed, and when that changes (seconds since the epoch, UTC)."""

    name: str
    open: bool
    until: float | None
    early: bool = False
    """Whether today's session ends before the exchange's regular close."""
    zone: str = ""
    """The exchange's time zone, as in the tz database."""
    since: float | None = None
    """When it opened, if it is open and ever closes."""


@dataclass(frozen=True, slots=True)
class SessionHours:
    """One session of an exchange: when it opens and closes (seconds since the epoch, UTC), and its lunch break."""

    session: date
    opens: float
    closes: float
    break_starts: float | None = None
    break_ends: float | None = None


class Calendar(Protocol):
    """Sessions of exchanges, named by their MIC (XNYS, XKRX)."""

    def exchange(self, symbol: str) -> str:
        """The exchange a symbol trades on."""
        ...

    def session(self, exchange: str, day: date) -> date:
        """The last session on or before that day."""
        ...

    def following(self, exchange: str, session: date, count: int = 1) -> date:
        """The session that many sessions after."""
        ...

    def between(self, exchange: str, start: date, end: date) -> tuple[date, ...]:
        """All sessions from `start` to `end`, both included."""
        ...

    def completed(self, exchange: str, now: float) -> date:
        """The last session whose close has passed at that instant."""
        ...

    def hours(self, exchange: str, now: float) -> MarketHours:
        """Open or closed at that instant."""
        ...
