"""Daily history from a folder: one SYMBOL.csv or SYMBOL.parquet for each symbol."""

from collections.abc import Sequence
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from threading import Lock

from engine.adapters.files.reading import price_files, read_history
from engine.adapters.files.table import Place, clean
from engine.core.bars import History
from engine.core.quality import DataNote
from engine.errors import EmptyHistory, UnknownSource, UnknownSymbol
from engine.ports import FileHistory, SourceState

_Stamp = tuple[Path, int, int]


class FileSource:
    """Prices as traded from the files of one folder; a file is read again when it has changed.

    A row without a close above zero is left out, and so is one that cannot be read while they are few; `refused` says
    which. Where a file has adjusted closes, splits and dividends are derived from them. Dates are taken as they stand,
    as sessions of the symbol's own exchange. Raises UnknownSource if there is no such folder.
    """

    name = "files"

    def state(self) -> SourceState:
        return SourceState(self.name)

    def profile(self, symbol: str) -> None:
        return None

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._lock = Lock()
        self._read: dict[str, tuple[_Stamp, FileHistory]] = {}
        self._files()

    def symbols(self) -> tuple[str, ...]:
        """The symbols there are files for, sorted. Raises UnknownSource."""
        return tuple(sorted(self._files()))

    def history(self, symbol: str, start: date | None = None, end: date | None = None) -> History:
        """The bars from `start` to `end`, both included, and the actions between; none if all bars are before `start`.

        Raises UnknownSymbol, BadFile, UnknownSource, and EmptyHistory if there is no bar up to `end`.
        """
        path = self._path(symbol.upper())
        whole = self._load(symbol.upper(), path).history
        seen = whole if end is None else whole.upto(end)
        if not len(seen):
            until = "" if end is None else f" up to {end}"
            raise EmptyHistory(f"{clean(symbol)}: no bars{until} in {path.parent.name}/{path.name}")
        return seen if start is None else seen.since(start)

    def refused(self, symbol: str) -> tuple[DataNote, ...]:
        """What was said of the rows of a symbol's file that were left out when it was read last; it reads nothing."""
        with self._lock:
            kept = self._read.get(symbol.upper())
        return kept[1].notes if kept else ()

    def _files(self) -> dict[str, list[Path]]:
        if not self._directory.is_dir():
            raise UnknownSource(
                "no such folder of price files", received=str(self._directory), do="Name one that is there"
            )
        found: dict[str, list[Path]] = {}
        for path in price_files(self._directory):
            found.setdefault(path.stem.upper(), []).append(path)
        return found

    def _path(self, symbol: str) -> Path:
        files = self._files()
        paths = files.get(symbol, [])
        if not paths:
            do = _instead(symbol, tuple(files)) or f"Put {clean(symbol)}.csv there"
            raise UnknownSymbol(f"no file for this symbol in {self._directory}", received=clean(symbol), do=do)
        if len(paths) > 1:
            received = ", ".join(path.name for path in paths)
            raise Place(paths[0]).error("more than one file for this symbol", received=received, do="Keep one of them")
        return paths[0]

    def _load(self, symbol: str, path: Path) -> FileHistory:
        try:
            stat = path.stat()
            stamp = (path, stat.st_mtime_ns, stat.st_size)
            with self._lock:
                kept = self._read.get(symbol)
            if kept and kept[0] == stamp:
                return kept[1]
        except OSError as error:
            raise Place(path).error("cannot be read", received=error.strerror or str(error)) from None
        read = read_history(symbol, path)
        with self._lock:
            self._read[symbol] = (stamp, read)
        return read


def _instead(symbol: str, held: Sequence[str]) -> str | None:
    """What may have been meant, or what there is; None where there is nothing."""
    if near := get_close_matches(symbol, held, n=3):
        return f"There is {', '.join(near)}"
    first, more = sorted(held)[:3], len(held) - 3
    return f"There is {', '.join(first)}{f' and {more} more' if more > 0 else ''}" if first else None
