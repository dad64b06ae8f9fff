"""Values of core as the protocol has them: what is not known is None."""

from collections.abc import Sequence

import numpy as np

from engine.core.features import Features
from engine.core.forecast import Vintage
from engine.protocol import Forecast


def forecast(vintage: Vintage, close: float) -> Forecast | None:
    """A vintage in prices, from the close it was made after; None where it holds no number."""
    prices = [close * float(np.exp(value)) for value in (vintage.mean, *vintage.quantiles)]
    if not all(np.isfinite(prices)):
        return None
    return Forecast(vintage.made_at, vintage.target_date, vintage.horizon, *prices)


def forecasts(vintages: Sequence[Vintage], close: float) -> tuple[Forecast, ...]:
    """The same of several; those without a number are left out."""
    told = (forecast(vintage, close) for vintage in vintages)
    return tuple(each for each in told if each is not None)


def change(of: Features) -> float | None:
    """Price change in per cent, split-adjusted, dividends left out, as quoted everywhere."""
    return float(100 * (of.close[-1] / of.close[-2] - 1)) if len(of) > 1 else None


def percent(log_return: float | None) -> float | None:
    """A log return in per cent; None where it is not known."""
    return None if log_return is None or not np.isfinite(log_return) else float(100 * np.expm1(log_return))


def known(value: float) -> float | None:
    """A finite value, or None."""
    return float(value) if np.isfinite(value) else None
