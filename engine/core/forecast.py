"""A forecast as quantiles of a log return, and how a network's output is read as one."""

from dataclasses import dataclass, field
from datetime import date

import numpy as np

from engine.core.bars import FloatArray

TAUS = (0.05, 0.25, 0.5, 0.75, 0.95)

MEDIAN = TAUS.index(0.5)


@dataclass(frozen=True, slots=True, eq=False)
class Outlook:
    """What a model says at each row of one ticker, as log returns from that row's close.

    `mean` (T,) is for one session ahead, `quantiles` (T, H, 5) at TAUS for each of `horizons`, in sessions. NaN where
    there is no forecast: too few rows before, or rows that the weights have seen the outcome of. `shares` (A, H, 5) are
    what may lie beyond each quantile by what was known at each of the last A rows (engine.core.conformal), from which
    later rows go on; none where the levels follow nothing.
    """

    horizons: tuple[int, ...]
    mean: FloatArray
    quantiles: FloatArray
    shares: FloatArray = field(default_factory=lambda: np.empty((0, 1, len(TAUS))))

    def __post_init__(self) -> None:
        if self.quantiles.shape != (len(self.mean), len(self.horizons), len(TAUS)):
            raise ValueError(f"quantiles {self.quantiles.shape} of {len(self.mean)} rows, horizons {self.horizons}")


def heads(horizons: int) -> int:
    """How many values a network puts out under the loss "quantiles": the quantiles a horizon, and the mean of one."""
    return horizons * len(TAUS) + 1


def split_heads(output: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The output (..., heads(H)) as quantiles (..., H, 5), in rising order, and the mean (...) for one session ahead.

    Quantiles that cross are put in order (Chernozhukov, Fernandez-Val and Galichon, Econometrica 78, 2010).
    """
    quantiles = output[..., :-1].reshape(*output.shape[:-1], -1, len(TAUS))
    return np.sort(quantiles, axis=-1), output[..., -1]


@dataclass(frozen=True, slots=True)
class Vintage:
    """One forecast as it was made: after the close of `made_at`, for `target_date`, `horizon` sessions ahead.

    `mean` and `quantiles` (at TAUS) are log returns from the close of `made_at`: no later split can change them. A mean
    is forecast for one session ahead; further on the median stands in its place.
    """

    model: int
    symbol: str
    made_at: date
    target_date: date
    horizon: int
    mean: float
    quantiles: tuple[float, ...]
