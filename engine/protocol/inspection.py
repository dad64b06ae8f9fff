"""What an engine says of itself beside what it shows: its store, its screens, the end of its log."""

from msgspec import Struct


class StoreSize(Struct, frozen=True):
    """The database of a home: its bytes on disk, those that are left there, and what it holds."""

    bytes: int
    free: int
    symbols: int
    models: int
    alarms: int


class Seat(Struct, frozen=True):
    """One attached screen: since when, its list, how many updates a second it gets at most, bytes sent to it."""

    since: float
    watchlist: str
    rate: float
    sent: int
    own: bool
    """Whether it is the one that asks."""


class LogLine(Struct, frozen=True):
    """One line of the log, without control characters."""

    at: float
    level: str
    origin: str
    words: str


class Inspection(Struct, frozen=True, tag=True):
    """The answer to `Inspect`; the log's newest line last."""

    uptime_s: float
    memory: int | None
    """Bytes of memory that the engine's process holds, None where the system does not say."""
    store: StoreSize
    seats: tuple[Seat, ...]
    log: tuple[LogLine, ...]
