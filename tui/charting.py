"""Which chart is shown, which part of it is in sight, and where its cursor stands. No Textual here."""

from msgspec.structs import replace

from engine.protocol import Chart
from tui.charts.bars import count
from tui.charts.look import at_session, kept, looked
from tui.events import Looked, NoChart
from tui.state import State


def charted(state: State, chart: Chart) -> State:
    """With a chart that came, unless something else has been selected meanwhile."""
    if (chart.symbol, chart.range, chart.as_of) != (state.selected, state.range, state.as_of):
        return state
    return at_sought(replace(state, chart=chart, no_chart=None, look=kept(state.look, state.chart, chart)))


def uncharted(state: State, event: NoChart) -> State:
    """With the reason why there is none."""
    return replace(state, chart=None, no_chart=event.words) if event.symbol == state.selected else state


def looked_at(state: State, event: Looked) -> State:
    """Looked at in another way; told where there is nothing farther off to see."""
    look = looked(state.look, event, count(state.chart))
    if event.what == "zoom" and event.by < 0 and look == state.look:
        words = f"all bars of {state.range} are in sight · {state.key('ranged(1)')} shows more"
        return replace(state, notice=words, refused=False)
    return replace(state, look=look)


def behind(state: State) -> bool:
    """Whether the chart ends before the session that its ticker's row tells of, and a newer one can be asked for."""
    chart = state.chart
    row = state.row_of(chart.symbol if chart else None)
    if chart is None or row is None or row.session is None or state.link != "attached":
        return False
    return bool(chart.sessions) and chart.sessions[-1] < row.session


def at_sought(state: State) -> State:
    """With the cursor on the session that is sought, once the chart is the one of its symbol and holds it."""
    if state.sought is None or state.chart is None:
        return state
    if (state.chart.symbol, state.chart.range) != (state.selected, state.range):
        return state
    symbol, session = state.sought
    look = at_session(state.look, state.chart, session) if symbol == state.selected else state.look
    return replace(state, look=look, sought=None)
