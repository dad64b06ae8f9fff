"""The bars of the sessions that run, made of their quotes."""

from collections.abc import Collection
from datetime import date

from engine.core.forming import FormingBar
from engine.core.quotes import Quote


class FormingBars:
    """One a symbol, that of its newest session."""

    def __init__(self) -> None:
        self._bars: dict[str, FormingBar] = {}
        self._seen_before_open: dict[str, date] = {}

    def keep(self, symbols: Collection[str]) -> None:
        """Forget all other symbols."""
        self._bars = {symbol: bar for symbol, bar in self._bars.items() if symbol in symbols}
        self._seen_before_open = {symbol: day for symbol, day in self._seen_before_open.items() if symbol in symbols}

    def take(self, quote: Quote, session: date, follows: date) -> None:
        """A newer quote of a session, which follows another; only those of regular hours make its bar."""
        if quote.phase == "pre":
            self._seen_before_open[quote.symbol] = session
        if quote.phase != "regular":
            return
        bar = self._bars.get(quote.symbol)
        if bar is None or bar.session != session:
            from_open = self._seen_before_open.get(quote.symbol) == session
            self._bars[quote.symbol] = FormingBar.of(quote, session, follows, from_open=from_open)
        else:
            self._bars[quote.symbol] = bar.told(quote)

    def of(self, symbol: str) -> FormingBar | None:
        """A symbol's bar so far."""
        return self._bars.get(symbol)
