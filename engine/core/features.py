"""What the detectors read: one aligned set of series a ticker, each value from rows up to its own session."""

from dataclasses import dataclass, replace

import numpy as np

from engine.core.bars import DateArray, FloatArray, History, as_date, log_returns, split_factor
from engine.core.forecast import TAUS, Outlook
from engine.core.momentum import momentum, momentum_z
from engine.core.volatility import daily_variance, ewma_sigma, ratio, short_and_long


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """Series of one ticker, all (T,) and aligned with `sessions`; NaN where there are too few rows before.

    `close` is split-adjusted as of the last session; `sigma` is EWMA volatility a day; `momentum` is a log return over
    10 sessions and `momentum_z` the same in sigmas; `volatility_5` is realised volatility a day over 5 sessions,
    `volatility_60` over the 60 before those. `mean` and `quantiles` (T, 5) are the forecast made at each row for the
    next session, as log returns; NaN where there is none. `ahead` (T, H, 5) are the quantiles for each of `horizons`,
    in sessions, of which the first is the next.
    """

    symbol: str
    sessions: DateArray
    close: FloatArray
    returns: FloatArray
    sigma: FloatArray
    momentum: FloatArray
    momentum_z: FloatArray
    volatility_5: FloatArray
    volatility_60: FloatArray
    volatility_ratio: FloatArray
    mean: FloatArray
    quantiles: FloatArray
    ahead: FloatArray
    horizons: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.sessions)

    def rows(self, start: int, end: int) -> "Features":
        """Rows from `start` to before `end`, as views: nothing is computed again."""
        cut = {name: getattr(self, name)[start:end] for name in self.__slots__ if name not in ("symbol", "horizons")}
        return replace(self, **cut)


def features(history: History, outlook: Outlook | None = None) -> Features:
    """The features of a history, with the forecast for the next session where there is a model."""
    returns = log_returns(history)
    sigma = ewma_sigma(returns)
    short, long = short_and_long(daily_variance(history, returns))
    if outlook is None:
        blank = np.full(len(history), np.nan)
        outlook = Outlook((1,), blank, np.full((len(history), 1, len(TAUS)), np.nan))
    return Features(
        symbol=history.symbol,
        sessions=history.sessions,
        close=history.close * split_factor(history, as_date(history.sessions[-1])) if len(history) else history.close,
        returns=returns,
        sigma=sigma,
        momentum=momentum(returns),
        momentum_z=momentum_z(returns, sigma),
        volatility_5=short,
        volatility_60=long,
        volatility_ratio=ratio(short, long),
        mean=outlook.mean,
        quantiles=outlook.quantiles[:, outlook.horizons.index(1)],
        ahead=outlook.quantiles,
        horizons=outlook.horizons,
    )
