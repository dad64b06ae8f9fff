"""Episodes with their history, and which session each symbol was decided on."""

import json
import sqlite3
from collections.abc import Sequence
from datetime import date

from engine.core.episodes import Episode
from engine.errors import BadRequest
from engine.ports import AlarmRecord

# one row of numbers for episodes and price alarms, so that a person can name either
_NEXT = "(SELECT 1 + max(ifnull((SELECT max(id) FROM alarms), 0), ifnull((SELECT max(id) FROM price_alarms), 0)))"
_COLUMNS = "symbol, kind, tier, direction, opened, closed, p, rarity_days, rarer, words, evidence"


def decided(db: sqlite3.Connection, symbol: str) -> date | None:
    """The last session a symbol was decided on."""
    row = db.execute("SELECT session FROM decisions WHERE symbol = ?", (symbol,)).fetchone()
    return date.fromisoformat(row[0]) if row else None


def decide(db: sqlite3.Connection, session: date, symbols: Sequence[str], episodes: Sequence[Episode]) -> None:
    """Write new and changed episodes with their history, and that the symbols are decided."""
    for episode in episodes:
        db.execute(
            f"INSERT INTO alarms (id, {_COLUMNS}) VALUES ({_NEXT}, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "  # noqa: S608
            "ON CONFLICT (symbol, kind, opened) DO UPDATE SET tier = excluded.tier, direction = excluded.direction, "
            "closed = excluded.closed, p = excluded.p, rarity_days = excluded.rarity_days, rarer = excluded.rarer, "
            "words = excluded.words, evidence = excluded.evidence",
            _values(episode),
        )
        db.execute(
            "INSERT INTO alarm_history SELECT id, ?, ?, ?, ?, ? FROM alarms "
            "WHERE symbol = ? AND kind = ? AND opened = ?",
            (
                session.isoformat(),
                "closed" if episode.closed else "opened" if episode.opened == session else "escalated",
                episode.tier,
                episode.p,
                episode.words,
                episode.symbol,
                episode.kind,
                episode.opened.isoformat(),
            ),
        )
    db.executemany(
        "INSERT INTO decisions VALUES (?, ?) ON CONFLICT DO UPDATE SET session = excluded.session",
        [(symbol, session.isoformat()) for symbol in symbols],
    )


def records(db: sqlite3.Connection, since: date | None, upto: date | None) -> tuple[AlarmRecord, ...]:
    """Episodes opened in a stretch, newest first."""
    rows = db.execute(
        f"SELECT id, acknowledged, {_COLUMNS} FROM alarms WHERE opened >= ? AND opened <= ? "  # noqa: S608
        "ORDER BY opened DESC, id DESC",
        ((since or date.min).isoformat(), (upto or date.max).isoformat()),
    )
    return tuple(AlarmRecord(number, _episode(values), bool(seen)) for number, seen, *values in rows)


def acknowledge(db: sqlite3.Connection, alarm: int) -> None:
    """Mark as seen. Raises BadRequest."""
    marked = db.execute("UPDATE alarms SET acknowledged = 1 WHERE id = ?", (alarm,)).rowcount
    marked += db.execute("UPDATE price_alarms SET acknowledged = 1 WHERE id = ?", (alarm,)).rowcount
    if marked == 0:
        raise BadRequest("there is no alarm of that number", received=str(alarm), do="`whipsaw alarms` lists them")


def _values(episode: Episode) -> tuple[object, ...]:
    return (
        episode.symbol,
        episode.kind,
        episode.tier,
        episode.direction,
        episode.opened.isoformat(),
        episode.closed.isoformat() if episode.closed else None,
        episode.p,
        episode.rarity_days,
        episode.rarer,
        episode.words,
        json.dumps(episode.evidence),
    )


def _episode(values: list[object]) -> Episode:
    symbol, kind, tier, direction, opened, closed, p, rarity, rarer, words, evidence = values
    return Episode(
        symbol=str(symbol),
        kind=str(kind),
        tier="alert" if tier == "alert" else "watch",
        direction="up" if direction == "up" else "down" if direction == "down" else "none",
        opened=date.fromisoformat(str(opened)),
        closed=date.fromisoformat(str(closed)) if closed else None,
        p=float(str(p)),
        rarity_days=float(str(rarity)),
        rarer=bool(rarer),
        words=str(words),
        evidence=json.loads(str(evidence)),
    )
