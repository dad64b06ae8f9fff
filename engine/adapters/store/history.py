"""What happened to episodes, append-only, and how they stood after any session."""

import json
import math
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby

from engine.adapters.store.alarms import day_of, direction_of, number_of, records
from engine.core.episodes import Episode
from engine.core.hindsight import Entry, stood
from engine.ports import AlarmEvent, AlarmRecord

_SAID = "tier, p, words, direction, rarity_days, rarer, evidence, confirmed"
"""What an entry repeats of its alarm."""
_ENTRY = f"alarm, event, session, at, snoozed_until, {_SAID}"


def remember(db: sqlite3.Connection, number: int, event: str, *, session: date, at: float) -> None:
    """Write that something happened to an alarm after a session, with what is said of it now."""
    db.execute(
        f"INSERT INTO alarm_history ({_ENTRY}) "  # noqa: S608
        f"SELECT id, ?, ?, ?, snoozed_until, {_SAID} FROM alarms WHERE id = ?",
        (event, session.isoformat(), at, number),
    )


def history(db: sqlite3.Connection, alarm: int) -> tuple[AlarmEvent, ...]:
    """All that happened to an episode, oldest first."""
    rows = db.execute(f"SELECT {_ENTRY} FROM alarm_history WHERE alarm = ? ORDER BY id", (alarm,))  # noqa: S608
    return tuple(
        AlarmEvent(event, date.fromisoformat(session), at, tier, number_of(p), words)
        for _, event, session, at, _, tier, p, words, *_ in rows
    )


def as_of(db: sqlite3.Connection, day: date) -> tuple[AlarmRecord, ...]:
    """Episodes that had opened by a day, as they stood after it, newest first."""
    entries = db.execute(
        f"SELECT {_ENTRY} FROM alarm_history WHERE session <= ? ORDER BY alarm, id",  # noqa: S608
        (day.isoformat(),),
    )
    past = {int(number): list(rows) for number, rows in groupby(entries, lambda row: row[0])}
    return tuple(_then(record, past[record.id], day) for record in records(db, None, day) if record.id in past)


def _then(now: AlarmRecord, entries: Sequence[Sequence[object]], day: date) -> AlarmRecord:
    """An alarm after some first entries of its history."""
    *_, (_, _, _, _, _, *last) = entries
    told = [Entry(str(event), day_of(until)) for _, event, _, _, until, *_ in entries]
    episode, attention = stood(_said(now.episode, last), told)
    found = now.found if now.found and now.found <= day else None
    return AlarmRecord(now.id, episode, attention, now.raised_at, found)


def _said(now: Episode, entry: Sequence[object]) -> Episode:
    """What an entry repeats; where it is of an earlier version, what has not changed since is what it was."""
    tier, p, words, direction, rarity, rarer, evidence, confirmed = entry
    kept = replace(now, tier="alert" if tier == "alert" else "watch", p=number_of(p), words=str(words))
    if evidence is not None:
        return replace(
            kept,
            direction=direction_of(direction),
            rarity_days=number_of(rarity),
            rarer=bool(rarer),
            evidence=json.loads(str(evidence)),
            confirmed=bool(confirmed),
        )
    if (kept.tier, kept.words) == (now.tier, now.words):
        return kept
    return replace(kept, direction="none", rarity_days=math.nan, rarer=False, evidence={}, confirmed=False)
