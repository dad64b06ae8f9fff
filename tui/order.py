"""Which rows of the list are shown, in which order."""

from collections.abc import Callable
from typing import Final, Literal, TypeAlias, get_args

from engine.protocol import Row

Sort: TypeAlias = Literal["rarity", "change", "momentum", "volatility", "symbol", "group", "list"]
SORTS: Final[tuple[Sort, ...]] = get_args(Sort)


def change_of(row: Row) -> float | None:
    """The change that a row shows, per cent: that of its live quote, where it has one."""
    return row.change_pct if row.price is None else row.price_change_pct


_Measure: TypeAlias = Callable[[Row], float | None]
_MEASURES: dict[Sort, _Measure] = {
    "rarity": lambda row: row.rarity_days,
    "change": change_of,
    "momentum": lambda row: row.momentum_10d,
    "volatility": lambda row: row.volatility_ratio,
}


def after(sort: Sort, rows: tuple[Row, ...]) -> Sort:
    """The order that the next press of the key gives; by group only where there are groups."""
    following = SORTS[(SORTS.index(sort) + 1) % len(SORTS)]
    return after(following, rows) if following == "group" and not any(row.group for row in rows) else following


def shown(rows: tuple[Row, ...], sort: Sort, find: str) -> tuple[Row, ...]:
    """The rows that contain every word of `find`, in that order: largest first, unknown last, ties as in the list.

    Groups stand as they first come in the list.
    """
    return _sorted(tuple(row for row in rows if _matches(row, find)), sort)


def _matches(row: Row, find: str) -> bool:
    text = f"{row.symbol} {row.name}".casefold()
    return all(word in text for word in find.casefold().split())


def _sorted(rows: tuple[Row, ...], sort: Sort) -> tuple[Row, ...]:
    if sort == "symbol":
        return tuple(sorted(rows, key=lambda row: row.symbol))
    if sort == "group":
        groups = list(dict.fromkeys(row.group for row in rows if row.group))
        return tuple(sorted(rows, key=lambda row: groups.index(row.group) if row.group else len(groups)))
    if sort not in _MEASURES:
        return rows
    measure = _MEASURES[sort]
    return tuple(sorted(rows, key=lambda row: _descending(measure(row))))


def _descending(value: float | None) -> tuple[bool, float]:
    return value is None, -(value or 0.0)
