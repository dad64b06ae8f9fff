"""The gate between a new model, the challenger, and those in charge of its symbols, the champions.

Draft is held against draft, each before its final fit on all rows, on the newest sessions: those which neither has
seen, of all the symbols they share. The loss is the pinball loss over TAUS for the next session, in EWMA sigmas.

The challenger is worse only if its mean loss is higher by more than 0.3 %, half the skill that can be expected, and a
one-sided paired test over sessions says so at the level 0.1 (Diebold & Mariano, JBES 13, 1995, with a HAC variance). By
the mean alone a challenger that is as good would lose every second time, and the champion grow old; with the test it
loses one time in ten, while one that is clearly worse is kept out. By the test alone two models that say much the same
would be told apart by what does not matter. What passes is small, and is compared again the next time.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.core.bars import FloatArray
from engine.core.evaluation.diebold_mariano import by_session, hac_lag, long_run_variance
from engine.core.evaluation.losses import pinball
from engine.core.evaluation.metrics import mean_loss
from engine.core.evaluation.predictions import BoolArray, Predictions
from engine.core.presets import GATE_SESSIONS

LEVEL = 0.1
MARGIN = 0.003

ENOUGH = 20
"""Sessions in common below which the verdict says how few there were."""

LEAST = 5
"""Sessions in common below which nothing can be said, and the challenger, which has seen later rows, goes live."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the challenger goes live, and why, in words."""

    accepted: bool
    words: str


def verdict(challenger: Predictions, champion: Predictions, named: str) -> Verdict:
    """The verdict on what both said to the same cases; `named` is who is in charge, in words.

    The gate's sessions are the last 40 that the cases forecast. A row counts where both have spoken.
    """
    rows = _gate_rows(challenger)
    own, other = pinball(challenger)[rows], pinball(champion)[rows]
    both = np.isfinite(own) & np.isfinite(other)
    if np.isfinite(other).any() and not both.any():
        return Verdict(False, f"it gives no forecast for the last {GATE_SESSIONS} sessions; {named} stays in charge")
    own, other, made_at = own[both], other[both], challenger.cases.made_at[rows][both]
    difference, usual = by_session(own - other, made_at), mean_loss(other, made_at)
    if len(difference) < LEAST:
        return Verdict(True, f"{_on(len(difference))} {named} has not seen: too few to compare")
    p = worse_p(difference)
    figures = f"pinball {mean_loss(own, made_at):.4f} against {usual:.4f}"
    if difference.mean() > MARGIN * usual and p < LEVEL:
        return Verdict(False, f"worse than {named} on {_on(len(difference))}: {figures}, p {p:.3f}")
    return Verdict(True, f"not worse than {named} on {_on(len(difference))}: {figures}")


def worse_p(difference: FloatArray) -> float:
    """The one-sided p-value of a mean loss difference (S,) above 0; small where the first forecaster is worse.

    Student's t with S - 1 degrees of freedom on the mean over its HAC deviation, corrected as Harvey, Leybourne &
    Newbold do for one session ahead. 1 where the difference is not above 0; 0 where it is the same on every session.
    """
    count, mean = len(difference), float(difference.mean())
    if not mean > 0:
        return 1.0
    variance = long_run_variance(difference, hac_lag(count, 1))
    if not variance > np.finfo(np.float64).eps * mean**2:
        return 0.0
    from scipy.special import stdtr  # noqa: PLC0415 - a comparison alone needs it

    statistic = mean / np.sqrt(variance / count) * np.sqrt((count - 1) / count)
    return float(stdtr(count - 1, -statistic))


def names(numbers: Sequence[int]) -> str:
    """Who is in charge, in words: "model #4", "models #4, #7"."""
    listed = ", ".join(f"#{number}" for number in sorted(numbers))
    return f"model {listed}" if len(numbers) == 1 else f"models {listed}"


def _gate_rows(of: Predictions) -> BoolArray:
    ahead = np.unique(of.cases.target)[-GATE_SESSIONS:]
    return np.isin(of.cases.target, ahead)


def _on(sessions: int) -> str:
    if sessions >= ENOUGH:
        return f"the last {sessions} sessions"
    return f"only {sessions} of the last {GATE_SESSIONS} sessions, those which neither has seen,"
