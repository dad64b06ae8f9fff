"""What stands in the frame of a chart: symbol and price, the ranges, where its prices come from."""

from engine.format import ago, direction, moment, percent, plain, price, unit_words
from engine.protocol import Row
from tui.exchanges import zone_of
from tui.facts import change_of
from tui.spans import Spans, joined, trend
from tui.state import RANGES, State

_BRIEF = 4
"""Cells of a unit that are as good as its code."""
_ALL_RANGES = 66
"""Cells of the pane from which all ranges stand beside a title."""


def title(state: State, width: int) -> Spans:
    """Symbol, price, change; the name where there is room."""
    chart = state.chart
    symbol = chart.symbol if chart else state.selected
    row = state.row_of(symbol)
    if symbol is None:
        return [("Chart", "dim")]
    told: Spans = [(plain(symbol), "text bold")]
    if row is None or row.close is None:
        return told
    wide = width >= 90
    unit = _unit(state, row, wide=wide)
    told += [(f" {_quote(row)} ", "text"), (f"{unit} " if unit else "", "dim")]
    change = change_of(row)
    if change is not None:
        told += [(f"{direction(change)} {percent(abs(change))} %", trend(change))]
    if wide and row.name:
        told += [(f"  {plain(row.name)}", "dim")]
    return told


def ranges(state: State, width: int) -> Spans:
    """The one shown, and its neighbours or all of them."""
    here = state.range
    if width < 48:
        return [(f"‹{here}›", "key")]
    place = RANGES.index(here)
    near = RANGES if width >= _ALL_RANGES else RANGES[max(min(place - 1, len(RANGES) - 3), 0) :][:3]
    return joined(([(f"‹{name}›", "key")] if name == here else [(name, "dim")] for name in near), (" ", "dim"))


def foot(state: State) -> Spans:
    """Where the prices come from and how old they are; a quote outside the session; whose clock the axis shows."""
    row, view, chart = state.row_of(state.chart.symbol if state.chart else None), state.view, state.chart
    if row is None or view is None or view.status.replay:
        return []
    zone = zone_of(view, row)
    source = f"{plain(row.source)} {ago(state.now - row.fetched_at)}" if row.source and row.fetched_at else ""
    quote = ""
    if row.price is not None and row.price_at:
        phase = {"pre": "pre-market", "post": "post-market"}.get(row.phase or "", "quote")
        quote = f"{phase} {moment(row.price_at, zone, state.now)}"
    clock = f"{zone.rpartition('/')[2].replace('_', ' ') or 'UTC'} time" if chart and chart.times else ""
    return [(" · ".join(filter(None, (source, quote, clock))), "dim")] if source or quote or clock else []


def why_no_chart(state: State) -> str:
    """What stands in a chart's place, and what works all the same where its source has given nothing yet."""
    return " · ".join(filter(None, (_why_none(state), _meanwhile(state))))


def _why_none(state: State) -> str:
    if state.no_chart:
        return plain(state.no_chart)
    if state.view is None:
        return state.words
    if state.selected:
        return f"reading {plain(state.selected)}…"
    return "nothing on the list matches its filter" if state.view.rows else "the list is empty, so there is no chart"


def _meanwhile(state: State) -> str:
    view = state.view
    nothing = view is not None and view.status.feed.state == "failing" and not any(row.session for row in view.rows)
    return "whipsaw demo shows real prices of 2008 without a network" if nothing else ""


def _unit(state: State, row: Row, *, wide: bool) -> str:
    """What the price counts; the code where words have no room, and no code behind pence, which say it."""
    chart = state.chart
    words = (chart.unit if chart and chart.symbol == row.symbol else "") or unit_words(row.currency)
    return plain(words if wide or len(words) <= _BRIEF else "" if _quote(row).endswith("p") else row.currency)


def _quote(row: Row) -> str:
    return price(row.close if row.price is None else row.price, row.currency, row.symbol)
