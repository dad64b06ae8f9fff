"""What the terminal was sent: in all, and in the last minute of the clock that was seen whole. No Textual here."""

from msgspec.structs import replace

from tui.events import Metered, Ticked
from tui.state import State


def metered(state: State, event: Metered) -> State:
    """With what was sent up to now; the minute's figure stays until the minute has passed."""
    return replace(state, sent=event.sent)


def minuted(state: State, event: Ticked) -> State:
    """At another minute: what the one before took is told where it was seen from its beginning to its end."""
    by = int(event.now // 60 - state.now // 60)
    if not by:
        return replace(state, now=event.now, sent=event.sent)
    whole = by == 1 and state.sent_before is not None
    return replace(
        state,
        now=event.now,
        sent=event.sent,
        lately=max(event.sent - (state.sent_before or 0), 0) if whole else None,
        # after a sleep this minute has begun unseen
        sent_before=event.sent if by == 1 else None,
    )
