"""What people do to their lists, whichever way they ask."""

from datetime import date
from pathlib import Path

import pytest

import watchlists
from engine.adapters.watchlists import TomlWatchlists
from engine.errors import BadFile, BadRequest, UnknownSymbol, UnknownWatchlist
from engine.ports import Ticker
from engine.protocol import Alarm, Edited, ListedTicker, ListSummary, Removed
from engine.services.lists import Lists, held

APPLE = Ticker("AAPL", "Apple", "tech", 10.0, 150.0, 250.0, 120.0, 5.0)


@pytest.fixture
def files(tmp_path: Path) -> TomlWatchlists:
    files = TomlWatchlists(tmp_path / "user", watchlists.folder())
    files.create("mine", (APPLE, Ticker("JPM")), "Mine")
    return files


@pytest.fixture
def lists(files: TomlWatchlists) -> Lists:
    return Lists(files)


class Folder:
    """A source that holds one symbol and is a list of its own."""

    name = "files"

    def symbols(self) -> tuple[str, ...]:
        return ("HELD",)


def symbols(files: TomlWatchlists, name: str = "mine") -> list[str]:
    return [ticker.symbol for ticker in files.read(name).tickers]


def test_a_list_is_shown_with_all_that_is_held_of_it(files, lists):
    shown = lists.shown(files.read("mine"))
    assert (shown.name, shown.title, shown.interval, shown.currency) == ("mine", "Mine", "1d", "")
    assert shown.tickers[0] == ListedTicker("AAPL", "Apple", "tech", 10.0, 150.0, 250.0, 120.0, 5.0)
    assert "sample" in shown.names


def test_a_removed_symbol_comes_back_with_its_holdings_and_price_levels(files, lists):
    before = files.read("mine")
    assert lists.take("mine", "aapl") == Removed("AAPL", 0)
    lists.put("mine", "AAPL", 0)
    assert files.read("mine") == before


def test_a_symbol_that_is_typed_anew_brings_nothing_with_it(files, lists):
    lists.take("mine", "AAPL")
    lists.put("mine", "AAPL", None)
    assert files.read("mine").tickers[-1] == Ticker("AAPL")


def test_holdings_of_one_list_do_not_come_back_on_another(files, lists):
    lists.take("mine", "AAPL")
    files.create("other", ())
    lists.put("other", "AAPL", 0)
    assert files.read("other").tickers == (Ticker("AAPL"),)


def test_a_symbol_is_put_on_the_list_as_yahoo_spells_it_which_is_said(lists):
    symbol, why = lists.put("mine", "brk.b", None)
    assert (symbol, why is not None and "BRK-B" in why) == ("BRK-B", True)


@pytest.mark.parametrize("edit", [lambda lists: lists.put("AAPL IBM", "JPM", None), lambda lists: lists.take("x", "A")])
def test_symbols_that_no_file_holds_together_are_not_edited(lists, edit):
    with pytest.raises(BadRequest, match="no list that could be edited"):
        edit(lists)


def test_symbols_are_added_in_their_order_each_once(files, lists):
    assert lists.add("mine", ("nvda", "TSLA", "NVDA")) == Edited("mine", added=("NVDA", "TSLA"))
    assert symbols(files) == ["AAPL", "JPM", "NVDA", "TSLA"]


def test_nothing_is_added_where_one_of_them_is_there_already(files, lists):
    with pytest.raises(BadRequest, match="JPM is in mine already"):
        lists.add("mine", ("NVDA", "JPM"))
    assert symbols(files) == ["AAPL", "JPM"]


def test_nothing_is_added_where_one_of_them_is_no_symbol(files, lists):
    with pytest.raises(BadRequest, match="not a symbol"):
        lists.add("mine", ("NVDA", "no symbol"))
    assert symbols(files) == ["AAPL", "JPM"]


def test_a_list_that_is_not_there_is_made_only_when_that_is_asked_for(files, lists):
    with pytest.raises(UnknownWatchlist, match="--new"):
        lists.add("fresh", ("NVDA",))
    lists.add("fresh", ("NVDA",), new=True)
    assert symbols(files, "fresh") == ["NVDA"]


def test_a_list_that_is_there_is_not_made_anew(files, lists):
    lists.add("mine", ("NVDA",), new=True)
    assert symbols(files) == ["AAPL", "JPM", "NVDA"]


def test_symbols_are_removed_in_whatever_spelling_they_are_named(files, lists):
    lists.add("mine", ("BRK-B",))
    assert lists.remove("mine", ("brk.b", "jpm")) == Edited("mine", removed=("BRK-B", "JPM"))
    assert symbols(files) == ["AAPL"]


def test_a_symbol_that_stands_on_the_list_in_another_spelling_can_be_removed(files, lists):
    files.add("mine", Ticker("BRK.B"))
    assert lists.remove("mine", ("BRK.B",)).removed == ("BRK.B",)


