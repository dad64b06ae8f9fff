"""The one database of a home."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

from engine.core.attention import PLAIN, Attention
from engine.core.bars import History
from engine.core.episodes import Change, Episode, Tier
from engine.core.forecast import Vintage
from engine.core.grading import Grade
from engine.core.models import ModelRecord, TrainedModel
from engine.core.quality import DataNote
from engine.core.quotes import PriceAlarm
from engine.errors import Fault
from engine.ports.calendar import SessionHours
from engine.ports.prices import Interval, IntradayBar, Profile


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the store holds of one symbol, and how its last fetch went."""

    bars: int
    first: date | None
    last: date | None
    fetched_at: float | None
    error: str | None
    whole: bool
    """Whether all that the source has was asked for once."""
    fault: Fault | None = None
    """The class of the last fetch's fault."""
    failed_at: float | None = None
    """When the last fetch failed, if it did; seconds since the epoch."""
    source: str = ""
    """Who delivered last."""


@dataclass(frozen=True, slots=True)
class Correction:
    """The newest close of a session that contradicts its first one, both as traded, and who gave it."""

    session: date
    close: float
    first: float
    source: str


@dataclass(frozen=True, slots=True)
class AlarmRecord:
    """An episode as stored, with its number and what a person has said of it."""

    id: int
    episode: Episode
    attention: Attention = PLAIN
    raised_at: float | None = None
    """When its session's forming bar raised it, where one did; seconds since the epoch."""
    found: date | None = None
    """The session after which its opening or last escalation was decided, where that is later than its own."""


@dataclass(frozen=True, slots=True)
class AlarmEvent:
    """Something that happened to an episode: an Event of core/episodes.py, or a Deed of core/attention.py.

    `at` is in seconds since the epoch, None where it was not kept; `p` is NaN for a data fault.
    """

    event: str
    session: date
    at: float | None
    tier: Tier
    p: float
    words: str


@dataclass(frozen=True, slots=True)
class Ungraded:
    """An episode that lacks a grade, and the horizons of those it has."""

    episode: Episode
    has: frozenset[int]


@dataclass(frozen=True, slots=True)
class PriceAlarmRecord:
    """A price alarm as stored; its number is of the same row of numbers as those of episodes."""

    id: int
    alarm: PriceAlarm
    acknowledged: bool


@dataclass(frozen=True, slots=True)
class JobRecord:
    """A job as stored."""

    id: int
    kind: str
    title: str
    state: Literal["running", "done", "failed", "cancelled", "interrupted"]
    command: str = ""
    """What began it; empty where it cannot be run again."""


@dataclass(frozen=True, slots=True)
class EvaluationRecord:
    """What a preset was found to be worth on a list; `document` is the result as JSON, `made_at` in seconds UTC."""

    preset: str
    symbols: tuple[str, ...]
    made_at: float
    document: str


@dataclass(frozen=True, slots=True)
class StoreSize:
    """Bytes on disk, bytes left there, and how many symbols, models and alarms are stored."""

    bytes: int
    free: int
    symbols: int
    models: int
    alarms: int


class Store(Protocol):
    """The one database of a home. Every call is all or nothing; raises StoreError."""

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

    def add_price_alarm(self, alarm: PriceAlarm) -> PriceAlarmRecord:
        """Keep a price alarm; one of the same symbol, rule, level and session is given back as it is."""
        ...

    def price_alarms(self, since: date | None = None, upto: date | None = None) -> tuple[PriceAlarmRecord, ...]:
        """Price alarms of a stretch, newest first, with what had been seen of them by its end."""
        ...

    def add_model(self, model: TrainedModel) -> ModelRecord:
        """Keep a model, and its weights where it is accepted; gives its record, numbered."""
        ...

    def models(self) -> tuple[ModelRecord, ...]:
        """All models, newest first."""
        ...

    def model(self, number: int) -> TrainedModel:
        """One model with its weights. Raises StoreDamaged, or StoreUnread where it may be whole."""
        ...

    def withdraw_model(self, number: int, reason: str) -> None:
        """A model does not speak any more: why, in words. Its record and its forecasts stay."""
        ...

    def prune_models(self, keep: Collection[int]) -> None:
        """Remove the weights of all models but these; their records and forecasts stay."""
        ...

    def size(self) -> StoreSize:
        """How much it holds, and how much room is left."""
        ...

    def add_evaluation(self, record: EvaluationRecord) -> None:
        """Keep an evaluation instead of the last one of the same preset and symbols."""
        ...

    def evaluation(self, preset: str, symbols: Iterable[str]) -> EvaluationRecord | None:
        """The last evaluation of a preset on exactly these symbols, in any order; None if there is none."""
        ...

    def add_forecasts(self, vintages: Iterable[Vintage]) -> None:
        """Keep forecasts; one that is there already stays as it was made."""
        ...

    def forecasts(self, symbol: str, made_at: date) -> tuple[Vintage, ...]:
        """The forecasts made for a symbol after one session, newest model first; none of one that had seen more."""
        ...

    def vintages(self, symbol: str, since: date) -> tuple[Vintage, ...]:
        """The forecasts for the next session made from a day on, oldest first; of one session the newest model last."""
        ...

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

    def start_job(self, kind: str, title: str, command: str = "") -> int:
        """Number a job and record that it runs; `command` is what began it, empty where it cannot be run again."""
        ...

    def end_job(self, number: int, state: str) -> None:
        """Record how it ended."""
        ...

    def interrupted(self) -> tuple[JobRecord, ...]:
        """Mark the jobs that an earlier engine left running, and give them; those with a command until they have ended.

        Oldest first.
        """
        ...

    def changes(self) -> int:
        """A number that goes up with every row written: while it stays, so does all that was read."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...
