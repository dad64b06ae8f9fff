"""How much a store holds, and how much room is left for it."""

import shutil
import sqlite3
from pathlib import Path

from engine.ports import StoreSize


def size(db: sqlite3.Connection, file: Path | None) -> StoreSize:
    """Its size; one in memory has as much room as it takes."""
    pages, each = (int(db.execute(f"PRAGMA {name}").fetchone()[0]) for name in ("page_count", "page_size"))
    log = file.with_name(file.name + "-wal") if file else None
    return StoreSize(
        bytes=pages * each + (log.stat().st_size if log and log.exists() else 0),
        free=shutil.disk_usage(file.parent).free if file else 0,
        symbols=_count(db, "fetches"),
        models=_count(db, "models"),
        alarms=_count(db, "alarms"),
    )


def _count(db: sqlite3.Connection, table: str) -> int:
    return int(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 - names from above
