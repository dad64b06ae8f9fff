"""A symbol is found by name: at the source, in the lists, in price files, and all of it while the source is away."""

from pathlib import Path

import pytest

import watchlists
from engine.adapters.watchlists import TomlWatchlists
from engine.errors import BadRequest, SourceError
from engine.ports import Found, Ticker
from engine.services.finding import Finding


class FakeSource:
    """Holds two price files; finds what it was told to, or fails."""

    def __init__(self, *found: Found, error: SourceError | None = None) -> None:
        self.found, self.error = found, error

    def symbols(self) -> tuple[str, ...]:
        return ("NVDA", "XYZ")

    def search(self, text: str) -> tuple[Found, ...]:
        if self.error:
            raise self.error
        return self.found


@pytest.fixture
def lists(tmp_path: Path) -> TomlWatchlists:
    lists = TomlWatchlists(tmp_path / "user", watchlists.folder())
    lists.create("mine", (Ticker("NVDA", "NVIDIA"), Ticker("AA", "Alcoa"), Ticker("PLAIN")))
    return lists


def finding(lists: TomlWatchlists, live: FakeSource | None = None) -> Finding:
    return Finding(live=live, source=live or FakeSource(), watchlists=lists)


def found(lists: TomlWatchlists, text: str, live: FakeSource | None = None) -> list[str]:
    return [hit.symbol for hit in finding(lists, live).find(text).hits]


def test_without_a_source_to_ask_the_lists_are_looked_through(lists):
    (hit,) = finding(lists).find("alcoa").hits
    assert (hit.symbol, hit.name, hit.exchange, hit.kind) == ("AA", "Alcoa", "NYSE", "in mine")


def test_a_korean_name_is_found(lists):
    assert found(lists, "삼성전")[0] == "005930.KS"


def test_a_code_comes_before_those_it_begins_and_those_before_names(lists):
    assert found(lists, "aa")[:2] == ["AA", "AAPL"]
    assert found(lists, "alc") == ["AA"]


def test_a_symbol_of_a_price_file_is_found_too(lists):
    assert found(lists, "xy") == ["XYZ"]


def test_what_the_source_finds_comes_first_and_nothing_twice(lists):
    live = FakeSource(Found("NVDA.DE", "NVIDIA", "Xetra", "equity"), Found("NVDA", "NVIDIA", "NASDAQ", "equity"))
    assert found(lists, "nvidia", live) == ["NVDA.DE", "NVDA"]
    assert found(lists, "plain", live) == ["NVDA.DE", "NVDA", "PLAIN"]


def test_while_the_source_is_away_what_is_known_here_is_found(lists):
    away = FakeSource(error=SourceError("Yahoo does not answer"))
    assert found(lists, "nvidia", away) == ["NVDA"]
    with pytest.raises(SourceError, match="does not answer"):
        found(lists, "no such name", away)


def test_nothing_known_here_is_said_in_words(lists):
    with pytest.raises(BadRequest, match="no list and no price file here has it"):
        found(lists, "no such name")


def test_a_faulty_list_keeps_nobody_from_the_others(lists, tmp_path):
    (tmp_path / "user" / "broken.toml").write_text("not TOML")
    assert found(lists, "nvidia") == ["NVDA"]
