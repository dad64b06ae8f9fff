"""A price file as a history: one bar a day, the actions, and what is said of rows that were left out."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.adapters.files.adjusted import derive
from engine.adapters.files.csv_table import read_csv
from engine.adapters.files.parquet_table import read_parquet
from engine.adapters.files.table import MOST_REFUSED, Place, Refused, Table
from engine.core.bars import Action, DateArray, FloatArray, History, as_date
from engine.core.quality import MALFORMED, DataNote
from engine.ports import FileHistory

READERS = {".csv": read_csv, ".parquet": read_parquet}

_MOST_NOTES = 1_000
"""Of a file whose rows are mostly empty, no more is said."""

Rows = npt.NDArray[np.int64]


def read_history(symbol: str, path: Path) -> FileHistory:
    """A file's bars as traded, oldest first, one a day. Raises BadFile; a file without a bar is an empty history.

    Where the file has columns Split and Dividend they are the actions; else these are derived from its adjusted closes.
    Of two different rows of one day the first in the file is kept, and the other refused.
    """
    try:
        table = READERS[path.suffix.lower()](path)
    except OSError as error:
        raise Place(path).error("cannot be read", received=error.strerror or str(error)) from None
    close = table.columns["close"]
    with np.errstate(invalid="ignore"):
        priced = np.flatnonzero(np.isfinite(close) & (close > 0))
    rows, again = _once(table, priced[np.argsort(table.dates[priced], kind="stable")])
    refused = sorted((*table.refused, *again), key=lambda each: each.line)
    if len(refused) > MOST_REFUSED * (len(table.lines) + len(table.refused)):
        raise refused[0].error
    notes = (*_unreadable(table, refused), *_unpriced(table, close))
    return FileHistory(_history(symbol, table, rows), tuple(sorted(notes, key=lambda note: (note.session, note.rule))))


def price_files(folder: Path) -> tuple[Path, ...]:
    """The files of a folder that can be a symbol's, sorted; hidden ones are none. Raises OSError."""
    return tuple(
        path
        for path in sorted(folder.iterdir())
        if path.suffix.lower() in READERS and not path.name.startswith(".") and path.is_file()
    )


def _history(symbol: str, table: Table, rows: Rows) -> History:
    missing = np.full(len(table.lines), np.nan)

    def column(name: str) -> FloatArray:
        values = table.columns.get(name, missing)[rows]
        values[~np.isfinite(values)] = np.nan
        values.flags.writeable = False  # all callers share what is kept
        return values

    sessions = table.dates[rows]
    sessions.flags.writeable = False
    actions: tuple[Action, ...] = ()
    if {"split", "dividend"} <= set(table.columns):
        actions = _told(sessions, column("split"), column("dividend"))
    elif "adjusted" in table.columns:
        places = (table.places[name][rows] for name in ("close", "adjusted"))
        actions = derive(sessions, column("close"), column("adjusted"), *places)
    prices = {name: column(name) for name in ("open", "high", "low", "close", "volume")}
    return History(symbol=symbol, sessions=sessions, **prices, actions=actions)


def _told(sessions: DateArray, split: FloatArray, dividend: FloatArray) -> tuple[Action, ...]:
    """Actions as the file gives them: a split of 1, 0 or nothing is none, and so is a dividend of 0 or nothing."""
    ratio = np.where(np.isfinite(split) & (split > 0), split, 1.0)
    paid = np.where(np.isfinite(dividend), dividend, 0.0)
    return tuple(
        Action(as_date(sessions[row]), float(ratio[row]), float(paid[row]), as_date(sessions[row]))
        for row in np.flatnonzero((ratio != 1) | (paid != 0))
    )


def _once(table: Table, rows: Rows) -> tuple[Rows, list[Refused]]:
    """The rows, sorted by date, the first of each; those of the others that say something else are refused."""
    days = table.dates[rows]
    first = np.searchsorted(days, days)
    refused = []
    for at in np.flatnonzero(first < np.arange(len(rows))):
        kept, other = int(rows[first[at]]), int(rows[at])
        if not all(np.array_equal(values[kept], values[other], equal_nan=True) for values in table.columns.values()):
            day = table.dates[other]
            received = f"{table.place.unit}s {table.lines[kept]} and {table.lines[other]}"
            line = int(table.lines[other])
            error = table.place.error(f"two different rows of {day}", line, received, "Keep the right one")
            refused.append(Refused(line, error, day))
    return np.asarray(rows[first == np.arange(len(rows))]), refused


def _unreadable(table: Table, refused: list[Refused]) -> list[DataNote]:
    """A note a row; one whose day cannot be read is told of the row before it."""
    notes = []
    for each in refused[:_MOST_NOTES]:
        day = each.day
        if day is None and len(table.lines):
            day = table.dates[max(0, int(np.searchsorted(table.lines, each.line)) - 1)]
        if day is not None:
            rule = f"{MALFORMED}, {table.place.unit} {each.line}"
            notes.append(DataNote(as_date(day), rule, "refused", str(each.error)))
    return notes


def _unpriced(table: Table, close: FloatArray) -> list[DataNote]:
    with np.errstate(invalid="ignore"):
        rows = np.flatnonzero(~(np.isfinite(close) & (close > 0)))
    notes = []
    for row in rows[:_MOST_NOTES].tolist():
        what = "no close" if not np.isfinite(close[row]) else "a close of zero or less"
        error = table.place.error(what, int(table.lines[row]), f"{close[row]:g}")
        rule = "not positive" if np.isfinite(close[row]) else "no close"
        notes.append(DataNote(as_date(table.dates[row]), rule, "refused", str(error)))
    return notes
