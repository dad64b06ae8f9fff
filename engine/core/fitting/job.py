"""What a bank is to learn, from which rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from engine.core.fitting.hyper import Hyper
from engine.core.fitting.result import under
from engine.core.forecast import TAUS, heads
from engine.core.lstm import Float32Array, Weights
from engine.errors import DataError, TooShort

IntArray = npt.NDArray[np.integer[Any]]

T = TypeVar("T", bound=np.generic)


@dataclass(frozen=True, slots=True, eq=False)
class FitJob:
    """What a bank of K members is to learn, from S series: one each (S = K), or one for all (S = 1).

    x (S, R, F) and y (S, R, out), float32, oldest row first: a row's target stands beside it. Of a target of several
    values, those that are NaN are left out by the losses of quantiles; "mse" wants them all. `train` (S, N) and `val`
    (S, M) name the rows at which windows end, so each is at least `hyper.window` - 1; `rows_train` and `rows_val` (S,)
    say how many of these are real, at least one for training, none or more for validation. `seeds` (K,) gives each
    member its own randomness, drawn together with `hyper.seed`: with the same data and seeds a member comes out the
    same whoever stands beside it. `start` holds the weights to start from; None means fresh ones. `prior` (out,) is
    what fresh networks put out, whatever they see, before they have learnt anything; None leaves that to chance. Raises
    DataError or TooShort in words.
    """

    x: Float32Array
    y: Float32Array
    train: IntArray
    rows_train: IntArray
    val: IntArray
    rows_val: IntArray
    seeds: IntArray
    hyper: Hyper
    start: Weights | None = None
    prior: Float32Array | None = None

    def __post_init__(self) -> None:
        _check_series(self)
        _check_rows("training", self.train, self.rows_train, self)
        _check_rows("validation", self.val, self.rows_val, self)
        if (self.rows_train < 1).any():
            series = int(np.flatnonzero(self.rows_train < 1)[0])
            raise TooShort(f"Series {series} of the job has no rows to train on", do="Give it a longer history")
        _check_start(self)

    @property
    def members(self) -> int:
        """K, the number of independent networks."""
        return len(self.seeds)

    @property
    def outputs(self) -> int:
        """Values that a network puts out for one window."""
        targets = self.horizons
        return {"mse": targets, "quantiles": heads(targets), "scales": targets + 1}[self.hyper.loss]

    @property
    def horizons(self) -> int:
        """How many of a row's targets are values that came; under the loss "scales" quantiles stand behind them."""
        return int(self.y.shape[2]) // (1 + len(TAUS) if self.hyper.loss == "scales" else 1)

    @property
    def shared(self) -> bool:
        """Whether one series serves all members."""
        return len(self.x) == 1

    def series(self, member: int) -> int:
        """The series that a member learns from."""
        return 0 if self.shared else member

    def to_arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Everything but the settings, flat, by name, as for an .npz."""
        names = ("x", "y", "train", "rows_train", "val", "rows_val", "seeds")
        arrays: dict[str, npt.NDArray[Any]] = {name: getattr(self, name) for name in names}
        start = self.start.to_arrays() if self.start else {}
        arrays |= {} if self.prior is None else {"prior": self.prior}
        return arrays | {f"start.{name}": array for name, array in start.items()}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]], header: Mapping[str, Any]) -> "FitJob":
        """The job that `to_arrays` and `hyper.to_header` gave. Raises DataError, TooShort or BadRequest."""
        own = {name: array for name, array in arrays.items() if not name.startswith("start.")}
        start = under("start.", arrays)
        try:
            return cls(**own, hyper=Hyper.from_header(header), start=Weights.from_arrays(start) if start else None)
        except TypeError as error:
            raise DataError("Not a training job", received=", ".join(sorted(arrays))) from error


def stacked(rows: Sequence[npt.NDArray[T]]) -> npt.NDArray[T]:
    """(S, longest) the arrays below each other, zero-padded to the longest."""
    whole = np.zeros((len(rows), max(len(one) for one in rows)), rows[0].dtype)
    for series, one in enumerate(rows):
        whole[series, : len(one)] = one
    return whole


def _check_series(job: FitJob) -> None:
    x, y, seeds = job.x, job.y, job.seeds
    if x.ndim != 3 or y.ndim != 3 or x.shape[:2] != y.shape[:2] or not (x.size and y.size):
        raise DataError("The rows and targets do not belong together", received=f"{x.shape}, {y.shape}")
    if seeds.ndim != 1 or not len(seeds) or (seeds < 0).any():
        raise DataError("A bank needs a seed from 0 up for each member", received=str(seeds.tolist()))
    if len(x) not in {1, len(seeds)}:
        raise DataError(f"A bank of {len(seeds)} members needs as many series, or one for all", received=str(len(x)))


def _check_rows(name: str, ends: IntArray, counts: IntArray, job: FitJob) -> None:
    if ends.ndim != 2 or counts.shape != (len(job.x),) or len(ends) != len(job.x):
        raise DataError(f"The {name} rows do not fit the series", received=f"{ends.shape}, {counts.shape}")
    if (counts < 0).any() or (counts > ends.shape[1]).any():
        raise DataError(f"The {name} rows are not between 0 and {ends.shape[1]}", received=str(counts.tolist()))
    first, last = job.hyper.window - 1, job.x.shape[1] - 1
    for series, count in enumerate(counts):
        own = ends[series, :count]
        if (own < first).any() or (own > last).any():
            raise DataError(
                f"A {name} window of series {series} does not end between rows {first} and {last}",
                received=f"{own.min()} to {own.max()}",
            )
        _check_finite(name, series, own, job)


def _check_finite(name: str, series: int, ends: IntArray, job: FitJob) -> None:
    seen = np.zeros(job.x.shape[1] + 1, np.int64)  # how many windows begin less how many have ended
    np.add.at(seen, ends - job.hyper.window + 1, 1)
    np.add.at(seen, ends + 1, -1)
    targets = np.isfinite(job.y[series, ends, : job.horizons])
    complete = targets.all() if job.hyper.loss == "mse" else targets.any(axis=1).all()
    if not (np.isfinite(job.x[series][np.cumsum(seen[:-1]) > 0]).all() and complete):
        raise DataError(
            f"The {name} rows of series {series} hold values that are not finite",
            do="Fill or leave out rows without a price before training",
        )


def _check_start(job: FitJob) -> None:
    if job.prior is not None and not (job.prior.shape == (job.outputs,) and np.isfinite(job.prior).all()):
        raise DataError(f"The prior of a network with {job.outputs} outputs does not fit", received=str(job.prior))
    if job.start is None:
        return
    start = job.start
    given = (start.members, start.inputs, start.units, start.outputs, start.activation)
    wanted = (job.members, job.x.shape[2], job.hyper.units, job.outputs, job.hyper.activation)
    if given != wanted:
        raise DataError(
            f"The weights to start from do not fit: expected members, inputs, units, outputs, activation {wanted}",
            received=str(given),
            do="Train from scratch",
        )
