"""Write stored history to files: all bars as they are stored, those that may not be scored among them."""

import asyncio
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from engine.errors import BadRequest, DataError
from engine.format import plain
from engine.ports import PriceFiles, Store
from engine.protocol import Exported, Note

_FILE_NAME = re.compile(r"[\w^][\w.^=-]*")

Say = Callable[[Note | Exported], None]


class ExportBars:
    """One file a symbol, CSV or Parquet, each written whole or not at all."""

    def __init__(self, files: PriceFiles, store: Store) -> None:
        self._files = files
        self._store = store

    async def __call__(
        self,
        symbols: Sequence[str],
        folder: Path,
        form: Literal["csv", "parquet"],
        say: Say = lambda _: None,
        *,
        replace: bool = False,
    ) -> tuple[Path, ...]:
        """The files written, each told as soon as it is there; a folder that is missing is made.

        A symbol that cannot be written is told too, and leaves the others alone. Raises BadRequest if the folder is
        not given from the root on, and DataError if not one file could be written.
        """
        if not folder.is_absolute():
            raise BadRequest("a folder is named from the root on", received=str(folder))
        written, failed = [], []
        for symbol in symbols:
            try:
                done = await asyncio.to_thread(self._export, symbol, folder, form, replace=replace)
            except DataError as error:
                failed.append(str(error))
                say(Note(str(error)))
                continue
            say(done)
            written.append(Path(done.file))
        if failed and not written:
            raise DataError("nothing could be written: " + "; ".join(dict.fromkeys(failed)))
        return tuple(written)

    def _export(self, symbol: str, folder: Path, form: str, *, replace: bool) -> Exported:
        if not _FILE_NAME.fullmatch(symbol):
            raise DataError("this symbol is no name for a file", received=plain(symbol))
        history = self._store.bars(symbol)
        if not len(history):
            raise DataError(f"{symbol}: no bars are stored")
        path = folder / f"{symbol}.{form}"
        self._files.write(path, history, replace=replace)
        return Exported(symbol, str(path), len(history))
