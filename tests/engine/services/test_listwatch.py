"""A list's file that changes while the engine runs."""

import logging
from pathlib import Path

import pytest

import watchlists
from engine.adapters.watchlists import TomlWatchlists
from engine.errors import ConfigError, UnknownWatchlist
from engine.ports import Ticker
from engine.services.listwatch import ListWatch

GOOD = 'title = "Mine"\n\n[[ticker]]\nsymbol = "AAPL"\n'
BROKEN = GOOD + "cost = -1\n"


class Disk:
    """A folder of lists and what watches it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lists = TomlWatchlists(folder, watchlists.folder())
        self.watch = ListWatch(self.lists)

    def save(self, text: str, name: str = "mine") -> None:
        """Put a new file in the place of the old one, as editors do: at least its inode differs."""
        (self.folder / "new").write_text(text)
        (self.folder / "new").rename(self.folder / f"{name}.toml")

    def symbols(self, name: str = "mine") -> list[str]:
        found = self.watch.list(name)
        return [ticker.symbol for ticker in found.tickers] if found else []


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    disk = Disk(tmp_path)
    disk.save(GOOD)
    disk.watch.changed(("mine", "sample"))
    return disk


def test_a_name_asked_about_for_the_first_time_counts_as_changed(tmp_path: Path) -> None:
    disk = Disk(tmp_path)
    disk.save(GOOD)
    assert disk.watch.changed(("mine", "sample", "mine")) == ("mine", "sample")


def test_nothing_changes_while_no_file_does(disk: Disk) -> None:
    assert disk.watch.changed(("mine", "sample")) == ()


def test_a_file_that_was_edited_by_hand_is_taken_up_once(disk: Disk) -> None:
    disk.save(GOOD + '[[ticker]]\nsymbol = "JPM"\n')
    assert (disk.watch.changed(("mine", "sample")), disk.watch.changed(("mine", "sample"))) == (("mine",), ())
    assert disk.symbols() == ["AAPL", "JPM"]


def test_an_edit_of_the_programs_own_is_taken_up_too(disk: Disk) -> None:
    disk.lists.add("sample", Ticker("FB"))
    assert disk.watch.changed(("mine", "sample")) == ("sample",)
    assert disk.symbols("sample")[-1] == "FB"


def test_a_broken_file_says_what_is_wrong_and_the_last_good_list_stays(disk: Disk) -> None:
    disk.save(BROKEN)
    assert disk.watch.changed(("mine",)) == ("mine",)
    assert isinstance(disk.watch.error("mine"), ConfigError)
    assert "line 5, key cost: out of range (received: -1)" in str(disk.watch.error("mine"))
    assert disk.symbols() == ["AAPL"]


def test_a_broken_file_is_said_once_a_change(disk: Disk, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        disk.save(BROKEN)
        for _ in range(3):
            disk.watch.changed(("mine",))
        disk.save(BROKEN + "nonsense\n")
        disk.watch.changed(("mine",))
    assert [record.getMessage().partition(": ")[0] for record in caplog.records] == [
        "the watchlist mine stays as it was"
    ] * 2


def test_a_repaired_file_is_good_again(disk: Disk) -> None:
    disk.save(BROKEN)
    disk.watch.changed(("mine",))
    disk.save(GOOD.replace("AAPL", "JPM"))
    assert disk.watch.changed(("mine",)) == ("mine",)
    assert (disk.watch.error("mine"), disk.symbols()) == (None, ["JPM"])


def test_a_file_that_is_gone_is_an_error_and_the_list_stays(disk: Disk) -> None:
    (disk.folder / "mine.toml").unlink()
    assert disk.watch.changed(("mine",)) == ("mine",)
    assert isinstance(disk.watch.error("mine"), UnknownWatchlist)
    assert disk.symbols() == ["AAPL"]


def test_the_shipped_list_is_back_when_the_users_own_is_gone(disk: Disk) -> None:
    disk.save(GOOD, "sample")
    disk.watch.changed(("sample",))
    (disk.folder / "sample.toml").unlink()
    assert disk.watch.changed(("sample",)) == ("sample",)
    assert disk.symbols("sample") == ["AAPL", "GOOG", "IBM", "MSFT"]


def test_a_name_without_a_file_behind_it_never_changes(disk: Disk) -> None:
    assert disk.watch.changed(("files", "AAPL MSFT")) == ()
    assert disk.watch.error("files") is None
