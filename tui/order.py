"""In which order the rows of a list stand, and under which headings."""

from collections.abc import Callable, Collection, Sequence
from typing import Any, Final, TypeAlias

from msgspec import Struct

from engine.protocol import Row, Tier
from tui.facts import BY_NAME, Fact

AS_LISTED: Final = "list"
"""The order of the list's own file."""


class Order(Struct, frozen=True):
    """By a fact, or as listed; `down` is from the largest to the smallest."""

    by: str = "rarity"
    down: bool = True

    @property
    def words(self) -> str:
        """As the title says it: "rarity ▾"."""
        return f"{self.by} {'▾' if self.down else '▴'}"

    @property
    def reversed(self) -> "Order":
        """The other way round."""
        return Order(self.by, not self.down)


class Heading(Struct, frozen=True):
    """Stands above the rows of a group."""

    group: str
    count: int
    folded: bool = False
    tier: Tier | None = None
    """The highest tier among its rows."""


Line: TypeAlias = Row | Heading


def order_by(name: str) -> Order:
    """The usual order by a fact: numbers from the largest down, words from A to Z, a list from its first line."""
    return Order(name, down=name in BY_NAME and BY_NAME[name].ordered)


def ordered(rows: Sequence[Row], order: Order, now: float, *, private: bool = False) -> tuple[Row, ...]:
    """The rows in that order: what is not known last whichever way, ties as in the list.

    Groups stand as they first come in the list; amounts that are hidden count as not known.
    """
    fact = BY_NAME.get(order.by)
    if fact is None:
        return tuple(reversed(rows)) if order.down else tuple(rows)
    if fact.amount and private:
        return tuple(rows)
    measure = _measure(fact, rows, now)
    known: list[tuple[Any, Row]] = [(value, row) for row in rows if (value := measure(row)) is not None]
    known.sort(key=lambda pair: pair[0], reverse=order.down)  # it keeps ties as they are, reversed too
    return (*(row for _, row in known), *(row for row in rows if measure(row) is None))


def lines_of(rows: Sequence[Row], every: Sequence[Row], folded: Collection[str]) -> tuple[Line, ...]:
    """The rows under the headings of their groups, which stand as they first come in `every`; without a group last."""
    groups = list(dict.fromkeys(row.group for row in every if row.group))
    lines: list[Line] = []
    for group in (*groups, ""):
        own = [row for row in rows if row.group == group]
        if own:
            tiers = {row.tier for row in own}
            tier: Tier | None = "alert" if "alert" in tiers else "watch" if "watch" in tiers else None
            lines.append(Heading(group, len(own), group in folded, tier))
            lines += [] if group in folded else own
    return tuple(lines)


def _measure(fact: Fact, rows: Sequence[Row], now: float) -> Callable[[Row], Any]:
    if fact.name == "group":
        places = {group: float(place) for place, group in enumerate(dict.fromkeys(row.group for row in rows))}
        return lambda row: places[row.group] if row.group else None
    if not fact.ordered:
        return lambda row: value.casefold() if isinstance(value := fact.of(row, now), str) else value
    return lambda row: fact.of(row, now)
