"""Episodes: a run of alarming sessions is one alarm. At most one is open a ticker and kind.

It opens when a tier is reached; it ends after three sessions in a row, all after the opening, with p above 0.1; the
next may open ten sessions after the last opened. It escalates from watch to alert, and when p falls to a tenth.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, TypeAlias

from engine.core.bars import FloatArray
from engine.core.detect.kind import Direction, Evidence

COOLDOWN = 10
QUIET_P = 0.1
QUIET_SESSIONS = 3
TENFOLD = 10.0

Tier: TypeAlias = Literal["watch", "alert"]
Event: TypeAlias = Literal["opened", "escalated", "closed"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one kind says of one ticker after one session; `tier` is None while it is below every threshold."""

    symbol: str
    kind: str
    session: date
    score: float
    p: float
    tier: Tier | None
    threshold_p: float
    rarity_days: float
    rarer: bool
    direction: Direction
    evidence: Evidence
    words: str


@dataclass(frozen=True, slots=True)
class Episode:
    """One alarm from its opening on; p, rarity, words and evidence are those of its opening or last escalation."""

    symbol: str
    kind: str
    tier: Tier
    direction: Direction
    opened: date
    closed: date | None
    p: float
    rarity_days: float
    rarer: bool
    words: str
    evidence: Evidence


def decide(
    episode: Episode | None, verdict: Verdict, recent_p: FloatArray, since_opening: int
) -> tuple[Episode, Event] | None:
    """What a session does to the last episode of a ticker and kind; None if nothing.

    `recent_p` are the p of the last sessions, this one last (NaN is not quiet); `since_opening` counts the sessions
    after the one on which `episode` opened.
    """
    if episode is None or episode.closed is not None:
        cool = episode is None or since_opening >= COOLDOWN
        return (_opened(verdict), "opened") if cool and verdict.tier else None
    quiet = recent_p[-QUIET_SESSIONS:] > QUIET_P
    if since_opening >= QUIET_SESSIONS and len(quiet) == QUIET_SESSIONS and bool(quiet.all()):
        return replace(episode, closed=verdict.session), "closed"
    if verdict.tier and _worse(episode, verdict):
        return replace(_opened(verdict), opened=episode.opened, tier=_higher(episode.tier, verdict.tier)), "escalated"
    return None


def _opened(verdict: Verdict) -> Episode:
    assert verdict.tier is not None  # noqa: S101 - the callers asked
    return Episode(
        symbol=verdict.symbol,
        kind=verdict.kind,
        tier=verdict.tier,
        direction=verdict.direction,
        opened=verdict.session,
        closed=None,
        p=verdict.p,
        rarity_days=verdict.rarity_days,
        rarer=verdict.rarer,
        words=verdict.words,
        evidence=verdict.evidence,
    )


def _worse(episode: Episode, verdict: Verdict) -> bool:
    return (episode.tier == "watch" and verdict.tier == "alert") or verdict.p * TENFOLD <= episode.p


def _higher(one: Tier, other: Tier) -> Tier:
    return "alert" if "alert" in (one, other) else "watch"
