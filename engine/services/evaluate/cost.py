"""How long an evaluation will take, said before it begins: windows learned from, times a rate."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.core.bars import History
from engine.core.fitting import FitJob

RATE = 1.0e-4
"""Seconds a window and epoch for two layers of 50 on 2 cores, until a training of this engine has shown its own."""

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


def seconds(first: FitJob, rate: float, known: Sequence[Sequence[History]], max_rows: int) -> float:
    """The time of all folds' trainings, from the first one's job and what is `known` in each fold."""
    rows = [sum(min(len(history), max_rows) for history in fold) for fold in known]
    return windows(first) * rate * sum(rows) / rows[0] if rows[0] else 0.0


def beside(tickers: int, folds: int) -> float:
    """The time of what needs no network."""
    return _START + _BESIDE * tickers * folds
