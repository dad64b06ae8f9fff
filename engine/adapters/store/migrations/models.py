"""What came to be remembered of models: their standing, their errors, what a preset is worth on a list."""

import json
import sqlite3

from engine.adapters.store.migrations.statements import in_turn


def evaluations(db: sqlite3.Connection) -> None:
    """The last evaluation of each preset on each list."""
    db.execute(_EVALUATIONS)


_EVALUATIONS = """
CREATE TABLE evaluations (
    preset TEXT NOT NULL,
    symbols TEXT NOT NULL,
    made_at REAL NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (preset, symbols)
) WITHOUT ROWID
"""


def model_registry(db: sqlite3.Connection) -> None:
    """What is remembered of models grows, their errors become JSON; a job keeps the command that began it.

    Forecasts refer to models, so the table is made anew under the old name; all earlier records are `article`'s.
    """
    rows = db.execute(
        "SELECT id, mse, mae, mse_persistence, mae_persistence, mse_level, mae_level FROM models"
    ).fetchall()
    in_turn(db, _MODEL_REGISTRY)
    names = ("mse", "mae", "mse_persistence", "mae_persistence", "mse_level", "mae_level")
    db.executemany(
        "UPDATE models SET metrics = ? WHERE id = ?",
        [(json.dumps({"errors": dict(zip(names, errors, strict=True))}), number) for number, *errors in rows],
    )


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


def asked_for(db: sqlite3.Connection) -> None:
    """Whether a person named a model's preset."""
    db.execute("ALTER TABLE models ADD COLUMN asked INTEGER NOT NULL DEFAULT 0")


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
