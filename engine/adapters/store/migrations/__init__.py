"""The schema, as functions that each run in one transaction with the record that they ran.

`bars`, `forecasts`, `alarm_history` and `grades` are append-only by trigger: what was seen and said stays. A bar that
contradicts the first stands beside it as a later revision, flagged.
"""

import sqlite3
from collections.abc import Callable

from engine.adapters.store.migrations.alarms import alarm_episodes, alarm_grades, dropped, found_later, hindsight
from engine.adapters.store.migrations.first import first_tables
from engine.adapters.store.migrations.market import market_data
from engine.adapters.store.migrations.models import asked_for, errors_in_per_cent, evaluations, model_registry
from engine.errors import StoreNewer

Migration = Callable[[sqlite3.Connection], None]

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
