"""Live prices, and the levels a person set: which of them a price has reached."""

from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

Phase: TypeAlias = Literal["pre", "regular", "post"]
Rule: TypeAlias = Literal["above", "below", "move"]


@dataclass(frozen=True, slots=True)
class Quote:
    """A price at an instant (seconds since the epoch, UTC), in the currency the symbol is quoted in."""

    symbol: str
    price: float
    time: float
    phase: Phase = "regular"
    previous_close: float | None = None
    volume: float | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True)
class PriceAlarm:
    """A price reached a level: outside the budget, for the person asked for it.

    `level` is a price, or per cent for a move; `session` is that of the exchange, `at` the quote's instant.
    """

    symbol: str
    rule: Rule
    level: float
    price: float
    session: date
    at: float
    words: str
