"""What traders look at beside a price: context for people, never an alarm by itself. TA-Lib does the arithmetic."""

from dataclasses import dataclass

import numpy as np

from engine.core.bars import FloatArray


@dataclass(frozen=True, slots=True)
class Indicators:
    """The last values; None while there are too few sessions. `macd` and the averages are in price."""

    rsi14: float | None
    macd: float | None
    ma20: float | None
    ma50: float | None


def indicators(close: FloatArray) -> Indicators:
    """RSI over 14 (Wilder 1978), MACD 12/26 (Appel), simple averages over 20 and 50 sessions, of closes (T,)."""
    import talib  # noqa: PLC0415 - it loads pandas, which most of an engine's life does without

    return Indicators(
        rsi14=_last(talib.RSI(close, 14)),
        macd=_last(talib.MACD(close, 12, 26, 9)[0]),
        ma20=_last(talib.SMA(close, 20)),
        ma50=_last(talib.SMA(close, 50)),
    )


def _last(values: FloatArray) -> float | None:
    return float(values[-1]) if len(values) and np.isfinite(values[-1]) else None
