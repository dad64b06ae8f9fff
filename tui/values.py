"""The values of a row as its columns draw them."""

from collections.abc import Callable
from typing import Final, TypeAlias

from msgspec import Struct

from engine.format import (
    HIDDEN,
    age,
    compact,
    direction,
    fit,
    number,
    percent,
    plain,
    price,
    rarity_short,
    sparkline,
)
from engine.protocol import MomentumState, Row
from tui.facts import change_of, heard_at
from tui.spans import Spans, trend

_WHOLE = 100_000
"""Amounts from which three digits have to do."""
BEFORE, AFTER = "‹", "›"
"""Behind a quote of before or after the session."""


class Seen(Struct, frozen=True):
    """A row as it is shown at a moment."""

    row: Row
    private: bool = False
    now: float = 0.0
    old: str = ""
    """How old it is where that is older than it should be: "5d", "22m"."""


Draw: TypeAlias = Callable[[Seen, int], Spans]


def _right(text: str, cells: int, role: str) -> Spans:
    return [(fit(text, cells, right=True), role)]


def _left(text: str, cells: int) -> Spans:
    return [("  ", "dim"), (fit(plain(text), cells - 2), "dim")]


def _name(seen: Seen, cells: int) -> Spans:
    return _left(seen.row.name, cells)


def _group(seen: Seen, cells: int) -> Spans:
    return _left(seen.row.group, cells)


def quote(row: Row) -> str:
    """Its newest price in words."""
    return price(row.close if row.price is None else row.price, row.currency, row.symbol)


def _last(seen: Seen, cells: int) -> Spans:
    return _right(quote(seen.row), cells, "text")


def _marked_last(seen: Seen, cells: int) -> Spans:
    """The same with a cell for the mark of a quote outside the session."""
    row = seen.row
    sign = {"pre": BEFORE, "post": AFTER}.get(row.phase or "", " ") if row.price is not None else " "
    return [*_right(quote(row), cells - 1, "text" if sign == " " else "dim"), (sign, "key")]


def _change(seen: Seen, cells: int) -> Spans:
    if seen.old:
        return _right(f"{seen.old} old", cells, "dim")
    change = change_of(seen.row)
    if change is None:
        return _right(percent(None), cells, "dim")
    return _right(f"{direction(change)} {percent(abs(change))}", cells, trend(change))


def _shares(seen: Seen, cells: int) -> Spans:
    shares = seen.row.shares
    if shares is None:
        return _right("", cells, "dim")
    return _right(HIDDEN if seen.private else f"{shares:,.8g}", cells, "dim")


def _value(seen: Seen, cells: int) -> Spans:
    if seen.row.shares is None:
        return _right("", cells, "dim")
    return _right(HIDDEN if seen.private else amount(seen.row.value), cells, "text")


def _pnl(seen: Seen, cells: int) -> Spans:
    pnl = seen.row.pnl
    if seen.row.shares is None:
        return _right("", cells, "dim")
    if seen.private:
        return _right(HIDDEN, cells, "text")
    return _right(gain(pnl), cells, trend(pnl))


def _gain(seen: Seen, cells: int) -> Spans:
    share = seen.row.pnl_pct
    if seen.private and share is not None:
        return _right(HIDDEN, cells, "text")
    return _right("" if share is None else percent(share, 1, sign=True), cells, trend(share))


def amount(value: float | None) -> str:
    """An amount of money, whole where it is short: "98,765", "1.24 M"."""
    return number(value, 0) if value is None or abs(value) < _WHOLE else compact(value)


def gain(value: float | None) -> str:
    """A profit or loss with the glyph that says which."""
    return amount(None) if value is None else f"{direction(value)} {amount(abs(value))}"


def _spark(seen: Seen, cells: int) -> Spans:
    spark = seen.row.spark
    role = "rise" if spark and spark[-1] >= spark[0] else "fall"
    return [("  ", "dim"), (sparkline(spark, cells - 2), role)]


def _momentum(seen: Seen, cells: int) -> Spans:
    return _right(percent(seen.row.momentum_10d, 1, sign=True), cells, trend(seen.row.momentum_10d))


def _sigmas(seen: Seen, cells: int) -> Spans:
    sigmas = "·" if seen.row.momentum_z is None else f"{number(seen.row.momentum_z, 1, sign=True)}σ"
    return _right(sigmas, cells, "dim")


def _state(seen: Seen, cells: int) -> Spans:
    words, role = _STATES[seen.row.momentum_state]
    return [("  ", "dim"), (fit(words, cells - 2), role)]


_STATES: dict[MomentumState | None, tuple[str, str]] = {
    "bull": ("Bull", "rise"),
    "correction": ("Corr", "dim"),
    "bear": ("Bear", "fall"),
    "rebound": ("Rebd", "dim"),
    None: ("·", "dim"),
}


def _volatility(seen: Seen, cells: int) -> Spans:
    ratio = seen.row.volatility_ratio
    if ratio is None:
        return _right("·", cells, "dim")
    return _right(f"{number(ratio, 1)}×", cells, "watch" if ratio >= 2 else "dim")


def _rarity(seen: Seen, cells: int) -> Spans:
    row = seen.row
    role = f"{row.tier} bold" if row.tier else "dim" if row.rarity_days is None else "text"
    return _right(rarity_short(row.rarity_days, rarer=row.rarer), cells, role)


def _session(seen: Seen, cells: int) -> Spans:
    return _right(seen.row.session.isoformat() if seen.row.session else "·", cells, "dim")


def _fetched(seen: Seen, cells: int) -> Spans:
    at = heard_at(seen.row)
    return _right(f"{plain(seen.row.source)} {age(seen.now - at) if at else '·'}", cells, "dim")


DRAWS: Final[dict[str, Draw]] = {
    "name": _name,
    "group": _group,
    "last": _last,
    "marked_last": _marked_last,
    "chg": _change,
    "shares": _shares,
    "value": _value,
    "pnl": _pnl,
    "gain": _gain,
    "spark": _spark,
    "mom": _momentum,
    "sigma": _sigmas,
    "state": _state,
    "vol": _volatility,
    "rarity": _rarity,
    "session": _session,
    "age": _fetched,
}
"""How each column is drawn, by its name; marked_last has a cell for the mark of a quote outside the session."""
