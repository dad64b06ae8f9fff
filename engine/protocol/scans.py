"""A session scored, why there is an alarm or none, and a stretch of history played as if live."""

from datetime import date
from typing import Literal, TypeAlias

from msgspec import Struct

from engine.protocol.alarms import KindGrades, Tier
from engine.protocol.views import Forecast, MomentumState

KindState: TypeAlias = Literal["open", "cooling", "folded", "reached", "below", "silent", "off"]
"""An episode is open; none may open yet; it is part of the market's alarm; a tier is reached, or none; there is no
score; the kind is off."""


class Scan(Struct, frozen=True, tag=True):
    """Score symbols (none: the list) after a session (none: the last one). Answered by `Scanned`."""

    symbols: tuple[str, ...] = ()
    watchlist: str | None = None
    as_of: date | None = None


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


class Explain(Struct, frozen=True, tag=True):
    """Why a symbol has an alarm after a session (none: the last one), or none. Answered by `Explanation`.

    A symbol of the list is held against the past of the list; another against its own. MARKET asks for the market of
    the list alone.
    """

    symbol: str
    watchlist: str | None = None
    as_of: date | None = None


class KindExplained(Struct, frozen=True):
    """What one kind says of a session, and what came of it.

    `threshold` and `alert` are the scores of both tiers, None where too few scores of the past resolve them, which
    `lacks` then says. `short` is how far the score is from the next tier that it has not reached. A score that is None
    has nothing to say. `until` is the first session on which the next alarm may open, of a kind that is cooling, or the
    one on which the open one did.
    """

    kind: str
    state: KindState
    muted: bool = False
    score: float | None = None
    p: float | None = None
    rarity_days: float | None = None
    rarer: bool = False
    threshold: float | None = None
    threshold_p: float | None = None
    alert: float | None = None
    alert_p: float | None = None
    short: float | None = None
    lacks: str | None = None
    until: date | None = None
    why: str | None = None
    """Why there is no score."""
    words: str = ""
    evidence: dict[str, float | str] = {}


class Explanation(Struct, frozen=True, tag=True):
    """One symbol after a session: `why` it is not scored, or what each kind says."""

    symbol: str
    session: date | None
    scored: bool
    why: str | None
    word: Literal["passed", "no skill"] | None
    kinds: tuple[KindExplained, ...]
    as_of: date | None = None
    """The session that the screen which asked stands at; None: now."""


class Replay(Struct, frozen=True, tag=True):
    """Play a stretch of history as if live: an `AlarmEvent` an alarm as progress, then `Replayed`."""

    start: date
    end: date
    symbols: tuple[str, ...] = ()
    watchlist: str | None = None
    retrain: int = 252


class AlarmEvent(Struct, frozen=True, tag=True):
    """Something happened to an episode of a replay."""

    event: Literal["opened", "escalated", "closed"]
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


class Replayed(Struct, frozen=True, tag=True):
    """The end of a replay; `seconds` leave training out, which `training_seconds` holds."""

    sessions: int
    symbols: int
    seconds: float
    training_seconds: float
    alarms: int
    grades: dict[str, KindGrades] = {}
    """How the alarms of each kind turned out ten sessions after, where these were played too."""
