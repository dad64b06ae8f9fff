"""One setting as it is given on a command line: `alarms.budget=4`."""

from typing import Any

from msgspec import Struct

from engine.errors import BadRequest

_TAKEN_UP = {"alarms": "at once", "screen": "by the next screen that opens (detach, then `whipsaw`)"}
"""When a change under a section is in force; all others are read when the engine starts."""


class Assignment(Struct, frozen=True):
    """A key, the sections it stands in, and its value as TOML reads it; a bare word is a text."""

    sections: tuple[str, ...]
    name: str
    value: Any

    @property
    def key(self) -> str:
        """The key with its sections."""
        return ".".join((*self.sections, self.name))

    @property
    def taken_up(self) -> str:
        """When a change of it is in force."""
        return _TAKEN_UP.get(
            self.sections[0] if self.sections else "",
            "when the engine starts anew (`whipsaw engine stop`, then `whipsaw`)",
        )

    def into(self, tree: dict[str, Any]) -> None:
        """Set it among the values of a file, where that says nothing else in the place of a section."""
        for section in self.sections:
            inner: Any = tree.setdefault(section, {})
            if not isinstance(inner, dict):
                return  # found, and said, when the whole is read
            tree = inner
        tree[self.name] = self.value


def assignment(text: str) -> Assignment:
    """What `key=value` says. Raises BadRequest."""
    key, equals, value = text.partition("=")
    *sections, name = (part.strip() for part in key.split("."))
    if not equals or not all((*sections, name)):
        raise BadRequest("a setting is given as key=value", received=text, do="for example replay.speed=20")
    return Assignment(tuple(sections), name, _value(value.strip()))


def _value(text: str) -> Any:
    import tomllib  # noqa: PLC0415 - nothing here may hold up the first paint

    try:
        return tomllib.loads(f"v = {text}")["v"]
    except tomllib.TOMLDecodeError:
        return text
