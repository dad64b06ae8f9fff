"""Answers about lists and files, in words and as JSON."""

import msgspec

from engine.protocol import Edited, Exported, ListedTicker, ListShown, SearchHit, SearchResults
from engine.report import as_json, as_words

WHOLE = ListedTicker("005930.KS", "삼성전자", "chips", 10.5, 71200.0, 90000.0, 60000.0, 4.5)


def shown(*tickers: ListedTicker) -> ListShown:
    return ListShown("mine", "Mine", "1d", "KRW", tickers, ("mine", "sample"))


def test_a_list_is_its_title_and_a_line_a_ticker():
    head, *lines = as_words(shown(ListedTicker("AAPL", "Apple"), ListedTicker("JPM"))).splitlines()
    assert head == "Mine · 2 tickers · 1d · KRW"
    assert [line.split() for line in lines] == [["AAPL", "Apple"], ["JPM"]]


def test_a_holding_and_its_price_levels_stand_in_the_line():
    words = as_words(shown(WHOLE))
    assert "10.5 shares at 71,200 · above 90,000 · below 60,000 · move 4.5 %" in words


def test_what_is_sold_short_has_a_minus_sign():
    assert "−3 shares" in as_words(shown(ListedTicker("A", shares=-3.0)))


def test_a_group_is_named_where_it_begins():
    words = as_words(shown(ListedTicker("A", group="x"), ListedTicker("B", group="x"), ListedTicker("C")))
    assert [line.strip() for line in words.splitlines()[1:]] == ["x", "A", "B", "no group", "C"]


def test_a_list_as_json_has_every_key_of_every_ticker():
    (ticker,) = as_json(shown(WHOLE))["tickers"]
    assert ticker == {
        "symbol": "005930.KS",
        "name": "삼성전자",
        "group": "chips",
        "shares": 10.5,
        "cost": 71200.0,
        "above": 90000.0,
        "below": 60000.0,
        "move": 4.5,
    }


def test_an_edit_says_what_came_and_what_went():
    assert as_words(Edited("mine", added=("A", "B"))) == "mine: added A B"
    assert as_words(Edited("mine", removed=("C",))) == "mine: removed C"


def test_an_edit_as_json_has_its_notes():
    said = msgspec.json.encode(as_json(Edited("mine", added=("A",), notes=("line 2: x",))))
    assert msgspec.json.decode(said) == {
        "watchlist": "mine",
        "added": ["A"],
        "removed": [],
        "notes": ["line 2: x"],
    }


def test_what_a_search_found_is_a_line_a_symbol_and_a_list_in_json():
    found = SearchResults((SearchHit("AAPL", "Apple\x1b[2J", "NMS", "equity"),))
    assert as_words(found).split() == ["AAPL", "Apple", "[2J", "NMS", "equity"]
    assert as_json(found) == [{"symbol": "AAPL", "name": "Apple\x1b[2J", "exchange": "NMS", "kind": "equity"}]


def test_a_search_that_found_nothing_says_so():
    assert (as_words(SearchResults(())), as_json(SearchResults(()))) == ("nothing was found", [])


def test_an_exported_file_is_named_with_its_bars():
    assert as_words(Exported("AAPL", "/out/AAPL.csv", 3270)).split() == ["AAPL", "3,270", "bars,", "/out/AAPL.csv"]
