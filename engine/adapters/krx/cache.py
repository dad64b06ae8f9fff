"""What KRX said once is not asked again: whole days of a market, and how many requests a day took, in one file."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from threading import Lock

from engine.adapters.krx.reply import Listed
from engine.errors import SourceError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS days (
    market TEXT NOT NULL, day TEXT NOT NULL, listed INTEGER NOT NULL, PRIMARY KEY (market, day)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS bars (
    market TEXT NOT NULL, code TEXT NOT NULL, day TEXT NOT NULL,
    open REAL, high REAL, low REAL, close REAL NOT NULL, volume REAL, shares REAL,
    PRIMARY KEY (market, code, day)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS names (
    market TEXT NOT NULL, code TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (market, code)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS requests (day TEXT PRIMARY KEY, used INTEGER NOT NULL) WITHOUT ROWID;
"""

Bar = tuple[date, Listed]


class Cache:
    """Days of KOSPI ("KS") and KOSDAQ ("KQ"); SQLite, since one share's year is one stretch of its index.

    A year of both is some 40 MB. Safe to call from several threads. Raises SourceError where the file cannot be used;
    one that is damaged is put aside and begun anew, for KRX has it all still.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = Lock()
        try:
            self._db = _opened(folder / "krx.sqlite")
        except sqlite3.DatabaseError:
            (folder / "krx.sqlite").replace(folder / "krx.damaged")
            self._db = _opened(folder / "krx.sqlite")
        self._days: dict[str, dict[date, int]] = {"KS": {}, "KQ": {}}
        for market, day, listed in self._db.execute("SELECT market, day, listed FROM days"):
            self._days[market][date.fromisoformat(day)] = listed

    def has(self, market: str, day: date) -> bool:
        """Whether that day of that market is known, be it as closed."""
        return day in self._days[market]

    def traded(self, market: str, day: date) -> bool:
        """Whether that day is known as one on which the market was open."""
        return self._days[market].get(day, 0) > 0

    def traded_after(self, market: str, day: date) -> bool:
        """Whether a later day is known on which that market was open."""
        with self._lock:
            return any(listed and known > day for known, listed in self._days[market].items())

    def add(self, market: str, day: date, shares: Sequence[Listed]) -> None:
        """Keep a day, all of it or nothing; without shares it is one on which the market was closed."""
        key = day.isoformat()
        rows = [
            (market, each.code, key, each.open, each.high, each.low, each.close, each.volume, each.shares)
            for each in shares
        ]
        try:
            with self._lock, self._db:
                self._db.executemany("INSERT OR REPLACE INTO bars VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
                # days come newest first: the newest name stands
                verb = "REPLACE" if self._is_newest(market, day) else "IGNORE"
                names = [(market, each.code, each.name) for each in shares]
                self._db.executemany(f"INSERT OR {verb} INTO names VALUES (?, ?, ?)", names)  # noqa: S608
                self._db.execute("INSERT OR REPLACE INTO days VALUES (?, ?, ?)", (market, key, len(rows)))
                self._days[market][day] = len(rows)
        except sqlite3.Error as error:
            raise _unusable(error) from None

    def bars(self, market: str, code: str, first: date, last: date) -> tuple[Bar, ...]:
        """One share's known days of a stretch, oldest first."""
        query = (
            "SELECT day, open, high, low, close, volume, shares FROM bars "
            "WHERE market = ? AND code = ? AND day BETWEEN ? AND ? ORDER BY day"
        )
        nan = float("nan")
        try:
            with self._lock:
                rows = self._db.execute(query, (market, code, first.isoformat(), last.isoformat())).fetchall()
        except sqlite3.Error as error:
            raise _unusable(error) from None
        return tuple(
            (date.fromisoformat(day), Listed(code, "", *(nan if value is None else value for value in values)))
            for day, *values in rows
        )

    def name(self, market: str, code: str) -> str | None:
        """A share's newest known name; None if that market has no such share."""
        try:
            with self._lock:
                row = self._db.execute(
                    "SELECT name FROM names WHERE market = ? AND code = ?", (market, code)
                ).fetchone()
        except sqlite3.Error as error:
            raise _unusable(error) from None
        return row[0] if row else None

    def used(self, day: date) -> int:
        """How many requests that day took."""
        with self._lock:
            row = self._db.execute("SELECT used FROM requests WHERE day = ?", (day.isoformat(),)).fetchone()
        return int(row[0]) if row else 0

    def count(self, day: date) -> int:
        """One more request on that day; gives how many there are now. Days before are forgotten."""
        key = day.isoformat()
        try:
            with self._lock, self._db:
                self._db.execute("DELETE FROM requests WHERE day < ?", (key,))
                self._db.execute("INSERT INTO requests VALUES (?, 1) ON CONFLICT DO UPDATE SET used = used + 1", (key,))
                return int(self._db.execute("SELECT used FROM requests WHERE day = ?", (key,)).fetchone()[0])
        except sqlite3.Error as error:
            raise _unusable(error) from None

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._db.close()

    def _is_newest(self, market: str, day: date) -> bool:
        return not any(known > day for known, listed in self._days[market].items() if listed)


def _opened(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, check_same_thread=False, timeout=5)
    try:
        # what is lost in a crash is asked for again
        with closing(db.execute("PRAGMA journal_mode = WAL")), closing(db.execute("PRAGMA synchronous = NORMAL")):
            db.executescript(_SCHEMA)
    except sqlite3.DatabaseError:
        db.close()
        raise
    return db


def _unusable(error: sqlite3.Error) -> SourceError:
    return SourceError("KRX's cache cannot be used", received=str(error), do="Is the disk full? What is stored stays")
