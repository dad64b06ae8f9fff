"""A pane may pass over a change of what it says it draws nothing of: so it must not draw from it."""

from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from tests.tui import data
from tests.tui.charting import explanation
from tests.tui.modelling import models
from tui.journey import Journey
from tui.pane import Pane
from tui.reduce import reduce
from tui.state import State
from tui.widgets.alarm_feed import AlarmFeed
from tui.widgets.evidence_panes import Detectors, Evidence
from tui.widgets.price_chart import PriceChart
from tui.widgets.status_bar import StatusBar
from tui.widgets.watchlist_table import WatchlistTable

PANES = (StatusBar, WatchlistTable, PriceChart, AlarmFeed, Evidence, Detectors)
SIZES = ((120, 40), (46, 12), (46, 1))


class Read(State, frozen=True):
    """Remembers which of its parts were read."""

    def __getattribute__(self, name: str) -> object:
        if name in State.__struct_fields__:
            READ.add(name)
        return super().__getattribute__(name)


READ: set[str] = set()


def states() -> Iterator[State]:
    """Empty, attached, filtered, grouped, with a chart and without one, lost, on the way and at an earlier session."""
    view = data.view()
    there = reduce(State(now=data.NOW), view)
    yield State(now=data.NOW)
    yield there
    row = view.rows[0]
    yield replace(there, chart=data.chart(row.symbol, "6M"), explanation=explanation(row.symbol))
    yield replace(there, chart=data.chart(row.symbol, "1Y"), find="a", private=True, grouped=True)
    yield replace(there, no_chart="no such symbol", selected=None, rows=(), lines=())
    yield replace(there, link="lost", words="gone", journey=Journey(data.TODAY), playing=True)
    yield replace(there, view=replace(view, alarms=(), rows=(), jobs=(data.JOB,)), rows=(), lines=())
    yield replace(there, view=replace(view, status=replace(view.status, as_of=data.TODAY)), models=models())


@pytest.mark.parametrize("of", PANES)
def test_a_pane_draws_from_no_part_that_it_says_it_does_not_show(of: type[Pane]) -> None:
    pane = of()  # type: ignore[call-arg]
    READ.clear()
    for state in states():
        pane.state = Read(**{name: getattr(state, name) for name in State.__struct_fields__})
        for size in SIZES:
            pane.paint(*size)
    assert READ
    assert not READ & pane.UNSEEN


class Counted(StatusBar):
    """Counts how often it is drawn."""

    drawn = 0

    def repaint(self) -> None:
        """Counted."""
        self.drawn += 1


def test_a_pane_is_not_drawn_for_a_change_that_it_does_not_show() -> None:
    pane, there = Counted(), reduce(State(now=data.NOW), data.view())
    pane.show(there)
    pane.show(replace(there, used=frozenset({"j"}), notice="told"))
    assert pane.drawn == 1


def test_a_pane_is_drawn_for_a_change_that_it_shows() -> None:
    pane, there = Counted(), reduce(State(now=data.NOW), data.view())
    pane.show(there)
    pane.show(replace(there, link="lost"))
    assert pane.drawn == 2
