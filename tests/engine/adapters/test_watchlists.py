"""Watchlists: reading, editing without losing a comment, and what is refused."""

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
    assert lists(tmp_path).names() == ("mine", "sample", "us-megacaps")


def test_without_a_folder_of_the_users_the_shipped_lists_are_there(tmp_path: Path) -> None:
    assert "sample" in TomlWatchlists(tmp_path / "none", watchlists.folder()).names()


def test_a_list_has_its_title_and_its_tickers_in_order(tmp_path: Path) -> None:
    assert lists(tmp_path).read("mine") == List("mine", "Mine", (Ticker("AAPL", "Apple"), Ticker("JPM")))


def test_the_sample_list_is_what_the_demo_shows(tmp_path: Path) -> None:
    assert symbols(lists(tmp_path).read("sample")) == ["AAPL", "GOOG", "IBM", "MSFT"]


def test_the_mega_caps_are_twelve_with_names(tmp_path: Path) -> None:
    tickers = lists(tmp_path).read("us-megacaps").tickers
    assert len([ticker for ticker in tickers if ticker.name]) == 12


def test_a_list_of_the_users_hides_the_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "sample.toml").write_text('title = "Own"\n')
    assert TomlWatchlists(tmp_path, watchlists.folder()).read("sample").title == "Own"


def test_a_list_without_a_title_has_its_name(tmp_path: Path) -> None:
    assert lists(tmp_path, "").read("mine") == List("mine", "mine", ())


def test_control_characters_are_taken_out_of_names(tmp_path: Path) -> None:
    found = lists(tmp_path, '[[ticker]]\nsymbol = "A"\nname = "x\\u001b[31mred"\n').read("mine")
    assert found.tickers[0].name.isprintable()


# --- editing ---


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


@pytest.mark.parametrize(
    ("text", "line", "near"),
    [('titel = "x"\n', 1, "title"), ('title = "x"\n\n[[ticker]]\nsymbol = "A"\nnmae = "x"\n', 5, "name")],
)
def test_an_unknown_key_is_refused_with_the_nearest_known_one(tmp_path: Path, text: str, line: int, near: str) -> None:
    words = refusal(tmp_path, text)
    assert f"line {line}, key " in words
    assert f"Did you mean {near}?" in words


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
