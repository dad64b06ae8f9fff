"""What a list's file says of alarms: its table [alarms], and a ticker's own budget and kinds that are off."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any, TypeAlias, TypedDict

from engine.adapters.watchlists import fields
from engine.errors import ConfigError
from engine.ports import AlarmRules

Fault: TypeAlias = Callable[[str, str, str, str], ConfigError]
"""The error for what is wrong with a key: what, the key, what was received, what to do."""


class OfTicker(TypedDict, total=False):
    """A ticker's own."""

    budget: float
    off: tuple[str, ...]


def of_list(table: object, fault: Fault) -> AlarmRules:
    """The rules of a table [alarms]. Raises what `fault` gives."""
    known = _table(table, "alarms", "[alarms]", fault)
    kinds = _table(known.get("kinds", {}), "kinds", "[alarms.kinds]", fault)
    weights = tuple((kind, _number(value, kind, fields.WEIGHT, fault)) for kind, value in kinds.items())
    numbers: dict[str, Any] = {
        key: _number(known[key], key, allowed, fault) for key, allowed in fields.ALARMS.items() if key in known
    }
    whole = {key: int(value) for key, value in numbers.items() if fields.ALARMS[key].whole}
    return AlarmRules(**numbers | whole, kinds=weights)


def of_ticker(entry: Mapping[str, Any], fault: Fault) -> OfTicker:
    """A ticker's own budget and kinds that are off, where it has them. Raises what `fault` gives."""
    own = OfTicker()
    if "budget" in entry:
        own["budget"] = _number(entry["budget"], "budget", fields.BUDGET, fault)
    if "off" in entry:
        own["off"] = _off(entry["off"], fault)
    return own


def _off(value: object, fault: Fault) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(kind, str) for kind in value):
        raise fault("not a list of kinds", "off", str(value), 'Write off = ["..."]')
    for kind in value:
        if kind not in fields.KIND_NAMES:
            near = get_close_matches(kind, fields.KIND_NAMES, n=1)
            known = f"Did you mean {near[0]}?" if near else f"Kinds are {', '.join(fields.KIND_NAMES)}"
            raise fault("no such kind of alarm", "off", kind, known)
    return tuple(dict.fromkeys(value))


def _table(value: object, key: str, where: str, fault: Fault) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise fault("not a table", key, str(value), f"Write {where} above its keys")
    for name in value:
        if name not in fields.ALLOWED[where]:
            raise fault("unknown key", name, name, fields.instead(name, where))
    return value


def _number(value: object, key: str, allowed: fields.Limits, fault: Fault) -> float:
    # a bool is an int to Python, and no number to a person
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise fault("not a number", key, str(value), f"Write {allowed.allowed}")
    if not allowed.holds(value):
        raise fault("out of range", key, str(value)[:60], f"Write {allowed.allowed}")
    return float(value)
