"""What a person has said of an alarm, and how it stands by that."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from engine.core.episodes import Episode

Standing: TypeAlias = Literal["open", "acknowledged", "snoozed", "muted", "closed", "withdrawn"]
Deed: TypeAlias = Literal["acknowledged", "snoozed", "muted", "unmuted"]
"""What a person does to an alarm."""


@dataclass(frozen=True, slots=True)
class Attention:
    """`snoozed_until` is the session that wakes it; `muted` says that its ticker and kind are, or were to its end."""

    acknowledged: bool = False
    snoozed_until: date | None = None
    muted: bool = False


PLAIN = Attention()
"""Nobody has said anything."""


def is_muted(symbol: str, kind: str, mutes: Collection[tuple[str, str | None]]) -> bool:
    """Whether a ticker and kind are muted, or the whole ticker (None)."""
    return (symbol, None) in mutes or (symbol, kind) in mutes


def standing(episode: Episode, attention: Attention) -> Standing:
    """One word for an alarm; only one that is open may ring."""
    if episode.closed is not None:
        return "withdrawn" if episode.withdrawn else "closed"
    if attention.muted:
        return "muted"
    if attention.snoozed_until is not None:
        return "snoozed"
    return "acknowledged" if attention.acknowledged else "open"


def wakes(attention: Attention, session: date) -> bool:
    """Whether a snooze is over after that session."""
    return attention.snoozed_until is not None and session >= attention.snoozed_until
