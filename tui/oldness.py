"""How old a row is, against the session of its own exchange."""

from collections.abc import Iterable
from datetime import date

from msgspec import Struct

from engine.format import age
from engine.protocol import Market, Row

BEHIND = 15 * 60
"""Seconds that a quote may lie behind the newest one of its exchange."""
LATE = 30 * 60
"""The same behind the clock: some exchanges let quotes out a quarter of an hour late, or a little more."""


class Newest(Struct, frozen=True):
    """The newest of an exchange: its session, its quote, and whether it is open."""

    session: date | None = None
    quote: float | None = None
    open: bool = False


def newest_of(rows: Iterable[Row], markets: Iterable[Market] = ()) -> dict[str, Newest]:
    """The newest known of each exchange of the rows."""
    opened = {name for market in markets if market.open for name in (market.exchange, market.name)}
    newest: dict[str, Newest] = {}
    for row in rows:
        known = newest.get(row.exchange, Newest(open=row.exchange in opened))
        newest[row.exchange] = Newest(
            max(filter(None, (known.session, row.session)), default=None),
            max(filter(None, (known.quote, row.price_at)), default=None),
            known.open,
        )
    return newest


def old(row: Row, newest: dict[str, Newest], now: float) -> str:
    """How old a row is that is older than it should be: "5d", "22m"; empty where all is well.

    A quote may lie a little behind the newest one and behind the clock, a session not at all; while the exchange is
    closed no quote grows old.
    """
    of = newest.get(row.exchange, Newest())
    if row.price is not None and row.price_at is not None:
        behind = (of.quote or row.price_at) - row.price_at
        stale = of.open and (behind > BEHIND or now - row.price_at > LATE)
        return age(now - row.price_at) if stale else ""
    if row.session is None or row.price is not None or of.session is None:
        return ""
    days = (of.session - row.session).days
    return f"{days}d" if days else ""
