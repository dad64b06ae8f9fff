"""Bring the store up to date with the source, one symbol at a time, several at once."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import date, timedelta

from engine.core.quality import usable
from engine.errors import EmptyHistory, EngineError, Fault, SourceError, UnknownSymbol
from engine.ports import Clock, Coverage, PriceSource, Store
from engine.protocol import Fetched

REREAD = timedelta(days=7)
"""The last week is read again: sources correct their newest bars."""

_FAULTS: dict[str, Fault] = {UnknownSymbol.kind: "unknown", EmptyHistory.kind: "empty"}

Say = Callable[[Fetched], None]


class Refresh:
    """Fetch what is missing; a symbol that fails says why and leaves the others alone."""

    def __init__(self, source: PriceSource, store: Store, clock: Clock, at_once: int) -> None:
        self._source = source
        self._store = store
        self._clock = clock
        self._slots = asyncio.Semaphore(at_once)

    async def __call__(
        self, symbols: Sequence[str], say: Say = lambda _: None, start: date | None = None, end: date | None = None
    ) -> tuple[Fetched, ...]:
        """One `Fetched` a symbol, in their order; each is also said as soon as it is known."""

        async def one(symbol: str) -> Fetched:
            async with self._slots:
                fetched = await asyncio.to_thread(self._fetch, symbol, start, end)
            say(fetched)
            return fetched

        return tuple(await asyncio.gather(*(one(symbol) for symbol in symbols)))

    def _fetch(self, symbol: str, start: date | None, end: date | None) -> Fetched:
        known = self._store.coverage(symbol)
        whole = start is None and end is None
        start, end = _joined(known, start, end)
        try:
            history = usable(self._source.history(symbol, start, end))
        except EngineError as error:
            fault = error.fault if isinstance(error, SourceError) else _FAULTS.get(error.kind, "other")
            self._store.fetch_failed(symbol, self._source.name, str(error), fault=fault, failed_at=self._clock.now())
            return Fetched(symbol, "failed", known.bars, known.first, known.last, why=str(error))
        new = self._store.add_bars(history, self._source.name, self._clock.now(), whole=whole)
        now = self._store.coverage(symbol)
        return Fetched(symbol, "updated" if new else "fresh", now.bars, now.first, now.last)


def _joined(known: Coverage, start: date | None, end: date | None) -> tuple[date | None, date | None]:
    """The stretch to ask for: a hole between it and what is stored would pass for the move of one day."""
    if known.first is None or known.last is None:
        return start, end
    if start is None and end is None:
        return (known.last - REREAD if known.whole else None), None
    if start is not None:
        start = min(start, known.last - REREAD)
    if end is not None:
        end = max(end, known.first)
    return start, end
