"""Whether one forecaster's loss is smaller than another's, or it is luck (Diebold & Mariano, JBES 13, 1995).

Tickers of one day move together, so that losses of a panel are averaged over its tickers first: one value a session.
"""

from dataclasses import dataclass

import numpy as np

from engine.core.bars import DateArray, FloatArray

LEAST = 30
"""Sessions below which nothing is said."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """`difference` is the mean loss of the first less that of the second, below 0 where the first is better.

    `statistic` is the corrected Diebold-Mariano statistic, `p` its two-sided p-value, `sessions` and `lag` what they
    come from. All NaN with fewer than 30 sessions, or where the losses differ by the same amount on every session.
    """

    difference: float
    statistic: float
    p: float
    sessions: int
    lag: int


def compare(first: FloatArray, second: FloatArray, made_at: DateArray, horizon: int) -> Comparison:
    """Two forecasters' losses on the same rows (N,); rows where one has none are left out. `horizon` in sessions."""
    both = np.isfinite(first) & np.isfinite(second)
    return diebold_mariano(by_session(first[both] - second[both], made_at[both]), horizon)


def by_session(values: FloatArray, made_at: DateArray) -> FloatArray:
    """(S,) the mean over the rows of each session, oldest first; a session is one value however many rows it has."""
    _, place, rows = np.unique(made_at, return_inverse=True, return_counts=True)
    return np.asarray(np.bincount(place, weights=values, minlength=len(rows)) / rows)


def diebold_mariano(difference: FloatArray, horizon: int) -> Comparison:
    """The test on a series of loss differences (S,), oldest first.

    The variance is HAC (`long_run_variance` at lag `hac_lag`). Corrected for small samples and the horizon as Harvey,
    Leybourne & Newbold, International Journal of Forecasting 13 (1997), equations 8 and 9: times
    sqrt((S + 1 - 2h + h(h - 1)/S) / S), held against Student's t with S - 1 degrees of freedom.
    """
    count, lag = len(difference), hac_lag(len(difference), horizon)
    mean = float(difference.mean()) if count else np.nan
    variance = long_run_variance(difference, lag) if count >= LEAST else 0.0
    # a constant difference leaves only the rounding of its own mean
    if not variance > np.finfo(np.float64).eps * mean**2:
        return Comparison(mean, np.nan, np.nan, count, lag)
    correction = (count + 1 - 2 * horizon + horizon * (horizon - 1) / count) / count
    statistic = mean / np.sqrt(variance / count) * np.sqrt(correction)
    return Comparison(mean, float(statistic), _two_sided(float(statistic), count - 1), count, lag)


def hac_lag(count: int, horizon: int) -> int:
    """The lag up to which autocovariances are counted: max(floor(4 (S / 100)^(2/9)), 3 (h - 1)), at most S / 4.

    The first is the rule of thumb of Newey & West, Review of Economic Studies 61 (1994). Forecasts h sessions ahead
    overlap, so that their errors are dependent up to h - 1; Bartlett's weights would count these for half at a lag of
    h - 1, and for most at three times that.
    """
    return min(max(int(4 * (count / 100) ** (2 / 9)), 3 * (horizon - 1)), count // 4)


def long_run_variance(values: FloatArray, lag: int) -> float:
    """Variance of sqrt(S) times the mean of a series (S,), with Bartlett's weights: never below 0.

    g(0) + 2 sum (1 - k / (lag + 1)) g(k), k = 1 ... lag (Newey & West, Econometrica 55, 1987).
    """
    centred = values - values.mean()
    covariances = [float(centred[k:] @ centred[: len(centred) - k]) / len(centred) for k in range(lag + 1)]
    weights = 1.0 - np.arange(1, lag + 1) / (lag + 1)
    return covariances[0] + 2.0 * float(weights @ np.array(covariances[1:]))


def _two_sided(statistic: float, degrees: int) -> float:
    from scipy.special import stdtr  # noqa: PLC0415 - an evaluation alone needs it

    return float(2.0 * stdtr(degrees, -abs(statistic)))
