"""Settings from config.toml and from the command line; what is wrong with them is said with file, line and key."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import msgspec
from msgspec import Meta, Struct

from engine.config.assignment import assignment
from engine.config.settings import ScreenSettings, Settings
from engine.config.writing import write_first
from engine.errors import ConfigError
from engine.home import Options


def load(path: Path, overrides: Iterable[str] = ()) -> Settings:
    """The settings of a file, with `key=value` overrides (`replay.speed=20`) on top; a missing file gives the defaults.

    Raises ConfigError with file, line, key, what was received and what is allowed; BadRequest.
    """
    text = _read(path)
    import tomllib  # noqa: PLC0415 - nothing here may hold up the first paint

    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not TOML: {error}", do="correct the file, or move it away") from error
    return _converted(tree, overrides, path, text)


def changed(settings: Settings, changes: Iterable[str]) -> Settings:
    """These settings with some given as `key=value`. Raises ConfigError, BadRequest."""
    return _converted(msgspec.to_builtins(settings), changes, Path(), "")


def _converted(tree: dict[str, Any], overrides: Iterable[str], path: Path, text: str) -> Settings:
    for override in overrides:
        assignment(override).into(tree)
    try:
        return msgspec.convert(tree, Settings, strict=True)
    except msgspec.ValidationError as error:
        raise _explained(error, path, text, tree) from error


def settings_of(options: Options) -> Settings:
    """The settings these options give: the home's file, or that of --config, then what stands on the command line."""
    where = options.where
    if options.config is None:
        write_first(where.config_file)
    source = () if options.source is None else (f"source.name={msgspec.json.encode(options.source).decode()}",)
    return load(options.config or where.config_file, (*source, *options.overrides))


class SettingsFile:
    """The settings that some options give, read again when their file has changed."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._stamp: object = None

    def read(self) -> Settings:
        """The settings as they are now. Raises ConfigError."""
        # the stamp before the content: a change in between is then seen the next time
        self._stamp = self._stamped()
        return settings_of(self._options)

    def changed(self) -> Settings | None:
        """The same where the file has changed since it was read, once a change; None otherwise. Raises ConfigError."""
        return None if self._stamped() == self._stamp else self.read()

    def _stamped(self) -> object:
        try:
            found = (self._options.config or self._options.where.config_file).stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino


def screen_settings(options: Options) -> ScreenSettings:
    """What the screen needs before its first paint: from the file alone, for the engine reads the rest and writes it.

    Raises ConfigError.
    """
    path = options.config or options.where.config_file
    return load(path).screen if path.exists() else ScreenSettings()


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}") from error


def _explained(error: msgspec.ValidationError, path: Path, text: str, tree: dict[str, Any]) -> ConfigError:
    import difflib  # noqa: PLC0415
    import re  # noqa: PLC0415

    words = str(error)
    unknown = re.search(r"unknown field `([^`]+)`", words)
    section = match.group(1) if (match := re.search(r"\$\.([\w.]+)", words)) else ""
    if unknown:
        name = unknown.group(1)
        near = difflib.get_close_matches(name, _known(section), 1, cutoff=0.4)
        suggestion = f"the nearest known key is {near[0]}" if near else f"known: {', '.join(_known(section))}"
        return ConfigError(
            f"{_place(path, text, name)} unknown key {_dotted(section, name)}", received=name, do=suggestion
        )
    name = section.rsplit(".", 1)[-1]
    shaped = "matching regex" in words
    reason = "not of the form that is asked for" if shaped else words.partition(" - at")[0]
    return ConfigError(
        f"{_place(path, text, name)} {section}: {reason}",
        received=_received(tree, section),
        do=_meaning(section) if shaped else _instead(words, section),
    )


def _meaning(section: str) -> str | None:
    """What a key is documented to hold."""
    said = (each.description for each in getattr(_type(section), "__metadata__", ()) if isinstance(each, Meta))
    return next(said, None)


def _instead(words: str, section: str) -> str | None:
    """For a word that is none of those allowed: the nearest of them, and all."""
    import difflib  # noqa: PLC0415
    import re  # noqa: PLC0415

    wrong = re.search(r"Invalid enum value '([^']*)'", words)
    if wrong is None:
        return None
    allowed = _words_of(_type(section))
    near = difflib.get_close_matches(wrong[1], allowed, 1, cutoff=0.4)
    return f"{f'the nearest is {near[0]}; ' if near else ''}there are {', '.join(allowed)}"


def _type(section: str) -> object:
    """The type of a key's value, with what its documentation says of it; None of a key that is not known."""
    above, _, name = section.rpartition(".")
    return next((field.type for field in msgspec.structs.fields(_kind(above)) if field.name == name), None)


def _words_of(kind: object) -> list[str]:
    """The words that a type allows, wherever in it they stand."""
    if get_origin(kind) is Literal:
        return [word for word in get_args(kind) if isinstance(word, str)]
    return [word for part in get_args(kind) for word in _words_of(part)]


def _known(section: str) -> list[str]:
    return [field.name for field in msgspec.structs.fields(_kind(section))]


def _kind(section: str) -> type[Struct]:
    kind: type[Struct] = Settings
    for name in section.split(".") if section else ():
        inner = next((field.default for field in msgspec.structs.fields(kind) if field.name == name), None)
        kind = type(inner) if isinstance(inner, Struct) else kind
    return kind


def _dotted(section: str, name: str) -> str:
    return f"{section}.{name}" if section else name


def _place(path: Path, text: str, name: str) -> str:
    import re  # noqa: PLC0415

    for number, line in enumerate(text.splitlines(), start=1):
        if re.match(rf"\s*\[?{re.escape(name)}\b", line):
            return f"{path}, line {number}:"
    return f"{path}:" if text else "command line:"


def _received(tree: dict[str, Any], section: str) -> str | None:
    value: Any = tree
    for name in section.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return None if value is None else repr(value)
