"""How widely a value spreads, as far as that is linear in what is known: one slope an input, learnt by pinball loss.

A heterogeneous autoregression of volatility (Corsi, J. Fin. Econometrics 7, 2009) in the manner of a quantile
regression (Koenker & Bassett, Econometrica 46, 1978) that may only stretch: q(tau | z) = q(tau) * exp(z . w), with
q(tau) the quantiles of all rows. One number a row is learnt, not one a quantile, and w is kept small.
"""

import numpy as np

from engine.core.bars import FloatArray
from engine.core.forecast import TAUS

SHRINKAGE = 0.05
"""Times half the squared length of w, in units of the loss."""

STEPS, RATE = 300, 0.02
STEPS_ON, RATE_ON = 100, 0.005
"""From other slopes on: they are near already."""

MOST_ROWS = 20_000
MEAN_DECAY, SQUARE_DECAY, EPSILON = 0.9, 0.999, 1e-8


def slopes(z: FloatArray, y: FloatArray, base: FloatArray, start: FloatArray | None = None) -> FloatArray:
    """(F, H) the slopes of standardised inputs (N, F) on targets (N, H) with quantiles base (H, 5) at TAUS.

    Targets that are NaN are left out. Of more than 20,000 rows so many are taken, evenly. Adam's steps (Kingma & Ba
    2015) from 0 on, each smaller than the one before; the loss is convex. From `start` (F, H), the slopes of some rows
    less, they are fewer and smaller.
    """
    steps, rate = (STEPS, RATE) if start is None else (STEPS_ON, RATE_ON)
    begun = np.zeros((z.shape[1], len(base))) if start is None else start
    every = max(len(z) // MOST_ROWS, 1)
    z, y = z[::every], y[::every]
    paces = rate * (1 - np.arange(1, steps + 1) / steps)
    return np.stack([_fitted(z, y[:, at], base[at], begun[:, at], paces) for at in range(len(base))], axis=1)


def stretched(z: FloatArray, w: FloatArray, base: FloatArray) -> FloatArray:
    """(N, H, 5) the quantiles at rows of inputs (N, F), within a factor of 3 of base (H, 5)."""
    return np.asarray(base * np.exp(np.clip(z @ w, -np.log(3.0), np.log(3.0)))[..., None])


def _fitted(z: FloatArray, y: FloatArray, base: FloatArray, start: FloatArray, paces: FloatArray) -> FloatArray:
    known = np.isfinite(y)
    z, y, taus = z[known], y[known, None], np.array(TAUS)
    w, mean, square = start.copy(), np.zeros(z.shape[1]), np.zeros(z.shape[1])
    for step, pace in enumerate(paces, 1):
        asked = base * np.exp(z @ w)[:, None]
        slope = ((y < asked) - taus) * asked
        gradient = z.T @ slope.mean(axis=1) / max(len(z), 1) + SHRINKAGE * w
        mean += (1 - MEAN_DECAY) * (gradient - mean)
        square += (1 - SQUARE_DECAY) * (gradient**2 - square)
        unbiased = pace * np.sqrt(1 - SQUARE_DECAY**step) / (1 - MEAN_DECAY**step)
        w -= unbiased * mean / (np.sqrt(square) + EPSILON)
    return w
