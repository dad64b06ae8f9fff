"""Which rows of the list are shown, in which order."""

from collections.abc import Callable
from typing import Final, Literal, TypeAlias, get_args

from engine.protocol import Row

Sort: TypeAlias = Literal["rarity", "change", "momentum", "volatility", "symbol", "list"]
SORTS: Final[tuple[Sort, ...]] = get_args(Sort)

_Measure: TypeAlias = Callable[[Row], float | None]
_MEASURES: dict[Sort, _Measure] = {
    "rarity": lambda row: row.rarity_days,
    "change": lambda row: row.change_pct,
    "momentum": lambda row: row.momentum_10d,
    "volatility": lambda row: row.volatility_ratio,
}


def after(sort: Sort) -> Sort:
    """The order that the next press of the key gives."""
    return SORTS[(SORTS.index(sort) + 1) % len(SORTS)]


def shown(rows: tuple[Row, ...], sort: Sort, find: str) -> tuple[Row, ...]:
    """The rows that contain every word of `find`, in that order: largest first, unknown last, ties as in the list."""
    return _sorted(tuple(row for row in rows if _matches(row, find)), sort)


def _matches(row: Row, find: str) -> bool:
    text = f"{row.symbol} {row.name}".casefold()
    return all(word in text for word in find.casefold().split())


def _sorted(rows: tuple[Row, ...], sort: Sort) -> tuple[Row, ...]:
    if sort == "symbol":
        return tuple(sorted(rows, key=lambda row: row.symbol))
    if sort not in _MEASURES:
        return rows
    measure = _MEASURES[sort]
    return tuple(sorted(rows, key=lambda row: _descending(measure(row))))


def _descending(value: float | None) -> tuple[bool, float]:
    return value is None, -(value or 0.0)
