"""How alarms turned out, as the command line tells it."""

from collections.abc import Callable
from typing import Any

import msgspec

from engine import format as fmt
from engine.protocol import Grades, KindGrades

_KIND = 20
_Column = tuple[str, int, Callable[[KindGrades], str]]
_MEANING = """\
Right, {horizon} sessions after: the price went where the alarm pointed by more than half a sigma, or, of volatility
shock, volume spike and market, moved more than in two thirds of the past. Base: how often that is so after any session.
A year: alarms a ticker and year, the market's a list and year."""


def grades_as_json(of: Grades) -> Any:
    """The record of each kind, by its name."""
    return msgspec.to_builtins(of.kinds)


def grades(of: Grades) -> str:
    """A table, a kind a line."""
    names = "".join(fmt.fit(name, cells, right=True) for name, cells, _ in _COLUMNS)
    head = fmt.fit(f"after {of.horizon} sessions", _KIND) + names
    lines = [
        fmt.fit(fmt.plain(kind.replace("_", " ")), _KIND)
        + "".join(fmt.fit(cell(record), cells, right=True) for _, cells, cell in _COLUMNS)
        for kind, record in of.kinds.items()
    ]
    return "\n".join([head, *lines, "", _MEANING.format(horizon=of.horizon)])


def _share(value: float | None) -> str:
    return fmt.percent(None if value is None else 100 * value, 0)


def _interval(of: KindGrades) -> str:
    return f"{_share(of.precision_low)}–{_share(of.precision_high)}" if of.precision is not None else fmt.UNKNOWN


_COLUMNS: tuple[_Column, ...] = (
    ("alarms", 8, lambda of: f"{of.alarms:,}"),
    ("right", 7, lambda of: f"{of.hits:,}"),
    ("precision", 11, lambda of: _share(of.precision)),
    ("95 %", 11, _interval),
    ("base", 7, lambda of: _share(of.base_rate)),
    ("lift", 7, lambda of: fmt.number(of.lift, 2)),
    ("a year", 8, lambda of: fmt.number(of.per_ticker_year, 2)),
    ("budget", 8, lambda of: fmt.number(of.budget, 2)),
)
