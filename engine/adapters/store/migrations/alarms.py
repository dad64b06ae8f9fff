"""What came to be remembered of alarms: what people said of them, their history, their grades, how they stood."""

import sqlite3

from engine.adapters.store.migrations.statements import in_turn


def alarm_episodes(db: sqlite3.Connection) -> None:
    """What people say of alarms, provisional and withdrawn ones, data faults without a p; history append-only.

    The history refers to the alarms: both tables are made anew under their old names. When its first events happened
    is not known.
    """
    in_turn(db, _ALARM_EPISODES)


_ALARM_EPISODES = """
CREATE TABLE new_alarms (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    symbol TEXT NOT NULL,
    kind TEXT NOT NULL,
    opened TEXT NOT NULL,
    tier TEXT NOT NULL,
    direction TEXT NOT NULL,
    closed TEXT,
    p REAL,
    rarity_days REAL,
    rarer INTEGER NOT NULL,
    words TEXT NOT NULL,
    evidence TEXT NOT NULL,
    confirmed INTEGER NOT NULL DEFAULT 0,
    provisional INTEGER NOT NULL DEFAULT 0,
    withdrawn INTEGER NOT NULL DEFAULT 0,
    acknowledged INTEGER NOT NULL DEFAULT 0,
    snoozed_until TEXT,
    muted INTEGER NOT NULL DEFAULT 0,
    raised_at REAL,
    UNIQUE (symbol, kind, opened)
);;
INSERT INTO new_alarms (
    id, symbol, kind, opened, tier, direction, closed, p, rarity_days, rarer, words, evidence, acknowledged
) SELECT id, symbol, kind, opened, tier, direction, closed, p, rarity_days, rarer, words, evidence, acknowledged
FROM alarms;;
CREATE TABLE new_alarm_history (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    alarm INTEGER NOT NULL REFERENCES new_alarms (id),
    session TEXT NOT NULL,
    at REAL,
    event TEXT NOT NULL,
    tier TEXT NOT NULL,
    p REAL,
    words TEXT NOT NULL
);;
INSERT INTO new_alarm_history (alarm, session, event, tier, p, words)
SELECT alarm, session, event, tier, p, words FROM alarm_history ORDER BY rowid;;
DROP TABLE alarm_history;;
DROP TABLE alarms;;
ALTER TABLE new_alarms RENAME TO alarms;;
ALTER TABLE new_alarm_history RENAME TO alarm_history;;
CREATE INDEX alarm_history_by_alarm ON alarm_history (alarm);;
CREATE TRIGGER alarm_history_stays BEFORE UPDATE ON alarm_history
BEGIN SELECT RAISE(ABORT, 'the history of alarms is append-only'); END;;
CREATE TRIGGER alarm_history_lasts BEFORE DELETE ON alarm_history
BEGIN SELECT RAISE(ABORT, 'the history of alarms is append-only'); END;;
CREATE TABLE mutes (
    symbol TEXT NOT NULL,
    kind TEXT NOT NULL,
    since REAL NOT NULL,
    PRIMARY KEY (symbol, kind)
) WITHOUT ROWID
"""


def alarm_grades(db: sqlite3.Connection) -> None:
    """Grades of alarms, append-only, and for how many sessions a ticker was watched: as many as it has forecasts of."""
    in_turn(db, _ALARM_GRADES)


_ALARM_GRADES = """
CREATE TABLE grades (
    alarm INTEGER NOT NULL REFERENCES alarms (id),
    horizon INTEGER NOT NULL,
    graded TEXT NOT NULL,
    hit INTEGER NOT NULL,
    value REAL NOT NULL,
    needed REAL NOT NULL,
    base_rate REAL NOT NULL,
    PRIMARY KEY (alarm, horizon)
) WITHOUT ROWID;;
CREATE TRIGGER grades_stay BEFORE UPDATE ON grades BEGIN SELECT RAISE(ABORT, 'grades are append-only'); END;;
CREATE TRIGGER grades_last BEFORE DELETE ON grades BEGIN SELECT RAISE(ABORT, 'grades are append-only'); END;;
ALTER TABLE decisions ADD COLUMN sessions INTEGER NOT NULL DEFAULT 0;;
UPDATE decisions SET sessions = (
    SELECT count(DISTINCT made_at) FROM forecasts WHERE forecasts.symbol = decisions.symbol
)
"""


def found_later(db: sqlite3.Connection) -> None:
    """Alarms say after which session they were decided, where that was later than their own: of all so far none was."""
    db.execute("ALTER TABLE alarms ADD COLUMN found TEXT")


def hindsight(db: sqlite3.Connection) -> None:
    """How alarms stood after any session: what each entry of the history said, and when a price alarm was seen.

    And on which sessions a ticker was judged: up to here those that it has forecasts of. What was said at earlier
    entries is not known.
    """
    in_turn(db, _HINDSIGHT)


_HINDSIGHT = """
ALTER TABLE alarm_history ADD COLUMN direction TEXT;;
ALTER TABLE alarm_history ADD COLUMN rarity_days REAL;;
ALTER TABLE alarm_history ADD COLUMN rarer INTEGER;;
ALTER TABLE alarm_history ADD COLUMN evidence TEXT;;
ALTER TABLE alarm_history ADD COLUMN confirmed INTEGER;;
ALTER TABLE alarm_history ADD COLUMN snoozed_until TEXT;;
ALTER TABLE price_alarms ADD COLUMN seen TEXT;;
CREATE TABLE judged (symbol TEXT NOT NULL, session TEXT NOT NULL, PRIMARY KEY (symbol, session)) WITHOUT ROWID;;
INSERT INTO judged
SELECT DISTINCT forecasts.symbol, made_at FROM forecasts
JOIN decisions ON decisions.symbol = forecasts.symbol AND made_at <= decisions.session
"""


def dropped(db: sqlite3.Connection) -> None:
    """Why an alarm was closed of which no later session is judged: of all so far none was."""
    db.execute("ALTER TABLE alarms ADD COLUMN dropped TEXT NOT NULL DEFAULT ''")
