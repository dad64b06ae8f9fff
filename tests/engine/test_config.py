"""Settings: documented, validated, and in words when they are wrong."""

import tomllib

import msgspec
import pytest

from engine.config import Settings, commented, load, write_first
from engine.errors import BadRequest, ConfigError
from engine.home import home


def test_every_setting_is_described():
    for section in msgspec.structs.fields(Settings):
        inner = section.default if isinstance(section.default, msgspec.Struct) else None
        for field in msgspec.structs.fields(type(inner)) if inner else [section]:
            assert field.type.__metadata__[0].description, field.name


def test_the_commented_file_with_its_comments_off_is_the_defaults(tmp_path):
    lines = [
        line.removeprefix("#") if line.startswith("#") and line[1:2].isalpha() else line
        for line in commented().splitlines()
    ]
    path = tmp_path / "config.toml"
    path.write_text("\n".join(lines))
    assert tomllib.loads(path.read_text())
    assert load(path) == Settings()


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
        ("[alarms]\nbudget = -1\n", "line 2: alarms.budget: Expected `float` > 0.0"),
        ("[engine]\nlinger = 'never'\n", "line 2: engine.linger"),
        ("[replay]\nstart = '1.6.2008'\n", "line 2: replay.start"),
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
