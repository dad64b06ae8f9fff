"""Bars, actions and fetches: as traded, append-only."""

import sqlite3
from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np

from engine.core.bars import Action, History, as_date, empty
from engine.errors import Fault
from engine.ports import Coverage

DAILY = "1d"
TOLERANCE = 1e-4
"""Two closes of one session agree if they differ by less than this share: sources round differently."""

CONTRADICTS = "contradicts"


def add_bars(db: sqlite3.Connection, history: History, source: str, fetched_at: float, *, whole: bool) -> int:
    """Insert what is new; a contradicting close becomes a flagged revision beside the first."""
    stored = _closes(db, history)
    new, revisions = [], []
    for row in range(len(history)):
        session = as_date(history.sessions[row]).isoformat()
        known = stored.get(session)
        values = _values(history, row)
        if known is None:
            new.append((history.symbol, DAILY, session, 0, *values, source, fetched_at, ""))
        elif all(abs(values[3] - close) > TOLERANCE * close for close in known):
            revisions.append((history.symbol, DAILY, session, len(known), *values, source, fetched_at, CONTRADICTS))
    db.executemany("INSERT INTO bars VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", new + revisions)
    db.executemany(
        "INSERT OR IGNORE INTO actions VALUES (?, ?, ?, ?, ?, ?)",
        [
            (
                history.symbol,
                action.ex_date.isoformat(),
                action.split,
                action.dividend,
                (action.known_at or action.ex_date).isoformat(),
                source,
            )
            for action in history.actions
        ],
    )
    db.execute(
        "INSERT INTO fetches (symbol, source, succeeded_at, whole) VALUES (?, ?, ?, ?) "
        "ON CONFLICT DO UPDATE SET source = excluded.source, succeeded_at = excluded.succeeded_at, "
        "error = NULL, fault = NULL, failed_at = NULL, whole = max(whole, excluded.whole)",
        (history.symbol, source, fetched_at, whole),
    )
    return len(new)


def bars(db: sqlite3.Connection, symbol: str, upto: date | None, last: int | None) -> History:
    """The first revision of the last bars up to a session (None: of all), and the actions."""
    rows = db.execute(
        "SELECT session, open, high, low, close, volume FROM bars "
        "WHERE symbol = ? AND interval = ? AND session <= ? AND revision = 0 ORDER BY session DESC LIMIT ?",
        (symbol, DAILY, (upto or date.max).isoformat(), -1 if last is None else last),
    ).fetchall()[::-1]
    if not rows:
        return empty(symbol)
    history = _history(symbol, rows, _actions(db, symbol))
    return history.upto(upto) if upto else history


def coverage(db: sqlite3.Connection, symbol: str) -> Coverage:
    """How many bars, from when to when, and how the last fetch went."""
    count, first, last = db.execute(
        "SELECT count(*), min(session), max(session) FROM bars WHERE symbol = ? AND interval = ? AND revision = 0",
        (symbol, DAILY),
    ).fetchone()
    fetch = db.execute(
        "SELECT succeeded_at, error, whole, fault, failed_at FROM fetches WHERE symbol = ?", (symbol,)
    ).fetchone()
    succeeded_at, error, whole, fault, failed_at = fetch or (None, None, False, None, None)
    return Coverage(
        count, date.fromisoformat(first) if first else None, date.fromisoformat(last) if last else None,
        succeeded_at, error, bool(whole), fault, failed_at,
    )  # fmt: skip


def fetch_failed(
    db: sqlite3.Connection, symbol: str, source: str, error: str, *, fault: Fault, failed_at: float
) -> None:
    """Keep the reason; the time of the last success stays."""
    db.execute(
        "INSERT INTO fetches (symbol, source, error, fault, failed_at) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT DO UPDATE SET error = excluded.error, fault = excluded.fault, failed_at = excluded.failed_at",
        (symbol, source, error, fault, failed_at),
    )


def corrections(db: sqlite3.Connection, symbol: str) -> History:
    """The newest later revision of each session that has one; without actions."""
    rows = db.execute(
        "SELECT session, open, high, low, close, volume FROM bars AS bar "
        "WHERE symbol = ? AND interval = ? AND revision > 0 AND revision = (SELECT max(revision) FROM bars "
        "WHERE symbol = bar.symbol AND interval = bar.interval AND session = bar.session) ORDER BY session",
        (symbol, DAILY),
    ).fetchall()
    return _history(symbol, rows, ())


def _history(symbol: str, rows: Sequence[tuple[Any, ...]], actions: tuple[Action, ...]) -> History:
    if not rows:
        return empty(symbol)
    sessions = np.array([row[0] for row in rows], "datetime64[D]")
    opened, high, low, close, volume = np.array([row[1:] for row in rows], dtype=np.float64).T
    return History(symbol, sessions, opened, high, low, close, volume, actions)


def _closes(db: sqlite3.Connection, history: History) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    stretch = (history.symbol, DAILY, str(history.first), str(history.last))
    query = "SELECT session, close FROM bars WHERE symbol = ? AND interval = ? AND session BETWEEN ? AND ?"
    for session, close in db.execute(query, stretch):
        found.setdefault(session, []).append(close)
    return found


def _values(history: History, row: int) -> tuple[float | None, float | None, float | None, float, float | None]:
    def known(value: float) -> float | None:
        return float(value) if np.isfinite(value) else None

    return (
        known(history.open[row]),
        known(history.high[row]),
        known(history.low[row]),
        float(history.close[row]),
        known(history.volume[row]),
    )


def _actions(db: sqlite3.Connection, symbol: str) -> tuple[Action, ...]:
    rows = db.execute(
        "SELECT ex_date, split, dividend, known_at FROM actions WHERE symbol = ? ORDER BY ex_date", (symbol,)
    )
    return tuple(
        Action(date.fromisoformat(ex_date), split, dividend, date.fromisoformat(known_at))
        for ex_date, split, dividend, known_at in rows
    )
