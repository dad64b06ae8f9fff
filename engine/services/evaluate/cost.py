"""How long an evaluation will take, said before it begins: windows learned from, times a rate."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from engine.core.fitting import FitJob

RATE = 1.0e-4
"""Seconds a window and epoch for two layers of 50 on 2 cores, until a training of this engine has shown its own."""

LIMIT = 20 * 60.0
"""Seconds of training beyond which less history is trained on, unless a person asks for all of it."""

_BESIDE = 0.2
"""Seconds a ticker and fold for what needs no network: GARCH, ridge, the forward pass, the figures."""

_START = 10.0
"""Seconds for TensorFlow and arch to load."""


@dataclass(slots=True)
class Rate:
    """Seconds that one window takes in one epoch, by preset, as this engine has seen it last."""

    _seen: dict[str, float] = field(default_factory=dict)

    def __call__(self, preset: str) -> float:
        """The rate to reckon with."""
        return self._seen.get(preset, RATE)

    def saw(self, preset: str, job: FitJob, seconds: float) -> None:
        """A training took that long; one that took no time at all is not believed."""
        if seconds > 0:
            self._seen[preset] = seconds / windows(job)


def windows(job: FitJob) -> int:
    """Windows that a training learns from, each as often as a member sees it: members x rows x epochs."""
    return job.hyper.epochs * sum(int(job.rows_train[job.series(member)]) for member in range(job.members))


def whole(rows: Sequence[int], first: int, last: int) -> float:
    """The windows of all folds, from the `rows` known in each and the windows of the first fold and the last.

    Between the two they grow as the rows do, or not at all where a preset takes only the newest.
    """
    if rows[-1] == rows[0]:
        return float(first * len(rows))
    return float(np.interp(rows, (rows[0], rows[-1]), (first, last)).sum())


def beside(tickers: int, folds: int) -> float:
    """The time of what needs no network."""
    return _START + _BESIDE * tickers * folds
