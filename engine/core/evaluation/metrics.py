"""What a forecaster is worth on rows it has not seen, as one row of figures.

Errors of the mean are in log returns, so that tickers and currencies can be pooled: `mae` in per cent, `mse` in per
cent squared (log returns squared, in units of 1e-4). Losses, skill and its test all weigh by session: the mean over a
session's rows first, then over sessions, so that figures of a ragged list cannot contradict their p-value. R2 of
price levels is never among them: that of persistence alone is 0.99.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import nan, sqrt

import numpy as np

from engine.core.bars import DateArray, FloatArray
from engine.core.evaluation import losses
from engine.core.evaluation.diebold_mariano import by_session, compare
from engine.core.evaluation.predictions import Predictions

PERSISTENCE, DRIFT, EWMA, GARCH, RIDGE = "persistence", "drift", "ewma", "garch", "ridge"


@dataclass(frozen=True, slots=True)
class Metrics:
    """Figures of one forecaster on the `rows` of one horizon that it has forecast; NaN where it gives no such forecast.

    Skill is 1 - loss / loss of the baseline, over the rows that both have: MSE against persistence, pinball against
    EWMA quantiles and GARCH-t; `..._p` are two-sided Diebold-Mariano p-values of the differences. `pinball` is in EWMA
    sigmas, `mase` in mean absolute returns of the training rows, `width90` in per cent of log return. `after_shock`
    means: made in the 20 sessions after a shock. `direction` is the share of rows whose sign was right, with a 95 %
    interval.
    """

    rows: int
    mse: float
    mae: float
    mase: float
    skill_mse: float
    dm_p: float
    pinball: float
    pinball_skill_ewma: float
    pinball_p_ewma: float
    pinball_skill_garch: float
    pinball_p_garch: float
    coverage90: float
    coverage90_after_shock: float
    width90: float
    width90_after_shock: float
    direction: float
    direction_low: float
    direction_high: float


def metrics(of: Predictions, baselines: Mapping[str, Predictions], horizon: int) -> Metrics:
    """The figures of a forecaster's rows, all of one horizon; the baselines answer the same rows, in their order."""
    made_at = of.cases.made_at
    shock = of.cases.shocked
    skill_mse, dm_p = _against(of, baselines.get(PERSISTENCE), losses.squared, horizon)
    skill_ewma, p_ewma = _against(of, baselines.get(EWMA), losses.pinball, horizon)
    skill_garch, p_garch = _against(of, baselines.get(GARCH), losses.pinball, horizon)
    covered, width, hits = losses.covered(of), losses.width(of), losses.directed(of)
    low, high = clustered_interval(hits, _stretch(made_at, horizon))
    return Metrics(
        rows=int(of.spoken.sum()),
        mse=mean_loss(losses.squared(of), made_at),
        mae=mean_loss(losses.absolute(of), made_at),
        mase=mean_loss(losses.scaled(of), made_at),
        skill_mse=skill_mse,
        dm_p=dm_p,
        pinball=mean_loss(losses.pinball(of), made_at),
        pinball_skill_ewma=skill_ewma,
        pinball_p_ewma=p_ewma,
        pinball_skill_garch=skill_garch,
        pinball_p_garch=p_garch,
        coverage90=mean(covered),
        coverage90_after_shock=mean(covered[shock]),
        width90=mean(width),
        width90_after_shock=mean(width[shock]),
        direction=mean(hits),
        direction_low=low,
        direction_high=high,
    )


def mean(values: FloatArray) -> float:
    """The mean of what is not NaN; NaN of nothing."""
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else nan


def mean_loss(loss: FloatArray, made_at: DateArray) -> float:
    """The mean over sessions of the mean of each session's rows (N,), NaN left out; NaN of nothing."""
    known = np.isfinite(loss)
    return mean(by_session(loss[known], made_at[known]))


def skill(loss: FloatArray, baseline: FloatArray, made_at: DateArray) -> float:
    """1 - mean loss / that of the baseline, both (N,) and over the rows that both have; NaN where the latter is 0.

    The means are those of `mean_loss`: above 0 exactly where the difference of `compare` is below it.
    """
    both = np.isfinite(loss) & np.isfinite(baseline)
    reference = mean_loss(baseline[both], made_at[both])
    return 1.0 - mean_loss(loss[both], made_at[both]) / reference if reference > 0 else nan


def wilson(share: float, count: float, z: float = 1.959964) -> tuple[float, float]:
    """The interval of a share among `count` independent trials, 95 % by default (Wilson, JASA 22, 1927).

    >>> [round(end, 4) for end in wilson(0.5, 100)]
    [0.4038, 0.5962]
    """
    if not count > 0:
        return nan, nan
    middle = (share + z**2 / (2 * count)) / (1 + z**2 / count)
    reach = z / (1 + z**2 / count) * sqrt(share * (1 - share) / count + z**2 / (4 * count**2))
    return middle - reach, middle + reach


def clustered_interval(hits: FloatArray, cluster: FloatArray) -> tuple[float, float]:
    """Wilson's interval of the share of hits (N,), 0 or 1, NaN left out, for as many trials as the rows are worth.

    Rows of one cluster (N,) are dependent: the count is divided by the design effect, the variance of the share between
    clusters over that of independent rows, at least 1 (Kish, Survey Sampling, 1965, section 8.2).
    """
    known = np.isfinite(hits)
    count, share = int(known.sum()), mean(hits)
    if not count or not 0 < share < 1:
        return wilson(share, len(np.unique(cluster[known])))
    _, place = np.unique(cluster[known], return_inverse=True)
    between = float((np.bincount(place, weights=hits[known] - share) ** 2).sum()) / count**2
    return wilson(share, count / max(between / (share * (1 - share) / count), 1.0))


def _stretch(made_at: DateArray, horizon: int) -> FloatArray:
    """(N,) the number of the stretch of `horizon` sessions that a row is made in: their targets overlap."""
    return np.asarray(np.unique(made_at, return_inverse=True)[1] // horizon, np.float64)


def _against(of: Predictions, baseline: Predictions | None, loss: losses.Loss, horizon: int) -> tuple[float, float]:
    """Skill and p-value of a loss against a baseline's."""
    if baseline is None:
        return nan, nan
    own, other = loss(of), loss(baseline)
    return skill(own, other, of.cases.made_at), compare(own, other, of.cases.made_at, horizon).p
