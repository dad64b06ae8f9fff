"""Every setting, with what it means and what it may be."""

import math
from typing import Annotated, Literal, TypeAlias, get_args

from msgspec import Meta, Struct

SOURCES = ("yahoo", "krx", "files:DIR", "replay", "replay:DIR")


class SourceSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """[source] Where prices come from."""

    name: Annotated[str, Meta(description="yahoo, krx, files:DIR, replay (the bundled sample) or replay:DIR")] = "yahoo"
    poll_minutes: Annotated[float, Meta(ge=1, description="minutes between two looks for new bars")] = 15.0
    history_years: Annotated[
        int, Meta(ge=1, le=60, description="years fetched of a symbol seen for the first time")
    ] = 10
    at_once: Annotated[int, Meta(ge=1, le=32, description="requests under way at the same time")] = 8
    requests_an_hour: Annotated[int, Meta(ge=10, le=100_000, description="Yahoo: requests an hour, at most")] = 1800
    stream: Annotated[bool, Meta(description="Yahoo: live quotes by stream")] = True
    quote_seconds: Annotated[
        float, Meta(ge=15, description="seconds between two polls for quotes while the stream is silent")
    ] = 60.0
    krx_url: Annotated[
        str, Meta(pattern="^https?://", description="KRX OPEN API; its key is WHIPSAW_KRX_KEY, or in the keyring")
    ] = "https://data-dbg.krx.co.kr/svc/apis/sto"
    krx_requests_a_day: Annotated[int, Meta(ge=1, le=10_000, description="KRX: requests a day, at most")] = 10_000


class EngineSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """[engine] The background process."""

    linger: Annotated[
        float | Literal["forever"],
        Meta(description='minutes it lives on after the last screen has left; "forever" for a server, 0 for scripts'),
    ] = 15.0

    @property
    def linger_seconds(self) -> float:
        """The same in seconds; infinite for forever."""
        return math.inf if self.linger == "forever" else 60 * self.linger


ColumnName: TypeAlias = Literal[
    "name", "group", "last", "chg", "shares", "value", "pnl", "gain", "spark", "mom", "sigma", "state", "vol",
    "rarity", "session", "age",
]  # fmt: skip
"""A column of the list; the symbol always stands first."""


class ScreenSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """[screen] The terminal. A change is taken up by the next screen that opens: detach, then `whipsaw`."""

    rate: Annotated[float, Meta(gt=0, le=20, description="updates a second, at most")] = 1.0
    theme: Annotated[
        str,
        Meta(
            pattern="^(auto|whipsaw-(dark|light|contrast|safe))$",
            description="whipsaw-dark, whipsaw-light, whipsaw-contrast (high contrast), whipsaw-safe (for the "
            "colour-blind); auto goes by the terminal's ground where it tells it",
        ),
    ] = "auto"
    glyphs: Annotated[
        Literal["auto", "unicode", "ascii"],
        Meta(
            description="unicode or ascii; auto is ascii on the Linux console, without UTF-8 and with --low-bandwidth"
        ),
    ] = "auto"
    columns: Annotated[
        tuple[ColumnName, ...],
        Meta(
            description='columns of the list and their order, as ["last", "chg", "rarity", "spark"]; empty: the usual. '
            f"There are {', '.join(get_args(ColumnName))}"
        ),
    ] = ()
    groups: Annotated[bool, Meta(description="whether a list begins under the headings of its groups")] = False
    keys: Annotated[
        dict[str, str],
        Meta(
            description='keys of your own, by command: { sort = "o", screen_engine = "f6,ctrl+e" }; '
            "a command that is not known is answered with the names of all"
        ),
    ] = {}
    red_up: Annotated[
        bool | Literal["offer"],
        Meta(description='rising prices in red, falling ones in blue; "offer" says on a Korean list that this exists'),
    ] = "offer"
    notices: Annotated[
        Literal["off", "bell", "desktop", "both"],
        Meta(
            description="how a new or escalated alarm is told: bell rings for alerts alone, desktop is a notice of the "
            "terminal's own (kitty, Ghostty, foot, rxvt, iTerm2, WezTerm; the bell elsewhere)"
        ),
    ] = "bell"


class MoneySettings(Struct, frozen=True, forbid_unknown_fields=True):
    """[money] Holdings."""

    currency: Annotated[
        str, Meta(pattern="^([A-Z]{3})?$", description="the account's currency where a list names none, as EUR")
    ] = ""


class ModelSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """[model] The LSTM."""

    preset: Annotated[
        str,
        Meta(
            pattern="^(pooled|article)$",
            description="pooled: one network for all tickers, which forecasts 1, 5 and 10 sessions; "
            "article: one LSTM a ticker on scaled closes",
        ),
    ] = "pooled"
    max_rows: Annotated[
        int, Meta(ge=120, description="article: newest sessions a model is trained on; pooled takes them all")
    ] = 756
    units: Annotated[
        tuple[Annotated[int, Meta(ge=1, le=1024)], ...],
        Meta(max_length=8, description="sizes of the layers, the first one first; empty: what suits the preset"),
    ] = ()
    window: Annotated[int, Meta(ge=0, le=250, description="sessions that a forecast looks back on; 0 as above")] = 0
    activation: Annotated[
        str, Meta(pattern="^(tanh|relu|sigmoid)?$", description="of the layers: tanh, relu or sigmoid; empty as above")
    ] = ""
    epochs: Annotated[int, Meta(ge=0, le=1000, description="passes over the training rows, at most; 0 as above")] = 0
    batch: Annotated[int, Meta(ge=0, le=4096, description="windows a training step; 0 as above")] = 0
    learning_rate: Annotated[float, Meta(ge=0, lt=1, description="of Adam; 0 as above")] = 0.0
    seed: Annotated[int, Meta(ge=0, description="training is deterministic under it")] = 7
    retrain_every: Annotated[int, Meta(ge=1, description="sessions after which a new model is trained, live")] = 20
    replay_retrain_every: Annotated[int, Meta(ge=1, description="the same while history is replayed")] = 252
    expires: Annotated[
        int,
        Meta(ge=1, description="sessions since its training, or its last win over a new one, that a model forecasts"),
    ] = 60
    warm: Annotated[bool, Meta(description="whether a scheduled training starts from the weights in charge")] = True
    keep_warm: Annotated[float, Meta(ge=0, description="seconds the trainer process is kept after its last job")] = (
        300.0
    )


class TrainerSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """[trainer] Where models are trained."""

    cluster: Annotated[
        str,
        Meta(
            pattern=r"^((tcp|tls)://[^/\s:]+:\d+)?$",
            description='a Dask scheduler, as "tcp://host:8786" (extra cluster); empty: on this machine',
        ),
    ] = ""


Weight: TypeAlias = Annotated[float, Meta(ge=0, le=100)]
Window: TypeAlias = Annotated[int, Meta(ge=2, le=504)]


class KindWeights(Struct, frozen=True, forbid_unknown_fields=True):
    """[alarms.kinds] How the kinds share the budget: twice the weight, twice the alarms; 0 turns a kind off."""

    drift: Annotated[Weight, Meta(description="session after session a little the same way, beside its list")] = 1.0
    exhaustion: Annotated[Weight, Meta(description="a trend against which RSI and MACD have turned")] = 0.5
    forecast_surprise: Annotated[Weight, Meta(description="a return far from its forecast, beside its list")] = 5.0
    momentum_break: Annotated[Weight, Meta(description="a sharp move against the trend, beside its list")] = 3.0
    predicted_reversal: Annotated[Weight, Meta(description="the forecast leans against the trend")] = 0.5
    volatility_shock: Annotated[Weight, Meta(description="the last sessions move far more than those before")] = 5.0
    volume_spike: Annotated[Weight, Meta(description="far more shares change hands than usual")] = 0.5


class AlarmSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """[alarms] The false-alarm budget. A change is taken up at once; a list's file can say otherwise for itself."""

    budget: Annotated[float, Meta(ge=0.001, le=50, description="episodes a ticker and year, all kinds together")] = 2.0
    alerts: Annotated[
        float, Meta(ge=0, le=50, description="how many of these may be of tier alert; never more than the budget")
    ] = 0.5
    market: Annotated[
        float, Meta(ge=0, le=50, description="episodes a year of a whole list; 0: none are looked for")
    ] = 6.0
    market_alerts: Annotated[float, Meta(ge=0, le=50, description="how many of these may be of tier alert")] = 2.0
    trend: Annotated[Window, Meta(description="sessions of the trend that a reversal turns (N)")] = 10
    short: Annotated[Window, Meta(description="sessions in which RSI and MACD have turned, of an exhaustion")] = 5
    shock: Annotated[Window, Meta(description="sessions whose volatility is compared with what was usual")] = 3
    long: Annotated[Window, Meta(description="sessions before those, which say what was usual")] = 60
    break_move: Annotated[Window, Meta(description="sessions of the move that breaks a trend")] = 10
    break_before: Annotated[Window, Meta(description="sessions of the trend that it breaks")] = 40
    cooldown: Annotated[
        int, Meta(ge=1, le=252, description="sessions from one alarm of a ticker and kind to the next, at least")
    ] = 10
    kinds: KindWeights = KindWeights()


class ReplaySettings(Struct, frozen=True, forbid_unknown_fields=True):
    """[replay] History played as if live."""

    start: Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}$", description="first session shown, as 2008-06-02")] = (
        "2008-06-02"
    )
    speed: Annotated[float, Meta(gt=0, le=1000, description="sessions a second")] = 2.0


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """All settings of a home."""

    watchlist: Annotated[str, Meta(description="the list that is watched when none is named")] = "us-megacaps"
    source: SourceSettings = SourceSettings()
    engine: EngineSettings = EngineSettings()
    screen: ScreenSettings = ScreenSettings()
    money: MoneySettings = MoneySettings()
    model: ModelSettings = ModelSettings()
    trainer: TrainerSettings = TrainerSettings()
    alarms: AlarmSettings = AlarmSettings()
    replay: ReplaySettings = ReplaySettings()
