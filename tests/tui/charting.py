"""The whole chart of a ticker of the sample as an engine would send it, and what its kinds of alarm say."""

import csv
import math
from datetime import date
from functools import cache

import numpy as np

from engine.charting import overlays
from engine.protocol import Chart, Explanation, Forecast, KindExplained, PastForecast, Range
from tests.tui import data

HORIZONS = ((1, date(2008, 9, 18)), (5, date(2008, 9, 24)), (10, date(2008, 10, 1)))


@cache
def _prices(symbol: str) -> tuple[tuple[float, float, float, float], ...]:
    """Open, high, low, close up to data.TODAY; closes alone where the sample has no such file."""
    file = data.SAMPLE / f"{symbol}.csv"
    if not file.exists():
        return tuple((bar[1],) * 4 for bar in data.history(symbol))
    with file.open(newline="") as lines:
        rows = [{name.casefold(): value for name, value in row.items()} for row in csv.DictReader(lines)]
    return tuple(
        tuple(float(row[name]) for name in ("open", "high", "low", "close"))
        for row in rows
        if date.fromisoformat(row["date"]) <= data.TODAY
    )


def chart(symbol: str = "AAPL", span: Range = "6M", **other: object) -> Chart:
    """With all that can be drawn."""
    prices = _prices(symbol)
    closes = np.array([each[3] for each in prices])
    count = min(data.LENGTHS.get(span, 2), len(prices))
    shown = prices[-count:]
    fields = {
        **{name: tuple(each[place] for each in shown) for place, name in enumerate(("open", "high", "low", "close"))},
        "overlays": overlays(closes, len(closes) - count),
        "past": _past(symbol, closes, count),
        "forecasts": fan(shown[-1][3]),
    }
    return data.chart(symbol, span, **(fields | other))


def fan(close: float) -> tuple[Forecast, ...]:
    """One, five and ten sessions ahead of data.TODAY."""
    return tuple(
        Forecast(
            data.TODAY,
            day,
            ahead,
            close,
            *(close * math.exp(z * 0.033 * math.sqrt(ahead)) for z in (-1.7, -0.6, 0.02, 0.65, 1.6)),
        )
        for ahead, day in HORIZONS
    )


def _past(symbol: str, closes: np.ndarray, count: int) -> tuple[PastForecast, ...]:
    """A band of the last 20 moves around the close before each of the last 90 sessions."""
    moves = np.diff(np.log(closes))
    sessions = [bar[0] for bar in data.history(symbol)]
    return tuple(
        PastForecast(
            sessions[row], *(float(closes[row - 1] * np.exp(z * moves[row - 21 : row - 1].std())) for z in (-1.6, 1.6))
        )
        for row in range(len(closes) - min(count, 90), len(closes))
    )


KINDS = (
    KindExplained(
        "volatility_shock",
        "open",
        False,
        2.07,
        0.0007,
        310.0,
        False,
        1.71,
        0.0016,
        2.02,
        0.0004,
        until=data.TODAY,
        words="5-day volatility 2.1× its norm",
    ),
    KindExplained(
        "momentum_break",
        "reached",
        False,
        3.41,
        0.0011,
        210.0,
        False,
        3.12,
        0.0016,
        4.2,
        0.0004,
        short=0.79,
        words="up 4.1 % in 10 d before, now −1.9 σ",
    ),
    KindExplained("predicted_reversal", "below", False, 1.12, 0.041, None, False, 1.9, 0.0016, 2.6, 0.0004, short=0.78),
    KindExplained(
        "forecast_surprise",
        "cooling",
        False,
        2.8,
        0.004,
        61.0,
        False,
        2.7,
        0.0016,
        3.9,
        0.0004,
        short=1.1,
        until=date(2008, 9, 22),
        words="−8.6 % against −5.2 … +5.4 % expected",
    ),
    KindExplained(
        "volume_spike",
        "below",
        True,
        1.04,
        0.11,
        None,
        False,
        2.33,
        0.0016,
        None,
        None,
        short=1.29,
        lacks="alert tier needs 2,500 scores, has 1,045",
    ),
    KindExplained("exhaustion", "silent", why="no run of five sessions in one direction"),
    KindExplained("drift", "off"),
)


def explanation(symbol: str = "AAPL", **other: object) -> Explanation:
    """Every state a kind may be in."""
    fields = {"session": data.TODAY, "scored": True, "why": None, "word": "passed", "kinds": KINDS}
    return Explanation(symbol, **(fields | other))  # type: ignore[arg-type]
