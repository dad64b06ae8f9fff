"""The newest quote of each symbol: what is old, no price, or a bad tick does not get in."""

from collections import Counter

from engine.core.quotes import Quote, is_price

_LIMITS = {"XKRX": 0.30, "XSHG": 0.20, "XTAI": 0.10}
_FARTHEST = 5.0
_CLOSE_BY = 0.05
_AHEAD = 120.0


def daily_limit(exchange: str) -> float | None:
    """How far from the close before a price may trade on an exchange, as a fraction; None where there is no limit.

    Shanghai and Shenzhen: the wider limit of their growth boards.
    """
    return _LIMITS.get(exchange)


def suspicious(price: float, close: float | None, limit: float | None) -> bool:
    """Whether a price is beyond the exchange's limit, or five times as high or low as the close before.

    Without a known close nothing is suspicious. A thousandth more than the limit is left to the rounding of ticks.
    """
    if not is_price(close):
        return False
    if limit is not None and abs(price / close - 1) > limit + 0.001:
        return True
    return price > close * _FARTHEST or price < close / _FARTHEST


class Ticks:
    """The newest believable quote of each symbol, and how many were not believed, by reason.

    A suspicious quote is held back until a later one within 5 % of it confirms it.
    """

    def __init__(self) -> None:
        self.newest: dict[str, Quote] = {}
        self.dropped: Counter[str] = Counter()
        self._held: dict[str, Quote] = {}

    def keep(self, symbols: set[str]) -> None:
        """Forget all other symbols."""
        self.newest = {symbol: quote for symbol, quote in self.newest.items() if symbol in symbols}
        self._held = {symbol: quote for symbol, quote in self._held.items() if symbol in symbols}

    def held(self, symbol: str) -> Quote | None:
        """The quote that is held back until another confirms it, if there is one."""
        return self._held.get(symbol)

    def take(self, quote: Quote, *, now: float, close: float | None, limit: float | None) -> bool:
        """Whether the quote is now the newest; `close` is the one before it, where known. Counts it otherwise.

        Without a close it is compared with the newest quote.
        """
        why = self._fault(quote, now)
        if why is None:
            last = self.newest.get(quote.symbol)
            known = is_price(close)
            reference = close if known else last.price if last else None
            # a limit is one against the close before, not against another price of the day
            if suspicious(quote.price, reference, limit if known else None) and not self._confirmed(quote, last):
                self._held[quote.symbol] = quote
                why = "bad tick"
        if why is not None:
            self.dropped[why] += 1
            return False
        self._held.pop(quote.symbol, None)
        self.newest[quote.symbol] = quote
        return True

    def _fault(self, quote: Quote, now: float) -> str | None:
        if not is_price(quote.price):
            return "no price"
        if not 0 < quote.time <= now + _AHEAD:
            return "no time"
        last = self.newest.get(quote.symbol)
        return "old" if last is not None and quote.time <= last.time else None

    def _confirmed(self, quote: Quote, last: Quote | None) -> bool:
        held = self._held.get(quote.symbol)
        if held is not None and quote.time > held.time and _near(quote.price, held.price):
            return True
        return last is not None and _near(quote.price, last.price)


def _near(price: float, other: float) -> bool:
    return abs(price / other - 1) <= _CLOSE_BY
