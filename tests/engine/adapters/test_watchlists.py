"""Watchlists: reading, editing without losing a comment, and what is refused."""

import dataclasses
import math
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import watchlists
from engine.adapters.watchlists import TomlWatchlists
from engine.errors import BadRequest, ConfigError, UnknownSymbol, UnknownWatchlist
from engine.ports import List, Ticker

MINE = """\
# my list
title = "Mine"  # a title

# technology
[[ticker]] # the first
symbol = "AAPL"
name = "Apple" # fruit

# banks
[[ticker]]
symbol = "JPM"

# the end
"""

WHOLE = """\
title = "Mine"
interval = "1h"
currency = "KRW"

# chips
[[ticker]]
symbol = "005930.KS"
name = "삼성전자"
group = "chips" # half of it
shares = 10.5
cost = 71200
above = 90000
below = 60000.0
move = 4.5
"""
WHOLE_TICKER = Ticker("005930.KS", "삼성전자", "chips", 10.5, 71200.0, 90000.0, 60000.0, 4.5)


def lists(folder: Path, text: str = MINE) -> TomlWatchlists:
    (folder / "user").mkdir(exist_ok=True)
    (folder / "user" / "mine.toml").write_bytes(text.encode())
    return TomlWatchlists(folder / "user", watchlists.folder())


def text_of(folder: Path, name: str = "mine") -> str:
    return (folder / "user" / f"{name}.toml").read_text()


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        lists(folder, text).read("mine")
    return str(caught.value)


def symbols(found: List) -> list[str]:
    return [ticker.symbol for ticker in found.tickers]


# --- reading ---


def test_shipped_and_own_lists_are_named_together(tmp_path: Path) -> None:
    assert lists(tmp_path).names() == (
        "dow30",
        "kospi-large",
        "mine",
        "sample",
        "sector-etfs",
        "us-megacaps",
    )


def test_without_a_folder_of_the_users_the_shipped_lists_are_there(tmp_path: Path) -> None:
    assert "sample" in TomlWatchlists(tmp_path / "none", watchlists.folder()).names()


def test_a_list_has_its_title_and_its_tickers_in_order(tmp_path: Path) -> None:
    assert lists(tmp_path).read("mine") == List("mine", "Mine", (Ticker("AAPL", "Apple"), Ticker("JPM")))


def test_the_sample_list_is_what_the_demo_shows(tmp_path: Path) -> None:
    assert symbols(lists(tmp_path).read("sample")) == ["AAPL", "GOOG", "IBM", "MSFT"]


def test_the_mega_caps_are_twelve_with_names(tmp_path: Path) -> None:
    tickers = lists(tmp_path).read("us-megacaps").tickers
    assert len([ticker for ticker in tickers if ticker.name]) == 12


@pytest.mark.parametrize(
    ("name", "count", "currency"), [("dow30", 30, "USD"), ("kospi-large", 30, "KRW"), ("sector-etfs", 15, "USD")]
)
def test_a_shipped_list_is_whole_and_each_of_its_tickers_has_name_and_group(
    tmp_path: Path, name: str, count: int, currency: str
) -> None:
    found = lists(tmp_path).read(name)
    assert (len([each for each in found.tickers if each.name and each.group]), found.currency) == (count, currency)


def test_the_korean_list_trades_in_seoul_under_korean_names(tmp_path: Path) -> None:
    tickers = lists(tmp_path).read("kospi-large").tickers
    assert all(re.fullmatch(r"\d{6}\.KS", ticker.symbol) for ticker in tickers)
    assert Ticker("005930.KS", "삼성전자", "semiconductors") in tickers


@pytest.mark.parametrize("name", ["dow30", "kospi-large", "sector-etfs"])
def test_a_shipped_list_says_as_of_when_it_was_put_together(name: str) -> None:
    first = (watchlists.folder() / f"{name}.toml").read_text(encoding="utf-8").splitlines()[0]
    assert re.match(r"# .*\b20\d\d\b", first)


def test_every_key_of_a_list_and_of_a_ticker_is_read(tmp_path: Path) -> None:
    assert lists(tmp_path, WHOLE).read("mine") == List("mine", "Mine", (WHOLE_TICKER,), interval="1h", currency="KRW")


