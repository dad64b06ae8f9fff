"""What each kind of alarm says of a ticker after a session."""

from datetime import date
from typing import Literal, TypeAlias

from msgspec import Struct

KindState: TypeAlias = Literal["open", "cooling", "folded", "reached", "below", "silent", "off"]


class KindExplained(Struct, frozen=True):
    """What one kind says, and what came of it; `threshold` and `alert` are the scores of both tiers."""

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
