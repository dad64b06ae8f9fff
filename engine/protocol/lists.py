"""Watchlists: shown, edited, imported; and the search for symbols."""

from typing import Literal

from msgspec import Struct


class AddSymbol(Struct, frozen=True, tag=True):
    """Add a symbol to the list shown, at `position` (None: the end). Answered by `Ok`.

    A `Note` before it says where the symbol is spelt otherwise on the list. At the position that `Removed` gave, a
    symbol comes back with the holdings and price levels it had.
    """

    symbol: str
    position: int | None = None


class RemoveSymbol(Struct, frozen=True, tag=True):
    """Take a symbol off the list shown. Answered by `Removed`, from which it can be undone."""

    symbol: str


class Removed(Struct, frozen=True, tag=True):
    """A symbol was taken off the list, at this position."""

    symbol: str
    position: int


class ListedTicker(Struct, frozen=True):
    """One line of a watchlist's file; `cost`, `above` and `below` are in the currency of its price, `move` in per cent.

    None where the file has no such key.
    """

    symbol: str
    name: str = ""
    group: str = ""
    shares: float | None = None
    cost: float | None = None
    above: float | None = None
    below: float | None = None
    move: float | None = None
    budget: float | None = None
    """Its own number of alarms a year."""
    off: tuple[str, ...] = ()
    """Kinds of alarm that are not raised for it."""


class ShowWatchlist(Struct, frozen=True, tag=True):
    """What a list's file holds (None: the default list). Answered by `ListShown`."""

    name: str | None = None


class ListShown(Struct, frozen=True, tag=True):
    """What a list's file holds, and the names of all lists; `currency` is the account's, empty where none is named."""

    name: str
    title: str
    interval: Literal["1d", "1h", "15m", "5m"]
    currency: str
    tickers: tuple[ListedTicker, ...]
    names: tuple[str, ...]


class GetLists(Struct, frozen=True, tag=True):
    """All lists, with how many tickers and open alarms each has. Answered by `ListsKept`."""


class ListSummary(Struct, frozen=True):
    """A list and how much is in it; `why` says what keeps its file from use, and nothing is known of it then."""

    name: str
    title: str = ""
    tickers: int | None = None
    open: int = 0
    """Open alarms of its tickers and of its market."""
    why: str | None = None


class ListsKept(Struct, frozen=True, tag=True):
    """All lists, by name."""

    lists: tuple[ListSummary, ...]


class AddTickers(Struct, frozen=True, tag=True):
    """Put symbols at the end of a list (None: the default list), all or none. Answered by `Edited`.

    `new` makes the list where there is none of that name.
    """

    symbols: tuple[str, ...]
    watchlist: str | None = None
    new: bool = False


class RemoveTickers(Struct, frozen=True, tag=True):
    """Take symbols off a list (None: the default list), all or none. Answered by `Edited`."""

    symbols: tuple[str, ...]
    watchlist: str | None = None


class SetRules(Struct, frozen=True, tag=True):
    """Write rules of a list's alarms into its file: `alarms.KEY=VALUE`, `SYMBOL.KEY=VALUE`. Answered by `Edited`."""

    changes: tuple[str, ...]
    watchlist: str | None = None


class ImportWatchlist(Struct, frozen=True, tag=True):
    """Make a new list of another tool's file (an absolute path), named after it or `name`. Answered by `Edited`."""

    file: str
    name: str | None = None


class Edited(Struct, frozen=True, tag=True):
    """A list was made or changed: the symbols that came and went, the rules that were set, and what there is to say."""

    watchlist: str
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class Search(Struct, frozen=True, tag=True):
    """Symbols whose name or code is like a text. Answered by `SearchResults`."""

    text: str


class SearchHit(Struct, frozen=True):
    """One symbol that a search found."""

    symbol: str
    name: str
    exchange: str
    kind: str


class SearchResults(Struct, frozen=True, tag=True):
    """The answer to a search, best first."""

    hits: tuple[SearchHit, ...]
