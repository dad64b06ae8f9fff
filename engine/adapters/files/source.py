"""Daily history from a folder: one SYMBOL.csv or SYMBOL.parquet for each symbol."""

from datetime import date
from difflib import get_close_matches
from pathlib import Path
from threading import Lock

import numpy as np

from engine.adapters.files.adjusted import derive
from engine.adapters.files.csv_table import read_csv
from engine.adapters.files.parquet_table import read_parquet
from engine.adapters.files.table import Place, Table, clean
from engine.core.bars import FloatArray, History
from engine.errors import EmptyHistory, UnknownSource, UnknownSymbol
from engine.ports import SourceState

_READERS = {".csv": read_csv, ".parquet": read_parquet}
_Stamp = tuple[Path, int, int]


class FileSource:
    """Prices as traded from the files of one folder; a file is read again when it has changed.

    A row without a close above zero is left out. Where a file has adjusted closes, splits and dividends are derived
    from them. Dates are taken as they stand, as sessions of the symbol's own exchange. Raises UnknownSource if there is
    no such folder.
    """

    name = "files"

    def state(self) -> SourceState:
        return SourceState(self.name)

    def profile(self, symbol: str) -> None:
        return None

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._lock = Lock()
        self._read: dict[str, tuple[_Stamp, History]] = {}
        self._files()

    def symbols(self) -> tuple[str, ...]:
        """The symbols there are files for, sorted. Raises UnknownSource."""
        return tuple(sorted(self._files()))

    def history(self, symbol: str, start: date | None = None, end: date | None = None) -> History:
        """The bars from `start` to `end`, both included, and the actions between; none if all bars are before `start`.

        Raises UnknownSymbol, BadFile, UnknownSource, and EmptyHistory if there is no bar up to `end`.
        """
        path = self._path(symbol.upper())
        whole = self._load(symbol.upper(), path)
        seen = whole if end is None else whole.upto(end)
        if not len(seen):
            until = "" if end is None else f" up to {end}"
            raise EmptyHistory(f"{clean(symbol)}: no bars{until} in {path.parent.name}/{path.name}")
        return seen if start is None else seen.since(start)

    def _files(self) -> dict[str, list[Path]]:
        if not self._directory.is_dir():
            raise UnknownSource(
                "no such folder of price files", received=str(self._directory), do="Name one that is there"
            )
        found: dict[str, list[Path]] = {}
        for path in sorted(self._directory.iterdir()):
            if path.suffix.lower() in _READERS and not path.name.startswith(".") and path.is_file():
                found.setdefault(path.stem.upper(), []).append(path)
        return found

    def _path(self, symbol: str) -> Path:
        files = self._files()
        paths = files.get(symbol, [])
        if not paths:
            near = get_close_matches(symbol, files, n=3) or sorted(files)[:3]
            do = f"There is {', '.join(near)}" if near else f"Put {clean(symbol)}.csv there"
            raise UnknownSymbol(f"no file for this symbol in {self._directory}", received=clean(symbol), do=do)
        if len(paths) > 1:
            received = ", ".join(path.name for path in paths)
            raise Place(paths[0]).error("more than one file for this symbol", received=received, do="Keep one of them")
        return paths[0]

    def _load(self, symbol: str, path: Path) -> History:
        try:
            stat = path.stat()
            stamp = (path, stat.st_mtime_ns, stat.st_size)
            with self._lock:
                kept = self._read.get(symbol)
            if kept and kept[0] == stamp:
                return kept[1]
            history = _history(symbol, _READERS[path.suffix.lower()](path))
        except OSError as error:
            raise Place(path).error("cannot be read", received=error.strerror or str(error)) from None
        with self._lock:
            self._read[symbol] = (stamp, history)
        return history


def _history(symbol: str, table: Table) -> History:
    close = table.columns["close"]
    priced = np.flatnonzero(np.isfinite(close) & (close > 0))
    rows = _once(table, priced[np.argsort(table.dates[priced], kind="stable")])
    missing = np.full(len(close), np.nan)

    def column(name: str) -> FloatArray:
        values = table.columns.get(name, missing)[rows]
        values[~np.isfinite(values)] = np.nan
        values.flags.writeable = False  # all callers share what is kept
        return values

    sessions = table.dates[rows]
    sessions.flags.writeable = False
    places = (table.places[name][rows] for name in ("close", "adjusted") if name in table.places)
    return History(
        symbol=symbol,
        sessions=sessions,
        **{name: column(name) for name in ("open", "high", "low", "close", "volume")},
        actions=derive(sessions, close[rows], column("adjusted"), *places) if "adjusted" in table.columns else (),
    )


def _once(table: Table, rows: np.ndarray[tuple[int], np.dtype[np.int64]]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The rows, sorted by date, without those that say the same again. Raises BadFile if they say something else."""
    again = np.flatnonzero(table.dates[rows[1:]] == table.dates[rows[:-1]])
    for first, second in zip(rows[again], rows[again + 1], strict=True):
        for values in table.columns.values():
            if not np.array_equal(values[first], values[second], equal_nan=True):
                received = f"{table.place.unit}s {table.lines[first]} and {table.lines[second]}"
                raise table.place.error(
                    f"two different rows of {table.dates[first]}", table.lines[second], received, "Keep the right one"
                )
    return np.delete(rows, again + 1)
