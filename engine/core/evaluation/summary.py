"""All figures of one evaluation: pooled, by horizon, by symbol, by fold, of the baselines, and the gate's word."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from engine.core.bars import as_date
from engine.core.evaluation import losses
from engine.core.evaluation.folds import Fold
from engine.core.evaluation.metrics import EWMA, Metrics, mean, metrics, skill
from engine.core.evaluation.predictions import BoolArray, Predictions, chosen
from engine.core.models import Word
from engine.errors import DataError

LEVEL = 0.05
"""How often a forecaster without skill may pass the gate, at most."""


@dataclass(frozen=True, slots=True)
class FoldResult:
    """One fold, how many forecasts of horizon 1 it has, and their pinball skill against EWMA."""

    fold: Fold
    rows: int
    pinball_skill_ewma: float


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """What `preset` was worth on sessions from `start` (the first forecast made) to `end` (the last target).

    `horizons` holds all symbols pooled, `per_symbol` horizon 1 of each; `baselines` by name, then horizon. `prices` are
    each symbol's squared and absolute error at horizon 1 in prices, which cannot be pooled.
    """

    preset: str
    symbols: tuple[str, ...]
    start: date
    end: date
    folds: tuple[FoldResult, ...]
    horizons: Mapping[int, Metrics]
    baselines: Mapping[str, Mapping[int, Metrics]]
    per_symbol: Mapping[str, Metrics]
    prices: Mapping[str, tuple[float, float]]
    word: Word

    @property
    def pooled(self) -> Metrics:
        """All symbols at horizon 1."""
        return self.horizons[1]


def summary(preset: str, said: Predictions, baselines: Mapping[str, Predictions], folds: Sequence[Fold]) -> Evaluation:
    """The figures of what a preset said; the baselines answer the same rows. Raises DataError if it said nothing.

    At a horizon that the preset forecasts, baselines are held against the rows that it has forecast.
    """
    spoken, horizon = said.spoken, said.cases.horizon
    if not (spoken & (horizon == 1)).any():
        raise DataError(f"{preset} has made no forecast in any test block", do="choose a longer history")
    kept = spoken | ~np.isin(horizon, np.unique(horizon[spoken]))
    every = {**baselines, preset: said}
    horizons = _by_horizon(every, kept)
    next_session = chosen(every, kept & (horizon == 1))
    own, cases = horizons.pop(preset), next_session[preset].cases
    return Evaluation(
        preset=preset,
        symbols=tuple(cases.symbols[place] for place in np.unique(cases.symbol)),
        start=as_date(said.cases.made_at[kept].min()),
        end=as_date(said.cases.target[kept].max()),
        folds=tuple(_fold(fold, next_session[preset], next_session[EWMA]) for fold in folds),
        horizons=own,
        baselines=horizons,
        per_symbol=_by_symbol(preset, next_session),
        prices=_in_prices(next_session[preset]),
        word=gate(own[1]),
    )


def gate(pooled: Metrics, level: float = LEVEL) -> Word:
    """The word: "passed" where pinball loss or squared error is significantly below the baseline's, else "no skill".

    Two looks share the level (Bonferroni): one of the two-sided p-values must be below half of it, its skill above 0.
    """
    looks = ((pooled.pinball_skill_ewma, pooled.pinball_p_ewma), (pooled.skill_mse, pooled.dm_p))
    return "passed" if any(skill > 0 and p < level / len(looks) for skill, p in looks) else "no skill"


def _by_horizon(every: Mapping[str, Predictions], kept: BoolArray) -> dict[str, dict[int, Metrics]]:
    """By name, then horizon."""
    asked = next(iter(every.values())).cases.horizon
    found: dict[str, dict[int, Metrics]] = {name: {} for name in every}
    for horizon in np.unique(asked).tolist():
        own = chosen(every, kept & (asked == horizon))
        for name, each in own.items():
            found[name][horizon] = metrics(each, own, horizon)
    return found


def _by_symbol(preset: str, next_session: Mapping[str, Predictions]) -> dict[str, Metrics]:
    cases, found = next_session[preset].cases, {}
    for place in np.unique(cases.symbol).tolist():
        own = chosen(next_session, cases.symbol == place)
        found[cases.symbols[place]] = metrics(own[preset], own, 1)
    return found


def _in_prices(of: Predictions) -> dict[str, tuple[float, float]]:
    errors, found = losses.in_prices(of), {}
    for place in np.unique(of.cases.symbol).tolist():
        own = errors[of.cases.symbol == place]
        found[of.cases.symbols[place]] = mean(own**2), mean(np.abs(own))
    return found


def _fold(fold: Fold, said: Predictions, reference: Predictions) -> FoldResult:
    rows = fold.test.made(said.cases.made_at)
    own, other = losses.pinball(said)[rows], losses.pinball(reference)[rows]
    return FoldResult(fold, int(rows.sum()), skill(own, other, said.cases.made_at[rows]))
