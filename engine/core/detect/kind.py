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
    session's bar can be scored before its close. `weight` is its part of the budget, against those of the other kinds,
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
    weight: float = 1.0


def percent(log_return: float) -> float:
    """A log return in per cent."""
    return float(100 * np.expm1(log_return))


def signed(value: float, decimals: int = 1) -> str:
    """A number with its sign, a real minus among them."""
    return f"{value:+.{decimals}f}".replace("-", "−")
