"""The trials of a study on record: an SQLite file of Optuna's own, which one process has at a time."""

import contextlib
import fcntl
import math
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import optuna
from optuna.trial import FrozenTrial, TrialState
from sqlalchemy.exc import SQLAlchemyError

from engine.core.fitting import Hyper
from engine.core.tuning import Found, Study
from engine.errors import TrainingError

RANDOM_TRIALS = 10
"""Trials that are drawn evenly from the space before the next ones lean on their values."""

UNPRUNED_TRIALS, UNPRUNED_EPOCHS = 5, 2
"""No trial is given up before so many have ended, nor within so many of its epochs."""

BUSY_SECONDS = 10.0
"""How long another one's transaction is waited for."""


@contextlib.contextmanager
def opened(study: Study) -> Iterator["Records"]:
    """The study as it stands, for this process alone.

    Trials that were under way when their process ended are failed, and do not count. Raises TrainingError if another
    process has the file, or if it cannot be used.
    """
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    path = Path(study.storage)
    with _held(path), _usable(path):
        storage = optuna.storages.RDBStorage(
            f"sqlite:///{path}", engine_kwargs={"connect_args": {"timeout": BUSY_SECONDS}}
        )
        try:
            yield Records(_stood_up(storage, study), study)
        finally:
            storage.engine.dispose()


class Records:
    """What was tried so far, and what is to be tried next."""

    def __init__(self, kept: optuna.Study, study: Study) -> None:
        self._kept = kept
        self._study = study

    @property
    def tried(self) -> list[FrozenTrial]:
        """The trials that have come to an end, oldest first."""
        return self._kept.get_trials(deepcopy=False, states=(TrialState.COMPLETE, TrialState.PRUNED))

    @property
    def best(self) -> float | None:
        """The lowest value so far."""
        winner = self._winner()
        return None if winner is None else winner.value

    def propose(self, number: int) -> tuple[optuna.Trial, Hyper]:
        """The trial of that number: the present settings first, then what is drawn under a seed of the number's own."""
        space, present = self._study.space, self._study.hyper
        if number == 1 and not self._kept.get_trials(states=(TrialState.WAITING,)):
            self._kept.enqueue_trial(space.chosen(present))
        seed = int(np.random.SeedSequence([present.seed, number]).generate_state(1)[0])
        self._kept.sampler = optuna.samplers.TPESampler(seed=seed, n_startup_trials=RANDOM_TRIALS)
        trial = self._kept.ask()
        chosen: dict[str, Any] = {
            name: trial.suggest_categorical(name, values) for name, values in space.choices.items()
        }
        chosen["learning_rate"] = trial.suggest_float("learning_rate", *space.learning_rate, log=True)
        return trial, space.settings(present, chosen)

    def end(self, trial: optuna.Trial, reached: float | None) -> None:
        """Record that a trial has ended, with its value or, if it was given up, without one."""
        state = TrialState.PRUNED if reached is None else TrialState.COMPLETE
        self._kept.tell(trial, reached, state=state)

    def found(self) -> Found:
        """What the study has come to. Raises TrainingError if no trial came to a number."""
        winner, tried = self._winner(), self.tried
        if winner is None or winner.value is None:
            raise TrainingError(
                f"None of {len(tried)} trials came to a number", do="Look at the scale of the inputs, or begin anew"
            )
        first = tried[0]
        return Found(
            hyper=self._study.space.settings(self._study.hyper, winner.params),
            value=winner.value,
            value_before=math.nan if first.state is TrialState.PRUNED or first.value is None else first.value,
            trials=len(tried),
        )

    def _winner(self) -> FrozenTrial | None:
        ended = self._kept.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
        return min(ended, key=lambda trial: (trial.value, trial.number)) if ended else None


def _stood_up(storage: optuna.storages.RDBStorage, study: Study) -> optuna.Study:
    if study.reset:
        with contextlib.suppress(KeyError):
            optuna.delete_study(study_name=study.name, storage=storage)
    pruner = optuna.pruners.MedianPruner(UNPRUNED_TRIALS, UNPRUNED_EPOCHS)
    kept = optuna.create_study(storage=storage, study_name=study.name, pruner=pruner, load_if_exists=True)
    for stale in kept.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
        kept.tell(stale.number, state=TrialState.FAIL)
    return kept


@contextlib.contextmanager
def _held(path: Path) -> Iterator[None]:
    """Have the file until this process ends at the latest."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(f"{path.name}.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            raise TrainingError(
                f"The trials in {path} are in use by process {lock.read().strip() or 'unknown'}",
                do="Wait until it has ended, or cancel it",
            ) from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


@contextlib.contextmanager
def _usable(path: Path) -> Iterator[None]:
    try:
        yield
    except (SQLAlchemyError, optuna.exceptions.OptunaError) as error:
        cause = error.__cause__ or error
        reason = str(getattr(cause, "orig", None) or cause).splitlines()[0]
        if "locked" in reason:
            raise TrainingError(
                f"The trials in {path} are in use by another process", received=reason, do="Wait until it has ended"
            ) from error
        raise TrainingError(
            f"The trials in {path} cannot be read or written", received=reason, do="Move the file away to begin anew"
        ) from error
