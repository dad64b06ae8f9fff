"""How an alarm stood after a session, from the entries of its history up to then."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from engine.core.attention import PLAIN, Attention
from engine.core.episodes import Episode

_OVER = ("closed", "dropped", "withdrawn")
_BEGINS = ("raised", "opened")


@dataclass(frozen=True, slots=True)
class Entry:
    """What happened: an Event of core/episodes.py or a Deed of core/attention.py; until when it was snoozed then."""

    event: str
    snoozed_until: date | None = None


def stood(said: Episode, entries: Sequence[Entry]) -> tuple[Episode, Attention]:
    """An alarm after these first entries of its history, oldest first; `said` is it as the last of them has it.

    Whether it is over, withdrawn or provisional follows from the entries, and so does what a person had said of it.
    """
    events = [entry.event for entry in entries]
    over = any(event in _OVER for event in events)
    episode = replace(
        said,
        closed=said.closed if over else None,
        dropped=said.dropped if over else "",
        provisional=[event for event in events if event in (*_BEGINS, *_OVER)][-1:] == ["raised"],
        withdrawn="withdrawn" in events,
    )
    attention = PLAIN
    for entry in entries:
        attention = _after(attention, entry)
    return episode, attention


def _after(before: Attention, entry: Entry) -> Attention:
    match entry.event:
        case "acknowledged":
            return replace(before, acknowledged=True, snoozed_until=None)
        case "snoozed":
            # where nobody knows any more until when, it was quiet all the same
            known = entry.snoozed_until is not None
            return replace(before, acknowledged=before.acknowledged or not known, snoozed_until=entry.snoozed_until)
        case "muted" | "unmuted":
            return replace(before, muted=entry.event == "muted")
        case "escalated" | "woken":
            return replace(before, acknowledged=False, snoozed_until=None)
    return before
