"""What is drawn over and under a chart's bars, from core to the protocol."""

import math
from collections.abc import Iterable

import numpy as np

from engine.core.bars import DateArray, FloatArray
from engine.core.forecast import TAUS, Vintage
from engine.core.indicators import bollinger, macd, moving_average, rsi
from engine.protocol import Overlays, PastForecast

_FINEST = 2_000
"""Parts of what is shown that can still be told apart: twice the dots of the tallest terminal."""


def overlays(close: FloatArray, first: int = 0) -> Overlays:
    """Indicators of closes (T,), from bar `first` on: rounded to what can be drawn on the height those closes take."""
    shown = close[first:][np.isfinite(close[first:])]
    prices = _decimals(float(np.ptp(shown))) if len(shown) else 2
    bands, momentum = bollinger(close), macd(close)
    lines = momentum.line[first:]
    moves = _decimals(float(np.nanmax(np.abs(lines)))) if np.isfinite(lines).any() else 2
    return Overlays(
        ma20=_column(moving_average(close, 20), first, prices),
        ma50=_column(moving_average(close, 50), first, prices),
        lower=_column(bands.lower, first, prices),
        upper=_column(bands.upper, first, prices),
        rsi14=_column(rsi(close), first, 1),
        macd=_column(momentum.line, first, moves),
        macd_signal=_column(momentum.signal, first, moves),
    )


def past_forecasts(
    vintages: Iterable[Vintage], sessions: DateArray, close: FloatArray, first: int = 0
) -> tuple[PastForecast, ...]:
    """The 90 % bands (T - first,) that forecasts of one session ahead gave, in prices like those of `close` (T,).

    `vintages` come oldest first; of one session the last counts. What is of no session here is left out.
    """
    rows = {session: row for row, session in enumerate(sessions.tolist())}
    low, high = TAUS.index(0.05), TAUS.index(0.95)
    found = {
        each.target_date: PastForecast(
            each.target_date, *(float(close[rows[each.made_at]] * np.exp(each.quantiles[at])) for at in (low, high))
        )
        for each in vintages
        if each.made_at in rows and rows.get(each.target_date, -1) >= first
    }
    return tuple(each for each in found.values() if math.isfinite(each.q05) and math.isfinite(each.q95))


def _decimals(span: float) -> int:
    return max(0, math.ceil(-math.log10(span / _FINEST))) if span > 0 else 4


def _column(values: FloatArray, first: int, decimals: int) -> tuple[float | None, ...]:
    return tuple(round(value, decimals) if math.isfinite(value) else None for value in values[first:].tolist())
