"""What becomes of the screen while its list is edited: what was taken off, what is being added. No Textual here."""

from msgspec.structs import replace

from engine.protocol import Removed
from tui.listing import listed
from tui.state import State


def taken_off(state: State, event: Removed) -> State:
    """With the way back told."""
    words = f"{event.symbol} is off the list · {state.key('undo')} puts it back"
    return replace(state, removed=event, notice=words, refused=False)


def edited(state: State, before: State) -> State:
    """With a row selected that a person has added; what was taken off is forgotten once it is back, or of another list.

    `before` is the state with the rows as they were.
    """
    if state.view is None or before.view is None:
        return state
    if state.view.watchlist.name != before.view.watchlist.name:
        return replace(state, removed=None, adding=False)
    new = [row.symbol for row in state.view.rows if before.row_of(row.symbol) is None]
    back = state.removed is not None and state.removed.symbol in new
    now = replace(state, removed=None) if back else state
    return pointed_at(replace(now, adding=False), new[0]) if new and state.adding else now


def pointed_at(state: State, symbol: str) -> State:
    """With that row selected, which no filter and no fold may hide."""
    seen = any(row.symbol == symbol for row in state.rows)
    there = replace(state, selected=symbol)
    return there if seen else listed(replace(there, find="", folded=frozenset()))
