"""What the store keeps of alarms."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Protocol

from engine.core.episodes import Change
from engine.core.grading import Grade
from engine.core.quotes import PriceAlarm
from engine.ports.store.records import AlarmEvent, AlarmRecord, PriceAlarmRecord, Ungraded


class AlarmStore(Protocol):
    """Episodes and price alarms, their history and their grades. Every call is all or nothing; raises StoreError."""

    def decided(self, symbol: str) -> date | None:
        """The last session after which this symbol's alarms were decided."""
        ...

    def decide(
        self,
        session: date,
        symbols: Sequence[str],
        changes: Sequence[Change],
        at: float,
        *,
        found: date | None = None,
    ) -> None:
        """Apply what a session did to episodes, with its history, and that the symbols are decided.

        `found` is the newest session there is, where that is a later one. What is new under a mute is marked so; what
        escalates or wakes is neither acknowledged nor snoozed any more.
        """
        ...

    def alarms(self, since: date | None = None, upto: date | None = None) -> tuple[AlarmRecord, ...]:
        """Episodes opened from `since` on and not after `upto`, newest first."""
        ...

    def alarms_as_of(self, day: date) -> tuple[AlarmRecord, ...]:
        """Episodes that had opened by a day, as they stood after it, newest first."""
        ...

    def standing_alarms(self) -> tuple[AlarmRecord, ...]:
        """What is open, and the last of each ticker and kind that was not withdrawn; oldest first."""
        ...

    def alarm(self, number: int) -> AlarmRecord | None:
        """One episode; None where there is none of that number."""
        ...

    def alarm_history(self, alarm: int) -> tuple[AlarmEvent, ...]:
        """All that happened to an episode, oldest first."""
        ...

    def acknowledge(self, alarm: int, at: float) -> None:
        """A person has seen it, be it an episode or a price alarm. Raises BadRequest for an unknown number."""
        ...

    def snooze(self, alarm: int, until: date, at: float) -> None:
        """An episode is quiet until that session. Raises BadRequest for an unknown number."""
        ...

    def mute(self, alarm: int, at: float, *, whole: bool) -> None:
        """No episode of that one's ticker and kind (`whole`: of its ticker) rings until it is unmuted.

        Raises BadRequest for an unknown number.
        """
        ...

    def unmute(self, alarm: int, at: float) -> None:
        """Lift every mute that holds for that episode's ticker and kind. Raises BadRequest for an unknown number."""
        ...

    def mutes(self) -> frozenset[tuple[str, str | None]]:
        """Which tickers and kinds are muted; without a kind the whole ticker is."""
        ...

    def add_grades(self, given: Iterable[Grade]) -> None:
        """Keep grades of alarms; one that is there already stays as it was given."""
        ...

    def ungraded(self) -> tuple[Ungraded, ...]:
        """Episodes that lack a grade, provisional and withdrawn ones left out; oldest first."""
        ...

    def grades(self, horizon: int, upto: date | None = None) -> tuple[Grade, ...]:
        """All grades so many sessions after the alarm that were given by a session, the oldest alarm's first."""
        ...

    def decided_on(self, symbols: Sequence[str], first: date, last: date) -> frozenset[date]:
        """The sessions from `first` to `last` on which the alarms of any of these symbols were decided."""
        ...

    def watched(self, upto: date | None = None) -> dict[str, int]:
        """How many sessions each symbol's alarms were decided on, up to one if it is named."""
        ...

    def add_price_alarm(self, alarm: PriceAlarm) -> PriceAlarmRecord:
        """Keep a price alarm; one of the same symbol, rule, level and session is given back as it is."""
        ...

    def price_alarms(self, since: date | None = None, upto: date | None = None) -> tuple[PriceAlarmRecord, ...]:
        """Price alarms of a stretch, newest first, with what had been seen of them by its end."""
        ...
