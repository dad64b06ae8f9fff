"""Watchlists, and symbols that a search found, in words."""

from engine import format as fmt
from engine.protocol import Edited, ListedTicker, ListShown, SearchHit, SearchResults


def shown(item: ListShown) -> str:
    """A line a ticker, under the names of their groups."""
    head = (item.title, f"{len(item.tickers)} tickers", item.interval, item.currency)
    lines = [" · ".join(fmt.plain(part) for part in head if part)]
    group = ""
    for ticker in item.tickers:
        if ticker.group != group:
            group = ticker.group
            lines.append(f"  {fmt.plain(group) or 'no group'}")
        lines.append(_ticker(ticker))
    return "\n".join(lines)


def _ticker(ticker: ListedTicker) -> str:
    calls = [
        words
        for value, words in (
            (ticker.above, f"above {_figure(ticker.above)}"),
            (ticker.below, f"below {_figure(ticker.below)}"),
            (ticker.move, f"move {_figure(ticker.move)} %"),
        )
        if value is not None
    ]
    paid = f"at {_figure(ticker.cost)}" if ticker.cost is not None else ""
    held = f"{_figure(ticker.shares)} shares" if ticker.shares is not None else ""
    holding = [" ".join(part for part in (held, paid) if part)] if held or paid else []
    row = f"{fmt.fit(ticker.symbol, 12)} {fmt.fit(fmt.plain(ticker.name), 28)} {' · '.join(holding + calls)}"
    return row.rstrip()


def _figure(value: float | None) -> str:
    """A number as it stands in the list's file, with the decimals it has there."""
    return fmt.UNKNOWN if value is None else f"{value:,.10g}".replace("-", fmt.MINUS)


def edited(item: Edited) -> str:
    """What came, what went, and which rules were set."""
    came = f"added {' '.join(item.added)}" if item.added else ""
    went = f"removed {' '.join(item.removed)}" if item.removed else ""
    ruled = f"set {' '.join(item.rules)}" if item.rules else ""
    told = ", ".join(part for part in (came, went, fmt.plain(ruled)) if part)
    return f"{item.watchlist}: {told or 'nothing changed'}"


def found(item: SearchResults) -> str:
    """A line a symbol."""
    return "\n".join(_hit(hit) for hit in item.hits) or "nothing was found"


def _hit(hit: SearchHit) -> str:
    name = fmt.fit(fmt.plain(hit.name), 40)
    return f"{fmt.fit(fmt.plain(hit.symbol), 12)} {name} {fmt.plain(hit.exchange)} {fmt.plain(hit.kind)}".rstrip()
