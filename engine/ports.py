"""What the use cases need from the world, as Protocols; adapters fulfil them, wiring chooses.

Price sources, calendars, stores and watchlists are plain blocking objects: services call them in threads. All are safe
to call from several threads at once.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, Protocol, TypeAlias

from engine.core.bars import History
from engine.core.episodes import Episode
from engine.core.fitting import Epoch, FitJob, Fitted
from engine.core.forecast import Vintage
from engine.core.models import ModelRecord, TrainedModel
from engine.core.quality import DataNote
from engine.core.quotes import Phase, PriceAlarm, Quote
from engine.errors import Fault


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


@dataclass(frozen=True, slots=True)
class StreamState:
    """A stream of live quotes: since when it is so, and when it is tried again (seconds since the epoch)."""

    state: Literal["off", "connecting", "live", "stale", "lost"] = "off"
    since: float = 0.0
    retry_at: float | None = None
    why: str | None = None


class QuoteStream(Protocol):
    """Live quotes. It reconnects by itself and says so; it never raises."""

    name: str

    @property
    def state(self) -> StreamState:
        """How it does now."""
        ...

    def want(self, symbols: Collection[str]) -> None:
        """The symbols wanted from now on, instead of those before."""
        ...

    async def run(self, said: Callable[[Quote | StreamState], None]) -> None:
        """Deliver quotes, and each change of its state, until cancelled."""
        ...


@dataclass(frozen=True, slots=True)
class MarketHours:
    """One exchange at one instant: open or closed, and when that changes (seconds since the epoch, UTC)."""

    name: str
    open: bool
    until: float | None
    early: bool = False
    """Whether today's session ends before the exchange's regular close."""
    zone: str = ""
    """The exchange's time zone, as in the tz database."""


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
    """One line of a watchlist: what is watched, what is held of it, and the levels that call (D1, D2).

    `cost` is the price paid for one share, in the currency its price is quoted in; `above` and `below` are price levels
    in that currency, `move` a day's move against the last close in per cent, either way.
    """

    symbol: str
    name: str = ""
    group: str = ""
    shares: float | None = None
    cost: float | None = None
    above: float | None = None
    below: float | None = None
    move: float | None = None


@dataclass(frozen=True, slots=True)
class List:
    """A watchlist as it stands in its file, or symbols picked by hand, whose alarms are not kept.

    `currency` is the account's, an ISO code; empty where holdings are not to be converted.
    """

    name: str
    title: str
    tickers: tuple[Ticker, ...]
    kept: bool = True
    interval: Literal["1d", "1h", "15m", "5m"] = "1d"
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file of another tool holds: its tickers, each once, and what there is to say of its lines."""

    tickers: tuple[Ticker, ...]
    notes: tuple[str, ...] = ()


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

    def stamp(self, name: str) -> object:
        """Something that differs once the list's file has changed on disk; cheap enough to ask every second."""
        ...

    def create(self, name: str, tickers: Sequence[Ticker], title: str = "") -> None:
        """Write a new list. Raises BadRequest where one of that name is the user's already."""
        ...

    def load(self, file: Path) -> Imported:
        """The tickers in a CSV or text file of another tool. Raises BadFile where it has none."""
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
    fault: Fault | None = None
    """The class of the last fetch's fault."""
    failed_at: float | None = None
    """When the last fetch failed, if it did; seconds since the epoch."""
    source: str = ""
    """Who delivered last."""


@dataclass(frozen=True, slots=True)
class AlarmRecord:
    """An episode as stored, with its number and whether a person has seen it."""

    id: int
    episode: Episode
    acknowledged: bool


@dataclass(frozen=True, slots=True)
class PriceAlarmRecord:
    """A price alarm as stored; its number is of the same row of numbers as those of episodes."""

    id: int
    alarm: PriceAlarm
    acknowledged: bool


@dataclass(frozen=True, slots=True)
class SessionHours:
    """One session of an exchange: when it opens and closes (seconds since the epoch, UTC), and its lunch break."""

    session: date
    opens: float
    closes: float
    break_starts: float | None = None
    break_ends: float | None = None


@dataclass(frozen=True, slots=True)
class JobRecord:
    """A job as stored."""

    id: int
    kind: str
    title: str
    state: Literal["running", "done", "failed", "cancelled", "interrupted"]


class Store(Protocol):
    """The one database of a home. Every call is all or nothing; raises StoreError."""

    def add_bars(
        self, history: History, source: str, fetched_at: float, *, whole: bool = False, fetched: bool = True
    ) -> int:
        """Keep new bars and actions; gives how many were new. A contradicting bar is kept beside the first, flagged.

        `whole` says that all that the source has was asked for, `fetched` that they are an answer of the source: bars
        from elsewhere are no success of its.
        """
        ...

    def bars(self, symbol: str, upto: date | None = None, last: int | None = None) -> History:
        """Stored bars and actions up to a session, or only the `last` of them; empty if there are none."""
        ...

    def coverage(self, symbol: str) -> Coverage:
        """What is there of one symbol."""
        ...

    def fetch_failed(self, symbol: str, source: str, error: str, *, fault: Fault, failed_at: float) -> None:
        """Remember why the last fetch of a symbol failed; the last success stays known."""
        ...

    def corrections(self, symbol: str) -> History:
        """Later revisions of stored bars, which a source gave in contradiction to the first: the newest of each."""
        ...

    def add_notes(self, symbol: str, notes: Iterable[DataNote]) -> None:
        """Keep what the gate said of a symbol's bars; what is there already stays."""
        ...

    def notes(self, symbol: str, since: date | None = None) -> tuple[DataNote, ...]:
        """What the gate said, oldest session first."""
        ...

    def add_profile(self, profile: Profile, known_at: float) -> None:
        """Keep what a source says of a symbol; the newest word stands."""
        ...

    def profiles(self) -> dict[str, Profile]:
        """What is known of all symbols."""
        ...

    def add_intraday(
        self, symbol: str, interval: Interval, bars: Iterable[IntradayBar], *, source: str, fetched_at: float
    ) -> None:
        """Keep completed bars within the day, for charts alone: of one that is there already the newest word stands."""
        ...

    def intraday(self, symbol: str, interval: Interval, since: float) -> tuple[IntradayBar, ...]:
        """Stored bars within the day from an instant on, oldest first."""
        ...

    def add_sessions(self, exchange: str, sessions: Iterable[SessionHours], made: str) -> None:
        """Keep an exchange's sessions, instead of those kept before; `made` says from which version of what."""
        ...

    def sessions(self, exchange: str) -> tuple[str, tuple[SessionHours, ...]]:
        """The kept sessions, oldest first, and what they were made from; empty if there are none."""
        ...

    def add_price_alarm(self, alarm: PriceAlarm) -> PriceAlarmRecord:
        """Keep a price alarm; one of the same symbol, rule, level and session is given back as it is."""
        ...

    def price_alarms(self, since: date | None = None, upto: date | None = None) -> tuple[PriceAlarmRecord, ...]:
        """Price alarms of a stretch, newest first."""
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
