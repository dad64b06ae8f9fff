"""Whether the forecasts that were made have stopped to fit what came: a reason to train before the time.

Held against what came are the stored vintages, as they were made, never a model's second thoughts.
"""

import numpy as np

from engine.core.bars import FloatArray
from engine.core.champion import worse_p
from engine.core.evaluation.baselines import ewma
from engine.core.evaluation.diebold_mariano import by_session
from engine.core.evaluation.losses import covered, pinball
from engine.core.evaluation.metrics import skill
from engine.core.evaluation.predictions import Predictions

SESSIONS = 60
LEAST = 30
"""Sessions with forecasts below which nothing is said."""

NOMINAL = 0.9
COVERAGE_LEVEL = 0.01
SKILL_LEVEL = 0.05


def drift(told: Predictions) -> str | None:
    """What is wrong with the forecasts of the last 60 sessions, in words; None if nothing is.

    The rows are all of horizon 1, in any order, silent where no forecast was made; those before the last 60 forecast
    sessions are what the EWMA baseline comes from.
    """
    spoken = np.isfinite(told.quantiles).all(axis=1)
    sessions = np.unique(told.cases.target[spoken])[-SESSIONS:]
    if len(sessions) < LEAST:
        return None
    recent = told.rows(spoken & (told.cases.target >= sessions[0]))
    before = told.cases.rows(told.cases.target <= recent.cases.made_at.min())
    return _coverage(recent, len(sessions)) or _skill(recent, ewma(before, recent.cases), len(sessions))


def _coverage(recent: Predictions, sessions: int) -> str | None:
    """The share of returns within the 90 % band, outside its two-sided binomial interval at the level 0.01."""
    hits = covered(recent)
    share, worth = float(hits.mean()), trials(hits, recent.cases.made_at)
    if not outside(round(share * worth), worth):
        return None
    return f"coverage {100 * share:.0f} % of {100 * NOMINAL:.0f} over {sessions} sessions"


def _skill(recent: Predictions, baseline: Predictions, sessions: int) -> str | None:
    """Pinball loss above that of EWMA quantiles, one-sided at the level 0.05."""
    own, other = pinball(recent), pinball(baseline)
    both = np.isfinite(own) & np.isfinite(other)
    difference = by_session((own - other)[both], recent.cases.made_at[both])
    if len(difference) < LEAST or worse_p(difference) >= SKILL_LEVEL:
        return None
    worse = -100 * skill(own, other, recent.cases.made_at)
    return f"loss {worse:.1f} % above that of EWMA quantiles over {sessions} sessions"


def trials(hits: FloatArray, made_at: np.ndarray[tuple[int], np.dtype[np.datetime64]]) -> int:
    """How many independent trials the hits (N,), 0 or 1, are worth: N over the design effect of their sessions.

    Tickers of one session move together; the effect is the variance of the share between sessions over that of
    independent rows, at least 1 (Kish, Survey Sampling, 1965, section 8.2).
    """
    count, share = len(hits), float(hits.mean())
    if not 0 < share < 1:
        return len(np.unique(made_at))
    _, place = np.unique(made_at, return_inverse=True)
    between = float((np.bincount(place, weights=hits - share) ** 2).sum()) / count**2
    return max(round(count / max(between / (share * (1 - share) / count), 1.0)), 1)


def outside(hits: int, count: int, nominal: float = NOMINAL, level: float = COVERAGE_LEVEL) -> bool:
    """Whether so many hits of so many lie outside the two-sided binomial interval of the nominal share."""
    from scipy.special import bdtr  # noqa: PLC0415 - a look at the past alone needs it

    few = float(bdtr(hits, count, nominal))
    many = 1.0 - float(bdtr(hits - 1, count, nominal)) if hits > 0 else 1.0
    return min(few, many) < level / 2
