"""Why there is an alarm, and why there is none."""

from datetime import date
from typing import Literal, TypeAlias

from msgspec import Struct

KindState: TypeAlias = Literal["open", "cooling", "folded", "reached", "below", "silent", "off"]
"""An episode is open; none may open yet; it is part of the market's alarm; a tier is reached, or none; there is no
score; the kind is off."""


class KindExplained(Struct, frozen=True):
    """What one kind says of a session, and what came of it.

    `threshold` and `alert` are the scores of both tiers, None where too few scores of the past resolve them, which
    `lacks` then says. `short` is how far the score is from the next tier that it has not reached. A score that is None
    has nothing to say. `until` is the first session on which the next alarm may open, of a kind that is cooling, or the
    one on which the open one did.
    """

    kind: str
    state: KindState
    muted: bool = False
    score: float | None = None
    p: float | None = None
    rarity_days: float | None = None
    rarer: bool = False
    threshold: float | None = None
    threshold_p: float | None = None
    alert: float | None = None
    alert_p: float | None = None
    short: float | None = None
    lacks: str | None = None
    until: date | None = None
    why: str | None = None
    """Why there is no score."""
    words: str = ""
    evidence: dict[str, float | str] = {}


class Explanation(Struct, frozen=True, tag=True):
    """One symbol after a session: `why` it is not scored, or what each kind says."""

    symbol: str
    session: date | None
    scored: bool
    why: str | None
    word: Literal["passed", "no skill"] | None
    kinds: tuple[KindExplained, ...]
    as_of: date | None = None
    """The session that the screen which asked stands at; None: now."""
