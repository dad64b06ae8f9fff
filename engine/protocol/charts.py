"""Prices: the chart of a ticker with what is drawn on it; fetched, imported, exported."""

from datetime import date
from typing import Literal, TypeAlias

import msgspec
from msgspec import Struct

from engine.protocol.alarms import Direction, Tier
from engine.protocol.views import Forecast, Phase

Range: TypeAlias = Literal["1D", "5D", "1M", "3M", "6M", "1Y", "5Y", "max"]


class GetChart(Struct, frozen=True, tag=True):
    """The bars of one symbol. Answered by a `Chart`."""

    symbol: str
    range: Range = "6M"


class DataNote(Struct, frozen=True):
    """What the quality gate found of one session, and what it did about it."""

    session: date
    rule: str
    treatment: Literal["repaired", "quarantined", "refused", "noted"]
    words: str


class Marker(Struct, frozen=True):
    """An alarm's place on the chart."""

    session: date
    kind: str
    tier: Tier
    direction: Direction


class Overlays(Struct, frozen=True):
    """Series beside a chart's bars, one value a bar, None where there are too few bars before; rounded to be drawn.

    In price: simple averages over 20 and 50 bars, Bollinger's bands (20, 2), the MACD line (12/26) and its signal (9).
    RSI over 14 bars from 0 to 100.
    """

    ma20: tuple[float | None, ...] = ()
    ma50: tuple[float | None, ...] = ()
    lower: tuple[float | None, ...] = ()
    upper: tuple[float | None, ...] = ()
    rsi14: tuple[float | None, ...] = ()
    macd: tuple[float | None, ...] = ()
    macd_signal: tuple[float | None, ...] = ()


class PastForecast(Struct, frozen=True):
    """The 90 % band for a session as it was forecast after the session before; in prices."""

    session: date
    q05: float
    q95: float


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
    times: tuple[float, ...] = ()
    """For ranges within days: the start of each bar (seconds since the epoch); `sessions` then repeats its session."""
    phases: tuple[Phase, ...] = ()
    notes: tuple[DataNote, ...] = ()
    """What the quality gate found within the range, oldest first."""
    currency: str = ""
    unit: str = ""
    """How its price is quoted, in words: "US dollars", "pence"; empty where unknown."""
    fault: str | None = None
    """For ranges within days: why no newer bars came when they were asked for, None where that went well."""
    forecasts: tuple[Forecast, ...] = ()
    """Of the last session, one a horizon, the next session's first: how the bands fan out."""
    overlays: Overlays = Overlays()
    past: tuple[PastForecast, ...] = ()
    """What was forecast for each session of the range when it was still to come, oldest first."""
    as_of: date | None = None
    """The session that the screen which asked for it stands at; None: now."""


class Refresh(Struct, frozen=True, tag=True):
    """Fetch what is missing for the list shown, now. Answered by `Ok` when it is done."""


class FetchBars(Struct, frozen=True, tag=True):
    """Fetch history into the store: a `Fetched` a symbol as progress, then `Ok`. No symbols: the list."""

    symbols: tuple[str, ...] = ()
    watchlist: str | None = None
    start: date | None = None
    end: date | None = None


class Fetched(Struct, frozen=True, tag=True):
    """What became of one symbol; `start` and `end` are the first and last session now stored."""

    symbol: str
    status: Literal["fresh", "updated", "failed"]
    bars: int
    start: date | None = msgspec.field(name="from", default=None)
    end: date | None = msgspec.field(name="to", default=None)
    why: str | None = None


class ImportBars(Struct, frozen=True, tag=True):
    """Take price files, or a folder's (absolute paths), into the store: a `Fetched` a file as progress, then `Ok`."""

    files: tuple[str, ...]


class ExportBars(Struct, frozen=True, tag=True):
    """Write stored history, a file a symbol, into a folder (absolute path): an `Exported` a file, then `Ok`."""

    folder: str
    format: Literal["csv", "parquet"]
    symbols: tuple[str, ...] = ()
    watchlist: str | None = None


class Exported(Struct, frozen=True, tag=True):
    """One symbol's history was written to a file (an absolute path)."""

    symbol: str
    file: str
    bars: int
