"""What a change of the settings would have meant, told before it is saved."""

import json
import tomllib

import pytest

from engine import cli
from engine.config import SettingsFile, commented
from engine.errors import ConfigError
from engine.home import Options
from engine.protocol import Edited, GetGrades, Preview, PreviewCount, Previewed, Scan, SetRules
from engine.report import as_words
from tests.engines import client_of, running, write_all
from tests.worlds import history

WORLD = [history(name, 700, seed=seed) for seed, name in enumerate(("AAA", "BBB", "CCC"))]


@pytest.fixture
def files(tmp_path):
    return write_all(tmp_path / "files", WORLD)


async def test_a_larger_budget_would_have_given_more_alarms_and_changes_nothing(tmp_path, files):
    async with running(tmp_path / "home", f"files:{files}"), client_of(tmp_path / "home") as client:
        await client.ask(Scan())
        told = await client.ask(Preview(("alarms.budget=8", "alarms.kinds.drift=0")))
        again = await client.ask(Preview(("alarms.budget=2",)))
    assert told.end == WORLD[0].last
    assert "drift" not in told.then.kinds
    assert "drift" in told.now.kinds
    assert again.now == again.then == told.now


async def test_what_a_list_would_have_by_rules_of_its_own_is_told_before_they_are_written_and_then_holds(
    tmp_path, files
):
    mine = tmp_path / "home" / "watchlists" / "mine.toml"
    mine.parent.mkdir(parents=True)
    mine.write_text("".join(f'[[ticker]]\nsymbol = "{each.symbol}"\n' for each in WORLD))
    rules = ("alarms.budget=8", "AAA.off=drift")
    async with running(tmp_path / "home", f"files:{files}"), client_of(tmp_path / "home") as client:
        await client.ask(Scan(watchlist="mine"))
        told = await client.ask(Preview(rules, watchlist="mine", of_list=True))
        assert "alarms" not in mine.read_text()
        assert await client.ask(SetRules(rules, "mine")) == Edited("mine", rules=rules)
        again = await client.ask(Preview((), watchlist="mine"))
    assert told.then.alarms > told.now.alarms
    assert again.now == told.then


async def test_a_wrong_setting_is_refused_before_anything_is_counted(tmp_path, files):
    async with running(tmp_path / "home", f"files:{files}"), client_of(tmp_path / "home") as client:
        with pytest.raises(ConfigError, match="nearest known key is budget"):
            await client.ask(Preview(("alarms.budgt=8",)))


async def test_over_the_wire_there_is_a_budget_for_every_kind(tmp_path, files):
    async with running(tmp_path / "home", f"files:{files}"), client_of(tmp_path / "home") as client:
        grades = await client.ask(GetGrades())
    assert sum(each.budget for kind, each in grades.kinds.items() if kind != "market") == pytest.approx(2.0)


def told(now, then, market=(1, 1), start=WORLD[0].first):
    counts = (PreviewCount(alarms, {}, whole) for alarms, whole in zip((now, then), market, strict=True))
    return as_words(Previewed("mine", start, WORLD[0].last, *counts))


def test_in_words_it_is_one_sentence():
    assert told(14, 31) == "this would have given 31 alarms instead of 14 in the past year on mine"


def test_what_the_market_would_have_given_is_told_where_it_differs():
    assert told(14, 31, (4, 5)).endswith("on mine, and 5 of the market instead of 4")


def test_where_nothing_is_scored_nothing_is_made_up():
    assert "cannot be told: no ticker of mine is scored" in told(0, 0, start=None)


# --- the command line ---


@pytest.fixture
def config(tmp_path, monkeypatch):
    monkeypatch.setenv("WHIPSAW_HOME", str(tmp_path))
    path = tmp_path / "config.toml"
    path.write_text(commented())
    return path


def test_a_setting_of_no_alarm_is_saved_with_yes(config, capsys):
    assert cli.main(["config", "set", "screen.rate=2", "--yes", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"path": str(config), "saved": True, "effect": None}
    assert tomllib.loads(config.read_text())["screen"] == {"rate": 2}
    assert "# updates a second, at most\nrate = 2\n" in config.read_text()


def test_without_yes_and_without_a_person_nothing_is_saved(config, capsys):
    assert cli.main(["config", "set", "screen.rate=2"]) == 0
    assert "nothing is saved" in capsys.readouterr().out
    assert config.read_text() == commented()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("set",), "set takes settings as key=value"),
        (("show", "screen.rate=2"), "set takes settings as key=value"),
        (("set", "screen.rat=2"), "nearest known key is rate"),
        (("set", "screen.rate=-2"), "screen.rate: Expected `float` > 0.0"),
    ],
)
def test_what_cannot_be_set_is_refused_in_words(config, capsys, words, says):
    assert cli.main(["config", *words, "--yes"]) == 2
    assert says in capsys.readouterr().err
    assert config.read_text() == commented()


def test_what_was_saved_is_taken_up_by_who_reads_the_file_again(config, tmp_path):
    file = SettingsFile(Options(home=tmp_path))
    file.read()
    cli.main(["config", "set", "screen.rate=2", "--yes"])
    assert file.changed().screen.rate == 2
