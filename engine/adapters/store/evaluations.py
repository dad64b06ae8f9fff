"""The last evaluation of each preset on each list of symbols."""

import json
import sqlite3
from collections.abc import Iterable

from engine.ports import EvaluationRecord


def add(db: sqlite3.Connection, record: EvaluationRecord) -> None:
    """Keep a result instead of the one before it."""
    db.execute(
        "INSERT OR REPLACE INTO evaluations (preset, symbols, made_at, document) VALUES (?, ?, ?, ?)",
        (record.preset, _key(record.symbols), record.made_at, record.document),
    )


def last(db: sqlite3.Connection, preset: str, symbols: Iterable[str]) -> EvaluationRecord | None:
    """The result for these symbols in any order, if there is one."""
    row = db.execute(
        "SELECT symbols, made_at, document FROM evaluations WHERE preset = ? AND symbols = ?", (preset, _key(symbols))
    ).fetchone()
    return EvaluationRecord(preset, tuple(json.loads(row[0])), float(row[1]), str(row[2])) if row else None


def _key(symbols: Iterable[str]) -> str:
    return json.dumps(sorted(symbols))
