"""What the engine says: results, progress, refusals, and what changed in the view."""

from datetime import date
from typing import Any, Literal, TypeAlias

import msgspec
from msgspec import Struct

from engine.protocol.charts import Chart
from engine.protocol.evaluation import Evaluated
from engine.protocol.explanation import Explanation
from engine.protocol.inspection import Inspection
from engine.protocol.models import Models, ModelStatus, RolledBack
from engine.protocol.views import (
    Alarm,
    Forecast,
    Job,
    KindGrades,
    MomentumState,
    Status,
    Tier,
    View,
    Watchlist,
)

Patch: TypeAlias = dict[str, Any]
"""Changed fields by name, as JSON values."""


class Ok(Struct, frozen=True, tag=True):
    """Done, and there is nothing more to say."""


class Removed(Struct, frozen=True, tag=True):
    """A symbol was taken off the list, at this position."""

    symbol: str
    position: int


class Fetched(Struct, frozen=True, tag=True):
    """What became of one symbol; `start` and `end` are the first and last session now stored."""

    symbol: str
    status: Literal["fresh", "updated", "failed"]
    bars: int
    start: date | None = msgspec.field(name="from", default=None)
    end: date | None = msgspec.field(name="to", default=None)
    why: str | None = None


class TrainProgress(Struct, frozen=True, tag=True):
    """One epoch is done; losses are means over the symbols, in scaled units; None where there are no such rows."""

    epoch: int
    epochs: int
    loss: float
    val_loss: float | None
    symbol: str | None = None


class Metrics(Struct, frozen=True):
    """Errors of the next session's log return on sessions the model had not seen: MAE in per cent, MSE in its square.

    Each session weighs the same, and in it each symbol; persistence says that the price stays. None where no session
    was left to judge by.
    """

    mse: float | None = None
    mae: float | None = None
    mse_persistence: float | None = None
    mae_persistence: float | None = None


class Trained(Struct, frozen=True, tag=True):
    """A model is trained, and in charge unless its status is "rejected"; `skipped` says who could not take part."""

    model: int
    preset: str
    symbols: tuple[str, ...]
    seconds: float
    metrics: Metrics
    skipped: dict[str, str] = {}
    status: ModelStatus = "champion"
    reason: str | None = None
    """The verdict of the gate, in words."""
    skill: float | None = None
    """Pinball skill against EWMA quantiles on rows it had not seen; None where there are too few to say."""
    word: Literal["passed", "no skill"] | None = None


class TriedSettings(Struct, frozen=True):
    """How a model was built and trained: layers by their sizes, sessions a window, windows a step, Adam's rate."""

    units: tuple[int, ...]
    window: int
    activation: str
    batch: int
    epochs: int
    learning_rate: float


class TuneProgress(Struct, frozen=True, tag=True):
    """A trial has ended, or was given up before; values are losses on validation rows, None if there is no number."""

    trial: int
    trials: int
    state: Literal["done", "pruned", "diverged"]
    value: float | None
    best: float | None
    settings: TriedSettings


class Tuned(Struct, frozen=True, tag=True):
    """The best settings of `trials`, and the model trained under them, which had to pass as any other does.

    `value_before` is what the settings in use came to; None if they came to no number.
    """

    trials: int
    value: float
    value_before: float | None
    settings: TriedSettings
    model: Trained


class Firing(Struct, frozen=True):
    """One alarm in the answer to a scan."""

    kind: str
    tier: Tier
    p: float
    rarity_days: float
    evidence: dict[str, float | str]
    words: str
    rarer: bool = False
    """Whether `rarity_days` is a bound, the length of the bank."""


class MomentumNow(Struct, frozen=True):
    """Momentum over ten sessions in its own sigmas, and of a year and a month in per cent, whose signs make the state.

    None where there are too few sessions.
    """

    z10: float | None
    state: MomentumState | None
    slow: float | None
    fast: float | None


class IndicatorsNow(Struct, frozen=True):
    """RSI from 0 to 100, the rest in price; None where there are too few sessions."""

    rsi14: float | None
    macd: float | None
    macd_signal: float | None
    ma20: float | None
    ma50: float | None


class KindScore(Struct, frozen=True):
    """What one kind says of a session; a score that is None has nothing to say: it cannot be an anomaly of the kind.

    `rarity_days` is None of what is ordinary, `threshold_p` that of the tier it reached, or of the lowest.
    """

    kind: str
    score: float | None
    p: float | None
    rarity_days: float | None
    threshold_p: float


class ScanRow(Struct, frozen=True):
    """One symbol in the answer to a scan; the forecast is in prices."""

    symbol: str
    name: str
    close: float | None
    change_pct: float | None
    momentum_10d: float | None
    scored: bool
    why: str | None
    forecast: Forecast | None
    alarms: tuple[Firing, ...]
    data: str | None = None
    """The newest thing found in the data of its last sessions, be it scored or not."""
    forecasts: tuple[Forecast, ...] = ()
    """One a horizon, the next session's first, which is `forecast` too."""
    word: Literal["passed", "no skill"] | None = None
    """The word on the skill of the model that speaks; None where none does, or it was never judged."""
    momentum: MomentumNow | None = None
    """None where there is no bar."""
    indicators: IndicatorsNow | None = None
    scores: tuple[KindScore, ...] = ()
    """One a kind; empty where it is not scored."""


class Scanned(Struct, frozen=True, tag=True):
    """The answer to a scan."""

    as_of: date
    rows: tuple[ScanRow, ...]


