"""Episodes with their history, what people said of them, and which session each symbol was decided on."""

import json
import math
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby

from engine.core.attention import Attention, Deed, is_muted
from engine.core.detect.kind import Direction
from engine.core.episodes import Change, Episode
from engine.core.hindsight import Entry, stood
from engine.errors import BadRequest
from engine.ports import AlarmEvent, AlarmRecord

# one row of numbers for episodes and price alarms, so that a person can name either
_NEXT = "(SELECT 1 + max(ifnull((SELECT max(id) FROM alarms), 0), ifnull((SELECT max(id) FROM price_alarms), 0)))"
_COLUMNS = (
    "symbol, kind, tier, direction, opened, closed, p, rarity_days, rarer, words, evidence, "
    "confirmed, provisional, withdrawn, dropped"
)
_SAID = "tier, p, words, direction, rarity_days, rarer, evidence, confirmed"
"""What an entry of the history repeats of its alarm."""
_RECORD = f"id, acknowledged, snoozed_until, muted, raised_at, found, {_COLUMNS}"
_ALL_OF_IT = ""
"""The kind of a mute that holds for all kinds of a ticker."""


def decided(db: sqlite3.Connection, symbol: str) -> date | None:
    """The last session a symbol was decided on."""
    row = db.execute("SELECT session FROM decisions WHERE symbol = ?", (symbol,)).fetchone()
    return date.fromisoformat(row[0]) if row else None


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
        number = _put(db, episode, at if event == "raised" else None)
        if event in ("opened", "escalated"):
            late = found.isoformat() if found else None
            db.execute("UPDATE alarms SET found = ? WHERE id = ?", (late, number))
        if event in ("escalated", "woken"):
            db.execute("UPDATE alarms SET acknowledged = 0, snoozed_until = NULL WHERE id = ?", (number,))
        _remember(db, number, event, session=session, at=at)
        if event in ("raised", "opened"):
            _mark(db, number, at)
    db.executemany(
        "INSERT INTO decisions VALUES (?, ?, 1) "
        "ON CONFLICT DO UPDATE SET session = excluded.session, sessions = sessions + 1",
        [(symbol, session.isoformat()) for symbol in symbols],
    )
    db.executemany("INSERT OR IGNORE INTO judged VALUES (?, ?)", [(each, session.isoformat()) for each in symbols])


def records(db: sqlite3.Connection, since: date | None, upto: date | None) -> tuple[AlarmRecord, ...]:
    """Episodes opened in a stretch, newest first."""
    rows = db.execute(
        f"SELECT {_RECORD} FROM alarms WHERE opened >= ? AND opened <= ? ORDER BY opened DESC, id DESC",  # noqa: S608
        ((since or date.min).isoformat(), (upto or date.max).isoformat()),
    )
    return tuple(map(_record, rows))


def as_of(db: sqlite3.Connection, day: date) -> tuple[AlarmRecord, ...]:
    """Episodes that had opened by a day, as they stood after it, newest first."""
    entries = db.execute(
        f"SELECT alarm, event, snoozed_until, {_SAID} FROM alarm_history WHERE session <= ? "  # noqa: S608
        "ORDER BY alarm, id",
        (day.isoformat(),),
    )
    past = {int(number): list(rows) for number, rows in groupby(entries, lambda row: row[0])}
    return tuple(_then(record, past[record.id], day) for record in records(db, None, day) if record.id in past)


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


def history(db: sqlite3.Connection, alarm: int) -> tuple[AlarmEvent, ...]:
    """All that happened to an episode, oldest first."""
    rows = db.execute(
        "SELECT event, session, at, tier, p, words FROM alarm_history WHERE alarm = ? ORDER BY id", (alarm,)
    )
    return tuple(
        AlarmEvent(event, date.fromisoformat(session), at, tier, math.nan if p is None else p, words)
        for event, session, at, tier, p, words in rows
    )


def acknowledge(db: sqlite3.Connection, alarm: int, at: float) -> None:
    """Mark as seen. Raises BadRequest."""
    if _seen(db, alarm):
        return
    found = _found(db, alarm)
    if found.attention.acknowledged and found.attention.snoozed_until is None:
        return
    db.execute("UPDATE alarms SET acknowledged = 1, snoozed_until = NULL WHERE id = ?", (alarm,))
    _done(db, found, "acknowledged", at)


def snooze(db: sqlite3.Connection, alarm: int, until: date, at: float) -> None:
    """Quiet until a session. Raises BadRequest."""
    found = _found(db, alarm)
    if found.attention.snoozed_until == until:
        return
    db.execute("UPDATE alarms SET snoozed_until = ? WHERE id = ?", (until.isoformat(), alarm))
    _done(db, found, "snoozed", at)


def mute(db: sqlite3.Connection, alarm: int, at: float, *, whole: bool) -> None:
    """No episode of its ticker and kind, or of its ticker, rings any more. Raises BadRequest."""
    episode = _found(db, alarm).episode
    kind = _ALL_OF_IT if whole else episode.kind
    db.execute("INSERT OR IGNORE INTO mutes VALUES (?, ?, ?)", (episode.symbol, kind, at))
    _mark_open(db, episode.symbol, at)


