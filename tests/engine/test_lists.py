"""Lists edited by name through the wire: what is answered, and what screens then show."""

import pytest

from engine.errors import BadRequest
from engine.protocol import (
    AddSymbol,
    AddTickers,
    Attach,
    Edited,
    GetLists,
    ImportWatchlist,
    ListShown,
    ListsKept,
    RemoveSymbol,
    RemoveTickers,
    Search,
    ShowWatchlist,
)
from tests.engines import client_of, running, until, write_all
from tests.worlds import history


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


@pytest.fixture
def files(tmp_path):
    return write_all(tmp_path / "files", [history(name, 300, seed=seed) for seed, name in enumerate(("AAA", "BBB"))])


def symbols(view):
    return [row.symbol for row in view.rows]


async def test_a_script_s_edit_is_seen_on_a_screen_that_shows_the_list(home):
    async with running(home, "replay"), client_of(home) as screen, client_of(home) as script:
        view = await screen.ask(Attach())
        assert await script.ask(AddTickers(("FB",))) == Edited("sample", added=("FB",))
        view = await until(view, screen, lambda now: symbols(now) == ["AAPL", "GOOG", "IBM", "MSFT", "FB"])
        assert await script.ask(RemoveTickers(("GOOG", "FB"))) == Edited("sample", removed=("GOOG", "FB"))
        await until(view, screen, lambda now: symbols(now) == ["AAPL", "IBM", "MSFT"])


async def test_an_imported_list_can_be_chosen_on_a_screen_at_once(home, tmp_path):
    (tmp_path / "port.csv").write_text("Symbol,Quantity,Purchase Price\nIBM,10,120.5\n")
    async with running(home, "replay"), client_of(home) as screen, client_of(home) as script:
        view = await screen.ask(Attach())
        assert await script.ask(ImportWatchlist(str(tmp_path / "port.csv"))) == Edited("port", added=("IBM",))
        await until(view, screen, lambda now: "port" in now.watchlist.names)
        shown = await script.ask(ShowWatchlist("port"))
        assert isinstance(shown, ListShown)
        assert [(each.symbol, each.shares, each.cost) for each in shown.tickers] == [("IBM", 10.0, 120.5)]


async def test_all_lists_are_told_with_what_is_in_them(home):
    async with running(home, "replay"), client_of(home) as script:
        told = await script.ask(GetLists())
        assert isinstance(told, ListsKept)
        assert {each.name: each.tickers for each in told.lists}["sample"] == 4


async def test_offline_a_symbol_is_found_by_its_name_in_any_list(home):
    async with running(home, "replay"), client_of(home) as script:
        found = await script.ask(Search("하이닉스"))
        assert [(hit.symbol, hit.kind) for hit in found.hits] == [("000660.KS", "in kospi-large")]


async def test_without_a_name_the_default_list_is_shown(home):
    async with running(home, "replay"), client_of(home) as script:
        shown = await script.ask(ShowWatchlist())
        assert (shown.name, [each.symbol for each in shown.tickers]) == ("sample", ["AAPL", "GOOG", "IBM", "MSFT"])


async def test_where_the_default_is_all_that_a_source_holds_an_edit_needs_a_name(home, files):
    async with running(home, f"files:{files}"), client_of(home) as script:
        with pytest.raises(BadRequest, match="no list is named"):
            await script.ask(AddTickers(("AAA",)))
        assert await script.ask(AddTickers(("AAA",), "mine", new=True)) == Edited("mine", added=("AAA",))


async def test_what_a_screen_takes_off_and_puts_back_keeps_its_holding(home):
    async with running(home, "replay"), client_of(home) as client:
        own = home / "watchlists" / "held.toml"
        own.parent.mkdir(parents=True)
        own.write_text('[[ticker]]\nsymbol = "IBM"\n\n[[ticker]]\nsymbol = "AAPL"\nshares = 3\ncost = 20.5\n')
        await client.ask(Attach(watchlist="held"))
        removed = await client.ask(RemoveSymbol("AAPL"))
        await client.ask(AddSymbol("AAPL", removed.position))
        shown = await client.ask(ShowWatchlist("held"))
        assert [(each.symbol, each.shares, each.cost) for each in shown.tickers][1] == ("AAPL", 3.0, 20.5)
