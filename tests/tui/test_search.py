"""A symbol is added by its name: what is asked of the engine, and what is then seen."""

from textual.pilot import Pilot

from engine.errors import UnknownSymbol
from engine.protocol import AddSymbol, Search, SearchHit, SearchResults
from tests.tui import data
from tests.tui.conftest import build
from tests.tui.fakes import FakeClient
from tests.tui.test_keys import SETTLED, SIZE, press, settle, text

HITS = (SearchHit("NVDA", "NVIDIA", "NASDAQ", "equity"), SearchHit("NVD.DE", "NVIDIA", "Xetra", "equity"))


def finds(hits: tuple[SearchHit, ...]) -> FakeClient:
    """An engine whose searches find these."""
    return FakeClient(data.view(), lambda command: SearchResults(hits) if isinstance(command, Search) else None)


async def searched(pilot: Pilot[str], engine: FakeClient, *keys: str) -> None:
    """Types, and waits for the search that follows."""
    await press(pilot, "a", *keys)
    while not engine.asked_for(Search):
        await pilot.pause(SETTLED)
    await settle(pilot)


async def test_a_symbol_is_added_by_its_name() -> None:
    engine = finds(HITS)
    app = build(engine)
    async with app.run_test(size=SIZE) as pilot:
        await searched(pilot, engine, *"nvidia")
        assert "NVD.DE" in text(app, "#found")
        await press(pilot, "down", "down", "enter")
        assert engine.asked_for(AddSymbol) == [AddSymbol("NVD.DE")]
        assert not app.screen.query_one("#found").display


async def test_fast_typing_asks_for_its_last_letters_alone() -> None:
    engine = finds(HITS)
    async with build(engine).run_test(size=SIZE) as pilot:
        await searched(pilot, engine, *"nvidia")
        assert engine.asked_for(Search) == [Search("nvidia")]


async def test_nothing_found_is_said_and_the_text_is_added_as_it_stands() -> None:
    engine = finds(())
    app = build(engine)
    async with app.run_test(size=SIZE) as pilot:
        await searched(pilot, engine, *"xyzzy")
        assert "no symbol is called that" in text(app, "#found")
        await press(pilot, "enter")
        assert engine.asked_for(AddSymbol) == [AddSymbol("XYZZY")]


async def test_what_is_no_symbol_and_no_name_is_not_added_and_that_is_said() -> None:
    engine = finds(())
    app = build(engine)
    async with app.run_test(size=SIZE) as pilot:
        await searched(pilot, engine, *"삼성")
        await press(pilot, "enter")
        assert not engine.asked_for(AddSymbol)
        assert "삼성 is no symbol, and nothing was found by that name" in text(app, "#notice")


async def test_escape_leaves_the_search_and_adds_nothing() -> None:
    engine = finds(HITS)
    app = build(engine)
    async with app.run_test(size=SIZE) as pilot:
        await searched(pilot, engine, *"nvidia")
        await press(pilot, "escape")
        assert not app.screen.query_one("#found").display
        assert not engine.asked_for(AddSymbol)


async def test_a_search_that_is_refused_says_why_in_its_place() -> None:
    refusal = UnknownSymbol("the source cannot be asked now")
    engine = FakeClient(data.view(), lambda command: refusal if isinstance(command, Search) else None)
    app = build(engine)
    async with app.run_test(size=SIZE) as pilot:
        await searched(pilot, engine, *"nvidia")
        assert "cannot be asked now" in text(app, "#found")
        assert not app.screen.query_one("#notice").display
