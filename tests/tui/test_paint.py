"""What is sent: only the cells that changed, and rightly."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec.structs import replace
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.pilot import Pilot
from textual.strip import Strip

from engine.protocol import GetChart, View
from tests.tui import data, market
from tests.tui.conftest import build
from tests.tui.fakes import FakeClient
from tests.tui.painting import SIZE, Terminal, meant, painted, settle
from tui.columns import columns_of, fitting
from tui.events import Moved
from tui.messages import Happened
from tui.paint import changed_cells
from tui.widgets.watchlist_table import WatchlistTable

RED, BLUE = Style(color="red"), Style(color="blue")


def strip(*pieces: tuple[str, Style]) -> Strip:
    return Strip([Segment(text, style) for text, style in pieces])


@pytest.mark.parametrize(
    ("before", "after", "runs"),
    [
        ([("abc", RED)], [("abc", RED)], []),
        ([("abc", RED)], [("abd", RED)], [(2, 1)]),
        ([("abc", RED)], [("abc", BLUE)], [(0, 3)]),
        ([("abcdefgh", RED)], [("xbcdefgy", RED)], [(0, 1), (7, 1)]),
        ([("abcdefgh", RED)], [("xbcyefgh", RED)], [(0, 4)]),
        ([("삼성 12", RED)], [("삼성 13", RED)], [(6, 1)]),
        ([("삼성", RED)], [("삼부", RED)], [(2, 2)]),
    ],
)
def test_the_cells_that_differ_are_found(before: list, after: list, runs: list) -> None:  # type: ignore[type-arg]
    assert changed_cells(strip(*before), strip(*after)) == runs


class Refreshes:
    """The regions of the table that are refreshed from now on."""

    def __init__(self, pilot: Pilot[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.table = pilot.app.screen.query_one(WatchlistTable)
        self.regions: list[Region] = []
        self._refresh = self.table.refresh
        monkeypatch.setattr(self.table, "refresh", self._noted)

    def _noted(self, *regions: Region, **other: bool) -> object:
        self.regions += regions or [self.table.size.region]
        return self._refresh(*regions, **other)


async def test_a_change_elsewhere_refreshes_nothing_of_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = FakeClient(data.view())
    async with build(engine).run_test(size=SIZE) as pilot:
        await settle(pilot)
        refreshes = Refreshes(pilot, monkeypatch)
        engine.become(replace(engine.view, alarms=()))
        await settle(pilot)
        assert refreshes.regions == []


async def test_what_two_events_in_a_row_change_is_painted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    app = build(FakeClient(data.view()))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        refreshes = Refreshes(pilot, monkeypatch)
        for by in (1, -1):
            app.post_message(Happened(Moved(by)))
        await settle(pilot)
        assert refreshes.regions == []


async def test_a_new_price_refreshes_its_two_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = FakeClient(data.view())
    async with build(engine).run_test(size=SIZE) as pilot:
        await settle(pilot)
        refreshes = Refreshes(pilot, monkeypatch)
        first, *others = engine.view.rows
        engine.become(replace(engine.view, rows=(replace(first, close=127.91), *others)))
        await settle(pilot)
        x = refreshes.table.render_line(2).text.index("127.91") + len("127.")
        assert refreshes.regions == [Region(x, 2, 2, 1)]


async def test_moving_the_selection_refreshes_two_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    async with build(FakeClient(data.many(50))).run_test(size=SIZE) as pilot:
        await settle(pilot)
        refreshes = Refreshes(pilot, monkeypatch)
        await pilot.press("j")
        await settle(pilot)
        assert {region.y for region in refreshes.regions} == {2, 3}


async def test_moving_the_selection_makes_no_other_line_anew() -> None:
    async with build(FakeClient(data.many(50))).run_test(size=SIZE) as pilot:
        await settle(pilot)
        table = pilot.app.screen.query_one(WatchlistTable)
        before = [table.render_line(y) for y in range(table.size.height)]
        await pilot.press("j")
        await settle(pilot)
        assert [y for y, strip in enumerate(before) if table.render_line(y) is not strip] == [2, 3]


@pytest.mark.parametrize("view", [data.view, market.held_view], ids=["plain", "held"])
@pytest.mark.parametrize("room", range(20, 170, 3))
def test_columns_fill_the_room_and_drop_in_their_order(room: int, view: Callable[[], View]) -> None:
    every = columns_of(view().rows)
    columns = fitting(every, room)
    assert sum(cells for _, cells in columns) <= max(room, 20)
    kept = {column.drop for column, _ in columns}
    assert all(column.drop in kept for column in every if column.drop < max(kept))


def test_symbol_price_and_change_never_drop() -> None:
    assert [column.title for column, _ in fitting(columns_of(data.view().rows), 10)] == ["Last", "Chg %"]


async def test_the_terminal_shows_what_is_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal(monkeypatch)
    engine = FakeClient(data.view(rows=(*data.view().rows, data.row("005930.KS", "삼성전자"))))
    async with build(engine).run_test(size=SIZE) as pilot:
        await settle(pilot)
        for key in ("j", "s", "enter", "escape", "tab", "j", "slash", "g", "enter", "t"):
            await pilot.press(key)
            await settle(pilot)
        for change in (-1.0, 2.0):
            rows = tuple(replace(row, close=10 + change, change_pct=change) for row in engine.view.rows)
            engine.become(replace(engine.view, rows=rows))
            await settle(pilot)
        await pilot.pause(0.2)
        assert terminal.cells() == meant(pilot)


WALK = (
    *("tab", "tab", "slash", "g", "enter", "escape", "question_mark", "question_mark", "2", "tab", "j", "c"),
    *("question_mark", "escape", "1", "j", "2", "3", "tab", "1", "w", "escape", "6", "1"),
)
"""Panes, lines to type in, and screens that come and go."""


async def test_what_comes_and_goes_leaves_the_terminal_as_it_is_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal(monkeypatch)
    engine = FakeClient(data.view())
    async with build(engine).run_test(size=SIZE) as pilot:
        await settle(pilot)
        for number, key in enumerate(WALK):
            await pilot.press(key)
            rows = tuple(replace(row, close=10.0 + number) for row in data.view().rows)
            engine.become(replace(engine.view, rows=rows))
            await pilot.pause(0.25)
            assert terminal.cells() == meant(pilot), (number, key)


@pytest.mark.parametrize(("key", "most"), [("tab", 2_500), ("slash", 2_000), ("j", 2_500)])
async def test_a_key_sends_what_it_changes(key: str, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal(monkeypatch)
    async with build(FakeClient(data.many(50))).run_test(size=SIZE) as pilot:
        await pilot.pause(0.3)
        before = terminal.sent
        await pilot.press(key)
        await settle(pilot)
        assert 0 < terminal.sent - before <= most


async def test_what_changes_under_another_screen_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal(monkeypatch)
    engine = FakeClient(data.view())
    async with build(engine).run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.press("question_mark")
        await pilot.pause(0.3)
        before = terminal.sent
        engine.become(replace(engine.view, rows=tuple(replace(row, close=10.0) for row in engine.view.rows)))
        await pilot.pause(0.3)
        assert terminal.sent == before


async def test_a_covered_screen_asks_for_nothing(engine: FakeClient) -> None:
    async with build(engine).run_test(size=SIZE) as pilot:
        await pilot.press("3")
        await pilot.pause(0.3)
        before = len(engine.asked_for(GetChart))
        first, *others = engine.view.rows
        engine.become(replace(engine.view, rows=(replace(first, session=data.TODAY + timedelta(1)), *others)))
        await pilot.pause(0.3)
        assert len(engine.asked_for(GetChart)) == before


async def test_a_tick_of_fifty_tickers_stays_within_its_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = FakeClient(data.many(50))
    async with painted(monkeypatch, engine) as (terminal, pilot):
        before = terminal.sent
        rows = tuple(
            replace(
                row,
                close=(row.close or 0) * 1.02,
                change_pct=-(row.change_pct or 1),
                spark=(*row.spark[1:], row.spark[0]),
                momentum_10d=-(row.momentum_10d or 1),
                volatility_ratio=(row.volatility_ratio or 1) + 0.3,
            )
            for row in engine.view.rows
        )
        engine.become(replace(engine.view, rows=rows))
        await settle(pilot)
        assert 0 < terminal.sent - before <= 3 * 1024


async def test_a_tick_of_fifty_quotes_and_holdings_stays_within_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = data.many(50).rows
    before, after = (
        tuple(market.held(market.quoted(row, change), 100, change * 3) for row in shown) for change in (0.5, -1.7)
    )
    engine = FakeClient(data.live_view(rows=before))
    async with painted(monkeypatch, engine) as (terminal, pilot):
        sent = terminal.sent
        engine.become(replace(engine.view, rows=after))
        await settle(pilot)
        assert 0 < terminal.sent - sent <= 3 * 1024


@pytest.mark.parametrize("there", ["2", "3", "6", "question_mark", "colon", "slash"])
async def test_opening_and_leaving_a_screen_sends_no_cell_twice(monkeypatch: pytest.MonkeyPatch, there: str) -> None:
    async with painted(monkeypatch, FakeClient(data.many(50))) as (terminal, pilot):
        for key in (there, "escape"):
            before = terminal.drawn
            await pilot.press(key)
            await settle(pilot)
            await pilot.pause(0.3)
            assert 0 < terminal.drawn - before <= SIZE[0] * SIZE[1]


async def test_what_stands_there_already_is_not_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async with painted(monkeypatch, FakeClient(data.many(50))) as (terminal, pilot):
        before = terminal.sent
        pilot.app.refresh(layout=True)
        await settle(pilot)
        assert terminal.sent == before


async def test_a_terminal_that_hangs_is_not_written_ahead_for(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = FakeClient(data.many(50))
    async with painted(monkeypatch, engine) as (terminal, pilot):
        monkeypatch.setattr(pilot.app._driver, "behind", True, raising=False)
        sent = []
        for change in (1.0, 2.0, 3.0):
            rows = tuple(replace(row, close=10 + change, change_pct=change) for row in engine.view.rows)
            engine.become(replace(engine.view, rows=rows))
            await settle(pilot)
            sent.append(terminal.sent)
        assert sent[1] == sent[2]
        assert terminal.cells() != meant(pilot)
        monkeypatch.setattr(pilot.app._driver, "behind", False)
        await pilot.pause(0.5)
        assert terminal.cells() == meant(pilot)


async def test_after_a_resize_all_of_it_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    async with painted(monkeypatch, FakeClient(data.many(50))) as (terminal, pilot):
        await pilot.resize_terminal(100, 30)
        terminal.screen.reset()
        await pilot.resize_terminal(*SIZE)
        await settle(pilot)
        await pilot.pause(0.3)
        assert terminal.cells() == meant(pilot)


async def test_nothing_is_sent_when_nothing_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    async with painted(monkeypatch, FakeClient(data.many(50))) as (terminal, pilot):
        before = terminal.sent
        await pilot.pause(1.0)
        assert terminal.sent == before
