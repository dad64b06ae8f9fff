"""What people say of alarms: seen, quiet for a while, muted."""

import sqlite3
from datetime import date

from engine.adapters.store.alarms import decided, found
from engine.adapters.store.history import remember
from engine.core.attention import Deed, is_muted
from engine.ports import AlarmRecord

_ALL_OF_IT = ""
"""The kind of a mute that holds for all kinds of a ticker."""


def acknowledge(db: sqlite3.Connection, alarm: int, at: float) -> None:
    """Mark as seen. Raises BadRequest."""
    if _seen(db, alarm):
        return
    known = found(db, alarm)
    if known.attention.acknowledged and known.attention.snoozed_until is None:
        return
    db.execute("UPDATE alarms SET acknowledged = 1, snoozed_until = NULL WHERE id = ?", (alarm,))
    _done(db, known, "acknowledged", at)


def snooze(db: sqlite3.Connection, alarm: int, until: date, at: float) -> None:
    """Quiet until a session. Raises BadRequest."""
    known = found(db, alarm)
    if known.attention.snoozed_until == until:
        return
    db.execute("UPDATE alarms SET snoozed_until = ? WHERE id = ?", (until.isoformat(), alarm))
    _done(db, known, "snoozed", at)


def mute(db: sqlite3.Connection, alarm: int, at: float, *, whole: bool) -> None:
    """No episode of its ticker and kind, or of its ticker, rings any more. Raises BadRequest."""
    episode = found(db, alarm).episode
    kind = _ALL_OF_IT if whole else episode.kind
    db.execute("INSERT OR IGNORE INTO mutes VALUES (?, ?, ?)", (episode.symbol, kind, at))
    _mark_open(db, episode.symbol, at)


def unmute(db: sqlite3.Connection, alarm: int, at: float) -> None:
    """They ring again: whatever mutes its ticker and kind is lifted. Raises BadRequest."""
    episode = found(db, alarm).episode
    held = (episode.symbol, episode.kind, _ALL_OF_IT)
    db.execute("DELETE FROM mutes WHERE symbol = ? AND kind IN (?, ?)", held)
    _mark_open(db, episode.symbol, at)


def mutes(db: sqlite3.Connection) -> frozenset[tuple[str, str | None]]:
    """What is muted."""
    rows = db.execute("SELECT symbol, kind FROM mutes")
    return frozenset((symbol, kind or None) for symbol, kind in rows)


def mark(db: sqlite3.Connection, number: int, at: float) -> None:
    """Mark an episode by what is muted now."""
    of = found(db, number)
    muted = is_muted(of.episode.symbol, of.episode.kind, mutes(db))
    if muted != of.attention.muted:
        db.execute("UPDATE alarms SET muted = ? WHERE id = ?", (muted, number))
        _done(db, of, "muted" if muted else "unmuted", at)


def _mark_open(db: sqlite3.Connection, symbol: str, at: float) -> None:
    """Mark a ticker's open episodes by what is muted now."""
    numbers = db.execute("SELECT id FROM alarms WHERE closed IS NULL AND symbol = ?", (symbol,)).fetchall()
    for (number,) in numbers:
        mark(db, number, at)


def _seen(db: sqlite3.Connection, alarm: int) -> bool:
    """Mark a price alarm as seen, after the last session that was decided, or its own; False where it is none."""
    return bool(
        db.execute(
            "UPDATE price_alarms SET acknowledged = 1, seen = ifnull(seen, max(session, ifnull("
            "(SELECT session FROM decisions WHERE decisions.symbol = price_alarms.symbol), session))) WHERE id = ?",
            (alarm,),
        ).rowcount
    )


def _done(db: sqlite3.Connection, of: AlarmRecord, deed: Deed, at: float) -> None:
    """A person's deed is of the last session that was decided, or of the one that raised the alarm."""
    opened = of.episode.opened
    remember(db, of.id, deed, session=max(decided(db, of.episode.symbol) or opened, opened), at=at)