def test_a_whole_number_is_a_number(tmp_path: Path) -> None:
    assert lists(tmp_path, '[[ticker]]\nsymbol = "A"\nshares = -3\n').read("mine").tickers[0].shares == -3.0


def test_a_list_of_the_users_hides_the_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "sample.toml").write_text('title = "Own"\n')
    assert TomlWatchlists(tmp_path, watchlists.folder()).read("sample").title == "Own"


def test_a_list_without_a_title_has_its_name(tmp_path: Path) -> None:
    assert lists(tmp_path, "").read("mine") == List("mine", "mine", ())


def test_control_characters_are_taken_out_of_names(tmp_path: Path) -> None:
    found = lists(tmp_path, '[[ticker]]\nsymbol = "A"\nname = "x\\u001b[31mred"\n').read("mine")
    assert found.tickers[0].name.isprintable()


# --- making a list ---


def test_a_new_list_holds_what_it_was_made_with(tmp_path: Path) -> None:
    mine = TomlWatchlists(tmp_path / "user", watchlists.folder())
    mine.create("new", (WHOLE_TICKER, Ticker("JPM")), 'Größe "1"')
    assert mine.read("new") == List("new", 'Größe "1"', (WHOLE_TICKER, Ticker("JPM")))


def test_a_new_list_may_be_empty_and_is_then_filled(tmp_path: Path) -> None:
    mine = TomlWatchlists(tmp_path / "user", watchlists.folder())
    mine.create("new", ())
    mine.add("new", WHOLE_TICKER)
    assert mine.read("new") == List("new", "new", (WHOLE_TICKER,))


def test_the_comment_of_a_new_list_shows_every_key_there_is(tmp_path: Path) -> None:
    mine = TomlWatchlists(tmp_path / "user", watchlists.folder())
    mine.create("new", ())
    shown = [line.removeprefix("# ") for line in text_of(tmp_path, "new").splitlines() if re.match(r"# [\[a-z]", line)]
    (tmp_path / "user" / "shown.toml").write_text("\n".join(re.sub(r"  +\S.*", "", line) for line in shown))
    found = mine.read("shown")
    assert (found.interval, found.currency) == ("15m", "USD")
    assert None not in dataclasses.astuple(found.tickers[0])
    assert "" not in dataclasses.astuple(found.tickers[0])


def test_a_list_that_is_the_users_already_is_not_made_again(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="there is a list mine already"):
        lists(tmp_path).create("mine", (Ticker("AAPL"),))
    assert text_of(tmp_path) == MINE


def test_a_list_of_a_shipped_ones_name_is_the_users_own(tmp_path: Path) -> None:
    mine = TomlWatchlists(tmp_path / "user", watchlists.folder())
    mine.create("sample", (Ticker("JPM"),))
    assert symbols(mine.read("sample")) == ["JPM"]


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".x", "a\nb", "\x1b[31m"])
def test_what_cannot_be_a_file_name_is_no_name_for_a_list(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadRequest, match="not a name for a list"):
        TomlWatchlists(tmp_path / "user", watchlists.folder()).create(name, ())


@pytest.mark.parametrize(
    ("tickers", "says"),
    [
        ((Ticker("A"), Ticker("a")), "twice in the list"),
        ((Ticker("A B"),), "not a symbol"),
        ((Ticker("A", cost=0.0),), "A: cost is out of range"),
        ((Ticker("A", shares=math.nan),), "A: shares is out of range"),
    ],
)
def test_a_list_that_could_not_be_read_is_not_made(tmp_path: Path, tickers: tuple[Ticker, ...], says: str) -> None:
    with pytest.raises(BadRequest, match=says):
        TomlWatchlists(tmp_path / "user", watchlists.folder()).create("new", tickers)
    assert not (tmp_path / "user" / "new.toml").exists()


# --- a change on disk ---


def test_the_stamp_stays_while_the_file_does(tmp_path: Path) -> None:
    mine = lists(tmp_path)
    assert mine.stamp("mine") == mine.stamp("mine") is not None


def test_the_stamp_differs_once_the_file_was_edited(tmp_path: Path) -> None:
    mine = lists(tmp_path)
    before = mine.stamp("mine")
    mine.add("mine", Ticker("NVDA"))
    assert mine.stamp("mine") != before


