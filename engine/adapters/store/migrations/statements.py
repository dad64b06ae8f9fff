"""Statements of SQL that a migration carries out."""

import sqlite3


def in_turn(db: sqlite3.Connection, statements: str) -> None:
    """Execute statements with `;;` between them: `executescript` would end the migration's transaction."""
    for statement in statements.split(";;"):
        db.execute(statement)
