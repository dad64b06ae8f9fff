"""What the store gives back: its records."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from engine.core.attention import PLAIN, Attention
from engine.core.episodes import Episode, Tier
from engine.core.quotes import PriceAlarm
from engine.errors import Fault


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
