"""How each event changes what the screen knows. No Textual here."""

from functools import singledispatch

from msgspec.structs import replace

from engine.format import plain, skill
from engine.protocol import (
    Changed,
    Chart,
    Explanation,
    Inspection,
    ListsKept,
    Models,
    Removed,
    RolledBack,
    Trained,
    View,
    apply,
)
from tui.charting import at_sought, charted, looked_at, uncharted
from tui.editing import edited, pointed_at, taken_off
from tui.events import (
    Adding,
    Arrived,
    Bound,
    Chosen,
    Connecting,
    Event,
    Folded,
    Found,
    Grouped,
    Hidden,
    Jumped,
    Looked,
    Lost,
    Matched,
    Metered,
    Moved,
    Narrowed,
    NoChart,
    Picked,
    Played,
    Ranged,
    Read,
    Refusal,
    Resorted,
    Said,
    Searching,
    Selected,
    Sought,
    Stayed,
    Stepped,
    Ticked,
    Used,
)
from tui.jumping import holding
from tui.listing import folded, found, grouped, hidden, listed, resorted
from tui.metering import metered, minuted
from tui.moving import moved, within
from tui.narrowing import Narrowing, explained, narrower
from tui.seeking import Seeking, matched, picked
from tui.state import RANGES, State
from tui.travelling import awaited, dated, travelled


@singledispatch
def _next(event: object, state: State) -> State:
    return state


def reduce(state: State, event: Event) -> State:
    """The state after the event."""
    return _next(event, state)


_TAKEN = {"champion": "trained", "rejected": "not taken", "earlier": "trained"}


@_next.register
def _(event: View, state: State) -> State:
    there = listed(dated(replace(state, link="attached", words="", view=event), state.as_of))
    return _offered(awaited(edited(there, state)))


@_next.register
def _(event: Changed, state: State) -> State:
    if state.view is None:
        return state
    return awaited(edited(listed(replace(state, view=apply(state.view, event))), state))


@_next.register
def _(event: Chart, state: State) -> State:
    return charted(state, event)


@_next.register
def _(event: Explanation, state: State) -> State:
    return replace(state, explanation=event) if event.as_of == state.as_of else state


@_next.register
def _(event: NoChart, state: State) -> State:
    return uncharted(state, event)


@_next.register
def _(event: Removed, state: State) -> State:
    return taken_off(state, event)


@_next.register
def _(event: Trained, state: State) -> State:
    why = f": {plain(event.reason)}" if event.reason and event.status != "champion" else ""
    words = f"model #{event.model} {_TAKEN.get(event.status, event.status)}{why} · {skill(event.skill, event.word)}"
    skipped = "".join(f" · {symbol}: {plain(why)}" for symbol, why in event.skipped.items())
    return replace(state, notice=words + skipped, refused=False)


@_next.register
def _(event: Models, state: State) -> State:
    return replace(state, models=event)


@_next.register
def _(event: Inspection, state: State) -> State:
    return replace(state, inspection=event)


@_next.register
def _(event: ListsKept, state: State) -> State:
    return replace(state, lists=event.lists)


@_next.register
def _(event: RolledBack, state: State) -> State:
    return replace(state, model=None, notice=plain(event.words), refused=False)


@_next.register
def _(event: Connecting, state: State) -> State:
    # a loss, and why the last attempt failed, stay to be read while the next attempt is made
    return state if state.link == "lost" else replace(state, link="connecting", words=event.words)


@_next.register
def _(event: Lost, state: State) -> State:
    lost = replace(state, link="lost", words=plain(event.words), journey=None, playing=False)
    # what was there to be read must not hide it; what is said while nobody is there stays
    return lost if state.link == "lost" else replace(lost, notice=None, refused=False)


@_next.register
def _(event: Refusal, state: State) -> State:
    return replace(state, notice=plain(event.words), refused=True, adding=False)


@_next.register
def _(event: Said, state: State) -> State:
    return replace(state, notice=event.words, refused=False)


@_next.register
def _(event: Read, state: State) -> State:
    return replace(state, notice=None, refused=False)


@_next.register
def _(event: Used, state: State) -> State:
    return replace(state, used=state.used | {event.hint})


@_next.register
def _(event: Selected, state: State) -> State:
    return replace(state, selected=event.symbol, adding=False)


@_next.register
def _(event: Adding, state: State) -> State:
    return replace(state, adding=True)


@_next.register
def _(event: Moved, state: State) -> State:
    # who goes on meanwhile is not called back
    return replace(moved(state, event), adding=False)


@_next.register
def _(event: Chosen, state: State) -> State:
    return replace(state, chosen=event.alarm)


@_next.register
def _(event: Narrowed, state: State) -> State:
    alarms = state.view.alarms if state.view else ()
    # an empty feed has no alarm to take ticker or kind from; all of them have
    alarm = state.alarm or explained(alarms, state.chosen)
    return replace(state, narrowing=narrower(state.narrowing, alarm) if event.on else Narrowing())


@_next.register
def _(event: Jumped, state: State) -> State:
    alarm = next((each for each in state.feed if each.id == event.alarm), None)
    if alarm is None or state.row_of(alarm.symbol) is None:
        return state
    span = holding(state.range, state.row_of(alarm.symbol), alarm.opened)
    there = replace(state, chosen=alarm.id, range=span, sought=(alarm.symbol, alarm.opened))
    return at_sought(pointed_at(there, alarm.symbol))


@_next.register
def _(event: Resorted, state: State) -> State:
    return resorted(state, event)


@_next.register
def _(event: Grouped, state: State) -> State:
    return grouped(state)


@_next.register
def _(event: Folded, state: State) -> State:
    return folded(state, event)


@_next.register
def _(event: Found, state: State) -> State:
    return found(state, event)


@_next.register
def _(event: Ranged, state: State) -> State:
    return replace(state, range=RANGES[within(RANGES.index(state.range) + event.step, len(RANGES))])


@_next.register
def _(event: Looked, state: State) -> State:
    return looked_at(state, event)


@_next.register
def _(event: Hidden, state: State) -> State:
    return hidden(state)


@_next.register
def _(event: Sought, state: State) -> State:
    return replace(state, seeking=None if event.text is None else Seeking(event.text))


@_next.register
def _(event: Searching, state: State) -> State:
    if state.seeking is None or state.seeking.text.strip() != event.text:
        return state
    return replace(state, seeking=replace(state.seeking, asked=True))


@_next.register
def _(event: Matched, state: State) -> State:
    return replace(state, seeking=matched(state.seeking, event))


@_next.register
def _(event: Picked, state: State) -> State:
    return replace(state, seeking=picked(state.seeking, event.by))


@_next.register
def _(event: Ticked, state: State) -> State:
    return listed(minuted(state, event))


@_next.register
def _(event: Metered, state: State) -> State:
    return metered(state, event)


@_next.register
def _(event: Stepped | Bound | Arrived | Stayed | Played, state: State) -> State:
    return travelled(state, event)


def _offered(state: State) -> State:
    """Said once, on the first list whose rows are all of Korea's exchange; never forced."""
    rows = state.view.rows if state.view else ()
    if not state.offer_red_up or not rows or any(row.exchange not in ("XKRX", "KRX") for row in rows):
        return state
    key = state.key("theme('rise')")
    words = f"a Korean list: {key} shows rises in red and falls in blue · screen.red_up in config.toml keeps it so"
    return replace(state, offer_red_up=False, notice=words, refused=False)
