"""What the use cases need from the world, as Protocols; adapters fulfil them, wiring chooses.

Price sources, calendars, stores and watchlists are plain blocking objects: services call them in threads. All are safe
to call from several threads at once.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

from engine.core.bars import History
from engine.core.episodes import Episode
from engine.core.fitting import Epoch, FitJob, Fitted
from engine.core.forecast import Vintage
from engine.core.models import ModelRecord, TrainedModel


class PriceSource(Protocol):
    """Daily history of one symbol at a time."""

    name: str

    def history(self, symbol: str, start: date | None = None, end: date | None = None) -> History:
        """Completed daily bars from `start` to `end`, both included, as traded, with their actions.

        Raises UnknownSymbol, BadFile, EmptyHistory, or SourceError for anything that may pass.
        """
        ...

    def symbols(self) -> tuple[str, ...]:
        """Every symbol it holds, sorted; empty where it cannot be listed."""
        ...


@dataclass(frozen=True, slots=True)
class MarketHours:
    """One exchange at one instant: open or closed, and when that changes (seconds since the epoch, UTC)."""

    name: str
    open: bool
    until: float | None


class Calendar(Protocol):
    """Sessions of exchanges, named by their MIC (XNYS, XKRX)."""

    def exchange(self, symbol: str) -> str:
        """The exchange a symbol trades on."""
        ...

    def session(self, exchange: str, day: date) -> date:
        """The last session on or before that day."""
        ...

    def following(self, exchange: str, session: date, count: int = 1) -> date:
        """The session that many sessions after."""
        ...

    def between(self, exchange: str, start: date, end: date) -> tuple[date, ...]:
        """All sessions from `start` to `end`, both included."""
        ...

    def completed(self, exchange: str, now: float) -> date:
        """The last session whose close has passed at that instant."""
        ...

    def hours(self, exchange: str, now: float) -> MarketHours:
        """Open or closed at that instant."""
        ...


@dataclass(frozen=True, slots=True)
class Ticker:
    """One line of a watchlist."""

    symbol: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class List:
    """A watchlist as it stands in its file, or symbols picked by hand, whose alarms are not kept."""

    name: str
    title: str
    tickers: tuple[Ticker, ...]
    kept: bool = True


class Watchlists(Protocol):
    """The user's lists and the shipped ones; a shipped list is copied to the user's folder when it is first edited."""

    def names(self) -> tuple[str, ...]:
        """All lists, sorted."""
        ...

    def read(self, name: str) -> List:
        """One list. Raises UnknownWatchlist, or ConfigError with file, line and what was received."""
        ...

    def add(self, name: str, ticker: Ticker, position: int | None = None) -> None:
        """Insert a ticker; comments in the file stay. Raises BadRequest if it is there already."""
        ...

    def remove(self, name: str, symbol: str) -> tuple[Ticker, int]:
        """Take a ticker out; gives it and the position it had. Raises UnknownSymbol."""
        ...


class Trainer(Protocol):
    """Fits a bank of LSTMs somewhere else."""

    async def fit(self, job: FitJob, progress: Callable[[str | Epoch], None]) -> Fitted:
        """Fit the bank; phases in words and finished epochs go to `progress`. Cancelling ends the work at once.

        Raises TrainingError.
        """
        ...

    async def close(self) -> None:
        """End whatever runs."""
        ...


class Clock(Protocol):
    """Time, so that it can be given."""

    def now(self) -> float:
        """Seconds since the epoch, UTC."""
        ...


class ReplayControl(Protocol):
    """The clock of a replay: a session of history that moves on when told."""

    @property
    def session(self) -> date:
        """The session played last."""
        ...

    @property
    def ended(self) -> bool:
        """Whether no session is left."""
        ...

    def place(self) -> tuple[int, int]:
        """The session's number within its calendar year, from 1, and how many that year has so far in the data."""
        ...

    def advance(self) -> date:
        """Play the next session."""
        ...


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the store holds of one symbol, and how its last fetch went."""

    bars: int
    first: date | None
    last: date | None
    fetched_at: float | None
    error: str | None
    whole: bool
    """Whether all that the source has was asked for once."""


@dataclass(frozen=True, slots=True)
class AlarmRecord:
    """An episode as stored, with its number and whether a person has seen it."""

    id: int
    episode: Episode
    acknowledged: bool


@dataclass(frozen=True, slots=True)
class JobRecord:
    """A job as stored."""

    id: int
    kind: str
    title: str
    state: Literal["running", "done", "failed", "cancelled", "interrupted"]


class Store(Protocol):
    """The one database of a home. Every call is all or nothing; raises StoreError."""

    def add_bars(self, history: History, source: str, fetched_at: float, *, whole: bool = False) -> int:
        """Keep new bars and actions; gives how many were new. A contradicting bar is kept beside the first, flagged.

        `whole` says that all that the source has was asked for.
        """
        ...

    def bars(self, symbol: str, upto: date | None = None, last: int | None = None) -> History:
        """Stored bars and actions up to a session, or only the `last` of them; empty if there are none."""
        ...

    def coverage(self, symbol: str) -> Coverage:
        """What is there of one symbol."""
        ...

    def fetch_failed(self, symbol: str, source: str, error: str) -> None:
        """Remember why the last fetch of a symbol failed; the last success stays known."""
        ...

    def add_model(self, model: TrainedModel) -> ModelRecord:
        """Keep a model and its weights; gives its record, numbered."""
        ...

    def models(self) -> tuple[ModelRecord, ...]:
        """All models, newest first."""
        ...

    def model(self, number: int) -> TrainedModel:
        """One model with its weights. Raises StoreDamaged."""
        ...

    def add_forecasts(self, vintages: Iterable[Vintage]) -> None:
        """Keep forecasts; one that is there already stays as it was made."""
        ...

    def forecasts(self, symbol: str, made_at: date) -> tuple[Vintage, ...]:
        """The forecasts made for a symbol after one session, newest model first."""
        ...

    def decided(self, symbol: str) -> date | None:
        """The last session after which this symbol's alarms were decided."""
        ...

    def decide(self, session: date, symbols: Sequence[str], episodes: Sequence[Episode]) -> tuple[AlarmRecord, ...]:
        """Apply one session's decisions: new, changed and closed episodes, and that the symbols are decided."""
        ...

    def alarms(self, since: date | None = None, upto: date | None = None) -> tuple[AlarmRecord, ...]:
        """Episodes opened from `since` on and not after `upto`, newest first."""
        ...

    def acknowledge(self, alarm: int) -> None:
        """A person has seen it. Raises BadRequest for an unknown number."""
        ...

    def start_job(self, kind: str, title: str) -> int:
        """Number a job and record that it runs."""
        ...

    def end_job(self, number: int, state: str) -> None:
        """Record how it ended."""
        ...

    def interrupted(self) -> tuple[JobRecord, ...]:
        """Mark the jobs that an earlier engine left running, and give them."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...
