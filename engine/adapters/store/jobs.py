"""Jobs: that they began, how they ended, and what is offered again."""

import sqlite3

from engine.ports import JobRecord


def start(db: sqlite3.Connection, kind: str, title: str, command: str) -> int:
    """The number of a job that runs."""
    cursor = db.execute(
        "INSERT INTO jobs (kind, title, state, command) VALUES (?, ?, 'running', ?)", (kind, title, command)
    )
    return int(cursor.lastrowid or 0)


def end(db: sqlite3.Connection, number: int, state: str) -> None:
    """How it ended."""
    db.execute("UPDATE jobs SET state = ? WHERE id = ?", (state, number))


def interrupted(db: sqlite3.Connection) -> tuple[JobRecord, ...]:
    """Those left running, told once, and those that can be run again, told until that is done or they are dismissed."""
    rows = db.execute(
        "SELECT id, kind, title, command FROM jobs "
        "WHERE state = 'running' OR (state = 'interrupted' AND command != '') ORDER BY id"
    ).fetchall()
    db.execute("UPDATE jobs SET state = 'interrupted' WHERE state = 'running'")
    return tuple(JobRecord(number, kind, title, "interrupted", command) for number, kind, title, command in rows)
