"""Bars, actions and fetches: as traded, append-only."""

import sqlite3
from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np

from engine.core.bars import Action, FloatArray, History, empty
from engine.errors import Fault
from engine.ports import Correction, Coverage

DAILY = "1d"
TOLERANCE = 1e-4
"""Two closes of one session agree if they differ by less than this share: sources round differently."""

CONTRADICTS = "contradicts"
AT_ONCE = 400
"""Rows of bars a statement: 12 values each, and SQLite before 3.32 takes some thousand."""


def add_bars(
    db: sqlite3.Connection, history: History, source: str, fetched_at: float, *, whole: bool, fetched: bool
) -> int:
    """Insert what is new; a contradicting close becomes a flagged revision beside the first."""
    stored = _closes(db, history)
    new, revisions = [], []
    for session, values in zip(_sessions(history), _values(history), strict=True):
        known = stored.get(session)
        if known is None:
            new.append((history.symbol, DAILY, session, 0, *values, source, fetched_at, ""))
        elif all(abs(values[3] - close) > TOLERANCE * close for close in known):
            revisions.append((history.symbol, DAILY, session, len(known), *values, source, fetched_at, CONTRADICTS))
    _insert(db, new + revisions)
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
    if not fetched:
        # a hole may lie between these and what the source gave: it is asked for all of it the next time
        db.execute("UPDATE fetches SET whole = 0 WHERE symbol = ?", (history.symbol,))
        return len(new)
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
        "SELECT succeeded_at, error, whole, fault, failed_at, source FROM fetches WHERE symbol = ?", (symbol,)
    ).fetchone()
    succeeded_at, error, whole, fault, failed_at, source = fetch or (None, None, False, None, None, "")
    return Coverage(
        count, date.fromisoformat(first) if first else None, date.fromisoformat(last) if last else None,
        succeeded_at, error, bool(whole), fault, failed_at, source,
    )  # fmt: skip


def reach(db: sqlite3.Connection, symbols: Sequence[str]) -> tuple[date, date] | None:
    """The first and the last session of which any of them has a bar."""
    ends = [
        [db.execute(f"{_AN_END} {order} LIMIT 1", (symbol, DAILY)).fetchone() for order in ("ASC", "DESC")]
        for symbol in symbols
    ]
    known = [(first[0], last[0]) for first, last in ends if first]
    if not known:
        return None
    firsts, lasts = zip(*known, strict=True)
    return date.fromisoformat(min(firsts)), date.fromisoformat(max(lasts))


_AN_END = "SELECT session FROM bars WHERE symbol = ? AND interval = ? ORDER BY session"


def fetch_failed(
    db: sqlite3.Connection, symbol: str, source: str, error: str, *, fault: Fault, failed_at: float
) -> None:
    """Keep the reason; the time of the last success stays."""
    db.execute(
        "INSERT INTO fetches (symbol, source, error, fault, failed_at) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT DO UPDATE SET error = excluded.error, fault = excluded.fault, failed_at = excluded.failed_at",
        (symbol, source, error, fault, failed_at),
    )


_REVISED = (
    "WHERE symbol = ? AND interval = ? AND revision > 0 AND revision = (SELECT max(revision) FROM bars "
    "WHERE symbol = bar.symbol AND interval = bar.interval AND session = bar.session) ORDER BY session"
)


def corrections(db: sqlite3.Connection, symbol: str) -> History:
    """The newest later revision of each session that has one; without actions."""
    query = f"SELECT session, open, high, low, close, volume FROM bars AS bar {_REVISED}"  # noqa: S608
    return _history(symbol, db.execute(query, (symbol, DAILY)).fetchall(), ())


def corrected(db: sqlite3.Connection, symbol: str) -> tuple[Correction, ...]:
    """The closes of those revisions beside the first ones."""
    first = (
        "(SELECT close FROM bars WHERE symbol = bar.symbol AND interval = bar.interval "
        "AND session = bar.session AND revision = 0)"
    )
    rows = db.execute(f"SELECT session, close, {first}, source FROM bars AS bar {_REVISED}", (symbol, DAILY))  # noqa: S608
    return tuple(Correction(date.fromisoformat(session), *rest) for session, *rest in rows)


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


def _insert(db: sqlite3.Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    """Some hundred rows a statement: each statement gives up the interpreter, and has to wait for it again."""
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        places = ", ".join([f"({', '.join('?' * len(some[0]))})"] * len(some))
        db.execute(f"INSERT INTO bars VALUES {places}", [value for row in some for value in row])  # noqa: S608


def _sessions(history: History) -> list[str]:
    sessions: list[str] = np.datetime_as_string(history.sessions, unit="D").tolist()
    return sessions


def _values(history: History) -> list[tuple[Any, ...]]:
    """Open, high, low, close and volume of each row; None where one is not known."""

    def known(column: FloatArray) -> list[float | None]:
        finite = np.isfinite(column).tolist()
        return [value if there else None for value, there in zip(column.tolist(), finite, strict=True)]

    columns = (history.open, history.high, history.low, history.close, history.volume)
    return list(zip(*map(known, columns), strict=True))


def _actions(db: sqlite3.Connection, symbol: str) -> tuple[Action, ...]:
    rows = db.execute(
        "SELECT ex_date, split, dividend, known_at FROM actions WHERE symbol = ? ORDER BY ex_date", (symbol,)
    )
    return tuple(
        Action(date.fromisoformat(ex_date), split, dividend, date.fromisoformat(known_at))
        for ex_date, split, dividend, known_at in rows
    )
