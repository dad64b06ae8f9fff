"""Settings: documented, validated, and in words when they are wrong."""

import tomllib
from pathlib import Path

import msgspec
import pytest

from engine.config import Settings, assignment, changed, commented, described, load, with_value, write_first
from engine.errors import BadRequest, ConfigError
from engine.home import home


def keys(kind=Settings, sections=()):
    """Every key with its sections, and its field."""
    for field in msgspec.structs.fields(kind):
        if isinstance(field.default, msgspec.Struct):
            yield from keys(type(field.default), (*sections, field.name))
        else:
            yield ".".join((*sections, field.name)), field


@pytest.mark.parametrize("field", [pytest.param(field, id=key) for key, field in keys()])
def test_every_setting_is_described(field):
    assert described(field)


def test_the_commented_file_with_its_comments_off_is_the_defaults(tmp_path):
    lines = [
        line.removeprefix("#") if line.startswith("#") and line[1:2].isalpha() else line
        for line in commented().splitlines()
    ]
    path = tmp_path / "config.toml"
    path.write_text("\n".join(lines))
    assert tomllib.loads(path.read_text())
    assert load(path) == Settings()


@pytest.mark.parametrize(
    ("change", "when"),
    [
        ("alarms.budget=4", "at once"),
        ("alarms.kinds.drift=0", "at once"),
        ("screen.theme=auto", "by the next screen that opens"),
        ("watchlist=dow30", "when the engine starts anew"),
        ("model.seed=8", "when the engine starts anew"),
    ],
)
def test_a_setting_says_when_it_is_taken_up(change, when):
    assert assignment(change).taken_up.startswith(when)


def test_the_commented_file_says_what_is_taken_up_when():
    text = commented()
    assert "under [alarms] is taken up at once" in text
    assert (
        "# The terminal. A change is taken up by the next screen that opens: detach, then `whipsaw`.\n[screen]" in text
    )


def test_a_file_that_is_there_is_never_overwritten(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text("watchlist = 'mine'\n")
    write_first(path)
    assert load(path).watchlist == "mine"


def test_what_stands_on_the_command_line_wins(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text("[replay]\nspeed = 5\n")
    assert load(path, ("replay.speed=20",)).replay.speed == 20


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[alarms]\nbudgt = 3\n", "line 2: unknown key alarms.budgt"),
        ("[alarms]\nbudget = -1\n", "line 2: alarms.budget: Expected `float` >= 0.001"),
        ("[alarms.kinds]\nvolatility = 2\n", "line 2: unknown key alarms.kinds.volatility"),
        ("[alarms.kinds]\nvolatility = 2\n", "the nearest known key is volatility_shock"),
        ("[alarms.kinds]\nvolatility_shock = -2\n", "line 2: alarms.kinds.volatility_shock: Expected `float` >= 0.0"),
        ("[alarms]\ntrend = 1\n", "line 2: alarms.trend: Expected `int` >= 2"),
        ("[engine]\nlinger = 'never'\n", "line 2: engine.linger"),
        ("[replay]\nstart = '1.6.2008'\n", "line 2: replay.start"),
        ("[screen]\ncolumns = ['last', 'rarety']\n", "line 2: screen.columns: Invalid enum value 'rarety'"),
        ("[screen]\ncolumns = ['last', 'rarety']\n", "the nearest is rarity; there are name, group, last"),
        ("[screen]\nglyphs = 'asci'\n", "the nearest is ascii; there are"),
        ("[screen]\ntheme = 'whipsaw-lite'\n", "line 2: screen.theme: not of the form that is asked for"),
        ("[screen]\ntheme = 'whipsaw-lite'\n", "(received: 'whipsaw-lite'). whipsaw-dark, whipsaw-light,"),
        ("[replay]\nstart = '1.6.2008'\n", "first session shown, as 2008-06-02"),
    ],
)
def test_a_wrong_key_or_value_is_named_with_its_line(tmp_path, text, says):
    path = tmp_path / "config.toml"
    path.write_text(text)
    with pytest.raises(ConfigError) as error:
        load(path)
    assert says in str(error.value)


def test_an_override_without_a_value_is_refused(tmp_path):
    with pytest.raises(BadRequest, match="key=value"):
        load(tmp_path / "none.toml", ("replay.speed",))


def test_settings_change_by_what_is_given_and_stay_valid():
    assert changed(Settings(), ("alarms.budget=4", "alarms.kinds.volatility_shock=0")).alarms.budget == 4
    with pytest.raises(ConfigError, match=r"command line: unknown key alarms.budgt.*nearest known key is budget"):
        changed(Settings(), ("alarms.budgt=4",))


def setting(text, change):
    return with_value(text, assignment(change), Path("config.toml"))


@pytest.mark.parametrize("key", [key for key, _ in keys()])
def test_every_key_of_the_fresh_file_is_set_in_the_line_where_it_is_explained(key):
    before, value = commented().splitlines(), tomllib.loads(commented())
    after = setting(commented(), f"{key}=7").splitlines()
    assert len(after) == len(before)
    assert [line for line in after if line not in before] == [f"{key.rsplit('.', 1)[-1]} = 7"]
    assignment(f"{key}=7").into(value)
    assert tomllib.loads("\n".join(after)) == value


def test_a_value_that_is_set_already_is_replaced_and_its_comment_stays():
    text = "# mine\n[alarms]  # few\nbudget = 1  # enough\n\n[replay]\nspeed = 3\n"
    assert setting(text, "alarms.budget=4") == text.replace("budget = 1 ", "budget = 4 ")


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("", "\n[alarms]\nbudget = 4\n"),
        ("[alarms]\n\n[replay]\nspeed = 3\n", "[alarms]\nbudget = 4\n\n[replay]\nspeed = 3\n"),
        ("[replay]\nspeed = 3\n", "[replay]\nspeed = 3\n\n[alarms]\nbudget = 4\n"),
    ],
)
def test_a_key_that_is_not_there_comes_into_its_section(text, after):
    assert setting(text, "alarms.budget=4") == after


def test_a_bare_word_is_a_text():
    assert setting("", "watchlist=mine") == 'watchlist = "mine"\n'


def test_a_file_whose_lines_cannot_take_the_value_is_left_to_a_person():
    with pytest.raises(ConfigError, match="edit it there"):
        setting("alarms = {alerts = 1}\n", "alarms.budget=4")


def test_a_home_in_a_folder_holds_everything(tmp_path):
    where = home(tmp_path)
    assert {where.config, where.data, where.state} == {tmp_path}


def test_the_socket_path_is_short_whatever_the_home(tmp_path):
    assert len(str(home(tmp_path / ("x" * 200)).socket)) < 100


def test_forever_and_zero_are_lingering_times(tmp_path):
    path = tmp_path / "config.toml"
    for value, seconds in (('"forever"', float("inf")), ("0", 0.0), ("2.5", 150.0)):
        path.write_text(f"[engine]\nlinger = {value}\n")
        assert load(path).engine.linger_seconds == seconds