def test_nothing_is_removed_where_one_of_them_is_not_there(files, lists):
    with pytest.raises(UnknownSymbol, match=r"not in mine \(received: ZZZ\)"):
        lists.remove("mine", ("JPM", "ZZZ"))
    assert symbols(files) == ["AAPL", "JPM"]


@pytest.mark.parametrize(
    ("file", "name", "called"),
    [("port.csv", None, "port"), ("port.csv", "kept", "kept"), ("my (1)/2.txt", None, "2"), ("(1).txt", None, "1")],
)
def test_an_imported_list_is_called_as_asked_or_as_its_file(tmp_path, lists, file, name, called):
    path = tmp_path / file
    path.parent.mkdir(exist_ok=True)
    path.write_text("AAPL\n")
    assert lists.load(path, name) == Edited(called, added=("AAPL",))


def test_an_import_says_what_it_left_out(tmp_path, lists):
    (tmp_path / "port.txt").write_text("AAPL\nfoo bar\n")
    assert lists.load(tmp_path / "port.txt", None).notes == ("line 2: not a symbol (received: foo bar)",)


def test_an_import_never_takes_the_place_of_a_list(tmp_path, files, lists):
    (tmp_path / "mine.txt").write_text("NVDA\n")
    with pytest.raises(BadRequest, match="there is a list mine already"):
        lists.load(tmp_path / "mine.txt", None)
    assert symbols(files) == ["AAPL", "JPM"]


def test_a_file_without_symbols_makes_no_list(tmp_path, files, lists):
    (tmp_path / "empty.txt").write_text("# nothing\n")
    with pytest.raises(BadFile):
        lists.load(tmp_path / "empty.txt", None)
    assert "empty" not in files.names()


def open_alarm(symbol: str, state: str = "open", watchlist: str = "") -> Alarm:
    today = date(2026, 1, 5)
    return Alarm(1, symbol, "drift", "watch", "up", today, None, 0.01, 90.0, False, "", {}, state, watchlist=watchlist)  # type: ignore[arg-type]


def test_each_list_is_told_with_its_tickers_and_what_is_open_on_it(lists):
    alarms = (
        open_alarm("AAPL"),
        open_alarm("JPM", "acknowledged"),
        open_alarm("TSLA"),
        open_alarm("MARKET", watchlist="mine"),
        open_alarm("MARKET", watchlist="dow30"),
    )
    told = {each.name: each for each in lists.kept(alarms).lists}
    assert told["mine"] == ListSummary("mine", "Mine", 2, 2)
    assert told["kospi-large"].tickers == 30
    assert told["kospi-large"].open == 0


@pytest.mark.parametrize(
    ("said", "of"),
    [
        ("alarms.budget=1", lambda found: found.alarms.budget == 1),
        ("alarms.kinds.drift=0", lambda found: found.alarms.kinds == (("drift", 0.0),)),
        ("jpm.budget=0.5", lambda found: found.tickers[1].budget == 0.5),
        ("JPM.off=drift,volume_spike", lambda found: found.tickers[1].off == ("drift", "volume_spike")),
    ],
)
def test_rules_of_a_list_and_of_its_tickers_are_written_as_they_are_said(files, lists, said, of):
    assert of(lists.with_rules("mine", [said]))
    assert not of(files.read("mine"))
    assert lists.set_rules("mine", [said]) == Edited("mine", rules=(said,))
    assert of(files.read("mine"))


def test_a_rule_without_a_value_ends(files, lists):
    lists.set_rules("mine", ["alarms.budget=1", "JPM.off=drift"])
    lists.set_rules("mine", ["alarms.budget=", "JPM.off="])
    assert (files.read("mine").alarms.budget, files.read("mine").tickers[1].off) == (None, ())


def test_a_rule_of_nobody_is_refused_in_words(lists):
    with pytest.raises(BadRequest, match="no rule of a list's alarms"):
        lists.set_rules("mine", ["budget=1"])


def test_what_is_held_is_told_by_list_and_a_source_is_one_too(files):
    lists = held(files, Folder(), None)
    assert (lists["mine"], lists["files"]) == (("AAPL", "JPM"), ("HELD",))


def test_a_small_list_that_comes_with_the_program_is_held_by_nobody_unless_it_is_the_default(files):
    assert held(files, Folder(), None).keys() == {*files.names(), "files"} - {"sample"}
    assert held(files, Folder(), "sample").keys() == set(files.names())


def test_where_a_list_cannot_be_read_nobody_knows_what_is_held(files, tmp_path):
    (tmp_path / "user" / "broken.toml").write_text("title = 3 = 4\n")
    assert held(files, Folder(), None) is None


def test_a_list_whose_file_is_faulty_says_what_is_wrong(lists, tmp_path):
    (tmp_path / "user" / "broken.toml").write_text("title = 3 = 4\n")
    broken = next(each for each in lists.kept(()).lists if each.name == "broken")
    assert broken.tickers is None
    assert "line 1" in (broken.why or "")
