"""Walk-forward folds: one calendar cut for all tickers, blocks in order of time, purged by the horizon between them.

    train ──────────────────────┤ validation ┤ calibration ┤ test ┤
    train ────────────────────────────────────┤ validation ┤ calibration ┤ test ┤        and so on, `refit` later

Every cut counts from the first session, so that later sessions add folds at the end and move none. Purging as in
Lopez de Prado, Advances in Financial Machine Learning (2018), section 7.4: a pair belongs to a block only if its target
comes before the next block begins.
"""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np

from engine.core.bars import DateArray, as_date
from engine.core.evaluation.predictions import BoolArray, Cases
from engine.errors import BadRequest, TooShort

AT_MOST = 10
REFIT = 504


@dataclass(frozen=True, slots=True)
class Plan:
    """How a history is walked, all in sessions. Raises BadRequest for what cannot be.

    `train` is the length of the training block, None for all before (expanding): then the first one has `least_train`.
    A stretch after the last whole `refit` is a fold of its own from a quarter of it on.
    """

    refit: int = REFIT
    train: int | None = None
    folds: int = AT_MOST
    validation: int = 252
    calibration: int = 252
    least_train: int = 504
    horizon: int = 10

    def __post_init__(self) -> None:
        if not 1 <= self.folds <= AT_MOST:
            raise BadRequest(f"An evaluation has 1 to {AT_MOST} folds", received=str(self.folds))
        short = [name for name in ("validation", "calibration", "refit") if getattr(self, name) <= self.horizon]
        if short or (self.train or self.least_train) <= 2 * self.horizon:
            raise BadRequest(
                f"The blocks of a fold must be longer than the {self.horizon} sessions that are purged between them",
                received=", ".join(f"{name} {getattr(self, name)}" for name in short) or f"train {self.train}",
            )

    @property
    def before_test(self) -> int:
        """Sessions before the first test block."""
        return (self.train or self.least_train) + self.validation + self.calibration

    @property
    def least_test(self) -> int:
        """The shortest test block, enough for a target of the longest horizon."""
        return max(self.refit // 4, self.horizon + 1)


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of sessions: from `first` to before `end`."""

    first: np.datetime64
    end: np.datetime64

    def made(self, made_at: DateArray) -> BoolArray:
        """(N,) which forecasts are made in it."""
        return np.asarray((made_at >= self.first) & (made_at < self.end))

    def within(self, made_at: DateArray, target: DateArray) -> BoolArray:
        """(N,) which pairs lie in it whole, the target too: the others are purged."""
        return np.asarray((made_at >= self.first) & (target < self.end))


@dataclass(frozen=True, slots=True)
class Fold:
    """Four blocks, each beginning where the one before ends; `number` counts from 1."""

    number: int
    train: Block
    validation: Block
    calibration: Block
    test: Block

    @property
    def known_to(self) -> date:
        """The last day whose rows may be used before the test block begins."""
        return as_date(self.test.first - np.timedelta64(1, "D"))

    def before(self, of: Cases) -> Cases:
        """The pairs whose target comes before the test block: all that a model may have learnt from when it speaks."""
        return of.rows(Block(self.train.first, self.test.first).within(of.made_at, of.target))

    def training(self, of: Cases) -> Cases:
        """The pairs of the training block."""
        return of.rows(self.train.within(of.made_at, of.target))

    def validating(self, of: Cases) -> Cases:
        """The pairs of the validation block."""
        return of.rows(self.validation.within(of.made_at, of.target))

    def calibrating(self, of: Cases) -> Cases:
        """The pairs of the calibration block."""
        return of.rows(self.calibration.within(of.made_at, of.target))

    def tested(self, of: Cases) -> Cases:
        """The forecasts made in the test block; nothing is fitted on them, so none is purged."""
        return of.rows(self.test.made(of.made_at))


def folds(sessions: DateArray, plan: Plan) -> tuple[Fold, ...]:
    """The last `plan.folds` folds of a calendar (T,), sorted and unique. Raises TooShort, saying what is needed."""
    needed = plan.before_test + plan.least_test
    if len(sessions) < needed:
        raise TooShort(
            f"an evaluation needs {needed:,} sessions: {plan.before_test:,} before the first test block and "
            f"{plan.least_test:,} in it",
            received=f"{len(sessions):,} sessions",
            do="fetch more history, or choose a shorter --refit or --train",
        )
    starts = range(plan.before_test, len(sessions) - plan.least_test + 1, plan.refit)
    chosen = list(starts)[-plan.folds :]
    return tuple(_fold(number, sessions, start, plan) for number, start in enumerate(chosen, start=1))


def _fold(number: int, sessions: DateArray, start: int, plan: Plan) -> Fold:
    calibration = start - plan.calibration
    validation = calibration - plan.validation
    train = 0 if plan.train is None else max(validation - plan.train, 0)
    end = start + plan.refit
    after = sessions[end] if end < len(sessions) else sessions[-1] + np.timedelta64(1, "D")
    cuts = [*sessions[[train, validation, calibration, start]], after]
    blocks = [Block(first, end) for first, end in pairwise(cuts)]
    return Fold(number, *blocks)
