"""What the store keeps of prices and of the markets they are made in."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Protocol

from engine.core.bars import History
from engine.core.quality import DataNote
from engine.errors import Fault
from engine.ports.calendar import SessionHours
from engine.ports.prices import Interval, IntradayBar, Profile
from engine.ports.store.records import Correction, Coverage


class PriceStore(Protocol):
    """Bars and actions, append-only, and what is known beside them. Every call is all or nothing; raises StoreError."""

    def add_bars(
        self, history: History, source: str, fetched_at: float, *, whole: bool = False, fetched: bool = True
    ) -> int:
        """Keep new bars and actions; gives how many were new. A contradicting bar is kept beside the first, flagged.

        `whole` says that all that the source has was asked for, `fetched` that they are an answer of the source: bars
        from elsewhere are no success of its.
        """
        ...

    def bars(self, symbol: str, upto: date | None = None, last: int | None = None) -> History:
        """Stored bars and actions up to a session, or only the `last` of them; empty if there are none."""
        ...

    def coverage(self, symbol: str) -> Coverage:
        """What is there of one symbol."""
        ...

    def reach(self, symbols: Sequence[str]) -> tuple[date, date] | None:
        """The first and the last session of which any of them has a bar; None where there is none."""
        ...

    def fetch_failed(self, symbol: str, source: str, error: str, *, fault: Fault, failed_at: float) -> None:
        """Remember why the last fetch of a symbol failed; the last success stays known."""
        ...

    def corrections(self, symbol: str) -> History:
        """Later revisions of stored bars, which a source gave in contradiction to the first: the newest of each."""
        ...

    def corrected(self, symbol: str) -> tuple[Correction, ...]:
        """The same revisions beside what they contradict, oldest session first."""
        ...

    def add_notes(self, symbol: str, notes: Iterable[DataNote]) -> None:
        """Keep what the gate said of a symbol's bars; what is there already stays."""
        ...

    def notes(self, symbol: str, since: date | None = None) -> tuple[DataNote, ...]:
        """What the gate said, oldest session first."""
        ...

    def add_profile(self, profile: Profile, known_at: float) -> None:
        """Keep what a source says of a symbol; the newest word stands."""
        ...

    def profiles(self) -> dict[str, Profile]:
        """What is known of all symbols."""
        ...

    def add_intraday(
        self, symbol: str, interval: Interval, bars: Iterable[IntradayBar], *, source: str, fetched_at: float
    ) -> None:
        """Keep completed bars within the day, for charts alone: of one that is there already the newest word stands."""
        ...

    def intraday(self, symbol: str, interval: Interval, since: float) -> tuple[IntradayBar, ...]:
        """Stored bars within the day from an instant on, oldest first."""
        ...

    def add_sessions(self, exchange: str, sessions: Iterable[SessionHours], made: str) -> None:
        """Keep an exchange's sessions, instead of those kept before; `made` says from which version of what."""
        ...

    def sessions(self, exchange: str) -> tuple[str, tuple[SessionHours, ...]]:
        """The kept sessions, oldest first, and what they were made from; empty if there are none."""
        ...
