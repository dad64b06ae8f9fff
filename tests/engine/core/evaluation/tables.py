"""Rows and forecasts for tests, small enough to check by hand."""

import numpy as np

from engine.core.evaluation.predictions import Cases, Predictions

SYMBOLS = ("AAA", "BBB", "CCC")
FIRST = np.datetime64("2005-01-03")


def cases(realised, *, symbol="AAA", horizon=1, sigma=0.01, shocked=False, naive=np.nan, days=None):
    """One row a session, unless `days` say how many days after the first each is made."""
    count = len(realised)
    made_at = FIRST + (np.arange(count) if days is None else np.asarray(days))
    return Cases(
        symbols=SYMBOLS,
        symbol=np.array([SYMBOLS.index(each) for each in ([symbol] * count if isinstance(symbol, str) else symbol)]),
        made_at=made_at,
        target=made_at + horizon,
        horizon=np.full(count, horizon, np.int64),
        realised=np.asarray(realised, np.float64),
        sigma=np.broadcast_to(np.asarray(sigma, np.float64), count).copy(),
        close=np.full(count, 50.0),
        shocked=np.broadcast_to(np.asarray(shocked, np.bool_), count).copy(),
        naive=np.broadcast_to(np.asarray(naive, np.float64), count).copy(),
    )


def said(to, mean=np.nan, quantiles=(-0.02, -0.01, 0.0, 0.01, 0.02)):
    """The same to every row, or a row each."""
    count = len(to)
    return Predictions(
        to,
        np.broadcast_to(np.asarray(mean, np.float64), count).copy(),
        np.broadcast_to(np.asarray(quantiles, np.float64), (count, 5)).copy(),
    )
