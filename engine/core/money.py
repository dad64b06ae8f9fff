"""What holdings are worth: currency units, exchange rates, value, profit and loss.

A rate is units of the account's currency for one unit of the other. What lacks a price, a cost or a rate is None.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeGuard

_PARTS = {"GBp": ("GBP", 100.0), "GBX": ("GBP", 100.0), "ZAc": ("ZAR", 100.0), "ILA": ("ILS", 100.0)}
_PIVOT = "USD"


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate and the instant it is of (seconds since the epoch, UTC)."""

    value: float
    at: float


@dataclass(frozen=True, slots=True)
class Position:
    """One holding, in the account's currency; `cost` is what was paid, at today's rate, `pnl_pct` in per cent of it."""

    value: float | None = None
    pnl: float | None = None
    pnl_pct: float | None = None


@dataclass(frozen=True, slots=True)
class Total:
    """Several holdings together; `left_out` names those without a value."""

    value: float
    pnl: float | None
    left_out: tuple[str, ...]


def unit_of(currency: str) -> tuple[str, float]:
    """The ISO code of what prices are quoted in, and how many of the quoted units make one of it.

    >>> unit_of("GBp"), unit_of("KRW")
    (('GBP', 100.0), ('KRW', 1.0))
    """
    return _PARTS.get(currency, (currency, 1.0))


def position(
    shares: float | None,
    cost: float | None,
    price: float | None,
    *,
    currency: str,
    account: str,
    rate: float | None,
) -> Position:
    """Value and profit of a holding: shares * price / units * rate, and the same of price less cost.

    `cost` and `price` are for one share, in `currency` as it is quoted (GBp). Without an `account` the value stays in
    its own currency; where both are the same, `rate` is not needed. The profit in per cent needs no rate.
    """
    if not _known(shares) or not _known(price):
        return Position()
    iso, units = unit_of(currency)
    factor = 1.0 if account in ("", iso) else rate
    each = factor / units if _known(factor) else None
    gain = price - cost if _known(cost) else None
    return Position(
        value=None if each is None else shares * price * each,
        pnl=None if each is None or gain is None else shares * gain * each,
        pnl_pct=None
        if gain is None or not cost or cost < 0 or not shares
        else math.copysign(100 * gain / cost, gain * shares),
    )


def rate_symbol(currency: str, account: str) -> str | None:
    """The symbol, as Yahoo writes it, of the rate from one currency to the account's; None where none is needed.

    >>> rate_symbol("KRW", "USD"), rate_symbol("GBp", "EUR"), rate_symbol("GBp", "GBP")
    ('KRWUSD=X', 'GBPEUR=X', None)
    """
    iso, _ = unit_of(currency)
    return None if not iso or not account or iso == account else f"{iso}{account}=X"


def through_dollar(currency: str, account: str) -> tuple[str, ...]:
    """The two rates that stand in for one that a source does not know; none where one of the two is the dollar."""
    iso, _ = unit_of(currency)
    if rate_symbol(currency, account) is None or _PIVOT in (iso, account):
        return ()
    return (f"{iso}{_PIVOT}=X", f"{_PIVOT}{account}=X")


def rate_of(currency: str, account: str, rates: Mapping[str, Rate]) -> Rate | None:
    """The rate from a currency to the account's among those given by symbol: direct, inverse, or through the dollar.

    It is as old as the older of the rates it is made of. None where it is not among them.
    """
    iso, _ = unit_of(currency)
    if not iso or not account:
        return None
    direct = _either(iso, account, rates)
    if direct is not None or _PIVOT in (iso, account):
        return direct
    first, second = _either(iso, _PIVOT, rates), _either(_PIVOT, account, rates)
    return Rate(first.value * second.value, min(first.at, second.at)) if first and second else None


def total(held: Iterable[tuple[str, Position]]) -> Total:
    """The sum of positions by symbol.

    The profit is that of the holdings whose cost is known, None where there are none. A symbol without a value is in
    neither sum, and is named.
    """
    values, gains, left_out = 0.0, [], []
    for symbol, each in held:
        values += each.value or 0.0
        if each.pnl is not None:
            gains.append(each.pnl)
        if each.value is None:
            left_out.append(symbol)
    return Total(values, math.fsum(gains) if gains else None, tuple(left_out))


def _either(base: str, quoted: str, rates: Mapping[str, Rate]) -> Rate | None:
    known = rates.get(f"{base}{quoted}=X")
    if known is not None and _usable(known):
        return known
    inverse = rates.get(f"{quoted}{base}=X")
    return Rate(1 / inverse.value, inverse.at) if inverse is not None and _usable(inverse) else None


def _usable(rate: Rate) -> bool:
    return math.isfinite(rate.value) and rate.value > 0


def _known(value: float | None) -> TypeGuard[float]:
    return value is not None and math.isfinite(value)