def test_the_stamp_differs_once_a_list_of_the_users_hides_the_shipped_one(tmp_path: Path) -> None:
    mine = TomlWatchlists(tmp_path / "user", watchlists.folder())
    before = mine.stamp("sample")
    mine.add("sample", Ticker("FB"))
    assert mine.stamp("sample") != before


# --- editing ---


def test_a_ticker_with_every_key_is_added_as_it_is(tmp_path: Path) -> None:
    mine = lists(tmp_path)
    mine.add("mine", WHOLE_TICKER, 1)
    assert mine.read("mine").tickers[1] == WHOLE_TICKER


def test_removing_a_ticker_takes_all_its_keys_and_leaves_the_comments(tmp_path: Path) -> None:
    mine = lists(tmp_path, WHOLE)
    assert mine.remove("mine", "005930.KS") == (WHOLE_TICKER, 0)
    left = [line for line in text_of(tmp_path).splitlines() if line]
    assert left == ['title = "Mine"', 'interval = "1h"', 'currency = "KRW"', "# chips"]


def test_a_ticker_is_added_at_the_end(tmp_path: Path) -> None:
    mine = lists(tmp_path)
    mine.add("mine", Ticker("nvda", "NVIDIA"))
    assert mine.read("mine").tickers[-1] == Ticker("NVDA", "NVIDIA")


@pytest.mark.parametrize(("position", "found"), [(0, 0), (1, 1), (2, 2), (99, 2), (-5, 0)])
def test_a_ticker_is_added_at_its_position(tmp_path: Path, position: int, found: int) -> None:
    mine = lists(tmp_path)
    mine.add("mine", Ticker("NVDA"), position)
    assert symbols(mine.read("mine")).index("NVDA") == found


@pytest.mark.parametrize("position", [0, 1, 2])
def test_adding_leaves_every_other_line_as_it_was(tmp_path: Path, position: int) -> None:
    lists(tmp_path).add("mine", Ticker("NVDA"), position)
    added = text_of(tmp_path).replace('[[ticker]]\nsymbol = "NVDA"\n', "")
    assert [line for line in added.splitlines() if line] == [line for line in MINE.splitlines() if line]


def test_a_comment_stays_above_the_ticker_it_belongs_to(tmp_path: Path) -> None:
    lists(tmp_path).add("mine", Ticker("NVDA"), 1)
    assert '# banks\n[[ticker]]\nsymbol = "JPM"\n' in text_of(tmp_path)


def test_removing_leaves_the_comments_between_the_tickers(tmp_path: Path) -> None:
    lists(tmp_path).remove("mine", "AAPL")
    assert all(comment in text_of(tmp_path) for comment in ("# my list", "# technology", "# banks", "# the end"))


def test_removing_gives_the_ticker_and_its_position(tmp_path: Path) -> None:
    assert lists(tmp_path).remove("mine", "jpm") == (Ticker("JPM"), 1)


def test_removing_can_be_undone(tmp_path: Path) -> None:
    mine = lists(tmp_path)
    before = mine.read("mine")
    mine.add("mine", *mine.remove("mine", "AAPL"))
    assert mine.read("mine") == before


def test_a_shipped_list_is_copied_when_it_is_first_edited(tmp_path: Path) -> None:
    mine = TomlWatchlists(tmp_path / "user", watchlists.folder())
    before = (watchlists.folder() / "sample.toml").read_bytes()
    mine.add("sample", Ticker("FB"))
    assert symbols(mine.read("sample"))[-1] == "FB"
    assert (watchlists.folder() / "sample.toml").read_bytes() == before


def test_a_ticker_can_be_added_to_an_empty_file(tmp_path: Path) -> None:
    mine = lists(tmp_path, "")
    mine.add("mine", Ticker("AAPL"))
    assert symbols(mine.read("mine")) == ["AAPL"]


def test_line_ends_of_the_file_are_kept(tmp_path: Path) -> None:
    mine = lists(tmp_path, MINE.replace("\n", "\r\n"))
    mine.add("mine", Ticker("NVDA"), 1)
    data = (tmp_path / "user" / "mine.toml").read_bytes()
    assert data.count(b"\n") == data.count(b"\r\n")


