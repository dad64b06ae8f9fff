"""What came to be known of markets: what the gate noted, profiles, bars within the day, sessions, price alarms."""

import sqlite3

from engine.adapters.store.migrations.statements import in_turn


def market_data(db: sqlite3.Connection) -> None:
    """What the gate found, profiles, sessions, price alarms, and the class and time of a fetch's fault."""
    in_turn(db, _MARKET_DATA)


_MARKET_DATA = """
ALTER TABLE fetches ADD COLUMN fault TEXT;;
ALTER TABLE fetches ADD COLUMN failed_at REAL;;
CREATE TABLE notes (
    symbol TEXT NOT NULL,
    session TEXT NOT NULL,
    rule TEXT NOT NULL,
    treatment TEXT NOT NULL,
    words TEXT NOT NULL,
    PRIMARY KEY (symbol, session, rule)
) WITHOUT ROWID;;
CREATE TABLE profiles (
    symbol TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    currency TEXT NOT NULL,
    kind TEXT NOT NULL,
    known_at REAL NOT NULL
) WITHOUT ROWID;;
CREATE TABLE intraday (
    symbol TEXT NOT NULL,
    interval TEXT NOT NULL,
    time REAL NOT NULL,
    open REAL NOT NULL, high REAL NOT NULL, low REAL NOT NULL, close REAL NOT NULL, volume REAL NOT NULL,
    phase TEXT NOT NULL,
    source TEXT NOT NULL,
    fetched_at REAL NOT NULL,
    PRIMARY KEY (symbol, interval, time)
) WITHOUT ROWID;;
CREATE TABLE sessions (
    exchange TEXT NOT NULL,
    session TEXT NOT NULL,
    opens REAL NOT NULL,
    closes REAL NOT NULL,
    break_starts REAL,
    break_ends REAL,
    PRIMARY KEY (exchange, session)
) WITHOUT ROWID;;
CREATE TABLE calendars (exchange TEXT PRIMARY KEY, made TEXT NOT NULL) WITHOUT ROWID;;
CREATE TABLE price_alarms (
    id INTEGER PRIMARY KEY,
    symbol TEXT NOT NULL,
    rule TEXT NOT NULL,
    level REAL NOT NULL,
    price REAL NOT NULL,
    session TEXT NOT NULL,
    at REAL NOT NULL,
    words TEXT NOT NULL,
    acknowledged INTEGER NOT NULL DEFAULT 0,
    UNIQUE (symbol, rule, level, session)
)
"""
