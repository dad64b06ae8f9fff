"""What a list's file says of alarms: for the list in [alarms], for a ticker in its own entry."""

from pathlib import Path

import pytest

import watchlists
from engine.adapters.watchlists import TomlWatchlists
from engine.errors import ConfigError
from engine.ports import AlarmRules, Ticker

HEAD = 'title = "Mine"\n\n'
ENTRY = '[[ticker]]\nsymbol = "AAPL"\n'
RULES = (
    "\n# few\n[alarms]\nbudget = 1.5  # of mine\ntrend = 15\nmarket = 0\n\n[alarms.kinds]\ndrift = 0\nexhaustion = 2\n"
)
SAID = AlarmRules(budget=1.5, trend=15, market=0.0, kinds=(("drift", 0.0), ("exhaustion", 2.0)))


@pytest.fixture
def lists(tmp_path):
    return TomlWatchlists(tmp_path, watchlists.folder())


def read(lists: TomlWatchlists, folder: Path, text: str):
    (folder / "mine.toml").write_text(text)
    return lists.read("mine")


@pytest.mark.parametrize("text", [HEAD + RULES + ENTRY, HEAD + ENTRY + RULES], ids=["above", "below"])
def test_the_rules_of_a_list_stand_above_or_below_its_tickers(lists, tmp_path, text):
    assert read(lists, tmp_path, text).alarms == SAID


def test_a_list_without_rules_says_nothing(lists, tmp_path):
    assert read(lists, tmp_path, HEAD + ENTRY).alarms == AlarmRules()


def test_a_ticker_has_a_budget_and_kinds_that_are_off(lists, tmp_path):
    (ticker,) = read(lists, tmp_path, HEAD + ENTRY + 'budget = 1\noff = ["drift", "exhaustion"]\n').tickers
    assert ticker == Ticker("AAPL", budget=1.0, off=("drift", "exhaustion"))


def test_an_edit_leaves_the_rules_below_the_last_ticker_as_they_are(lists, tmp_path):
    read(lists, tmp_path, HEAD + ENTRY + RULES)
    lists.add("mine", Ticker("JPM", budget=3.0, off=("drift",)))
    lists.remove("mine", "AAPL")
    found = lists.read("mine")
    assert (found.alarms, found.tickers) == (SAID, (Ticker("JPM", budget=3.0, off=("drift",)),))
    assert "# few\n[alarms]\nbudget = 1.5  # of mine\n" in (tmp_path / "mine.toml").read_text()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[alarms]\nbudgt = 1\n", "line 8, key budgt: unknown key (received: budgt). Did you mean budget?"),
        ("[alarms]\nbudget = 0\n", "line 8, key budget: out of range (received: 0). Write a number from 0.001 to 50"),
        ("[alarms]\ntrend = 2.5\n", "key trend: out of range (received: 2.5). Write a whole number from 2 to 504"),
        ("[alarms]\nbudget = true\n", "key budget: not a number (received: True)"),
        ("[alarms.kinds]\ndrfit = 0\n", "line 8, key drfit: unknown key (received: drfit). Did you mean drift?"),
        ("[alarms.kinds]\ndrift = -1\n", "key drift: out of range (received: -1). Write a number from 0 to 100"),
        ("[alarms]\nsymbol = 1\n", "It is a key of a ticker: write it below its [[ticker]]"),
    ],
)
def test_what_is_wrong_with_a_rule_says_where_and_what_to_write(lists, tmp_path, text, says):
    with pytest.raises(ConfigError) as error:
        read(lists, tmp_path, HEAD + ENTRY + "budget = 1\n\n" + text)
    assert says in str(error.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("budget = 0\n", "line 5, key budget: out of range (received: 0)"),
        ('off = "drift"\n', "line 5, key off: not a list of kinds (received: drift)"),
        ('off = ["drfit"]\n', "line 5, key off: no such kind of alarm (received: drfit). Did you mean drift?"),
        ("trend = 5\n", "It is a key of [alarms]: write it below a line [alarms]"),
    ],
)
def test_what_is_wrong_with_a_tickers_own_says_where_and_what_to_write(lists, tmp_path, text, says):
    with pytest.raises(ConfigError) as error:
        read(lists, tmp_path, HEAD + ENTRY + text)
    assert says in str(error.value)


def test_rules_that_are_no_table_are_refused(lists, tmp_path):
    with pytest.raises(ConfigError, match="not a table"):
        read(lists, tmp_path, "alarms = 3\n" + ENTRY)
