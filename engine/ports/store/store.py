"""The whole store: prices, models and alarms, the jobs that ran, and how much room all of it takes."""

from typing import Protocol

from engine.ports.store.alarms import AlarmStore
from engine.ports.store.models import ModelStore
from engine.ports.store.prices import PriceStore
from engine.ports.store.records import JobRecord, StoreSize


class Store(PriceStore, ModelStore, AlarmStore, Protocol):
    """The one database of a home. Every call is all or nothing; raises StoreError."""

    def start_job(self, kind: str, title: str, command: str = "") -> int:
        """Number a job and record that it runs; `command` is what began it, empty where it cannot be run again."""
        ...

    def end_job(self, number: int, state: str) -> None:
        """Record how it ended."""
        ...

    def interrupted(self) -> tuple[JobRecord, ...]:
        """Mark the jobs that an earlier engine left running, and give them; those with a command until they have ended.

        Oldest first.
        """
        ...

    def size(self) -> StoreSize:
        """How much it holds, and how much room is left."""
        ...

    def changes(self) -> int:
        """A number that goes up with every row written: while it stays, so does all that was read."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...
