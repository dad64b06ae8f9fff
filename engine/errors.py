"""Every error the engine raises on purpose.

    EngineError
    ├── BadRequest            the caller asked for something that cannot be
    │   ├── UnknownSymbol
    │   ├── UnknownWatchlist
    │   └── UnknownSource
    ├── ConfigError           a settings or watchlist file that cannot be used
    ├── DataError             prices that cannot be used
    │   ├── BadFile           a price file that cannot be read: file, line, what was received
    │   ├── EmptyHistory
    │   └── TooShort
    ├── SourceError           a source of prices did not deliver
    ├── StoreError            the store cannot be used
    │   ├── StoreDamaged
    │   ├── StoreNewer
    │   └── StoreUnread       a file that could not be read just now
    ├── TrainingError         the trainer did not deliver
    │   └── Cancelled
    └── Unreachable           no engine answers
        ├── AlreadyRunning
        ├── ForeignSocket
        └── VersionMismatch

Each says what was received and what to do. They are raised low, and caught once: by the job table, by the
session of the server, or by the command line.
"""

from typing import ClassVar, Literal, TypeAlias

Fault: TypeAlias = Literal[
    "limited",  # too many requests (429)
    "down",  # 5xx, "will be right back"
    "garbled",  # the answer is not data: HTML, bad JSON, a key missing
    "cut",  # the answer ended before its end
    "slow",  # no answer in time
    "unreachable",  # no connection, or one reset
    "unsafe",  # no certificate to trust
    "refused",  # a key that is missing or not accepted
    "unknown",  # the source does not know the symbol
    "empty",  # it knows the symbol and has no bars
    "other",
]
"""What can go wrong with a source of prices: one classification for all of them; core/faults.py says what follows."""


class EngineError(Exception):
    """Something went wrong that a person can be told about.

    `received` is what was given, `do` is what to do about it; both may be missing.
    """

    kind: ClassVar[str] = "error"
    exit_status: ClassVar[int] = 1

    def __init__(self, message: str, *, received: str | None = None, do: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.received = received
        self.do = do

    def __str__(self) -> str:
        received = f" (received: {self.received})" if self.received else ""
        return f"{self.message}{received}" + (f". {self.do}" if self.do else "")


class BadRequest(EngineError):
    """The caller asked for something that cannot be."""

    kind = "bad_request"
    exit_status = 2


class UnknownSymbol(BadRequest):
    """No source knows this symbol."""

    kind = "unknown_symbol"
    exit_status = 1


class UnknownWatchlist(BadRequest):
    """No watchlist of this name is shipped or in the user's folder."""

    kind = "unknown_watchlist"


class UnknownSource(BadRequest):
    """The source setting names nothing that exists, or is not the one the running engine has."""

    kind = "unknown_source"


class ConfigError(EngineError):
    """A settings or watchlist file that cannot be used: file, key, what was received, what is allowed."""

    kind = "config"
    exit_status = 2


class DataError(EngineError):
    """Prices that cannot be used."""

    kind = "data"


class BadFile(DataError):
    """A price file that cannot be read: names the file, the line and what was received."""

    kind = "bad_file"


class EmptyHistory(DataError):
    """A symbol without a single bar."""

    kind = "empty_history"


class TooShort(DataError):
    """Fewer rows than the model needs; the message says how many that is."""

    kind = "too_short"


class SourceError(EngineError):
    """A source of prices did not deliver; what is stored stays as it is."""

    kind = "source"

    def __init__(
        self, message: str, *, received: str | None = None, do: str | None = None, fault: Fault = "other"
    ) -> None:
        super().__init__(message, received=received, do=do)
        self.fault = fault


class StoreError(EngineError):
    """The store cannot be used."""

    kind = "store"


class StoreDamaged(StoreError):
    """The store's file is not a whole SQLite database."""

    kind = "store_damaged"


class StoreNewer(StoreError):
    """The store was written by a later version of Whipsaw."""

    kind = "store_newer"


class StoreUnread(StoreError):
    """A file of the store could not be read just now, which says nothing of what it holds."""

    kind = "store_unread"


class TrainingError(EngineError):
    """The trainer did not deliver; the champion model stays in charge."""

    kind = "training"


class Cancelled(TrainingError):
    """A person cancelled the job."""

    kind = "cancelled"


class Unreachable(EngineError):
    """No engine answers on this home."""

    kind = "unreachable"


class AlreadyRunning(Unreachable):
    """A second engine on the same home; the message names the first one's pid."""

    kind = "already_running"


class ForeignSocket(Unreachable):
    """The socket or its folder belongs to another user."""

    kind = "foreign_socket"


class VersionMismatch(Unreachable):
    """Screen and engine speak different versions of the protocol."""

    kind = "version_mismatch"


def _family(root: type[EngineError]) -> dict[str, type[EngineError]]:
    found = {root.kind: root}
    for child in root.__subclasses__():
        found |= _family(child)
    return found


def from_wire(kind: str, message: str, received: str | None, do: str | None) -> EngineError:
    """The error of that kind, as it was raised at the other end; an unknown kind gives EngineError."""
    return _family(EngineError).get(kind, EngineError)(message, received=received, do=do)
