"""The schema, as functions that each run in one transaction with the record that they ran.

`bars`, `forecasts`, `alarm_history` and `grades` are append-only by trigger: what was seen and said stays. A bar that
contradicts the first stands beside it as a later revision, flagged.
"""

import json
import sqlite3
from collections.abc import Callable

from engine.errors import StoreNewer

Migration = Callable[[sqlite3.Connection], None]


def first_tables(db: sqlite3.Connection) -> None:
    """Bars, actions, fetches, models, forecasts, alarms, decisions and jobs."""
    for statement in _FIRST.split(";;"):
        db.execute(statement)


def market_data(db: sqlite3.Connection) -> None:
    """What the gate found, profiles, sessions, price alarms, and the class and time of a fetch's fault."""
    for statement in _MARKET_DATA.split(";;"):
        db.execute(statement)


def model_registry(db: sqlite3.Connection) -> None:
    """What is remembered of models grows, their errors become JSON; a job keeps the command that began it.

    Forecasts refer to models, so the table is made anew under the old name; all earlier records are `article`'s.
    """
    rows = db.execute(
        "SELECT id, mse, mae, mse_persistence, mae_persistence, mse_level, mae_level FROM models"
    ).fetchall()
    for statement in _MODEL_REGISTRY.split(";;"):
        db.execute(statement)
    names = ("mse", "mae", "mse_persistence", "mae_persistence", "mse_level", "mae_level")
    db.executemany(
        "UPDATE models SET metrics = ? WHERE id = ?",
        [(json.dumps({"errors": dict(zip(names, errors, strict=True))}), number) for number, *errors in rows],
    )


def evaluations(db: sqlite3.Connection) -> None:
    """The last evaluation of each preset on each list."""
    db.execute(_EVALUATIONS)


def asked_for(db: sqlite3.Connection) -> None:
    """Whether a person named a model's preset."""
    db.execute("ALTER TABLE models ADD COLUMN asked INTEGER NOT NULL DEFAULT 0")


def alarm_episodes(db: sqlite3.Connection) -> None:
    """What people say of alarms, provisional and withdrawn ones, data faults without a p; history append-only.

    The history refers to the alarms: both tables are made anew under their old names. When its first events happened
    is not known.
    """
    for statement in _ALARM_EPISODES.split(";;"):
        db.execute(statement)


def errors_in_per_cent(db: sqlite3.Connection) -> None:
    """Errors become those of log returns: earlier ones are in prices, stay under a name that says so, and are not read.

    Of the sessions they were measured on nothing is kept, so that those models have none in per cent; nor a MASE beside
    persistence on these sessions: theirs was in returns of the training rows.
    """
    for number, metrics in db.execute("SELECT id, metrics FROM models").fetchall():
        told = json.loads(metrics)
        if errors := told.pop("errors", None):
            told["errors_in_prices"] = errors
        if told.get("figures"):
            told["figures"] |= dict.fromkeys(("mse", "mae", "mse_persistence", "mae_persistence", "mase"))
        db.execute("UPDATE models SET metrics = ? WHERE id = ?", (json.dumps(told), number))


def alarm_grades(db: sqlite3.Connection) -> None:
    """Grades of alarms, append-only, and for how many sessions a ticker was watched: as many as it has forecasts of."""
    for statement in _ALARM_GRADES.split(";;"):
        db.execute(statement)


def found_later(db: sqlite3.Connection) -> None:
    """Alarms say after which session they were decided, where that was later than their own: of all so far none was."""
    db.execute("ALTER TABLE alarms ADD COLUMN found TEXT")


def hindsight(db: sqlite3.Connection) -> None:
    """How alarms stood after any session: what each entry of the history said, and when a price alarm was seen.

    And on which sessions a ticker was judged: up to here those that it has forecasts of. What was said at earlier
    entries is not known.
    """
    for statement in _HINDSIGHT.split(";;"):
        db.execute(statement)


def dropped(db: sqlite3.Connection) -> None:
    """Why an alarm was closed of which no later session is judged: of all so far none was."""
    db.execute("ALTER TABLE alarms ADD COLUMN dropped TEXT NOT NULL DEFAULT ''")


MIGRATIONS: tuple[Migration, ...] = (
    first_tables,
    market_data,
    evaluations,
    model_registry,
    asked_for,
    alarm_episodes,
    errors_in_per_cent,
    alarm_grades,
    found_later,
    hindsight,
    dropped,
)


def migrate(db: sqlite3.Connection) -> None:
    """Bring the schema up to date. Raises StoreNewer if a later version wrote it.

    Foreign keys must be off meanwhile: a table that others refer to cannot be made anew otherwise.
    """
    version = int(db.execute("PRAGMA user_version").fetchone()[0])
    if version > len(MIGRATIONS):
        raise StoreNewer(
            "the store was written by a later version of Whipsaw",
            received=f"schema {version}, this version knows {len(MIGRATIONS)}",
            do="install that version again, or use another --home",
        )
    for number, migration in enumerate(MIGRATIONS[version:], start=version + 1):
        with db:
            db.execute("BEGIN IMMEDIATE")
            migration(db)
            db.execute(f"PRAGMA user_version = {number}")


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

_MODEL_REGISTRY = """
CREATE TABLE new_models (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    preset TEXT NOT NULL,
    symbols TEXT NOT NULL,
    trained_from TEXT NOT NULL,
    trained_to TEXT NOT NULL,
    data_hash TEXT NOT NULL,
    seed INTEGER NOT NULL,
    standing TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    made_at REAL,
    seconds REAL,
    rows INTEGER,
    losses TEXT NOT NULL DEFAULT '[]',
    val_losses TEXT NOT NULL DEFAULT '[]',
    metrics TEXT NOT NULL DEFAULT '{}',
    warm_from INTEGER,
    trials INTEGER,
    reason TEXT
);;
INSERT INTO new_models (id, preset, symbols, trained_from, trained_to, data_hash, seed, standing, fingerprint)
SELECT id, preset, symbols, trained_from, trained_to, data_hash, seed, 'accepted', preset || '-1' FROM models;;
DROP TABLE models;;
ALTER TABLE new_models RENAME TO models;;
ALTER TABLE jobs ADD COLUMN command TEXT NOT NULL DEFAULT ''
"""

_EVALUATIONS = """
CREATE TABLE evaluations (
    preset TEXT NOT NULL,
    symbols TEXT NOT NULL,
    made_at REAL NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (preset, symbols)
) WITHOUT ROWID
"""

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
