"""Rules of a list's alarms put into its file: what changes, what stays, what is refused."""

from pathlib import Path
from typing import Any

import pytest

import watchlists
from engine.adapters.watchlists import TomlWatchlists
from engine.errors import BadRequest, ConfigError, UnknownSymbol
from engine.ports import Rule

MINE = """\
# my list
title = "Mine"  # a title

# technology
[[ticker]] # the first
symbol = "AAPL" # fruit
budget = 1 # enough

# banks
[[ticker]]
symbol = "JPM"
# the end
"""


@pytest.fixture
def lists(tmp_path: Path) -> TomlWatchlists:
    (tmp_path / "mine.toml").write_text(MINE)
    return TomlWatchlists(tmp_path, watchlists.folder())


def text(folder: Path, name: str = "mine") -> str:
    return (folder / f"{name}.toml").read_text()


def of_list(*keys: str, value: Any) -> Rule:
    return Rule("", keys, value)


def test_rules_of_a_list_stand_in_a_table_of_their_own_and_all_else_stays(
    tmp_path: Path, lists: TomlWatchlists
) -> None:
    lists.set_rules("mine", [of_list("budget", value=1), of_list("kinds", "drift", value=0)])
    assert text(tmp_path).startswith(MINE)
    rules = lists.read("mine").alarms
    assert (rules.budget, rules.kinds) == (1.0, (("drift", 0.0),))


def test_a_rule_that_is_there_has_the_new_value_and_ends_with_none(tmp_path: Path, lists: TomlWatchlists) -> None:
    lists.set_rules("mine", [of_list("cooldown", value=5)])
    lists.set_rules("mine", [of_list("cooldown", value=20)])
    assert lists.read("mine").alarms.cooldown == 20
    lists.set_rules("mine", [of_list("cooldown", value=None)])
    assert lists.read("mine").alarms.cooldown is None


def test_a_tickers_own_rules_stand_with_it(tmp_path: Path, lists: TomlWatchlists) -> None:
    lists.set_rules("mine", [Rule("JPM", ("budget",), 0.5), Rule("JPM", ("off",), ["drift", "volume_spike"])])
    assert text(tmp_path) == MINE.replace(
        'symbol = "JPM"\n', 'symbol = "JPM"\nbudget = 0.5\noff = ["drift", "volume_spike"]\n'
    )


def test_a_tickers_rule_is_replaced_where_it_stands_and_goes_with_none(tmp_path: Path, lists: TomlWatchlists) -> None:
    lists.set_rules("mine", [Rule("AAPL", ("budget",), 3)])
    assert text(tmp_path) == MINE.replace("budget = 1 # enough", "budget = 3")
    lists.set_rules("mine", [Rule("AAPL", ("budget",), None)])
    assert text(tmp_path) == MINE.replace("budget = 1 # enough\n", "")


def test_looked_at_first_the_file_stays_as_it_is(tmp_path: Path, lists: TomlWatchlists) -> None:
    assert lists.with_rules("mine", [of_list("budget", value=7)]).alarms.budget == 7
    assert text(tmp_path) == MINE


def test_a_shipped_list_is_the_users_own_from_then_on(tmp_path: Path, lists: TomlWatchlists) -> None:
    lists.set_rules("sample", [of_list("budget", value=7)])
    assert "sample" in lists.own()
    assert lists.read("sample").alarms.budget == 7


@pytest.mark.parametrize(
    ("rule", "fault", "words"),
    [
        (of_list("budgt", value=1), ConfigError, "unknown key"),
        (of_list("budget", value=-1), ConfigError, "out of range"),
        (of_list("kinds", "drft", value=1), ConfigError, "unknown key"),
        (Rule("JPM", ("off",), ["drft"]), ConfigError, "no such kind of alarm"),
        (Rule("JPM", ("budget",), "much"), ConfigError, "not a number"),
        (Rule("JPM", ("cooldown",), 3), BadRequest, "no rule of a ticker"),
        (Rule("IBM", ("budget",), 3), UnknownSymbol, "not in mine"),
    ],
)
def test_what_is_no_rule_is_refused_and_nothing_is_written(
    tmp_path: Path, lists: TomlWatchlists, rule: Rule, fault: type[Exception], words: str
) -> None:
    with pytest.raises(fault, match=words):
        lists.set_rules("mine", [of_list("trend", value=20), rule])
    assert text(tmp_path) == MINE
