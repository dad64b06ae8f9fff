"""A history as a file that others can read, and that reads back as it was.

The columns are the bars as traded; Split and Dividend on the day they count; and Adj Open to Adj Close, with which the
return from day to day is the total return. Not held: the day an action became known, for which its own day stands; and
an action on a day without a bar stands on the next one, as returns count it.
"""

import csv
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from engine.adapters.files.reading import READERS, price_files, read_history
from engine.adapters.files.table import Place
from engine.core.bars import History, log_returns, splits_and_dividends
from engine.errors import BadFile, EmptyHistory
from engine.ports import FileHistory

HEADER = (
    *("Date", "Open", "High", "Low", "Close", "Volume", "Split", "Dividend"),
    *("Adj Open", "Adj High", "Adj Low", "Adj Close"),
)
_MARK = {b"whipsaw": b"export"}


class HistoryFiles:
    """CSV and Parquet, by the ending of the name; see ports.PriceFiles."""

    def within(self, path: Path) -> tuple[Path, ...]:
        try:
            return (price_files(path) if _is_folder(path) else ()) or (path,)
        except OSError:
            return (path,)

    def read(self, path: Path) -> FileHistory:
        if _is_folder(path):
            raise Place(path).error("a folder in which no .csv or .parquet file was found", do="Name their own folder")
        if path.suffix.lower() not in READERS:
            raise Place(path).error("neither .csv nor .parquet", received=path.suffix or "no ending")
        read = read_history(path.stem.upper(), path)
        if not len(read.history):
            raise EmptyHistory(f"no bars in {path.parent.name}/{path.name}")
        return read

    def write(self, path: Path, history: History, *, replace: bool = False) -> None:
        if path.exists() and not replace and not _is_export(path):
            raise Place(path).error("a file is there that is no earlier export", do="Move it away, or name a folder")
        columns = dict(zip(HEADER, _columns(history), strict=True))
        try:
            with _renamed(path) as unfinished:
                (_write_parquet if path.suffix.lower() == ".parquet" else _write_csv)(unfinished, columns)
        except OSError as error:
            raise Place(path).error("cannot be written", received=error.strerror or str(error)) from None


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def _columns(history: History) -> Iterator[np.ndarray[tuple[int], np.dtype[np.generic]]]:
    prices = (history.open, history.high, history.low, history.close)
    split, dividend = splits_and_dividends(history)
    # the newest close is its own; each one before is what its total return since leaves of it
    since = np.cumsum(np.nan_to_num(log_returns(history)))
    scale = history.close[-1:] * np.exp(since - since[-1:]) / history.close
    yield history.sessions
    yield from (*prices, history.volume, split, dividend, *(values * scale for values in prices))


@contextmanager
def _renamed(path: Path) -> Iterator[Path]:
    """A file beside `path` that takes its place when it is whole, and is gone when it is not."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
    os.close(handle)
    unfinished = Path(name)
    try:
        unfinished.chmod(0o644)
        yield unfinished
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _write_csv(path: Path, columns: dict[str, np.ndarray[tuple[int], np.dtype[np.generic]]]) -> None:
    texts = [[_text(value) for value in values.tolist()] for values in columns.values()]
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(columns)
        out.writerows(zip(*texts, strict=True))


def _text(value: object) -> str:
    """A number with all its digits; nothing for NaN."""
    if isinstance(value, float):
        return "" if value != value else repr(value)  # noqa: PLR0124 - NaN alone differs from itself
    return str(value)


def _write_parquet(path: Path, columns: dict[str, np.ndarray[tuple[int], np.dtype[np.generic]]]) -> None:
    import pyarrow  # noqa: PLC0415 - its import costs more than a small file
    from pyarrow import parquet  # noqa: PLC0415

    parquet.write_table(pyarrow.table(columns).replace_schema_metadata(_MARK), path)


def _is_export(path: Path) -> bool:
    try:
        if path.suffix.lower() == ".parquet":
            import pyarrow  # noqa: PLC0415
            from pyarrow import parquet  # noqa: PLC0415

            try:
                return _MARK.items() <= (parquet.read_schema(path).metadata or {}).items()
            except pyarrow.ArrowException:
                return False
        with path.open("rb") as file:
            return file.readline(1_000).strip() == ",".join(HEADER).encode()
    except OSError as error:
        raise BadFile(f"{path.name} cannot be read", received=error.strerror) from None