def test_an_edit_leaves_no_other_file_behind(tmp_path: Path) -> None:
    lists(tmp_path).add("mine", Ticker("NVDA"))
    assert [path.name for path in (tmp_path / "user").iterdir()] == ["mine.toml"]


def test_a_link_to_a_list_stays_a_link(tmp_path: Path) -> None:
    mine = lists(tmp_path)
    (tmp_path / "dotfile").write_text(MINE)
    (tmp_path / "user" / "linked.toml").symlink_to(tmp_path / "dotfile")
    mine.remove("linked", "JPM")
    assert (tmp_path / "user" / "linked.toml").is_symlink()
    assert "JPM" not in (tmp_path / "dotfile").read_text()


def test_tickers_that_are_no_tables_are_not_edited(tmp_path: Path) -> None:
    mine = lists(tmp_path, 'ticker = [{symbol = "A"}, {symbol = "B"}]\n')
    with pytest.raises(ConfigError, match=r"Edit it by hand, as \[\[ticker\]\] tables"):
        mine.remove("mine", "A")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lists")


names = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)
edits = st.lists(st.tuples(st.sampled_from("ABCDEF"), names, st.integers(-1, 7)), max_size=12)


numbers = st.floats(min_value=1e-9, max_value=1e18)
tickers = st.builds(
    Ticker,
    symbol=st.sampled_from("ABCDEF"),
    shares=st.none() | numbers | numbers.map(lambda value: -value),
    cost=st.none() | numbers,
    above=st.none() | numbers,
    below=st.none() | numbers,
    move=st.none() | numbers,
)


@given(ticker=tickers)
@settings(deadline=None, max_examples=50)
def test_any_holding_is_read_as_it_was_written(folder: Path, ticker: Ticker) -> None:
    mine = lists(folder)
    mine.add("mine", ticker)
    assert mine.read("mine").tickers[-1] == ticker


@given(edits=edits)
@settings(deadline=None, max_examples=50)
def test_any_edits_end_in_the_list_they_describe(folder: Path, edits: list[tuple[str, str, int]]) -> None:
    mine, expected = lists(folder), ["AAPL", "JPM"]
    for symbol, name, position in edits:
        if symbol in expected:
            mine.remove("mine", symbol)
            expected.remove(symbol)
        else:
            mine.add("mine", Ticker(symbol, name), position)
            expected.insert(max(0, position), symbol)
    assert symbols(mine.read("mine")) == expected
    assert all(comment in text_of(folder) for comment in ("# my list", "# technology", "# banks", "# the end"))


# --- what is refused ---


def test_an_unknown_list_is_told_its_nearest_neighbour(tmp_path: Path) -> None:
    with pytest.raises(UnknownWatchlist, match=r"no such watchlist \(received: sampel\)\. There is sample"):
        lists(tmp_path).read("sampel")


@pytest.mark.parametrize("name", ["../mine", "a/b", "", ".mine", "a\\b", "a\nb"])
def test_a_name_that_is_no_file_name_is_no_list(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnknownWatchlist):
        lists(tmp_path).read(name)


def test_a_ticker_is_not_added_twice(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="AAPL is in mine already"):
        lists(tmp_path).add("mine", Ticker("aapl"))


@pytest.mark.parametrize("symbol", ["", "A B", "../x", "\x1bA", "x" * 33, 'A"'])
def test_what_cannot_be_a_symbol_is_not_added(tmp_path: Path, symbol: str) -> None:
    with pytest.raises(BadRequest, match="not a symbol"):
        lists(tmp_path).add("mine", Ticker(symbol))


@pytest.mark.parametrize("symbol", ["^KS11", "EURUSD=X", "BRK-B", "005930.KS", "BRK.B"])
def test_odd_symbols_are_symbols(tmp_path: Path, symbol: str) -> None:
    mine = lists(tmp_path)
    mine.add("mine", Ticker(symbol))
    assert symbols(mine.read("mine"))[-1] == symbol


def test_a_ticker_that_is_not_there_cannot_be_removed(tmp_path: Path) -> None:
    with pytest.raises(UnknownSymbol, match=r"not in mine \(received: APPL\)\. There is AAPL"):
        lists(tmp_path).remove("mine", "APPL")


def test_broken_toml_is_refused_with_its_line(tmp_path: Path) -> None:
    assert "mine.toml, line 2: not TOML" in refusal(tmp_path, 'title = "x"\nticker = \n')


