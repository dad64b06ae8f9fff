"""What stands beside the bars: the gate's notes, profiles, bars within the day, sessions, price alarms."""

import sqlite3
from collections.abc import Iterable
from datetime import date

from engine.core.quality import DataNote
from engine.core.quotes import PriceAlarm
from engine.ports import Interval, IntradayBar, PriceAlarmRecord, Profile, SessionHours

_ALARM = "symbol, rule, level, price, session, at, words"


def add_notes(db: sqlite3.Connection, symbol: str, notes: Iterable[DataNote]) -> None:
    """Keep what is new."""
    db.executemany(
        "INSERT OR IGNORE INTO notes VALUES (?, ?, ?, ?, ?)",
        [(symbol, note.session.isoformat(), note.rule, note.treatment, note.words) for note in notes],
    )


def notes(db: sqlite3.Connection, symbol: str, since: date | None) -> tuple[DataNote, ...]:
    """Oldest session first."""
    rows = db.execute(
        "SELECT session, rule, treatment, words FROM notes WHERE symbol = ? AND session >= ? ORDER BY session, rule",
        (symbol, (since or date.min).isoformat()),
    )
    return tuple(DataNote(date.fromisoformat(session), *rest) for session, *rest in rows)


def add_profile(db: sqlite3.Connection, profile: Profile, known_at: float) -> None:
    """The newest word stands."""
    db.execute(
        "INSERT OR REPLACE INTO profiles VALUES (?, ?, ?, ?, ?)",
        (profile.symbol, profile.name, profile.currency, profile.kind, known_at),
    )


def profiles(db: sqlite3.Connection) -> dict[str, Profile]:
    """By symbol."""
    rows = db.execute("SELECT symbol, name, currency, kind FROM profiles")
    return {symbol: Profile(symbol, *rest) for symbol, *rest in rows}


def add_intraday(
    db: sqlite3.Connection,
    symbol: str,
    interval: Interval,
    bars: Iterable[IntradayBar],
    *,
    source: str,
    fetched_at: float,
) -> None:
    """The newest word stands: an exchange whose prices come late is asked for its last bars again."""
    db.executemany(
        "INSERT OR REPLACE INTO intraday VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (symbol, interval, bar.time, *_prices(bar), bar.volume, bar.phase, source, fetched_at)
            for bar in bars
        ],
    )  # fmt: skip


def _prices(bar: IntradayBar) -> tuple[float, float, float, float]:
    return bar.open, bar.high, bar.low, bar.close


def intraday(db: sqlite3.Connection, symbol: str, interval: Interval, since: float) -> tuple[IntradayBar, ...]:
    """Oldest first."""
    rows = db.execute(
        "SELECT time, open, high, low, close, volume, phase FROM intraday "
        "WHERE symbol = ? AND interval = ? AND time >= ? ORDER BY time",
        (symbol, interval, since),
    )
    return tuple(IntradayBar(*row) for row in rows)


def add_sessions(db: sqlite3.Connection, exchange: str, sessions: Iterable[SessionHours], made: str) -> None:
    """Instead of those kept before."""
    db.execute("DELETE FROM sessions WHERE exchange = ?", (exchange,))
    db.executemany(
        "INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?)",
        [
            (exchange, each.session.isoformat(), each.opens, each.closes, each.break_starts, each.break_ends)
            for each in sessions
        ],
    )
    db.execute("INSERT OR REPLACE INTO calendars VALUES (?, ?)", (exchange, made))


def sessions(db: sqlite3.Connection, exchange: str) -> tuple[str, tuple[SessionHours, ...]]:
    """What they were made from, and the sessions, oldest first."""
    made = db.execute("SELECT made FROM calendars WHERE exchange = ?", (exchange,)).fetchone()
    rows = db.execute(
        "SELECT session, opens, closes, break_starts, break_ends FROM sessions WHERE exchange = ? ORDER BY session",
        (exchange,),
    )
    return made[0] if made else "", tuple(SessionHours(date.fromisoformat(session), *rest) for session, *rest in rows)


def add_price_alarm(db: sqlite3.Connection, alarm: PriceAlarm) -> PriceAlarmRecord:
    """A new one, numbered above all alarms there are; or the one that is there already."""
    key = (alarm.symbol, alarm.rule, alarm.level, alarm.session.isoformat())
    db.execute(
        f"INSERT OR IGNORE INTO price_alarms (id, {_ALARM}) VALUES "  # noqa: S608
        "((SELECT 1 + max(ifnull((SELECT max(id) FROM alarms), 0), ifnull((SELECT max(id) FROM price_alarms), 0))), "
        "?, ?, ?, ?, ?, ?, ?)",
        (alarm.symbol, alarm.rule, alarm.level, alarm.price, alarm.session.isoformat(), alarm.at, alarm.words),
    )
    row = db.execute(
        f"SELECT id, acknowledged, {_ALARM} FROM price_alarms "  # noqa: S608
        "WHERE symbol = ? AND rule = ? AND level = ? AND session = ?",
        key,
    ).fetchone()
    return _record(row)


def price_alarms(db: sqlite3.Connection, since: date | None, upto: date | None) -> tuple[PriceAlarmRecord, ...]:
    """Newest first; seen are those that were by then."""
    first, last = (since or date.min).isoformat(), (upto or date.max).isoformat()
    rows = db.execute(
        f"SELECT id, acknowledged AND ifnull(seen, '') <= ?, {_ALARM} FROM price_alarms "  # noqa: S608
        "WHERE session >= ? AND session <= ? ORDER BY at DESC, id DESC",
        (last, first, last),
    )
    return tuple(_record(row) for row in rows)


def _record(row: tuple[object, ...]) -> PriceAlarmRecord:
    number, seen, symbol, rule, level, price, session, at, words = row
    alarm = PriceAlarm(
        symbol=str(symbol),
        rule="above" if rule == "above" else "below" if rule == "below" else "move",
        level=float(str(level)),
        price=float(str(price)),
        session=date.fromisoformat(str(session)),
        at=float(str(at)),
        words=str(words),
    )
    return PriceAlarmRecord(int(str(number)), alarm, bool(seen))
