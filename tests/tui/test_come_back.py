"""A chart that fell behind its list while another screen covered it is not shown as if it were of now."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot

from engine.protocol import GetChart, View
from tests.tui import data
from tests.tui.conftest import build
from tests.tui.fakes import FakeClient
from tests.tui.test_keys import SETTLED, SIZE, press, seen, settle
from tui.app import WhipsawApp
from tui.charting import behind
from tui.reduce import reduce
from tui.stage import Stage
from tui.state import State

WAYS = [
    ((), "question_mark", "escape"),
    ((), "6", "1"),
    (("enter",), "question_mark", "escape"),
    (("enter",), "6", "2"),
]
"""What opens the screen of the chart, covers it, and leads back to it."""


def next_session(view: View) -> View:
    """The list a session later."""
    rows = tuple(replace(row, session=data.TODAY + timedelta(days=1)) for row in view.rows)
    return replace(view, rows=rows)


def shown(app: WhipsawApp) -> str:
    """The chart's pane on the screen on top."""
    pane = app.screen.query_one("#chart, #whole")
    return "\n".join(pane.render_line(y).text for y in range(pane.size.height))


async def covered_for_a_session(pilot: Pilot[str], engine: FakeClient, way: tuple[tuple[str, ...], str, str]) -> None:
    """The chart is there, is covered, and the list goes on."""
    opened, cover, _ = way
    await press(pilot, *opened)
    await pilot.pause(2 * SETTLED)
    assert "reading AAPL" not in shown(pilot.app)  # type: ignore[arg-type]
    await press(pilot, cover)
    engine.become(next_session(engine.view))
    await settle(pilot)


@pytest.fixture
def engine() -> FakeClient:
    return FakeClient(data.view())


@pytest.mark.parametrize("way", WAYS, ids=str)
async def test_a_chart_left_behind_is_not_seen_until_the_next_has_come(
    engine: FakeClient, way: tuple[tuple[str, ...], str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = build(engine)
    async with app.run_test(size=SIZE) as pilot:
        await covered_for_a_session(pilot, engine, way)
        for stage in (Stage, type(app.screen_stack[0])):
            monkeypatch.setattr(stage, "want", lambda _: None)
        await press(pilot, way[2])
        assert "reading AAPL" in shown(app)
        app._happened(data.chart("AAPL"))
        await settle(pilot)
        assert "reading AAPL" not in shown(app)


@pytest.mark.parametrize("way", WAYS, ids=str)
async def test_the_next_chart_is_asked_for_once_its_screen_is_come_back_to(
    engine: FakeClient, way: tuple[tuple[str, ...], str, str]
) -> None:
    app = build(engine)
    async with app.run_test(size=SIZE) as pilot:
        await covered_for_a_session(pilot, engine, way)
        before = len(engine.asked_for(GetChart))
        await press(pilot, way[2])
        await pilot.pause(2 * SETTLED)
        assert len(engine.asked_for(GetChart)) == before + 1
        assert "reading AAPL" not in shown(app)


async def test_a_chart_of_the_session_of_the_list_is_seen_at_once(engine: FakeClient) -> None:
    app = build(engine)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "question_mark")
        await press(pilot, "escape")
        assert seen(app).chart is not None
        assert "reading AAPL" not in shown(app)


@pytest.mark.parametrize(
    ("change", "holds"),
    [
        (lambda state: state, False),
        (lambda state: reduce(state, next_session(data.view())), True),
        (lambda state: replace(reduce(state, next_session(data.view())), link="lost"), False),
        (lambda state: replace(reduce(state, next_session(data.view())), chart=None), False),
        (lambda state: replace(state, view=replace(data.view(), rows=())), False),
    ],
    ids=["of its session", "a session older", "nobody to ask", "no chart", "off the list"],
)
def test_a_chart_is_behind_where_its_row_tells_of_a_later_session(
    change: Callable[[State], State], holds: bool
) -> None:
    there = reduce(reduce(State(now=data.NOW), data.view()), data.chart("AAPL"))
    assert behind(change(there)) == holds
