"""The end of the log, kept in memory for whoever wants to look at it."""

import logging
from collections import deque
from dataclasses import dataclass

KEPT = 200
"""Lines."""


@dataclass(frozen=True, slots=True)
class Line:
    """One record: when (seconds since the epoch), its level and logger, and what it says, in one line."""

    at: float
    level: str
    origin: str
    words: str


class Logbook(logging.Handler):
    """Keeps the newest records; it never blocks and never fails."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: deque[Line] = deque(maxlen=KEPT)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record."""
        try:
            words = record.getMessage()
        except (TypeError, ValueError):
            words = str(record.msg)
        if record.exc_info and record.exc_info[1] is not None:
            words = f"{words}: {record.exc_info[1]!r}"
        self._lines.append(Line(record.created, record.levelname.lower(), record.name, " ".join(words.split())))

    @property
    def lines(self) -> tuple[Line, ...]:
        """Oldest first."""
        return tuple(self._lines)


def newest() -> tuple[Line, ...]:
    """The lines of the log book that the process keeps, none where it keeps none."""
    books = (handler for handler in logging.getLogger().handlers if isinstance(handler, Logbook))
    return next((book.lines for book in books), ())
