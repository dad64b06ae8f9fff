"""How long an evaluation will take, said before it begins: windows learned from, times a rate."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from engine import format as fmt
from engine.core.evaluation.walk import Walk
from engine.core.fitting import FitJob

RATE = 1.0e-4
"""Seconds a window and epoch for two layers of 50 on 2 cores."""

STOPS_AT = 0.4
"""The part of its epochs that a training takes which stops by itself."""

LIMIT = 20 * 60.0
"""Seconds of training beyond which less history is trained on, unless a person asks for all of it."""

_BESIDE = 0.2
"""Seconds a ticker and fold for what needs no network: GARCH, ridge, the forward pass, the figures."""

_BUILD = 5.0
"""Seconds a training for TensorFlow to build its graph."""

_START = 10.0
"""Seconds for TensorFlow and arch to load."""


@dataclass(slots=True)
class Rate:
    """Seconds a window and expected epoch, by preset, as this engine has seen it last."""

    _seen: dict[str, float] = field(default_factory=dict)

    def __call__(self, preset: str) -> float:
        """The rate to reckon with; the usual one until a training has shown its own."""
        return self._seen.get(preset, RATE)

    def saw(self, preset: str, job: FitJob, seconds: float) -> None:
        """A training took that long; one that took no time at all is not believed."""
        if seconds > 0:
            self._seen[preset] = seconds / windows(job)


def windows(job: FitJob) -> int:
    """Windows that a training learns from, each as often as a member is expected to see it: rows x epochs."""
    epochs = job.hyper.epochs * (STOPS_AT if job.hyper.patience else 1.0)
    rows = [int(job.rows_train[job.series(member)]) for member in range(job.members)]
    return round(epochs * sum(min(count, job.hyper.epoch_rows or count) for count in rows))


def whole(rows: Sequence[int], first: int, last: int) -> float:
    """The windows of all folds, from the `rows` known in each and the windows of the first fold and the last.

    Between the two they grow as the rows do, or not at all where a preset takes only the newest.
    """
    if rows[-1] == rows[0]:
        return float(first * len(rows))
    return float(np.interp(rows, (rows[0], rows[-1]), (first, last)).sum())


def beside(tickers: int, folds: int, presets: int) -> float:
    """The time of what is not learning."""
    return _START + folds * (_BUILD * presets + _BESIDE * tickers)


# --- in words ---------------------------------------------------------------------------------------------------------


def estimate(of: Walk, seconds: float) -> str:
    """What is said before it begins."""
    folds, tickers = len(of.folds), len(of.panel)
    return (
        f"about {_roughly(seconds)}: {folds} {'fold' if folds == 1 else 'folds'} x {tickers} "
        f"{'ticker' if tickers == 1 else 'tickers'}, tested from {of.folds[0].test.first} on"
    )


def shortened(seconds: float, sessions: int) -> str:
    """What is said where less is trained on than there is."""
    return (
        f"to train on all that came before would take about {_roughly(seconds)}: each training block has the newest "
        f"{sessions:,} sessions instead; --train expanding takes them all"
    )


def left(seconds: float, done: int, folds: int) -> str:
    """What is said after a fold: what is still to come, if it goes on as before."""
    return f", about {_roughly(seconds / done * (folds - done))} left" if done < folds else ""


def _roughly(seconds: float) -> str:
    """To the minute, from two minutes on."""
    return fmt.duration(60 * round(seconds / 60) if seconds >= 120 else max(seconds, 1.0))
