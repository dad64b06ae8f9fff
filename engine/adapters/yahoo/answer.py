"""What yfinance gave, freed of pandas: it travels from the process that asked, and the engine need not load pandas."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from engine.core.bars import DateArray, FloatArray

_META = (
    "longName",
    "shortName",
    "currency",
    "instrumentType",
    "regularMarketPrice",
    "regularMarketVolume",
    "previousClose",
    "chartPreviousClose",
)


@dataclass(frozen=True, slots=True)
class Answer:
    """T bars as they came: split-adjusted to now, NaN where a value is missing; and what was said beside them."""

    times: FloatArray
    """(T,) seconds since the epoch."""
    days: DateArray
    """(T,) days of the exchange."""
    values: Mapping[str, FloatArray]
    """(T,) each, by yfinance's own names of columns."""
    meta: Mapping[str, Any] = field(default_factory=dict)
    """Names, currency, newest price, as far as they were said."""
    stamp: float = 0.0
    """When the newest price of the regular session was made, in seconds since the epoch; zero if that was not said."""
    hours: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    """By day of the exchange, when regular trading begins and ends, in seconds since the epoch."""


def answer(frame: Any, meta: Mapping[str, Any], *, hours: bool = False) -> Answer:
    """A frame of yfinance's, and its metadata, with the hours of trading if they are wanted.

    Raises what pandas raises where parts of the frame are missing or of another kind.
    """
    instants = frame.index.tz_convert("UTC").tz_localize(None).to_numpy().astype("datetime64[ms]")
    return Answer(
        times=instants.astype(np.float64) / 1000,
        days=frame.index.tz_localize(None).to_numpy().astype("datetime64[D]"),
        values={str(name): frame[name].to_numpy(dtype=np.float64, na_value=np.nan) for name in frame.columns},
        meta={name: meta[name] for name in _META if name in meta},
        stamp=_seconds(meta["regularMarketTime"]) if "regularMarketTime" in meta else 0.0,
        # yfinance makes another request for the hours of trading where they did not come with the answer
        hours=_hours(meta["tradingPeriods"]) if hours and "tradingPeriods" in meta else {},
    )


def _seconds(instant: Any) -> float:
    """A Timestamp, or seconds as they came; zero for none."""
    return float(instant.timestamp() if hasattr(instant, "timestamp") else instant or 0)


def _hours(periods: Any) -> dict[str, tuple[float, float]]:
    """By day; none where they came in another form."""
    if not hasattr(periods, "columns"):
        return {}
    edges = zip(periods["start"], periods["end"], strict=True)
    return {str(start.date()): (start.timestamp(), end.timestamp()) for start, end in edges}
