"""Which session each symbol was decided on last, and what that did to its episodes."""

import sqlite3
from collections.abc import Sequence
from datetime import date

from engine.adapters.store.alarms import put
from engine.adapters.store.attention import mark
from engine.adapters.store.history import remember
from engine.core.episodes import Change


def decide(
    db: sqlite3.Connection,
    session: date,
    symbols: Sequence[str],
    changes: Sequence[Change],
    at: float,
    *,
    found: date | None = None,
) -> None:
    """Write what changed, with its history, and that the symbols are decided."""
    for episode, event in changes:
        number = put(db, episode, at if event == "raised" else None)
        if event in ("opened", "escalated"):
            late = found.isoformat() if found else None
            db.execute("UPDATE alarms SET found = ? WHERE id = ?", (late, number))
        if event in ("escalated", "woken"):
            db.execute("UPDATE alarms SET acknowledged = 0, snoozed_until = NULL WHERE id = ?", (number,))
        remember(db, number, event, session=session, at=at)
        if event in ("raised", "opened"):
            mark(db, number, at)
    db.executemany(
        "INSERT INTO decisions VALUES (?, ?, 1) "
        "ON CONFLICT DO UPDATE SET session = excluded.session, sessions = sessions + 1",
        [(symbol, session.isoformat()) for symbol in symbols],
    )
    db.executemany("INSERT OR IGNORE INTO judged VALUES (?, ?)", [(each, session.isoformat()) for each in symbols])
