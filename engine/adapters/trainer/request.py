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

T = TypeVar("T")

Arrays: TypeAlias = Mapping[str, npt.NDArray[np.generic]]
News: TypeAlias = str | Epoch


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


def news(event: Event) -> News:
    """What the trainer said on the way."""
    return Epoch.from_header(event)
