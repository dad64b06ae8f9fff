"""What can be asked of a row by name: the filter compares it, the list is sorted by it, a column shows it."""

from collections.abc import Callable, Mapping
from typing import Final, Literal, TypeAlias

from msgspec import Struct

from engine.format import SESSIONS_A_YEAR
from engine.protocol import Row

Value: TypeAlias = float | str


class Fact(Struct, frozen=True):
    """One of them; what is not known is None. A day is its ordinal number.

    `units` are what may stand behind a number and what it is worth then; the empty one says what a bare number counts.
    """

    name: str
    words: str
    example: str
    """A value, as it may be written in the filter."""
    of: Callable[[Row, float], Value | None]
    kind: Literal["number", "day", "word", "text"] = "number"
    """A word is one of `choices`, a text may be any."""
    also: tuple[str, ...] = ()
    """Other names of it."""
    units: Mapping[str, float] = {}
    choices: Mapping[str, str] = {}
    """The words it may be, as they are written: what they mean."""
    amount: bool = False
    """Whether it is hidden with the amounts of holdings."""

    @property
    def ordered(self) -> bool:
        """Whether one can be less than another."""
        return self.kind in ("number", "day")


def change_of(row: Row) -> float | None:
    """The change that a row shows, per cent: that of its live quote, where it has one."""
    return row.change_pct if row.price is None else row.price_change_pct


def heard_at(row: Row) -> float | None:
    """When the newest of a row came, quote or bar; seconds since the epoch."""
    return max((at for at in (row.fetched_at, row.price_at) if at), default=None)


def _age(row: Row, now: float) -> float | None:
    at = heard_at(row)
    return None if at is None else max(now - at, 0.0)


def _trend(row: Row, _now: float) -> float | None:
    return 100 * (row.spark[-1] / row.spark[0] - 1) if row.spark and row.spark[0] else None


_PER_CENT: Final = {"%": 1.0}
_RATIO: Final = {"x": 1.0, "×": 1.0}
_SIGMAS: Final = {"σ": 1.0}
_AMOUNT: Final = {"k": 1e3, "m": 1e6, "b": 1e9, "t": 1e12}
_SESSIONS: Final = {"d": 1.0, "y": float(SESSIONS_A_YEAR)}
_SPAN: Final = {"": 60.0, "s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0}
_STATES: Final = {
    "bull": "bull",
    "correction": "correction",
    "corr": "correction",
    "bear": "bear",
    "rebound": "rebound",
    "rebd": "rebound",
}

FACTS: Final = (
    Fact("symbol", "symbol", "AAPL", lambda row, _: row.symbol, "text", ("sym",)),
    Fact("name", "name", "bank", lambda row, _: row.name or None, "text"),
    Fact("group", "group of the list's file", "banks", lambda row, _: row.group or None, "text"),
    Fact("last", "last price", "100", lambda row, _: row.close if row.price is None else row.price, also=("price",)),
    Fact("chg", "change, %", "-2.5", lambda row, _: change_of(row), also=("change", "chg%"), units=_PER_CENT),
    Fact("shares", "shares held", "100", lambda row, _: row.shares, units=_AMOUNT, amount=True),
    Fact("value", "value held", "10k", lambda row, _: row.value, units=_AMOUNT, amount=True),
    Fact("pnl", "profit or loss", "-500", lambda row, _: row.pnl, also=("p&l",), units=_AMOUNT, amount=True),
    Fact("gain", "profit or loss, %", "20", lambda row, _: row.pnl_pct, also=("p&l%",), units=_PER_CENT, amount=True),
    Fact("spark", "change over its sparkline, %", "10", _trend, units=_PER_CENT),
    Fact(
        "mom",
        "return of 10 sessions, %",
        "5",
        lambda row, _: row.momentum_10d,
        also=("mom10", "momentum"),
        units=_PER_CENT,
    ),
    Fact("sigma", "the same in sigmas", "2", lambda row, _: row.momentum_z, also=("σ",), units=_SIGMAS),
    Fact("state", "momentum state", "Bull", lambda row, _: row.momentum_state, "word", choices=_STATES),
    Fact("vol", "volatility ratio", "2", lambda row, _: row.volatility_ratio, also=("volatility",), units=_RATIO),
    Fact("rarity", "sessions to one as rare", "60", lambda row, _: row.rarity_days, also=("rare",), units=_SESSIONS),
    Fact(
        "session",
        "last session",
        "2026-01-30",
        lambda row, _: float(row.session.toordinal()) if row.session else None,
        "day",
    ),
    Fact("age", "since its newest price", "20m", _age, also=("fetched",), units=_SPAN),
    Fact(
        "tier",
        "tier of its alarm",
        "alert",
        lambda row, _: row.tier,
        "word",
        ("alarm",),
        choices={"alert": "alert", "watch": "watch"},
    ),
    Fact("exchange", "exchange", "XNYS", lambda row, _: row.exchange or None, "text"),
    Fact("currency", "currency of its price", "USD", lambda row, _: row.currency or None, "text"),
    Fact("source", "source", "yahoo", lambda row, _: row.source or None, "text"),
)

BY_NAME: Final[Mapping[str, Fact]] = {name: fact for fact in FACTS for name in (fact.name, *fact.also)}
