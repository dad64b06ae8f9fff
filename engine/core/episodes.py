"""Episodes: a run of alarming sessions is one alarm. At most one is open a ticker and kind.

It opens when a tier is reached; it ends after three sessions in a row, all after the opening, with p above 0.1; the
next may open ten sessions after the last opened. It escalates from watch to alert, and when p falls to a tenth.

One that nobody looks at any more, since its ticker is on no list, say, is dropped: closed in words. The next one then
waits until its score has been quiet for three sessions since, as if it had stayed open.

While a session runs, its forming bar may raise a provisional one. The close decides: it opens, or it is withdrawn and
counts for nothing, not even for the cooldown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, TypeAlias

import numpy as np

from engine.core.bars import FloatArray
from engine.core.detect.kind import Direction, Evidence

COOLDOWN = 10
QUIET_P = 0.1
QUIET_SESSIONS = 3
TENFOLD = 10.0

DATA_FAULT = "data_fault"
"""The kind of what the quality gate found: outside the budget, without a p."""
MARKET = "MARKET"
"""The symbol of what happened to a whole list."""


def market_symbol(watchlist: str) -> str:
    """What a list's market goes by among those of other lists."""
    return f"{MARKET}:{watchlist}"


def whose(symbol: str) -> tuple[str, str]:
    """A symbol as people say it, and the list whose market it is; empty for a ticker."""
    said, _, watchlist = symbol.partition(":")
    return (said, watchlist) if said == MARKET else (symbol, "")


Tier: TypeAlias = Literal["watch", "alert"]
Event: TypeAlias = Literal["raised", "opened", "escalated", "closed", "dropped", "withdrawn", "woken"]
"""What sessions do to an episode: `raised` is provisional, `dropped` unwatched, `woken` the end of a snooze."""


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
    confirmed: bool = False
    """Whether it also passes online FDR over the whole list."""


@dataclass(frozen=True, slots=True)
class Episode:
    """One alarm from its opening on; p, rarity, words and evidence are those of its opening or last escalation.

    p and rarity of a data fault are NaN.
    """

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
    confirmed: bool = False
    provisional: bool = False
    """Whether its session still runs, so that the close may withdraw it."""
    withdrawn: bool = False
    dropped: str = ""
    """Why it was closed though nobody knows whether it is over, in words; empty where that is not so."""

    @property
    def counted(self) -> bool:
        """Whether it stands against the budget, and is graded."""
        return not (self.provisional or self.withdrawn or self.kind == DATA_FAULT)


Change: TypeAlias = tuple[Episode, Event]
"""An episode as it is now, and what made it so."""


def decide(
    episode: Episode | None,
    verdict: Verdict,
    recent_p: FloatArray,
    since_opening: int,
    cooldown: int = COOLDOWN,
) -> Change | None:
    """What a session does to the last episode of a ticker and kind; None if nothing.

    `recent_p` are the p of the last sessions, this one last (NaN is not quiet), of all since `episode` opened where it
    was dropped; `since_opening` counts the sessions after the opening; the next may open `cooldown` sessions after it.
    """
    if episode is None or episode.closed is not None:
        cool = episode is None or (since_opening >= cooldown and _armed(episode, recent_p))
        return (_opened(verdict), "opened") if cool and verdict.tier else None
    quiet = recent_p[-QUIET_SESSIONS:] > QUIET_P
    if since_opening >= QUIET_SESSIONS and len(quiet) == QUIET_SESSIONS and bool(quiet.all()):
        return replace(episode, closed=verdict.session), "closed"
    if verdict.tier and _worse(episode, verdict):
        return _escalated(episode, verdict), "escalated"
    return None


def forming(
    last: Episode | None, raised: Episode | None, verdict: Verdict, since_opening: int, cooldown: int = COOLDOWN
) -> Change | None:
    """What the forming bar of a running session does: raise a provisional episode, or escalate the one it raised.

    `last` is the last episode that is not provisional, `raised` the provisional one of this session. One whose score
    falls back stays until the close. After one that was dropped the close alone can tell whether it has been quiet.
    """
    if verdict.tier is None:
        return None
    if last is not None and (last.closed is None or last.dropped or since_opening < cooldown):
        return None
    if raised is None:
        return replace(_opened(verdict), provisional=True), "raised"
    if _worse(raised, verdict):
        return replace(_escalated(raised, verdict), provisional=True), "escalated"
    return None


def settled(raised: Mapping[str, Episode], changes: list[Change], session: date) -> list[Change]:
    """The changes of a session's close, and the end of the provisional episodes by kind that it does not open."""
    opens = {episode.kind for episode, event in changes if event == "opened" and episode.opened == session}
    kept = {kind for kind, episode in raised.items() if kind in opens and episode.opened == session}
    return [withdrawn(episode, session) for kind, episode in raised.items() if kind not in kept] + changes


def dropped(episode: Episode, session: date, why: str) -> Change:
    """An episode that is open, of which no later session will be judged."""
    return replace(episode, closed=max(session, episode.opened), dropped=why), "dropped"


def withdrawn(episode: Episode, session: date) -> Change:
    """A provisional episode that the close did not open."""
    return replace(episode, provisional=False, withdrawn=True, closed=max(session, episode.opened)), "withdrawn"


def _escalated(episode: Episode, verdict: Verdict) -> Episode:
    worse, tier = _opened(verdict), verdict.tier
    assert tier is not None  # noqa: S101 - the callers asked
    return replace(
        worse,
        opened=episode.opened,
        tier=_higher(episode.tier, tier),
        confirmed=episode.confirmed or verdict.confirmed,
    )


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
        confirmed=verdict.confirmed,
    )


def _armed(episode: Episode, recent_p: FloatArray) -> bool:
    """Whether an alarm after this one is another one."""
    if not episode.dropped:
        return True
    quiet = (recent_p > QUIET_P).astype(np.intp)
    return bool((np.convolve(quiet, np.ones(QUIET_SESSIONS, np.intp), "valid") == QUIET_SESSIONS).any())


def _worse(episode: Episode, verdict: Verdict) -> bool:
    return (episode.tier == "watch" and verdict.tier == "alert") or verdict.p * TENFOLD <= episode.p


def _higher(one: Tier, other: Tier) -> Tier:
    return "alert" if "alert" in (one, other) else "watch"
