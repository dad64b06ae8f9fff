"""Purchases of a symbol, as portfolios list them, made into one line of a watchlist."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from engine.ports import Ticker

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Lot:
    """One line of a file: a ticker, and how many of it were bought (below 0: sold) at `cost` a share."""

    line: int
    ticker: Ticker

    @property
    def shares(self) -> float:
        """How many; 0 where the line is of a ticker that is only watched."""
        return self.ticker.shares or 0.0


def merged(lots: Iterable[Lot], say: Say) -> tuple[Ticker, ...]:
    """One ticker a symbol, in the order of their first lines; what became of several lines of one is said."""
    by_symbol: dict[str, list[Lot]] = {}
    for lot in lots:
        by_symbol.setdefault(lot.ticker.symbol, []).append(lot)
    return tuple(_one(each, say) for each in by_symbol.values())


def _one(lots: list[Lot], say: Say) -> Ticker:
    first, *more = lots
    held = [lot for lot in lots if lot.shares]
    if not held:
        for lot in more:
            say(f"line {lot.line}: {lot.ticker.symbol} is there already, on line {first.line}")
        return _ticker(lots, None, first.ticker.cost)
    shares = sum(lot.shares for lot in held)
    # sums of fractions miss zero by a hair
    if abs(shares) < 1e-9 * max(abs(lot.shares) for lot in held):
        say(f"{first.ticker.symbol}: all of it is sold again, it is watched only")
        return _ticker(lots, None, None)
    cost = _cost(held, shares, say)
    if len(held) > 1:
        at = "" if cost is None else f" at {cost:.10g} on average"
        say(f"{first.ticker.symbol}: {len(held)} lines make {shares:.10g} shares{at}")
    return _ticker(lots, shares, cost)


def _cost(held: list[Lot], shares: float, say: Say) -> float | None:
    """The average price of what was bought (of what was sold, where that is more); sales leave it as it is."""
    bought = [lot for lot in held if (lot.shares > 0) == (shares > 0)]
    costs = [lot.ticker.cost for lot in bought if lot.ticker.cost is not None]
    if not costs:
        return None
    if len(costs) < len(bought):
        say(f"{held[0].ticker.symbol}: a line has no price, so the average cost is left out")
        return None
    return sum(abs(lot.shares) * cost for lot, cost in zip(bought, costs, strict=True)) / sum(
        abs(lot.shares) for lot in bought
    )


def _ticker(lots: list[Lot], shares: float | None, cost: float | None) -> Ticker:
    """What any of the lines says; the first that does."""
    tickers = [lot.ticker for lot in lots]
    return Ticker(
        symbol=tickers[0].symbol,
        name=next((each.name for each in tickers if each.name), ""),
        group=next((each.group for each in tickers if each.group), ""),
        shares=shares,
        cost=cost,
        above=next((each.above for each in tickers if each.above), None),
        below=next((each.below for each in tickers if each.below), None),
        move=next((each.move for each in tickers if each.move), None),
    )
