"""Opening the database so that what cannot be fetched again survives a power cut, and naming what is wrong with it."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock

from engine.adapters.store.migrations import migrate
from engine.errors import StoreDamaged, StoreError

MEMORY = ":memory:"


class Connection:
    """One SQLite connection behind a lock: any thread may use it, one at a time."""

    def __init__(self, path: Path | None) -> None:
        """Open and migrate the file; None gives a store in memory. Raises StoreDamaged, StoreNewer, StoreError."""
        self._where = str(path or MEMORY)
        self._lock = RLock()
        with self._in_words():
            if path:
                path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(self._where, timeout=5.0, check_same_thread=False, isolation_level=None)
            try:
                self._prepare()
            except BaseException:
                self._db.close()
                raise

    def _prepare(self) -> None:
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        problem = self._db.execute("PRAGMA quick_check(1)").fetchone()[0]
        if problem != "ok":
            raise sqlite3.DatabaseError(problem)
        migrate(self._db)
        self._db.execute("PRAGMA foreign_keys = ON")

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction: all of it is committed, or nothing."""
        with self._lock, self._in_words():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.rollback()
                raise
            self._db.commit()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The connection, for a query."""
        with self._lock, self._in_words():
            yield self._db

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            raise StoreError(
                f"the store {self._where} cannot be used: {error}",
                do="check free disk space and that no other program holds the file; nothing was deleted",
            ) from error
        except sqlite3.IntegrityError as error:
            raise StoreError(
                f"the store {self._where} refuses this: {error}", do="nothing of it was written"
            ) from error
        except sqlite3.ProgrammingError as error:
            raise StoreError("the store is closed", received=str(error)) from error
        except sqlite3.DatabaseError as error:
            raise StoreDamaged(
                f"the store {self._where} is damaged: {error}",
                do="move the file away and start again (prices are fetched anew), or put a backup in its place; "
                "nothing was deleted",
            ) from error
        except OSError as error:
            raise StoreError(f"the store {self._where} cannot be opened: {error.strerror or error}") from error
