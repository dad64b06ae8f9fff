"""What a kind of alarm is: a score, the direction it points in, and the words for it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from engine.core.bars import FloatArray
from engine.core.features import Features

Evidence: TypeAlias = dict[str, float | str]
Direction: TypeAlias = Literal["up", "down", "none"]
Rule: TypeAlias = Literal["onward", "rough"]
"""How an alarm turns out to have been right: core/grading.py."""

ORDINARY = float("-inf")
"""The score of a session that cannot be an anomaly of this kind, but was looked at."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of alarm.

    `score` gives (T,) scores, higher is rarer, each from rows up to its own session and at most `windows.reach` before
    it: NaN where it cannot be said, ORDINARY where there is nothing to say. It takes tickers side by side, (T, N), too.
    `evidence` gives the inputs of one row by name, `words` a sentence of that evidence, `grade` names the rule by which
    an alarm is a hit or a miss later. `leans` says that it is worth no more than the model's forecast, `forming` that a
    session's bar can be scored before its close, `own` that it is the ticker's move beside its list that is scored
    (engine.core.index). `weight` is its part of the budget, against those of the other kinds,
    unless somebody says otherwise.
    """

    name: str
    score: Callable[[Features], FloatArray]
    direction: Callable[[Features, int], Direction]
    evidence: Callable[[Features, int], Evidence]
    words: Callable[[Evidence], str]
    grade: Rule
    leans: bool = False
    forming: bool = True
    own: bool = False
    weight: float = 1.0


def percent(log_return: float) -> float:
    """A log return in per cent."""
    return float(100 * np.expm1(log_return))


def signed(value: float, decimals: int = 1) -> str:
    """A number with its sign, a real minus among them."""
    return f"{value:+.{decimals}f}".replace("-", "−")


def beside_list(features: Features, row: int, sessions: int) -> Evidence:
    """What a ticker did over the sessions up to a row, in per cent: beside its list, and what of it is the list's.

    With the beta of the row; empty where the list did nothing that is known on it.
    """
    if not np.isfinite(features.index[row]):
        return {}
    part = features.rows(max(row + 1 - sessions, 0), row + 1)
    own = np.nansum(part.own)
    listed = np.nansum(part.returns) - own
    return {"own_pct": percent(own), "list_part_pct": percent(listed), "beta": float(features.beta[row])}
