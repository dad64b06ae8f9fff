"""The text of config.toml: a fresh one, and one in which a value is set."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from engine.config.assignment import Assignment
from engine.config.settings import Settings
from engine.errors import ConfigError

_HEADER = re.compile(r"\s*\[")


def commented() -> str:
    """The text of a fresh config.toml: every key with its meaning and its default, commented out."""
    lines = [
        "# Whipsaw's settings. A line without its # is in force; `whipsaw config check` says what is wrong.",
        "# A change under [alarms] is taken up at once, one under [screen] by the next screen that opens",
        "# (detach, then whipsaw), all else when the engine starts anew (whipsaw engine stop, then whipsaw).",
        "# Days on which an exchange differs from its record go into calendars.toml: `whipsaw config show`.",
        "",
        *_documented(Settings),
    ]
    return "\n".join(lines) + "\n"


def described(field: msgspec.structs.FieldInfo) -> str:
    """What a setting means."""
    return next(str(meta.description) for meta in field.type.__metadata__ if meta.description)


def write_first(path: Path) -> None:
    """Write the commented file if there is none; a folder that cannot be written is no reason to stop."""
    if not path.exists():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(commented(), encoding="utf-8")
        except OSError:
            return


def save(path: Path, changes: Iterable[Assignment]) -> None:
    """Set values in a settings file, which is replaced whole or not at all; one that is missing is made.

    Raises ConfigError. What the values may be is for `load` to say before.
    """
    text = path.read_text(encoding="utf-8") if path.exists() else commented()
    for change in changes:
        text = with_value(text, change, path)
    new = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        new.write_text(text, encoding="utf-8")
        new.replace(path)
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror or error}") from error


def with_value(text: str, of: Assignment, path: Path) -> str:
    """The text of a settings file with one value set; all else in it stays, comments too.

    A key that is only there commented out is set in that line. Raises ConfigError where it cannot be done by lines.
    """
    import tomllib  # noqa: PLC0415 - nothing here may hold up the first paint

    wanted = tomllib.loads(text)
    of.into(wanted)
    done = _replaced(text, of) or _inserted(text, of)
    try:
        if tomllib.loads(done) == wanted:
            return done
    except tomllib.TOMLDecodeError:
        pass
    raise ConfigError(f"{path} is written in a way that only a person can change", received=of.key, do="edit it there")


def _replaced(text: str, of: Assignment) -> str | None:
    """The text with another value where the key has one; None where it has none."""
    import tomlkit  # noqa: PLC0415

    document = tomlkit.parse(text)
    table: Any = document
    for section in of.sections:
        table = table.get(section)
        if not isinstance(table, dict):
            return None
    if of.name not in table:
        return None
    table[of.name] = of.value
    return tomlkit.dumps(document)


def _inserted(text: str, of: Assignment) -> str:
    import tomlkit  # noqa: PLC0415

    line, lines = f"{of.name} = {tomlkit.item(of.value).as_string()}", text.splitlines()
    header = f"[{'.'.join(of.sections)}]"
    starts = [-1] if not of.sections else [at for at, each in enumerate(lines) if each.split("#")[0].strip() == header]
    if not starts:
        return "\n".join([*lines, "", header, line]) + "\n"
    ends = (at for at in range(starts[0] + 1, len(lines)) if _HEADER.match(lines[at]))
    place = range(starts[0] + 1, next(ends, len(lines)))
    commented_out = re.compile(rf"#\s*{re.escape(of.name)}\s*=")
    there = next((at for at in place if commented_out.match(lines[at])), None)
    before, after = (place.start, place.start) if there is None else (there, there + 1)
    return "\n".join([*lines[:before], line, *lines[after:]]) + "\n"


def _documented(kind: type[Struct], name: str = "") -> Iterator[str]:
    """A section's lines, those of the sections within it last."""
    for field in msgspec.structs.fields(kind):
        if isinstance(field.default, Struct):
            inner = f"{name}.{field.name}" if name else field.name
            yield from ("", f"# {(type(field.default).__doc__ or '').split('] ', 1)[-1]}", f"[{inner}]")
            yield from _documented(type(field.default), inner)
        else:
            default = field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()
            yield from (f"# {described(field)}", f"#{field.name} = {msgspec.json.encode(default).decode()}")
