"""Daily prices, bars within the day, and files of them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, Protocol, TypeAlias

from engine.core.bars import History
from engine.core.quality import DataNote
from engine.core.quotes import Phase, Quote


@dataclass(frozen=True, slots=True)
class SourceState:
    """How a source does by its own account: requests within its budget, and a pause it takes after faults."""

    name: str
    used: int = 0
    """Requests made in the running period of its budget."""
    allowed: int | None = None
    """Requests that period allows; None where it has no budget."""
    retry_at: float | None = None
    """Until when it makes no request after faults, in seconds since the epoch; None while it works."""
    fault: str | None = None
    """Why, in words."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What a source says of a symbol beside its prices; empty where it does not say.

    `currency` is an ISO code, or GBp, ZAc, ILA where prices are quoted in hundredths.
    """

    symbol: str
    name: str = ""
    currency: str = ""
    kind: str = ""
    """equity, etf, index, currency, cryptocurrency, future."""


@dataclass(frozen=True, slots=True)
class Found:
    """One answer to a search by name."""

    symbol: str
    name: str
    exchange: str
    kind: str


Interval: TypeAlias = Literal["1h", "15m", "5m"]


@dataclass(frozen=True, slots=True)
class IntradayBar:
    """One completed bar within a day; `time` is its start in seconds since the epoch, UTC; prices as traded."""

    time: float
    open: float
    high: float
    low: float
    close: float
    volume: float
    phase: Phase = "regular"


class PriceSource(Protocol):
    """Daily history of one symbol at a time."""

    name: str

    def state(self) -> SourceState:
        """How it does; it never blocks."""
        ...

    def profile(self, symbol: str) -> Profile | None:
        """What it learned of a symbol while it fetched its bars, without another request; None if nothing."""
        ...

    def refused(self, symbol: str) -> tuple[DataNote, ...]:
        """What is to be said of rows that it could not read when it gave a symbol's bars last; it reads nothing."""
        ...

    def history(self, symbol: str, start: date | None = None, end: date | None = None) -> History:
        """Completed daily bars from `start` to `end`, both included, as traded, with their actions.

        Raises UnknownSymbol, BadFile, EmptyHistory, or SourceError for anything that may pass.
        """
        ...

    def symbols(self) -> tuple[str, ...]:
        """Every symbol it holds, sorted; empty where it cannot be listed."""
        ...


@dataclass(frozen=True, slots=True)
class FileHistory:
    """What a price file holds, and what was said of its rows that were left out."""

    history: History
    notes: tuple[DataNote, ...] = ()


class PriceFiles(Protocol):
    """Files of one symbol's daily bars each."""

    def within(self, path: Path) -> tuple[Path, ...]:
        """A folder's price files, sorted; the path itself where it is no folder, or one without any."""
        ...

    def read(self, path: Path) -> FileHistory:
        """A file's bars; its symbol is the file's name. Raises BadFile, EmptyHistory."""
        ...

    def write(self, path: Path, history: History, *, replace: bool = False) -> None:
        """Write bars as traded, adjusted prices and actions, all or nothing; the ending says the format.

        Raises BadFile if there is a file already that is no earlier export, unless it is to be replaced.
        """
        ...


class LiveSource(PriceSource, Protocol):
    """A source that also knows the day itself, and symbols by name."""

    def intraday(self, symbol: str, interval: Interval, since: float) -> tuple[IntradayBar, ...]:
        """Completed bars from an instant on, oldest first, pre- and post-market among them. Raises as `history`."""
        ...

    def quotes(self, symbols: Collection[str]) -> tuple[Quote, ...]:
        """The newest price of each, by polling: one request a symbol. Raises SourceError."""
        ...

    def search(self, text: str) -> tuple[Found, ...]:
        """Symbols whose name or code is like the text, best first; one request. Raises SourceError."""
        ...
