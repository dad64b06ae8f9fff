"""Grades of alarms, append-only, and for how many sessions each ticker has been watched."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import date

from engine.adapters.store import alarms
from engine.core.grading import HORIZONS, Grade, Outcome
from engine.ports import Ungraded


def add(db: sqlite3.Connection, grades: Iterable[Grade]) -> None:
    """Keep new ones; one that is there already stays as it was given."""
    db.executemany(
        "INSERT OR IGNORE INTO grades SELECT id, ?, ?, ?, ?, ?, ? FROM alarms "
        "WHERE symbol = ? AND kind = ? AND opened = ?",
        [
            (
                each.horizon,
                each.graded.isoformat(),
                each.outcome.hit,
                each.outcome.value,
                each.outcome.limit,
                each.outcome.base_rate,
                each.symbol,
                each.kind,
                each.opened.isoformat(),
            )
            for each in grades
        ],
    )


def ungraded(db: sqlite3.Connection) -> tuple[Ungraded, ...]:
    """Episodes that lack a grade, each with the horizons that it has; oldest first."""
    rows = db.execute(
        "SELECT id, (SELECT group_concat(horizon) FROM grades WHERE alarm = id) AS has FROM alarms "
        "WHERE NOT provisional AND NOT withdrawn "
        "AND (SELECT count(*) FROM grades WHERE alarm = id) < ? ORDER BY opened, id",
        (len(HORIZONS),),
    ).fetchall()
    records = [(alarms.record(db, number), has) for number, has in rows]
    return tuple(
        Ungraded(record.episode, frozenset(map(int, has.split(","))) if has else frozenset())
        for record, has in records
        if record is not None
    )


def of_horizon(db: sqlite3.Connection, horizon: int, upto: date | None) -> tuple[Grade, ...]:
    """All grades so many sessions after that were given by a session, oldest alarm first."""
    rows = db.execute(
        "SELECT symbol, kind, opened, graded, hit, value, needed, base_rate FROM grades "
        "JOIN alarms ON alarms.id = alarm WHERE horizon = ? AND graded <= ? ORDER BY opened, alarm",
        (horizon, (upto or date.max).isoformat()),
    )
    return tuple(
        Grade(
            symbol,
            kind,
            date.fromisoformat(opened),
            horizon,
            date.fromisoformat(graded),
            Outcome(bool(hit), value, needed, base_rate),
        )
        for symbol, kind, opened, graded, hit, value, needed, base_rate in rows
    )


def decided_on(db: sqlite3.Connection, symbols: Sequence[str], first: date, last: date) -> frozenset[date]:
    """The sessions of a stretch on which any of these symbols was decided."""
    rows = db.execute(
        "SELECT DISTINCT session FROM judged "
        "WHERE symbol IN (SELECT value FROM json_each(?)) AND session BETWEEN ? AND ?",
        (json.dumps(list(symbols)), first.isoformat(), last.isoformat()),
    )
    return frozenset(date.fromisoformat(session) for (session,) in rows)


def watched(db: sqlite3.Connection, upto: date | None) -> dict[str, int]:
    """How many sessions each symbol was decided on, up to one if it is named."""
    if upto is None:
        return dict(db.execute("SELECT symbol, sessions FROM decisions"))
    by_then = db.execute("SELECT symbol, count(*) FROM judged WHERE session <= ? GROUP BY symbol", (upto.isoformat(),))
    return dict(by_then)
