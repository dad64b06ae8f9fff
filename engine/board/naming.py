"""Which list is meant: by its name, by symbols, or by neither."""

from collections.abc import Sequence
from dataclasses import replace

from engine.errors import BadRequest
from engine.ports import List, PriceSource, Ticker, Watchlists


class Naming:
    """What stands for nothing is the default list, or all that the source holds where there is no default."""

    def __init__(self, watchlists: Watchlists, source: PriceSource, *, default: str | None, currency: str) -> None:
        """`currency` is the account's."""
        self._watchlists = watchlists
        self._source = source
        self._default = default
        self._currency = currency
        self.names: tuple[str, ...] = ()
        """Those there were when a list was last meant."""

    def resolve(self, name: str | None, symbols: Sequence[str]) -> List:
        """The list that is meant: these symbols, that name, the default, or all that the source holds.

        It reads files. Raises UnknownWatchlist, ConfigError, BadRequest.
        """
        self.names = self._watchlists.names()
        if symbols:
            unique = tuple(dict.fromkeys(symbol.upper() for symbol in symbols))
            return List(" ".join(unique), " ".join(unique), tuple(Ticker(symbol) for symbol in unique), kept=False)
        if name or self._default:
            return self.in_currency(self._watchlists.read(name or self._default or ""))
        held = self._source.symbols()
        if not held:
            raise BadRequest("there is nothing to watch", do="name symbols, or a list with -w")
        return List(self._source.name, self._source.name, tuple(Ticker(symbol) for symbol in held))

    def in_currency(self, found: List) -> List:
        """The list with the account's currency, where it names none."""
        return found if found.currency else replace(found, currency=self._currency)

    def implied(self, name: str | None, symbols: Sequence[str]) -> bool:
        """Whether the list is whatever the source holds."""
        return not (name or symbols or self._default)
