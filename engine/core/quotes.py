"""Live prices, and the levels a person set: which of them a price has reached."""

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias, TypeGuard

Phase: TypeAlias = Literal["pre", "regular", "post"]
Rule: TypeAlias = Literal["above", "below", "move"]

_MARKED: dict[Phase, str] = {"pre": " (pre-market)", "regular": "", "post": " (after hours)"}


@dataclass(frozen=True, slots=True)
class Quote:
    """A price at an instant (seconds since the epoch, UTC), in the currency the symbol is quoted in.

    `volume`, `open`, `high` and `low` are those of its day so far, where its source tells them.
    """

    symbol: str
    price: float
    time: float
    phase: Phase = "regular"
    previous_close: float | None = None
    volume: float | None = None
    currency: str = ""
    open: float | None = None
    high: float | None = None
    low: float | None = None


@dataclass(frozen=True, slots=True)
class Priced:
    """A quote in its place: its day in the exchange's own time zone, and the close before it, where that is known."""

    quote: Quote
    day: date
    previous_close: float | None = None


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


@dataclass(frozen=True, slots=True)
class Levels:
    """What a person set for one symbol: prices in the currency it is quoted in, and a day's move in per cent."""

    above: float | None = None
    below: float | None = None
    move: float | None = None

    def __bool__(self) -> bool:
        return bool(self.rules())

    def rules(self) -> tuple[tuple[Rule, float], ...]:
        """The rules that are set, each with its level."""
        own: tuple[tuple[Rule, float | None], ...] = (("above", self.above), ("below", self.below), ("move", self.move))
        return tuple((rule, level) for rule, level in own if level is not None)

    def only(self, rules: Collection[Rule]) -> "Levels":
        """These rules alone."""
        return Levels(**{rule: level for rule, level in self.rules() if rule in rules})


def crossed(
    quote: Quote,
    session: date,
    levels: Levels,
    *,
    before: float | None,
    previous_close: float | None,
    money: Callable[[float], str],
) -> tuple[PriceAlarm, ...]:
    """The levels that a quote reaches, coming from `before`: the price of the quote before it within the session.

    At a session's first quote (`before` None) it comes from the close before; without one it comes from nowhere, and
    crosses nothing. A move counts from the close before: 100 * |price / close - 1| per cent, in six decimals. Prices
    that are NaN, infinite, zero or negative reach nothing. `money` puts a price into words.
    """
    if not is_price(quote.price):
        return ()
    start = before if is_price(before) else previous_close
    fired: list[tuple[Rule, float, str]] = []
    if is_price(start):
        if levels.above is not None and start < levels.above <= quote.price:
            fired.append(("above", levels.above, f"above your {levels.above:,.10g}"))
        if levels.below is not None and start > levels.below >= quote.price:
            fired.append(("below", levels.below, f"below your {levels.below:,.10g}"))
    moved = change_pct(quote.price, previous_close)
    if levels.move is not None and levels.move > 0 and moved is not None and abs(moved) >= levels.move:
        change = f"{moved:+,.2f}".replace("-", "−")
        fired.append(("move", levels.move, f"{change} % from the close, past your {levels.move:,.10g} %"))
    return tuple(
        PriceAlarm(
            symbol=quote.symbol,
            rule=rule,
            level=level,
            price=quote.price,
            session=session,
            at=quote.time,
            words=f"{quote.symbol} reached {money(quote.price)}, {words}{_MARKED[quote.phase]}",
        )
        for rule, level, words in fired
    )


def change_pct(price: float, close: float | None) -> float | None:
    """A price against a close, per cent, rounded to six decimals (the error of floats); None where one is no price."""
    return round(100 * (price / close - 1), 6) if is_price(close) and is_price(price) else None


def is_price(value: float | None) -> TypeGuard[float]:
    """Whether it is a positive, finite number."""
    return value is not None and math.isfinite(value) and value > 0


@dataclass(frozen=True, slots=True)
class DayBar:
    """A completed session's prices, those that are not known NaN, and the close before it, in the same shares."""

    symbol: str
    session: date
    at: float
    high: float
    low: float
    close: float
    previous_close: float | None


def reached(bar: DayBar, levels: Levels, money: Callable[[float], str]) -> tuple[PriceAlarm, ...]:
    """The levels that a completed session reached, one alarm a rule: its high counts first, then low, then close.

    It comes from the close before it; without one it reaches nothing.
    """
    fired: dict[Rule, PriceAlarm] = {}
    for price in (bar.high, bar.low, bar.close):
        quote = Quote(bar.symbol, price, bar.at)
        close = bar.previous_close
        for alarm in crossed(quote, bar.session, levels, before=close, previous_close=close, money=money):
            fired.setdefault(alarm.rule, alarm)
    return tuple(fired.values())
