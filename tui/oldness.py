"""How old a row is, against the session of its own exchange."""

from collections.abc import Iterable
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from engine.format import age
from engine.protocol import Market, Row

BEHIND = 15 * 60
"""Seconds that a quote may lie behind the newest one of its exchange."""
LATE = 30 * 60
"""The same behind the clock: some exchanges let quotes out a quarter of an hour late, or a little more."""


class Newest(Struct, frozen=True):
    """The newest of an exchange: its session, its quote, whether it is open, and since when."""

    session: date | None = None
    quote: float | None = None
    open: bool = False
    since: float | None = None


def newest_of(rows: Iterable[Row], markets: Iterable[Market] = ()) -> dict[str, Newest]:
    """The newest known of each exchange of the rows."""
    opened = {name: market.since for market in markets if market.open for name in (market.exchange, market.name)}
    newest: dict[str, Newest] = {}
    for row in rows:
        known = newest.get(row.exchange, Newest(open=row.exchange in opened, since=opened.get(row.exchange)))
        newest[row.exchange] = replace(
            known,
            session=max(filter(None, (known.session, row.session)), default=None),
            quote=max(filter(None, (known.quote, row.price_at)), default=None),
        )
    return newest


def old(row: Row, newest: dict[str, Newest], now: float) -> str:
    """How old a row is that is older than it should be: "5d", "22m"; empty where all is well.

    A quote may lie a little behind the newest one and behind the clock, a session not at all; while the exchange is
    closed no quote grows old, and one of before its opening was all there could be until then.
    """
    of = newest.get(row.exchange, Newest())
    if row.price is not None and row.price_at is not None:
        could_be = max(row.price_at, of.since or 0.0)
        stale = of.open and ((of.quote or 0.0) - could_be > BEHIND or now - could_be > LATE)
        return age(now - row.price_at) if stale else ""
    if row.session is None or row.price is not None or of.session is None:
        return ""
    days = (of.session - row.session).days
    return f"{days}d" if days else ""
