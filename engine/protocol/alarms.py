"""Alarms: what there is to see of them, their history and track record, and what people say of them."""

from datetime import date
from typing import Literal, TypeAlias

from msgspec import Struct

Tier: TypeAlias = Literal["watch", "alert"]
Direction: TypeAlias = Literal["up", "down", "none"]
AlarmState: TypeAlias = Literal["open", "acknowledged", "snoozed", "muted", "closed", "withdrawn"]
"""Only what is open may ring; acknowledged, snoozed and muted ones are not over either."""


class Alarm(Struct, frozen=True):
    """One episode, or a price alarm; of the symbol MARKET where it is one event for the list.

    A price alarm (kind "price alert") and a data fault (kind "data_fault") are outside the budget: they have no p and
    no rarity.
    """

    id: int
    symbol: str
    kind: str
    tier: Tier
    direction: Direction
    opened: date
    closed: date | None
    p: float | None
    rarity_days: float | None
    rarer: bool
    words: str
    evidence: dict[str, float | str]
    state: AlarmState
    at: float | None = None
    """When within its session, where that is known (seconds since the epoch)."""
    confirmed: bool = False
    """Whether it also passes a test over the whole list (online FDR)."""
    provisional: bool = False
    """Whether its session still runs: the close lets it stand or withdraws it."""
    snoozed_until: date | None = None
    """The session that brings it back, if it is snoozed."""
    watchlist: str = ""
    """The list whose market it is; empty for a ticker's."""
    muted: bool = False
    """Whether its ticker and kind are muted now: what they raise is recorded and does not ring."""
    found: date | None = None
    """The session after which it was decided, where no engine was there at its own close: it does not ring."""
    dropped: str | None = None
    """Why it was closed though nobody knows whether it is over, in words: its ticker is on no list that is watched."""


class KindGrades(Struct, frozen=True):
    """How the alarms of one kind turned out: of those whose sessions are over, how many were right.

    The precision has a 95 % interval; the base rate is how often the same call would have been right on any session,
    and the lift the quotient of both. `per_ticker_year` counts all that were raised, as `budget` does what may be; both
    are of the whole list where the kind is the market's. None where nothing is known yet.
    """

    alarms: int
    per_ticker_year: float | None
    budget: float
    hits: int
    precision: float | None
    precision_low: float | None
    precision_high: float | None
    base_rate: float | None
    lift: float | None


class AlarmTally(Struct, frozen=True):
    """The alarms of a list against what was allowed: episodes of the last 252 sessions, the market's left out."""

    open: int
    this_year: int
    budgeted: float
    precision: float | None = None
    """The share of graded alarms that were right; None where too few are graded."""
    base_rate: float | None = None
    """The share of all sessions on which the same call would have been right."""
    kinds: dict[str, KindGrades] = {}
    """The track record of each kind."""
    no_market: str | None = None
    """Why there can be no alarm of the list's market, in words; None where there may be one, or it is off."""


class ListAlarms(Struct, frozen=True, tag=True):
    """Answered by `AlarmList`, newest first."""

    since: date | None = None


class AlarmList(Struct, frozen=True, tag=True):
    """The stored alarms."""

    alarms: tuple[Alarm, ...]


class GetAlarmHistory(Struct, frozen=True, tag=True):
    """All that happened to an alarm. Answered by `AlarmHistory`."""

    alarm: int


class AlarmStep(Struct, frozen=True):
    """Something that happened to an alarm after a session; `at` is in seconds since the epoch, None if it was not kept.

    `tier`, `p` and `words` are the alarm's from then on.
    """

    event: str
    session: date
    at: float | None
    tier: Tier
    p: float | None
    words: str


class AlarmHistory(Struct, frozen=True, tag=True):
    """An alarm as it is now, and what made it so, oldest first."""

    alarm: Alarm
    steps: tuple[AlarmStep, ...]


class GetGrades(Struct, frozen=True, tag=True):
    """How a list's alarms of each kind turned out so many sessions after (5, 10 or 21). Answered by `Grades`."""

    horizon: int = 10
    symbols: tuple[str, ...] = ()
    watchlist: str | None = None


class Grades(Struct, frozen=True, tag=True):
    """The track record of each kind, by alarms that were raised at least so many sessions ago."""

    horizon: int
    kinds: dict[str, KindGrades]


class Preview(Struct, frozen=True, tag=True):
    """How many alarms a list would have had in the past year with some settings given as `key=value`.

    They are those of all lists, or what a list's own file says (`of_list`: `alarms.KEY=VALUE`, `SYMBOL.KEY=VALUE`).
    Answered by `Previewed`; nothing is changed.
    """

    changes: tuple[str, ...]
    symbols: tuple[str, ...] = ()
    watchlist: str | None = None
    of_list: bool = False


class PreviewCount(Struct, frozen=True):
    """Episodes of the tickers, over all kinds and by kind, and those of the list as a whole."""

    alarms: int
    kinds: dict[str, int]
    market: int


class Previewed(Struct, frozen=True, tag=True):
    """What the rules in force would have given over the sessions from `start` to `end`, and what others would have."""

    watchlist: str
    start: date | None
    end: date | None
    now: PreviewCount
    then: PreviewCount


class Acknowledge(Struct, frozen=True, tag=True):
    """A person has seen this alarm. Answered by `Ok`."""

    alarm: int


class Snooze(Struct, frozen=True, tag=True):
    """An alarm is quiet for so many sessions, or until a date, or until it escalates. Answered by `Ok`."""

    alarm: int
    sessions: int = 5
    until: date | None = None


class Mute(Struct, frozen=True, tag=True):
    """No alarm of this one's ticker and kind (`ticker`: of its ticker) rings until `Unmute`. Answered by `Ok`."""

    alarm: int
    ticker: bool = False


class Unmute(Struct, frozen=True, tag=True):
    """Alarms of this one's ticker and kind may ring again. Answered by `Ok`."""

    alarm: int
