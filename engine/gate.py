"""Stored bars on their way to whoever scores or shows them: each passes the quality gate."""

from datetime import date

from engine.core.quality import Gated, gate
from engine.ports import Calendar, Store


class Gate:
    """Reads the store through core/quality.py. It blocks; safe to call from several threads."""

    def __init__(self, store: Store, calendar: Calendar) -> None:
        self._store = store
        self._calendar = calendar

    def read(self, symbol: str, upto: date | None = None, last: int | None = None) -> Gated:
        """The usable bars up to a session (None: all), or those among the `last` stored ones, and what was found."""
        return gate(self._store.bars(symbol, upto, last))
