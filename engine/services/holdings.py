"""Rows with their live price and what is held of them, and what a list's holdings are worth together."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from msgspec.structs import replace

from engine.core.money import Position, Rate, position, rate_of, rate_symbol, through_dollar, total, unit_of
from engine.core.quotes import DayBar, Priced, change_pct
from engine.ports import List, Ticker
from engine.protocol import Holdings, Row


def rate_symbols(of: List, currencies: Mapping[str, str], unknown: Collection[str] = ()) -> tuple[str, ...]:
    """The exchange rates a list's holdings need beside its own symbols, sorted; `currencies` are those of its tickers.

    A rate that is among the `unknown` ones, which the source does not have, is made of two through the dollar.
    """
    needed: set[str] = set()
    for ticker in of.tickers:
        currency = currencies.get(ticker.symbol, "")
        symbol = rate_symbol(currency, of.currency) if ticker.shares else None
        if symbol is not None:
            needed.update(through_dollar(currency, of.currency) if symbol in unknown else (symbol,))
    return tuple(sorted(needed))


def filled(
    of: List,
    rows: Iterable[Row],
    newest: Callable[[str], Priced | None],
    rates: Mapping[str, Rate],
    last: Callable[[str], DayBar | None] = lambda _: None,
) -> tuple[tuple[Row, ...], Holdings | None]:
    """The rows with live prices and holdings, and the sum of the holdings; None where nothing is held.

    `newest` gives the newest quote of a symbol in its place, None where there is none, `rates` those of rate_symbols,
    `last` its last session in the shares of today.
    Without an account's currency there is a sum only where all holdings are of one currency.
    """
    tickers = {ticker.symbol: ticker for ticker in of.tickers}
    dressed = tuple(
        with_quote(
            row,
            newest(row.symbol),
            tickers.get(row.symbol) or Ticker(row.symbol),
            of.currency,
            rates,
            last=last(row.symbol),
        )
        for row in rows
    )
    return dressed, holdings(of, dressed, rates)


def with_quote(
    row: Row,
    priced: Priced | None,
    ticker: Ticker,
    account: str,
    rates: Mapping[str, Rate],
    *,
    last: DayBar | None = None,
) -> Row:
    """The row with its newest price and what is held of it, in the account's currency; a holding is worth that price.

    A quote that is not newer than the row's session is not shown: one of a later day, or of after hours, is. Without
    one a holding is worth the close, in the shares of today where `last` knows it: on a split's morning that is not the
    row's, which is of the shares of its session.
    """
    shown = priced if priced is not None and _newer(priced, row) else None
    price = shown.quote.price if shown else _close(row, last)
    rate = rate_of(row.currency, account, rates)
    worth = position(
        ticker.shares, ticker.cost, price, currency=row.currency, account=account, rate=rate.value if rate else None
    )
    return replace(
        row,
        price=shown.quote.price if shown else None,
        price_at=shown.quote.time if shown else None,
        phase=shown.quote.phase if shown else None,
        price_change_pct=change_pct(shown.quote.price, shown.previous_close) if shown else None,
        shares=ticker.shares,
        value=worth.value,
        pnl=worth.pnl,
        pnl_pct=worth.pnl_pct,
    )


def _close(row: Row, last: DayBar | None) -> float | None:
    return last.close if last is not None and last.session == row.session else row.close


def holdings(of: List, rows: Sequence[Row], rates: Mapping[str, Rate]) -> Holdings | None:
    """The sum over rows that `with_quote` has filled."""
    held = [row for row in rows if row.shares]
    currency = of.currency or _one([unit_of(row.currency)[0] for row in held])
    if not held or currency is None:
        return None
    whole = total((row.symbol, Position(row.value, row.pnl, row.pnl_pct)) for row in held)
    used = [rate_of(row.currency, currency, rates) for row in held if unit_of(row.currency)[0] != currency]
    return Holdings(
        currency=currency,
        value=whole.value,
        pnl=whole.pnl,
        left_out=whole.left_out,
        rate_at=min((rate.at for rate in used if rate is not None), default=None),
    )


def _newer(priced: Priced, row: Row) -> bool:
    if row.session is None:
        return True
    return priced.day > row.session or (priced.day == row.session and priced.quote.phase == "post")


def _one(currencies: Sequence[str]) -> str | None:
    """The only one among them, if there is only one."""
    return currencies[0] if len(set(currencies)) == 1 and currencies[0] else None
