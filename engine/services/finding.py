"""Symbols by name or code: those the source finds, and those that stand in a list or in a price file here."""

from collections.abc import Iterator

from engine.core.symbols import exchange_name, exchange_of
from engine.errors import BadRequest, EngineError, SourceError
from engine.ports import LiveSource, PriceSource, Watchlists
from engine.protocol import SearchHit, SearchResults

_MOST = 10


class Finding:
    """Every call blocks: on the source, and on the files of lists."""

    def __init__(self, *, live: LiveSource | None, source: PriceSource, watchlists: Watchlists) -> None:
        self._live = live
        self._source = source
        self._watchlists = watchlists

    def find(self, text: str) -> SearchResults:
        """What the source finds, best first, then what is known here; the latter alone while the source is not there.

        Raises SourceError where nothing is known here either, BadRequest where no source can be asked.
        """
        known = self._known(text)
        if self._live is None:
            if known:
                return SearchResults(known)
            raise BadRequest("no list and no price file here has it", do="write the symbol as its exchange does")
        try:
            found = self._live.search(text)
        except SourceError:
            if known:
                return SearchResults(known)
            raise
        hits = tuple(SearchHit(hit.symbol, hit.name, hit.exchange, hit.kind) for hit in found)
        there = {hit.symbol for hit in hits}
        return SearchResults((*hits, *(hit for hit in known if hit.symbol not in there)))

    def _known(self, text: str) -> tuple[SearchHit, ...]:
        """Those whose code begins with the text, then those whose name holds each of its words."""
        wanted = text.casefold().strip()
        ranked = [
            (rank, hit)
            for hit in self._all()
            if (rank := _rank(wanted, hit.symbol.casefold(), hit.name.casefold())) is not None
        ]
        return tuple(hit for _, hit in sorted(ranked, key=lambda pair: pair[0])[:_MOST])

    def _all(self) -> Iterator[SearchHit]:
        """Each symbol once, by its first name; a list that cannot be read is passed over, for others tell of it."""
        found: dict[str, tuple[str, str]] = {}
        for list_name in self._watchlists.names():
            try:
                tickers = self._watchlists.read(list_name).tickers
            except EngineError:
                continue
            for ticker in tickers:
                if not found.get(ticker.symbol, ("", ""))[0]:
                    found[ticker.symbol] = (ticker.name, f"in {list_name}")
        for symbol in self._source.symbols():
            found.setdefault(symbol, ("", "a price file"))
        for symbol, (name, where) in found.items():
            yield SearchHit(symbol, name, exchange_name(exchange_of(symbol)), where)


def _rank(text: str, symbol: str, name: str) -> int | None:
    """How well a text fits, 0 best; None where it does not."""
    if not text:
        return None
    if symbol.startswith(text):
        return 0 if symbol == text else 1
    if name.startswith(text):
        return 2
    return 3 if all(word in name for word in text.split()) else None
