"""What there is to see: rows, alarms, jobs, the model, the chart."""

from datetime import date
from typing import Literal, TypeAlias

from msgspec import Struct

Tier: TypeAlias = Literal["watch", "alert"]
Direction: TypeAlias = Literal["up", "down", "none"]
MomentumState: TypeAlias = Literal["bull", "correction", "bear", "rebound"]
JobKind: TypeAlias = Literal["train", "fetch", "scan", "replay", "evaluate", "tune"]
JobState: TypeAlias = Literal["queued", "running", "done", "failed", "cancelled", "interrupted"]
Range: TypeAlias = Literal["1D", "5D", "1M", "3M", "6M", "1Y", "5Y", "max"]
Phase: TypeAlias = Literal["pre", "regular", "post"]


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
    momentum_state: MomentumState | None = None
    """By the signs of the returns of a year and of a month; None before there is a year of sessions."""
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
    group: str = ""
    data: str | None = None
    """The newest thing the quality gate found in its last sessions, in words; None where all is well."""
    repaired: bool = False
    """Whether its last bar is a repaired one."""
    price: float | None = None
    """The newest live quote, in the currency of the row; None where there is none newer than the close."""
    price_at: float | None = None
    phase: Phase | None = None
    """Whether that quote is of before, within or after the session."""
    price_change_pct: float | None = None
    """The quote against the close before it, per cent."""
    doubt: str | None = None
    """A live price that is held back until another one confirms it, in words."""
    shares: float | None = None
    value: float | None = None
    """Shares times the newest price, in the account's currency."""
    pnl: float | None = None
    """Value less cost, in the account's currency, both at today's rate."""
    pnl_pct: float | None = None


AlarmState: TypeAlias = Literal["open", "acknowledged", "snoozed", "muted", "closed", "withdrawn"]
"""Only what is open may ring; acknowledged, snoozed and muted ones are not over either."""


class Alarm(Struct, frozen=True):
    """One episode, or a price alarm; of the symbol MARKET where it is one event for the list.

    A price alarm (kind "price alert") and a data fault (kind "data_fault") are outside the budget: they have no p and
    no rarity.
    """

    id: int
    symbol: str
    kind: str
    tier: Tier
    direction: Direction
    opened: date
    closed: date | None
    p: float | None
    rarity_days: float | None
    rarer: bool
    words: str
    evidence: dict[str, float | str]
    state: AlarmState
    at: float | None = None
    """When within its session, where that is known (seconds since the epoch)."""
    confirmed: bool = False
    """Whether it also passes a test over the whole list (online FDR)."""
    provisional: bool = False
    """Whether its session still runs: the close lets it stand or withdraws it."""
    snoozed_until: date | None = None
    """The session that brings it back, if it is snoozed."""
    watchlist: str = ""
    """The list whose market it is; empty for a ticker's."""
    muted: bool = False
    """Whether its ticker and kind are muted now: what they raise is recorded and does not ring."""
    found: date | None = None
    """The session after which it was decided, where no engine was there at its own close: it does not ring."""
    dropped: str | None = None
    """Why it was closed though nobody knows whether it is over, in words: its ticker is on no list that is watched."""


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


class KindGrades(Struct, frozen=True):
    """How the alarms of one kind turned out: of those whose sessions are over, how many were right.

    The precision has a 95 % interval; the base rate is how often the same call would have been right on any session,
    and the lift the quotient of both. `per_ticker_year` counts all that were raised, as `budget` does what may be; both
    are of the whole list where the kind is the market's. None where nothing is known yet.
    """

    alarms: int
    per_ticker_year: float | None
    budget: float
    hits: int
    precision: float | None
    precision_low: float | None
    precision_high: float | None
    base_rate: float | None
    lift: float | None


class AlarmTally(Struct, frozen=True):
    """The alarms of a list against what was allowed: episodes of the last 252 sessions, the market's left out."""

    open: int
    this_year: int
    budgeted: float
    precision: float | None = None
    """The share of graded alarms that were right; None where too few are graded."""
    base_rate: float | None = None
    """The share of all sessions on which the same call would have been right."""
    kinds: dict[str, KindGrades] = {}
    """The track record of each kind."""
    no_market: str | None = None
    """Why there can be no alarm of the list's market, in words; None where there may be one, or it is off."""


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
