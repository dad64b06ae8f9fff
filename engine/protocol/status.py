"""The engine's own state and its jobs, and what they are told to do."""

from datetime import date
from typing import Literal, TypeAlias

from msgspec import Struct

from engine.protocol.alarms import AlarmTally

JobKind: TypeAlias = Literal["train", "fetch", "scan", "replay", "evaluate", "tune"]
JobState: TypeAlias = Literal["queued", "running", "done", "failed", "cancelled", "interrupted"]


class Job(Struct, frozen=True):
    """One piece of work in the background."""

    id: int
    kind: JobKind
    title: str
    state: JobState
    phase: str = ""
    """What it does now, in words: "starting TensorFlow", "epoch 3 of 10"."""
    epoch: int = 0
    epochs: int = 0
    loss: float | None = None
    val_loss: float | None = None
    started: float | None = None
    ended: float | None = None
    error: str | None = None
    losses: tuple[float, ...] = ()
    """Training loss of each epoch so far of the training that runs now, the first epoch first."""
    val_losses: tuple[float | None, ...] = ()
    """The same on validation rows; None where there are none."""
    eta_seconds: float | None = None
    """Seconds from `reported` until its epochs are done, at the pace so far; None where that is not known."""
    reported: float | None = None
    """When it last said how far it is."""
    position: int | None = None
    """Its place in the queue, from 1; None where it does not wait."""
    again: bool = False
    """Whether it was interrupted and can be run again: RetryJob, or DismissJob to forget it."""


class Model(Struct, frozen=True):
    """The model in charge."""

    id: int
    preset: str
    symbols: tuple[str, ...]
    trained_to: date
    age_sessions: int
    skill: float | None = None
    """Pinball skill against EWMA quantiles, 0.008 for +0.8 %; None where there are too few rows to say."""
    word: Literal["passed", "no skill"] | None = None
    """Whether it has significant pinball or MSE skill; None where nobody has said."""
    expires_in: int | None = None
    """Sessions until it gives no forecast any more; 0 where it has expired."""


class Feed(Struct, frozen=True):
    """How the source of prices does: failing if nothing comes, partly if some symbols fail.

    Instants are in seconds since the epoch.
    """

    state: Literal["waiting", "ok", "partly", "failing"] = "waiting"
    last_success: float | None = None
    error: str | None = None
    next_poll: float | None = None
    retry_at: float | None = None
    """Until when it makes no request after faults."""
    failed: int = 0
    """Symbols of the list whose last fetch failed."""
    used: int = 0
    allowed: int | None = None
    """Requests made, of how many its budget allows in the running period."""


class Live(Struct, frozen=True):
    """How live quotes come: by stream, by polling while the stream is silent, or not at all."""

    state: Literal["off", "connecting", "live", "stale", "lost", "polling"] = "off"
    last_quote: float | None = None
    retry_at: float | None = None
    why: str | None = None


class Holdings(Struct, frozen=True):
    """What the list's holdings are worth, in the account's currency; what has no price or rate is left out."""

    currency: str
    value: float
    pnl: float | None
    left_out: tuple[str, ...] = ()
    """Symbols held that could not be counted."""
    rate_at: float | None = None
    """The oldest instant among the rates used; None where none was needed."""


class ReplayClock(Struct, frozen=True):
    """Where a replay stands; `index` of `sessions` counts within the calendar year."""

    session: date
    index: int
    sessions: int
    speed: float
    state: Literal["running", "paused", "training", "ended"]


class Market(Struct, frozen=True):
    """One exchange: open or closed, and until when."""

    name: str
    open: bool
    until: float | None
    early: bool = False
    """Whether today's session ends before its regular close."""
    zone: str = ""
    """Its time zone, as in the tz database."""
    exchange: str = ""
    """Its MIC, as the rows name it."""
    since: float | None = None
    """When it opened, in seconds since the epoch, if it is open and ever closes."""


class Status(Struct, frozen=True):
    """The engine's own state, for the status bar and `whipsaw engine status`."""

    version: str
    pid: int
    home: str
    source: str
    started: float
    screens: int = 0
    session: date | None = None
    """The last session of the list that is complete."""
    as_of: date | None = None
    """The session after whose close all of it stood so; None: now."""
    sessions: tuple[date, ...] = ()
    """Those that can be stepped to from the one shown, which is among them, oldest first."""
    first: date | None = None
    """The first stored session of the list."""
    feed: Feed = Feed()
    second: Feed | None = None
    """How the second source does, where there is one (KRX beside Yahoo)."""
    live: Live = Live()
    markets: tuple[Market, ...] = ()
    """All exchanges of the list, the first row's first."""
    holdings: Holdings | None = None
    alarms: AlarmTally | None = None
    """None where the alarms of a list are not kept."""
    replay: ReplayClock | None = None
    market: Market | None = None
    model: Model | None = None
    notice: str | None = None
    """One calm sentence on what keeps the engine from its work, if anything does."""


class GetStatus(Struct, frozen=True, tag=True):
    """Answered by `EngineStatus`."""


class EngineStatus(Struct, frozen=True, tag=True):
    """The engine's state and its jobs."""

    status: Status
    jobs: tuple[Job, ...]
    uptime_s: float


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


class Inspect(Struct, frozen=True, tag=True):
    """How the engine itself does. Answered by `Inspection`."""


class Inspection(Struct, frozen=True, tag=True):
    """The answer to `Inspect`; the log's newest line last."""

    uptime_s: float
    memory: int | None
    """Bytes of memory that the engine's process holds, None where the system does not say."""
    store: StoreSize
    seats: tuple[Seat, ...]
    log: tuple[LogLine, ...]


class CancelJob(Struct, frozen=True, tag=True):
    """Stop a job. Answered by `Ok`."""

    job: int


class RetryJob(Struct, frozen=True, tag=True):
    """Run an interrupted job again. Answered as the command that began it is, with its progress and its result."""

    job: int


class DismissJob(Struct, frozen=True, tag=True):
    """Forget a job that has ended, or that was interrupted. Answered by `Ok`."""

    job: int


class PauseReplay(Struct, frozen=True, tag=True):
    """Stop the replay clock, or let it go on. Answered by `Ok`."""

    paused: bool


class Stop(Struct, frozen=True, tag=True):
    """End the engine. Answered by `Ok` before it goes."""
