"""Made-up prices for tests: seeded, so that a failure can be had again."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from engine.core.bars import Action, History


def history(
    symbol: str = "AAA",
    rows: int = 400,
    *,
    seed: int = 0,
    start: date = date(2006, 1, 2),
    actions: Sequence[Action] = (),
) -> History:
    """Weekday bars of a random walk with changing volatility; open, high, low and volume are all there."""
    random = np.random.default_rng(seed)
    sessions = np.busday_offset(np.datetime64(start), np.arange(rows), roll="forward")
    volatility = 0.01 * np.exp(0.3 * np.sin(np.arange(rows) / 40) + random.normal(0, 0.2, rows))
    close = 50 * np.exp(np.cumsum(random.normal(0.0003, 1, rows) * volatility))
    opened = close * np.exp(random.normal(0, 0.004, rows))
    high = np.maximum(opened, close) * np.exp(np.abs(random.normal(0, 0.004, rows)))
    low = np.minimum(opened, close) * np.exp(-np.abs(random.normal(0, 0.004, rows)))
    volume = random.integers(1_000, 9_000, rows).astype(np.float64)
    return History(symbol, sessions.astype("datetime64[D]"), opened, high, low, close, volume, tuple(actions))


def corrupted(of: History, after: int, how: str, seed: int = 0) -> History:
    """The same history with every row after row `after` multiplied by ten, made NaN, drawn anew, or removed."""
    later = np.arange(len(of)) > after
    if how == "removed":
        return of.rows(~later)
    factor = {"x10": 10.0, "nan": np.nan}.get(how)
    factors = np.random.default_rng(seed).uniform(0.1, 10, len(of)) if factor is None else np.full(len(of), factor)
    columns = {
        name: np.where(later, getattr(of, name) * factors, getattr(of, name))
        for name in ("open", "high", "low", "close", "volume")
    }
    return replace(of, **columns)


def shocked(of: History, factor: float = 6.0, rows: int = 4) -> History:
    """The same history, its last rows moving that many times as far: a volatility shock on the last session."""
    returns = np.diff(np.log(of.close), prepend=np.log(of.close[0]))
    returns[-rows:] = np.where(returns[-rows:] > 0, 0.02, -0.02) * factor
    close = of.close[0] * np.exp(np.cumsum(returns))
    ratio = close / of.close
    return replace(of, close=close, open=of.open * ratio, high=of.high * ratio, low=of.low * ratio)


def steady(symbol: str = "AAA", rows: int = 420, *, seed: int = 0, sigma: float = 0.01) -> History:
    """A random walk of one volatility."""
    of = history(symbol, rows)
    close = 50 * np.exp(np.cumsum(np.random.default_rng(seed).normal(0, sigma, rows)))
    ratio = close / of.close
    return replace(of, close=close, open=of.open * ratio, high=of.high * ratio, low=of.low * ratio)
