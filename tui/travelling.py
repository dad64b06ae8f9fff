"""What becomes of the screen on the way to another session, and once it is there. No Textual here."""

from datetime import date

from msgspec.structs import replace

from engine.format import plain
from engine.protocol import View
from tui.events import Arrived, Bound, Played, Stayed, Stepped
from tui.journey import AWAITED, NONE_STORED, Journey, is_now, stepped, upto
from tui.state import State


def travelled(state: State, event: Stepped | Bound | Arrived | Stayed | Played) -> State:
    """Under way, there, or refused."""
    match event:
        case Stepped():
            return _stepped(state, event)
        case Bound(None) if state.as_of is None and state.journey is None:
            return replace(state, notice=is_now(state.key("step(-1)")), refused=False)
        case Bound(to):
            return replace(state, journey=Journey(to), playing=False)
        case Arrived():
            return replace(state, journey=None, playing=state.playing and state.as_of is not None)
        case Stayed(words):
            return replace(state, journey=None, playing=False, notice=plain(words), refused=True)
        case Played():
            return replace(state, playing=not state.playing and state.as_of is not None)


def dated(state: State, before: date | None) -> State:
    """Without what is later than the session shown, where that is another one than before."""
    if state.as_of is None or state.as_of == before:
        return state
    told = state.explanation
    later = told is not None and (told.session is None or told.session > state.as_of)
    return replace(
        state,
        chart=upto(state.chart, state.as_of),
        explanation=None if later else told,
        models=None if before is None or before > state.as_of else state.models,
        sought=None,
    )


def awaited(state: State) -> State:
    """With the step back taken that was asked for before there was a session to go to, unless a key came after it.

    Where there will be none it is not waited for any longer.
    """
    if state.notice != AWAITED or state.view is None or not (state.view.status.sessions or _none_stored(state.view)):
        return state
    return _stepped(replace(state, notice=None), Stepped(-1))


def _stepped(state: State, event: Stepped) -> State:
    if state.view is None:
        return state
    there = stepped(state.view.status, state.journey, event.by, state.key("step(-1)"))
    if isinstance(there, str):
        there = NONE_STORED if there == AWAITED and _none_stored(state.view) else there
        return replace(state, notice=there, refused=False, playing=False)
    return replace(state, journey=there, playing=state.playing and not event.by_hand)


def _none_stored(view: View) -> bool:
    """Whether no ticker has a bar: the rows show what is stored before its sessions are read."""
    return all(row.session is None for row in view.rows)