def test_a_number_without_end_is_refused_in_words(tmp_path: Path) -> None:
    assert "not TOML" in refusal(tmp_path, f"title = {'9' * 5_000}\n")


@pytest.mark.parametrize(
    ("text", "line", "near"),
    [('titel = "x"\n', 1, "title"), ('title = "x"\n\n[[ticker]]\nsymbol = "A"\nnmae = "x"\n', 5, "name")],
)
def test_an_unknown_key_is_refused_with_the_nearest_known_one(tmp_path: Path, text: str, line: int, near: str) -> None:
    words = refusal(tmp_path, text)
    assert f"line {line}, key " in words
    assert f"Did you mean {near}?" in words


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('shares = "ten"', "line 4, key shares: not a number (received: ten). Write a number of shares"),
        ("shares = true", "line 4, key shares: not a number (received: True)"),
        ("shares = inf", "line 4, key shares: out of range (received: inf)"),
        ("cost = 0", "line 4, key cost: out of range (received: 0). Write the price paid for one share, above 0"),
        ("cost = nan", "line 4, key cost: out of range (received: nan)"),
        ("above = -1.5", "line 4, key above: out of range (received: -1.5). Write a price above 0"),
        ("below = [1]", "line 4, key below: not a number (received: [1])"),
        ("move = 0", "line 4, key move: out of range (received: 0). Write per cent in a day, above 0"),
        (f"above = {'9' * 400}", "line 4, key above: out of range (received: 999"),
        ("group = 3", 'line 4, key group: not a text (received: 3). Write group = "..."'),
        ("shars = 3", "line 4, key shars: unknown key (received: shars). Did you mean shares?"),
        ('currency = "USD"', "It is a key of the list: write it above the first [[ticker]]"),
        ("xyzzy = 1", "Keys of a ticker are symbol, name, group, shares, cost, above, below, move"),
    ],
)
def test_a_key_of_a_ticker_that_cannot_be_used_says_where_and_what(tmp_path: Path, line: str, says: str) -> None:
    assert says in refusal(tmp_path, f'title = "x"\n[[ticker]]\nsymbol = "A"\n{line}\n')


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('interval = "1m"', "line 2, key interval: no such interval (received: 1m). Allowed are 1d, 1h, 15m, 5m"),
        ("interval = 1", "line 2, key interval: not a text (received: 1)"),
        ('currency = "GBp"', "line 2, key currency: not a currency (received: GBp). Write an ISO code, like USD"),
        ("move = 5", "It is a key of a ticker: write it below its [[ticker]]"),
    ],
)
def test_a_key_of_the_list_that_cannot_be_used_says_where_and_what(tmp_path: Path, line: str, says: str) -> None:
    assert says in refusal(tmp_path, f'title = "x"\n{line}\n')


def test_a_ticker_without_a_symbol_is_refused(tmp_path: Path) -> None:
    words = refusal(tmp_path, '[[ticker]]\nsymbol = "A"\n\n[[ticker]]\nname = "B"\n')
    assert "line 4, key symbol: not a symbol (received: nothing)" in words


def test_a_value_of_the_wrong_kind_is_refused(tmp_path: Path) -> None:
    words = refusal(tmp_path, "title = 3\n")
    assert 'line 1, key title: not a text (received: 3). Write title = "..."' in words


def test_a_symbol_that_stands_there_twice_is_refused_at_the_second(tmp_path: Path) -> None:
    words = refusal(tmp_path, '[[ticker]]\nsymbol = "A"\n[[ticker]]\nsymbol = "a"\n')
    assert "line 4, key symbol: twice in the list (received: A)" in words


def test_a_ticker_that_is_no_table_is_refused(tmp_path: Path) -> None:
    assert "line 1, key ticker: not a ticker" in refusal(tmp_path, 'ticker = ["AAPL"]\n')


def test_bytes_that_are_no_text_are_refused_with_their_line(tmp_path: Path) -> None:
    mine = lists(tmp_path)
    (tmp_path / "user" / "mine.toml").write_bytes(b'title = "x"\n\xff')
    with pytest.raises(ConfigError, match="line 2: not UTF-8 text"):
        mine.read("mine")
