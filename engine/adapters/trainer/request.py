"""What can be asked of the trainer, and how its answers are read: the same here and on a cluster."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from engine.adapters.trainer.child import Event
from engine.core.bars import FloatArray
from engine.core.evaluation.garch import Garch
from engine.core.evaluation.garch_fit import packed, unpacked
from engine.core.fitting import Epoch, FitJob, Fitted
from engine.core.tuning import Found, Study, Trial

T = TypeVar("T")

Arrays: TypeAlias = Mapping[str, npt.NDArray[np.generic]]
Listener: TypeAlias = Callable[[Any], None]
"""Whoever waits: it takes words, and what else `news` gives for what was asked."""


@dataclass(frozen=True, slots=True)
class Request(Generic[T]):
    """A line for the trainer, the arrays that go beside it, and what those that come back stand for.

    Both functions may take a while: they are for a thread. `result` raises DataError.
    """

    header: Mapping[str, Any]
    arrays: Callable[[], Arrays]
    result: Callable[[Arrays], T]


def to_fit(job: FitJob) -> Request[Fitted]:
    """Fit a bank."""
    return Request({"kind": "fit", "hyper": job.hyper.to_header()}, job.to_arrays, Fitted.from_arrays)


def to_fit_garch(returns: Sequence[FloatArray]) -> Request[tuple[Garch | None, ...]]:
    """Fit a GARCH model to each series of returns."""
    return Request({"kind": "garch"}, lambda: packed(returns), unpacked)


def to_tune(study: Study, job: FitJob) -> Request[Found]:
    """Carry a study on, over the rows of a job."""
    header = {"kind": "tune", "hyper": job.hyper.to_header(), "study": study.to_header()}
    return Request(header, job.to_arrays, Found.from_arrays)


def news(event: Event) -> str | Epoch | Trial:
    """What the trainer said on the way."""
    if event["event"] == "words":
        return str(event["words"])
    return Trial.from_header(event) if event["event"] == "trial" else Epoch.from_header(event)
