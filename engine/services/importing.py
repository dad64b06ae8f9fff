"""Take price files into the store: each file by itself, so that a bad one harms no other."""

import asyncio
import re
from collections.abc import Callable, Sequence
from itertools import chain
from pathlib import Path
from typing import Literal

from engine.core.quality import DataNote, storable
from engine.errors import BadFile, DataError
from engine.format import plain
from engine.gate import Gate, left_out
from engine.ports import Calendar, Clock, Coverage, PriceFiles, Store
from engine.protocol import Fetched

SOURCE = "import"

_SYMBOL = re.compile(r"[A-Z0-9^][A-Z0-9.^=_-]{0,31}", re.ASCII)

Say = Callable[[Fetched], None]


class ImportFiles:
    """Files of daily bars, one symbol each by the file's name, CSV or Parquet."""

    def __init__(self, files: PriceFiles, store: Store, gate: Gate, calendar: Calendar, clock: Clock) -> None:
        self._files = files
        self._store = store
        self._gate = gate
        self._calendar = calendar
        self._clock = clock

    async def __call__(self, paths: Sequence[Path], say: Say = lambda _: None) -> tuple[Fetched, ...]:
        """One `Fetched` a file, in their order, a folder's by name; each is also said as soon as it is known."""
        done = []
        files = [await asyncio.to_thread(self._files.within, path) for path in paths]
        for path in chain.from_iterable(files):
            fetched = await asyncio.to_thread(self._import, path)
            say(fetched)
            done.append(fetched)
        return tuple(done)

    def _import(self, path: Path) -> Fetched:
        symbol = plain(path.stem.upper())
        try:
            if not _SYMBOL.fullmatch(path.stem.upper()):
                raise BadFile(f"{plain(path.name)}: the name is no symbol", do="name the file AAPL.csv, say")
            read = self._files.read(path)
        except DataError as error:
            known = self._store.coverage(symbol)
            return Fetched(symbol, "failed", known.bars, known.first, known.last, why=str(error))
        exchange = self._calendar.exchange(symbol)
        history, refused = storable(read.history, self._calendar.completed(exchange, self._clock.now()))
        notes = (*read.notes, *refused)
        before = self._store.coverage(symbol)
        self._store.add_bars(history, SOURCE, self._clock.now(), fetched=False)
        self._store.add_notes(symbol, notes)
        self._gate.judged(symbol)
        return _fetched(symbol, before, self._store.coverage(symbol), notes)


def _fetched(symbol: str, before: Coverage, now: Coverage, notes: Sequence[DataNote]) -> Fetched:
    status: Literal["fresh", "updated", "failed"] = (
        "updated" if now.bars > before.bars else "fresh" if now.bars else "failed"
    )
    return Fetched(symbol, status, now.bars, now.first, now.last, why=left_out(notes))
