"""The one SQLite file of a home, and the folder of weights beside it."""

from engine.adapters.store.sqlite import SqliteStore

__all__ = ["SqliteStore"]
