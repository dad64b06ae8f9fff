"""Episodes: their rows, and which session each symbol was decided on."""

import json
import math
import sqlite3
from collections.abc import Sequence
from datetime import date

from engine.core.attention import Attention
from engine.core.detect.kind import Direction
from engine.core.episodes import Episode
from engine.errors import BadRequest
from engine.ports import AlarmRecord

# one row of numbers for episodes and price alarms, so that a person can name either
_NEXT = "(SELECT 1 + max(ifnull((SELECT max(id) FROM alarms), 0), ifnull((SELECT max(id) FROM price_alarms), 0)))"
_COLUMNS = (
    "symbol, kind, tier, direction, opened, closed, p, rarity_days, rarer, words, evidence, "
    "confirmed, provisional, withdrawn, dropped"
)
_RECORD = f"id, acknowledged, snoozed_until, muted, raised_at, found, {_COLUMNS}"


def decided(db: sqlite3.Connection, symbol: str) -> date | None:
    """The last session a symbol was decided on."""
    row = db.execute("SELECT session FROM decisions WHERE symbol = ?", (symbol,)).fetchone()
    return date.fromisoformat(row[0]) if row else None


def records(db: sqlite3.Connection, since: date | None, upto: date | None) -> tuple[AlarmRecord, ...]:
    """Episodes opened in a stretch, newest first."""
    rows = db.execute(
        f"SELECT {_RECORD} FROM alarms WHERE opened >= ? AND opened <= ? ORDER BY opened DESC, id DESC",  # noqa: S608
        ((since or date.min).isoformat(), (upto or date.max).isoformat()),
    )
    return tuple(map(_record, rows))


def standing(db: sqlite3.Connection) -> tuple[AlarmRecord, ...]:
    """What is open, and the last of each ticker and kind that was not withdrawn; oldest first."""
    rows = db.execute(
        f"SELECT {_RECORD} FROM alarms WHERE closed IS NULL OR id IN "  # noqa: S608
        "(SELECT max(id) FROM alarms WHERE NOT withdrawn AND NOT provisional GROUP BY symbol, kind) "
        "ORDER BY opened, id"
    )
    return tuple(map(_record, rows))


def record(db: sqlite3.Connection, alarm: int) -> AlarmRecord | None:
    """One episode by its number."""
    row = db.execute(f"SELECT {_RECORD} FROM alarms WHERE id = ?", (alarm,)).fetchone()  # noqa: S608
    return _record(row) if row else None


def found(db: sqlite3.Connection, alarm: int) -> AlarmRecord:
    """One that must be there. Raises BadRequest."""
    known = record(db, alarm)
    if known is None:
        raise BadRequest("there is no alarm of that number", received=str(alarm), do="`whipsaw alarms` lists them")
    return known


def put(db: sqlite3.Connection, episode: Episode, raised_at: float | None) -> int:
    """Write an episode over what is kept of it; gives its number."""
    columns = [*_values(episode), raised_at]
    row = db.execute(
        f"INSERT INTO alarms (id, {_COLUMNS}, raised_at) VALUES ({_NEXT}{', ?' * len(columns)}) "  # noqa: S608
        "ON CONFLICT (symbol, kind, opened) DO UPDATE SET tier = excluded.tier, direction = excluded.direction, "
        "closed = excluded.closed, p = excluded.p, rarity_days = excluded.rarity_days, rarer = excluded.rarer, "
        "words = excluded.words, evidence = excluded.evidence, confirmed = excluded.confirmed, "
        "provisional = excluded.provisional, withdrawn = excluded.withdrawn, dropped = excluded.dropped RETURNING id",
        columns,
    ).fetchone()
    return int(row[0])


def _values(episode: Episode) -> tuple[object, ...]:
    return (
        episode.symbol,
        episode.kind,
        episode.tier,
        episode.direction,
        episode.opened.isoformat(),
        episode.closed.isoformat() if episode.closed else None,
        episode.p,  # SQLite keeps NaN as NULL
        episode.rarity_days,
        episode.rarer,
        episode.words,
        json.dumps(episode.evidence),
        episode.confirmed,
        episode.provisional,
        episode.withdrawn,
        episode.dropped,
    )


def _record(row: Sequence[object]) -> AlarmRecord:
    number, seen, until, muted, raised_at, found, *values = row
    return AlarmRecord(
        id=int(str(number)),
        episode=_episode(values),
        attention=Attention(bool(seen), day_of(until), bool(muted)),
        raised_at=None if raised_at is None else float(str(raised_at)),
        found=day_of(found),
    )


def _episode(values: Sequence[object]) -> Episode:
    symbol, kind, tier, direction, opened, closed, p, rarity, rarer, words, evidence, *flags, why = values
    confirmed, provisional, withdrawn = map(bool, flags)
    return Episode(
        symbol=str(symbol),
        kind=str(kind),
        tier="alert" if tier == "alert" else "watch",
        direction=direction_of(direction),
        opened=date.fromisoformat(str(opened)),
        closed=day_of(closed),
        p=number_of(p),
        rarity_days=number_of(rarity),
        rarer=bool(rarer),
        words=str(words),
        evidence=json.loads(str(evidence)),
        confirmed=confirmed,
        provisional=provisional,
        withdrawn=withdrawn,
        dropped=str(why),
    )


def direction_of(value: object) -> Direction:
    """A direction as it is stored."""
    return "up" if value == "up" else "down" if value == "down" else "none"


def day_of(value: object) -> date | None:
    """A day as it is stored; None where there is none."""
    return date.fromisoformat(str(value)) if value else None


def number_of(value: object) -> float:
    """A number as it is stored: SQLite keeps NaN as NULL."""
    return math.nan if value is None else float(str(value))