class AlarmEvent(Struct, frozen=True, tag=True):
    """Something happened to an episode of a replay."""

    event: Literal["opened", "closed"]
    at: date
    symbol: str
    kind: str
    tier: Tier
    p: float
    rarity_days: float
    words: str
    rarer: bool = False
    """Whether `rarity_days` is a bound, the length of the bank."""
    confirmed: bool = False
    """Whether it also passes a test over the whole list (online FDR)."""


class Note(Struct, frozen=True, tag=True):
    """A sentence for the person who waits."""

    words: str


class Replayed(Struct, frozen=True, tag=True):
    """The end of a replay; `seconds` leave training out, which `training_seconds` holds."""

    sessions: int
    symbols: int
    seconds: float
    training_seconds: float
    alarms: int
    grades: dict[str, KindGrades] = {}
    """How the alarms of each kind turned out ten sessions after, where these were played too."""


class AlarmList(Struct, frozen=True, tag=True):
    """The stored alarms."""

    alarms: tuple[Alarm, ...]


class PreviewCount(Struct, frozen=True):
    """Episodes of the tickers, over all kinds and by kind, and those of the list as a whole."""

    alarms: int
    kinds: dict[str, int]
    market: int


class Previewed(Struct, frozen=True, tag=True):
    """What the rules in force would have given over the sessions from `start` to `end`, and what others would have."""

    watchlist: str
    start: date | None
    end: date | None
    now: PreviewCount
    then: PreviewCount


class Grades(Struct, frozen=True, tag=True):
    """The track record of each kind, by alarms that were raised at least so many sessions ago."""

    horizon: int
    kinds: dict[str, KindGrades]


class AlarmStep(Struct, frozen=True):
    """Something that happened to an alarm after a session; `at` is in seconds since the epoch, None if it was not kept.

    `tier`, `p` and `words` are the alarm's from then on.
    """

    event: str
    session: date
    at: float | None
    tier: Tier
    p: float | None
    words: str


class AlarmHistory(Struct, frozen=True, tag=True):
    """An alarm as it is now, and what made it so, oldest first."""

    alarm: Alarm
    steps: tuple[AlarmStep, ...]


class EngineStatus(Struct, frozen=True, tag=True):
    """The engine's state and its jobs."""

    status: Status
    jobs: tuple[Job, ...]
    uptime_s: float


class SearchHit(Struct, frozen=True):
    """One symbol that a search found."""

    symbol: str
    name: str
    exchange: str
    kind: str


class SearchResults(Struct, frozen=True, tag=True):
    """The answer to a search, best first."""

    hits: tuple[SearchHit, ...]


class ListedTicker(Struct, frozen=True):
    """One line of a watchlist's file; `cost`, `above` and `below` are in the currency of its price, `move` in per cent.

    None where the file has no such key.
    """

    symbol: str
    name: str = ""
    group: str = ""
    shares: float | None = None
    cost: float | None = None
    above: float | None = None
    below: float | None = None
    move: float | None = None
    budget: float | None = None
    """Its own number of alarms a year."""
    off: tuple[str, ...] = ()
    """Kinds of alarm that are not raised for it."""


class ListShown(Struct, frozen=True, tag=True):
    """What a list's file holds, and the names of all lists; `currency` is the account's, empty where none is named."""

    name: str
    title: str
    interval: Literal["1d", "1h", "15m", "5m"]
    currency: str
    tickers: tuple[ListedTicker, ...]
    names: tuple[str, ...]


class ListSummary(Struct, frozen=True):
    """A list and how much is in it; `why` says what keeps its file from use, and nothing is known of it then."""

    name: str
    title: str = ""
    tickers: int | None = None
    open: int = 0
    """Open alarms of its tickers and of its market."""
    why: str | None = None


class ListsKept(Struct, frozen=True, tag=True):
    """All lists, by name."""

    lists: tuple[ListSummary, ...]


class Edited(Struct, frozen=True, tag=True):
    """A list was made or changed: the symbols that came and went, the rules that were set, and what there is to say."""

    watchlist: str
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class Exported(Struct, frozen=True, tag=True):
    """One symbol's history was written to a file (an absolute path)."""

    symbol: str
    file: str
    bars: int


Result: TypeAlias = (
    Ok
    | SearchResults
    | View
    | Chart
    | Removed
    | ListShown
    | ListsKept
    | Edited
    | Trained
    | Models
    | RolledBack
    | Evaluated
    | Tuned
    | Scanned
    | Explanation
    | Replayed
    | AlarmList
    | Grades
    | Previewed
    | AlarmHistory
    | EngineStatus
    | Inspection
)
Progress: TypeAlias = Fetched | Exported | TrainProgress | TuneProgress | AlarmEvent | Note


class Done(Struct, frozen=True, tag=True):
    """The command of that id has been carried out."""

    id: int
    result: Result


class Progressed(Struct, frozen=True, tag=True):
    """The command of that id has come this far."""

    id: int
    item: Progress


class Refused(Struct, frozen=True, tag=True):
    """The command of that id cannot be carried out: why, what was received, what to do."""

    id: int
    kind: str
    message: str
    received: str | None = None
    do: str | None = None


class Changed(Struct, frozen=True, tag=True):
    """What changed in the view since the last message.

    Changed fields of changed rows; alarms and jobs that are new or differ; the ids of those that are gone. `order` is
    given only when the list holds other symbols than before.
    """

    status: Patch = {}
    rows: dict[str, Patch] = {}
    order: tuple[str, ...] | None = None
    alarms: tuple[Alarm, ...] = ()
    jobs: tuple[Job, ...] = ()
    gone_alarms: tuple[int, ...] = ()
    gone_jobs: tuple[int, ...] = ()
    watchlist: Watchlist | None = None


Message: TypeAlias = Done | Progressed | Refused | Changed
