"""The tables that a store began with."""

import sqlite3

from engine.adapters.store.migrations.statements import in_turn


def first_tables(db: sqlite3.Connection) -> None:
    """Bars, actions, fetches, models, forecasts, alarms, decisions and jobs."""
    in_turn(db, _FIRST)


_FIRST = """
CREATE TABLE bars (
    symbol TEXT NOT NULL,
    interval TEXT NOT NULL,
    session TEXT NOT NULL,
    revision INTEGER NOT NULL,
    open REAL, high REAL, low REAL, close REAL NOT NULL, volume REAL,
    source TEXT NOT NULL,
    fetched_at REAL NOT NULL,
    flags TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (symbol, interval, session, revision)
) WITHOUT ROWID;;
CREATE TRIGGER bars_stay BEFORE UPDATE ON bars BEGIN SELECT RAISE(ABORT, 'bars are append-only'); END;;
CREATE TRIGGER bars_last BEFORE DELETE ON bars BEGIN SELECT RAISE(ABORT, 'bars are append-only'); END;;
CREATE TABLE actions (
    symbol TEXT NOT NULL,
    ex_date TEXT NOT NULL,
    split REAL NOT NULL,
    dividend REAL NOT NULL,
    known_at TEXT NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (symbol, ex_date)
) WITHOUT ROWID;;
CREATE TABLE fetches (
    symbol TEXT PRIMARY KEY,
    source TEXT NOT NULL,
    succeeded_at REAL,
    error TEXT,
    whole INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;;
CREATE TABLE models (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    preset TEXT NOT NULL,
    symbols TEXT NOT NULL,
    trained_from TEXT NOT NULL,
    trained_to TEXT NOT NULL,
    mse REAL NOT NULL, mae REAL NOT NULL, mse_persistence REAL NOT NULL, mae_persistence REAL NOT NULL,
    mse_level REAL NOT NULL, mae_level REAL NOT NULL,
    data_hash TEXT NOT NULL,
    seed INTEGER NOT NULL,
    weights_file TEXT NOT NULL
);;
CREATE TABLE forecasts (
    model INTEGER NOT NULL REFERENCES models (id),
    symbol TEXT NOT NULL,
    made_at TEXT NOT NULL,
    target_date TEXT NOT NULL,
    horizon INTEGER NOT NULL,
    mean REAL NOT NULL,
    q05 REAL NOT NULL, q25 REAL NOT NULL, q50 REAL NOT NULL, q75 REAL NOT NULL, q95 REAL NOT NULL,
    PRIMARY KEY (model, symbol, made_at, horizon)
) WITHOUT ROWID;;
CREATE INDEX forecasts_by_session ON forecasts (symbol, made_at);;
CREATE TRIGGER forecasts_stay BEFORE UPDATE ON forecasts
BEGIN SELECT RAISE(ABORT, 'forecasts are append-only'); END;;
CREATE TRIGGER forecasts_last BEFORE DELETE ON forecasts
BEGIN SELECT RAISE(ABORT, 'forecasts are append-only'); END;;
CREATE TABLE alarms (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    symbol TEXT NOT NULL,
    kind TEXT NOT NULL,
    opened TEXT NOT NULL,
    tier TEXT NOT NULL,
    direction TEXT NOT NULL,
    closed TEXT,
    p REAL NOT NULL,
    rarity_days REAL NOT NULL,
    rarer INTEGER NOT NULL,
    words TEXT NOT NULL,
    evidence TEXT NOT NULL,
    acknowledged INTEGER NOT NULL DEFAULT 0,
    UNIQUE (symbol, kind, opened)
);;
CREATE TABLE alarm_history (
    alarm INTEGER NOT NULL REFERENCES alarms (id),
    session TEXT NOT NULL,
    event TEXT NOT NULL,
    tier TEXT NOT NULL,
    p REAL NOT NULL,
    words TEXT NOT NULL
);;
CREATE TABLE decisions (
    symbol TEXT NOT NULL PRIMARY KEY,
    session TEXT NOT NULL
) WITHOUT ROWID;;
CREATE TABLE jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    state TEXT NOT NULL
)
"""
