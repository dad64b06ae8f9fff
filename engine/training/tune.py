"""Tuning: settings are tried one after another, all on the same training and validation rows; Optuna proposes them.

A study can be ended at any time, and goes on where it stood: a proposal depends on the seed and the trials that have
ended before it, so that an interrupted study comes to what an uninterrupted one would have come to.
"""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

import optuna

from engine.core.fitting import Epoch, FitJob, Fitted
from engine.core.tuning import Found, Study, Trial, TrialState, value
from engine.errors import TrainingError
from engine.training.records import opened

Train: TypeAlias = Callable[[FitJob, Callable[[Epoch], None]], Fitted]
Tell: TypeAlias = Callable[[str | Epoch | Trial], None]


def tune(job: FitJob, study: Study, train: Train, tell: Tell) -> Found:
    """Carry a study towards its number of trials; each that begins or ends, and its epochs, go to `tell`.

    At the rows of `job` windows of the longest in the space end. Raises TrainingError if the study's file cannot be
    used, or if no trial came to a number.
    """
    with opened(study) as records:
        before = len(records.tried)
        if before:
            tell(f"{before} trials are on record")
        for number in range(before + 1, min(study.trials, before + study.at_once) + 1):
            trial, hyper = records.propose(number)
            tell(Trial(number, study.trials, "begun", None, records.best, hyper))
            state, reached = _tried(replace(job, hyper=hyper), trial, train, tell)
            records.end(trial, reached if state == "done" else None)
            tell(Trial(number, study.trials, state, reached, records.best, hyper))
        return records.found()


def _tried(job: FitJob, trial: optuna.Trial, train: Train, tell: Tell) -> tuple[TrialState, float | None]:
    """How a trial ended, and the value that it had reached."""
    history: list[Epoch] = []

    def reached() -> float | None:
        known = value(history, job.hyper.patience) if history else math.nan
        return known if math.isfinite(known) else None

    def passed(epoch: Epoch) -> None:
        history.append(epoch)
        tell(epoch)
        if (now := reached()) is not None:
            trial.report(now, epoch.epoch)
            if trial.should_prune():
                raise optuna.TrialPruned

    try:
        train(job, passed)
    except optuna.TrialPruned:
        return "pruned", reached()
    except TrainingError:  # these settings cannot be trained, which says enough of them
        return "diverged", None
    return ("diverged", None) if reached() is None else ("done", reached())
