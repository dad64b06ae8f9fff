"""Which rows are shown, in which order and under which headings. No Textual here."""

from msgspec.structs import replace

from engine.protocol import Row
from tui.events import Folded, Found, Resorted
from tui.expression import Unreadable, fault_of, parsed
from tui.facts import BY_NAME
from tui.order import Order, lines_of, order_by, ordered
from tui.state import State
from tui.unfinished import beginning

_GROUPLESS = 'no ticker of this list has a group; its file may say group = "…" below a symbol'


def listed(state: State) -> State:
    """The rows shown anew; the selection follows its symbol, and where that is gone, its place.

    Where nothing is selected there is no chart of a ticker that is off the list.
    """
    before, every = state.index, state.view.rows if state.view else ()
    rows = ordered(_matching(state, state.find), state.sort, state.now, private=state.private)
    lines = lines_of(rows, every, state.folded) if state.grouped and any(row.group for row in every) else rows
    shown = tuple(line for line in lines if isinstance(line, Row))
    selected = state.selected
    if all(row.symbol != selected for row in shown):
        selected = shown[max(0, min(before, len(shown) - 1))].symbol if shown else None
    listed = replace(state, rows=shown, lines=lines, selected=selected)
    # none is asked for in place of the last ticker's
    off = state.chart is not None and listed.row_of(state.chart.symbol) is None
    gone = state.view and not selected and (off or not every)
    return replace(listed, chart=None, no_chart=None) if gone else listed


def found(state: State, event: Found) -> State:
    """With another filter; while what is typed is none, the last good one stays and the fault is told."""
    fault = fault_of(event.text, private=state.private, shows=state.key("hide"))
    if fault is None and not event.done:
        fault = beginning(event.text, lambda text: bool(_matching(state, text)))
    if fault:
        return replace(state, fault=fault)
    return listed(replace(state, find=event.text.strip(), fault=None))


def resorted(state: State, event: Resorted) -> State:
    """In another order; by amounts only while they are seen."""
    by = event.by or state.sort.by
    if state.private and by in BY_NAME and BY_NAME[by].amount:
        words = f"{by} is an amount, and amounts are hidden: {state.key('hide')} shows them"
        return replace(state, notice=words, refused=False)
    return listed(replace(state, sort=state.sort.reversed if by == state.sort.by else order_by(by)))


def grouped(state: State) -> State:
    """Under the headings of their groups, or no longer."""
    if _groupless(state):
        return replace(state, notice=_GROUPLESS, refused=False)
    return listed(replace(state, grouped=not state.grouped, folded=frozenset()))


def folded(state: State, event: Folded) -> State:
    """With a group folded, or unfolded where it was; told where there is no heading to fold it to."""
    if _groupless(state):
        return replace(state, notice=_GROUPLESS, refused=False)
    if state.view and not state.grouped:
        words = f"the rows stand under no headings · {state.key('group')} puts them under those of their groups"
        return replace(state, notice=words, refused=False)
    return listed(replace(state, folded=state.folded ^ {event.group} if event.group is not None else frozenset()))


def hidden(state: State) -> State:
    """With amounts hidden or shown; no filter and no order by them tells what is hidden."""
    now = replace(state, private=not state.private)
    if state.view and all(row.shares is None for row in state.view.rows):
        words = f"amounts are hidden, {state.key('hide')} shows them" if now.private else "amounts are shown"
        now = replace(now, notice=f"{words}; no ticker of this list has shares yet", refused=False)
    if not now.private:
        return listed(now)
    by = BY_NAME.get(state.sort.by)
    if by and by.amount:
        now = replace(now, sort=Order())
    if fault_of(state.find, private=True):
        now = replace(now, find="", notice="amounts are hidden, so the filter by them is off", refused=False)
    return listed(now)


def _groupless(state: State) -> bool:
    return state.view is not None and not any(row.group for row in state.view.rows)


def _matching(state: State, text: str) -> tuple[Row, ...]:
    rows = state.view.rows if state.view else ()
    try:
        test = parsed(text, private=state.private)
    except Unreadable:
        return rows
    return tuple(row for row in rows if test.of(row, state.now))
