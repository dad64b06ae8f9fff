"""What there is to see: rows, alarms, jobs, the model, the chart."""

from datetime import date
from typing import Literal, TypeAlias

from msgspec import Struct

Tier: TypeAlias = Literal["watch", "alert"]
Direction: TypeAlias = Literal["up", "down", "none"]
JobState: TypeAlias = Literal["queued", "running", "done", "failed", "cancelled", "interrupted"]
Range: TypeAlias = Literal["1M", "3M", "6M", "1Y", "5Y", "max"]


class Forecast(Struct, frozen=True):
    """One vintage: made after the close of `made_at`, for `target_date`, `horizon` sessions ahead; in prices."""

    made_at: date
    target_date: date
    horizon: int
    mean: float
    q05: float
    q25: float
    q50: float
    q75: float
    q95: float


class Row(Struct, frozen=True):
    """One ticker of the list after its last session."""

    symbol: str
    name: str = ""
    currency: str = "USD"
    exchange: str = ""
    session: date | None = None
    close: float | None = None
    change_pct: float | None = None
    spark: tuple[float, ...] = ()
    """The last 60 closes, oldest first."""
    momentum_10d: float | None = None
    """Return over the last 10 sessions, per cent."""
    momentum_z: float | None = None
    """The same in its own sigmas."""
    volatility_ratio: float | None = None
    """Realised volatility of 5 sessions over that of 60."""
    rarity_days: float | None = None
    """Sessions per episode at least as extreme as today's most extreme score, for one ticker; None if ordinary."""
    rarer: bool = False
    """Whether `rarity_days` is only a lower bound, the length of the bank."""
    tier: Tier | None = None
    """The highest tier among its open alarms."""
    scored: bool = False
    why: str | None = None
    """Why it is not scored."""
    forecast: Forecast | None = None
    source: str = ""
    fetched_at: float | None = None
    """When its source last delivered."""


class Alarm(Struct, frozen=True):
    """One episode; `state` is open, acknowledged (open, and seen by a person) or closed."""

    id: int
    symbol: str
    kind: str
    tier: Tier
    direction: Direction
    opened: date
    closed: date | None
    p: float
    rarity_days: float
    rarer: bool
    words: str
    evidence: dict[str, float | str]
    state: Literal["open", "acknowledged", "closed"]


class Job(Struct, frozen=True):
    """One piece of work in the background."""

    id: int
    kind: Literal["train", "fetch", "scan", "replay"]
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


class Model(Struct, frozen=True):
    """The model in charge; errors are in prices, on its test rows, averaged over its symbols."""

    id: int
    preset: str
    symbols: tuple[str, ...]
    trained_to: date
    age_sessions: int
    mse: float
    mae: float
    mse_persistence: float
    mae_persistence: float


class Feed(Struct, frozen=True):
    """How the source of prices does."""

    state: Literal["waiting", "ok", "failing"] = "waiting"
    last_success: float | None = None
    error: str | None = None
    next_poll: float | None = None


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
    feed: Feed = Feed()
    replay: ReplayClock | None = None
    market: Market | None = None
    model: Model | None = None
    notice: str | None = None
    """One calm sentence on what keeps the engine from its work, if anything does."""


class Watchlist(Struct, frozen=True):
    """The list shown, and the names of all that can be."""

    name: str
    title: str
    names: tuple[str, ...]


class View(Struct, frozen=True, tag=True):
    """All that an attached screen shows, but for the chart: rows in the order of the list, alarms newest first."""

    status: Status
    watchlist: Watchlist
    rows: tuple[Row, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    jobs: tuple[Job, ...] = ()


class Marker(Struct, frozen=True):
    """An alarm's place on the chart."""

    session: date
    kind: str
    tier: Tier
    direction: Direction


class Chart(Struct, frozen=True, tag=True):
    """Daily bars of one symbol, oldest first, and what is drawn with them; None where a file has no such column."""

    symbol: str
    name: str
    range: Range
    sessions: tuple[date, ...]
    open: tuple[float | None, ...]
    high: tuple[float | None, ...]
    low: tuple[float | None, ...]
    close: tuple[float | None, ...]
    volume: tuple[float | None, ...]
    forecast: Forecast | None = None
    markers: tuple[Marker, ...] = ()
    rsi14: float | None = None
    macd: float | None = None
    """The MACD line, 12/26 sessions, in price."""
    ma20: float | None = None
    ma50: float | None = None
    volatility_ratio: float | None = None
