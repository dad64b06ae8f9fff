"""What stands in the place of a chart, by state alone."""

from typing import Literal

import pytest
from msgspec.structs import replace

from engine.protocol import Feed, Row
from tests.tui import data
from tui.events import Found
from tui.heading import why_no_chart
from tui.reduce import reduce
from tui.state import State


@pytest.mark.parametrize(("state", "told"), [("failing", True), ("ok", False)])
def test_who_has_no_network_and_no_prices_yet_is_told_of_the_demo(state: Literal["failing", "ok"], told: bool) -> None:
    view = data.view(rows=(Row("AAPL", why="Yahoo cannot be reached"),))
    words = why_no_chart(reduce(State(), replace(view, status=replace(view.status, feed=Feed(state=state)))))
    assert ("whipsaw demo" in words) is told


def test_who_has_prices_is_not_told_of_the_demo() -> None:
    view = data.view()
    view = replace(view, status=replace(view.status, feed=Feed(state="failing")))
    assert "whipsaw demo" not in why_no_chart(reduce(State(), view))


def test_without_a_selected_ticker_the_place_of_the_chart_says_why() -> None:
    empty, filtered = reduce(State(), data.view(rows=())), reduce(reduce(State(), data.view()), Found("zzz"))
    assert "the list is empty" in why_no_chart(empty)
    assert "matches its filter" in why_no_chart(filtered)