def unmute(db: sqlite3.Connection, alarm: int, at: float) -> None:
    """They ring again: whatever mutes its ticker and kind is lifted. Raises BadRequest."""
    episode = _found(db, alarm).episode
    held = (episode.symbol, episode.kind, _ALL_OF_IT)
    db.execute("DELETE FROM mutes WHERE symbol = ? AND kind IN (?, ?)", held)
    _mark_open(db, episode.symbol, at)


def mutes(db: sqlite3.Connection) -> frozenset[tuple[str, str | None]]:
    """What is muted."""
    rows = db.execute("SELECT symbol, kind FROM mutes")
    return frozenset((symbol, kind or None) for symbol, kind in rows)


def _seen(db: sqlite3.Connection, alarm: int) -> bool:
    """Mark a price alarm as seen, after the last session that was decided, or its own; False where it is none."""
    return bool(
        db.execute(
            "UPDATE price_alarms SET acknowledged = 1, seen = ifnull(seen, max(session, ifnull("
            "(SELECT session FROM decisions WHERE decisions.symbol = price_alarms.symbol), session))) WHERE id = ?",
            (alarm,),
        ).rowcount
    )


def _then(now: AlarmRecord, entries: Sequence[Sequence[object]], day: date) -> AlarmRecord:
    """An alarm after some first entries of its history."""
    said = _said(now.episode, entries[-1][3:])
    episode, attention = stood(said, [Entry(str(event), _day(until)) for _, event, until, *_ in entries])
    found = now.found if now.found and now.found <= day else None
    return AlarmRecord(now.id, episode, attention, now.raised_at, found)


def _said(now: Episode, entry: Sequence[object]) -> Episode:
    """What an entry repeats; where it is of an earlier version, what has not changed since is what it was."""
    tier, p, words, direction, rarity, rarer, evidence, confirmed = entry
    kept = replace(now, tier="alert" if tier == "alert" else "watch", p=_float(p), words=str(words))
    if evidence is not None:
        return replace(
            kept,
            direction=_direction(direction),
            rarity_days=_float(rarity),
            rarer=bool(rarer),
            evidence=json.loads(str(evidence)),
            confirmed=bool(confirmed),
        )
    if (kept.tier, kept.words) == (now.tier, now.words):
        return kept
    return replace(kept, direction="none", rarity_days=math.nan, rarer=False, evidence={}, confirmed=False)


def _found(db: sqlite3.Connection, alarm: int) -> AlarmRecord:
    found = record(db, alarm)
    if found is None:
        raise BadRequest("there is no alarm of that number", received=str(alarm), do="`whipsaw alarms` lists them")
    return found


def _put(db: sqlite3.Connection, episode: Episode, raised_at: float | None) -> int:
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


def _remember(db: sqlite3.Connection, number: int, event: str, *, session: date, at: float) -> None:
    db.execute(
        f"INSERT INTO alarm_history (alarm, session, at, event, snoozed_until, {_SAID}) "  # noqa: S608
        f"SELECT id, ?, ?, ?, snoozed_until, {_SAID} FROM alarms WHERE id = ?",
        (session.isoformat(), at, event, number),
    )


def _done(db: sqlite3.Connection, of: AlarmRecord, deed: Deed, at: float) -> None:
    """A person's deed is of the last session that was decided, or of the one that raised the alarm."""
    opened = of.episode.opened
    _remember(db, of.id, deed, session=max(decided(db, of.episode.symbol) or opened, opened), at=at)


def _mark_open(db: sqlite3.Connection, symbol: str, at: float) -> None:
    """Mark a ticker's open episodes by what is muted now."""
    numbers = db.execute("SELECT id FROM alarms WHERE closed IS NULL AND symbol = ?", (symbol,)).fetchall()
    for (number,) in numbers:
        _mark(db, number, at)


def _mark(db: sqlite3.Connection, number: int, at: float) -> None:
    of = _found(db, number)
    muted = is_muted(of.episode.symbol, of.episode.kind, mutes(db))
    if muted != of.attention.muted:
        db.execute("UPDATE alarms SET muted = ? WHERE id = ?", (muted, number))
        _done(db, of, "muted" if muted else "unmuted", at)


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
        attention=Attention(bool(seen), _day(until), bool(muted)),
        raised_at=None if raised_at is None else float(str(raised_at)),
        found=_day(found),
    )


def _episode(values: Sequence[object]) -> Episode:
    symbol, kind, tier, direction, opened, closed, p, rarity, rarer, words, evidence, *flags, why = values
    confirmed, provisional, withdrawn = map(bool, flags)
    return Episode(
        symbol=str(symbol),
        kind=str(kind),
        tier="alert" if tier == "alert" else "watch",
        direction=_direction(direction),
        opened=date.fromisoformat(str(opened)),
        closed=_day(closed),
        p=_float(p),
        rarity_days=_float(rarity),
        rarer=bool(rarer),
        words=str(words),
        evidence=json.loads(str(evidence)),
        confirmed=confirmed,
        provisional=provisional,
        withdrawn=withdrawn,
        dropped=str(why),
    )


def _direction(value: object) -> Direction:
    return "up" if value == "up" else "down" if value == "down" else "none"


def _day(value: object) -> date | None:
    return date.fromisoformat(str(value)) if value else None


def _float(value: object) -> float:
    return math.nan if value is None else float(str(value))
