"""Keys of one's own: the keymap with some of its keys replaced, or what is wrong with what was asked for."""

import unicodedata
from collections.abc import Mapping
from itertools import combinations
from typing import Final, get_args

from msgspec.structs import replace

from tui.keymap import KEYS, Key, Keymap, Place, keys_on

_SIGNS: Final = {
    "solidus": "slash",
    "reverse_solidus": "backslash",
    "commercial_at": "at",
    "hyphen_minus": "minus",
    "plus_sign": "plus",
    "low_line": "underscore",
}
_NAMED: Final = frozenset(
    {
        *("enter", "escape", "space", "tab", "backspace", "delete", "insert", "home", "end", "pageup", "pagedown"),
        *("up", "down", "left", "right", *(f"f{number}" for number in range(1, 13))),
    }
)
_WITH: Final = ("ctrl+", "alt+", "shift+")


def rebound(wanted: Mapping[str, str]) -> tuple[Keymap, tuple[str, ...]]:
    """The keymap with these keys instead of its own, by name, and what is wrong with them, in words.

    Several keys of one name are joined by commas: {"sort": "o,f2"}.
    """
    names = [key.name for key in KEYS]
    wrong = [_unknown(name, names) for name in wanted if name not in names]
    wrong += [
        f"{name} = {text!r}: {part!r} is no key; a sign, f1 to f12, enter, ctrl+r are"
        for name, text in wanted.items()
        for part in text.split(",")
        if not _is_key(part.strip())
    ]
    if wrong:
        return KEYS, tuple(wrong)
    keys = tuple(_with(key, wanted[key.name]) if key.name in wanted else key for key in KEYS)
    return keys, _clashes(keys)


def changes(keys: Keymap) -> dict[str, str]:
    """What differs from the usual keymap, as Textual wants it: the keys by name."""
    return {key.name: key.keys for key, usual in zip(keys, KEYS, strict=True) if key.keys != usual.keys}


def _unknown(name: str, names: list[str]) -> str:
    import difflib  # noqa: PLC0415 - the first paint does not wait for it

    near = difflib.get_close_matches(name, names, 1, cutoff=0.4)
    return (
        f"{name} is no command"
        + (f"; the nearest is {near[0]}" if near else "")
        + f"; there are {', '.join(sorted(names))}"
    )


def _is_key(part: str) -> bool:
    bare = part
    while bare.startswith(_WITH):
        bare = bare.split("+", 1)[1]
    return bare in _NAMED or (len(bare) == 1 and bare.isprintable()) or bare in _known_names()


def _known_names() -> frozenset[str]:
    return frozenset(part.rpartition("+")[2] for key in KEYS for part in key.keys.split(","))


def _with(key: Key, text: str) -> Key:
    parts = [part.strip() for part in text.split(",")]
    return replace(key, keys=",".join(map(_named, parts)), shown=_shown(parts[0]))


def _named(part: str) -> str:
    """A key by Textual's name: "/" is slash."""
    if len(part) != 1 or part.isalnum():
        return part
    name = unicodedata.name(part, part).lower().replace(" ", "_").replace("-", "_")
    return _SIGNS.get(name, name)


def _shown(part: str) -> str:
    return part.replace("ctrl+", "^").replace("shift+", "⇧").replace("alt+", "M-")


def _clashes(keys: Keymap) -> tuple[str, ...]:
    """Two commands of one screen on one key, each pair once."""
    found: dict[str, None] = {}
    for place in get_args(Place):
        for one, other in combinations(keys_on(place, keys), 2):
            both = set(one.keys.split(",")) & set(other.keys.split(","))
            found |= {f"{part} is for {one.name} and for {other.name}": None for part in sorted(both)}
    return tuple(found)
