"""A forecast as quantiles of a log return, and how quantiles come from the errors a model has made before."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from engine.core.bars import FloatArray

TAUS = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, slots=True)
class Vintage:
    """One forecast as it was made: after the close of `made_at`, for `target_date`, `horizon` sessions ahead.

    `mean` and `quantiles` (at TAUS) are log returns from the close of `made_at`: no later split can change them.
    """

    model: int
    symbol: str
    made_at: date
    target_date: date
    horizon: int
    mean: float
    quantiles: tuple[float, ...]


def band_offsets(returns: FloatArray, mean: FloatArray, sigma: FloatArray) -> FloatArray:
    """(5,) quantiles of the model's past errors in sigmas, at TAUS.

    All three are (N,): the return that came, the mean that was forecast, and the EWMA sigma when it was. The plotting
    position is (n + 1) tau, which makes the band's coverage hold for the next error too if errors are exchangeable
    (Vovk, Gammerman, Shafer, Algorithmic Learning in a Random World, 2005). Rows with a NaN are left out.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        errors = (returns - mean) / sigma
    errors = errors[np.isfinite(errors)]
    if not len(errors):
        return np.full(len(TAUS), np.nan)
    return np.quantile(errors, TAUS, method="weibull")


def band(mean: FloatArray, sigma: FloatArray, offsets: FloatArray) -> FloatArray:
    """(N, 5) quantiles of the log return: mean + sigma * offset, from mean and sigma (N,) and offsets (5,)."""
    return np.asarray(mean[:, None] + sigma[:, None] * offsets[None, :])
