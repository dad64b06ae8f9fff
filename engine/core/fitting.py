"""A training job and its result, as values: the same for every preset, on this machine or another.

Members learn from series of rows, not from copies of windows: a window is the `Hyper.window` rows up to one that is
named. Where all members learn from the same rows (an ensemble), these stand there once. Series of different lengths
stand in one array, zero-padded to the longest, and so do the lists of rows; `rows_train` and `rows_val` say how many of
those are real. What stands in the padding is never looked at.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from engine.core.forecast import TAUS, heads
from engine.core.lstm import ACTIVATIONS, Float32Array, Weights
from engine.errors import BadRequest, DataError, TooShort

IntArray = npt.NDArray[np.integer[Any]]

T = TypeVar("T", bound=np.generic)

LOSSES = ("mse", "quantiles", "scales")


@dataclass(frozen=True, slots=True)
class Hyper:
    """How a bank is built and trained.

    `units` is the size of each layer, `window` the rows a network sees, `batch` in windows, `learning_rate` that of
    Adam. `loss` is one of LOSSES: "mse" compares output and target one by one, "quantiles" reads the output as
    engine.core.forecast.split_heads does, "scales" as the logarithm of a factor for each horizon's quantiles, which
    stand behind the targets, and the mean. After `patience` epochs without a lower validation loss a member rests and
    has the weights of its best epoch; 0 means that all train to the end and have their last. An epoch trains on at most
    `epoch_rows` windows a member, drawn anew each time; 0 means on all. `activation`, one of
    engine.core.lstm.ACTIVATIONS, is that of the candidate and of the cell's output; the gates' is always the sigmoid.
    Raises BadRequest for what cannot be.
    """

    units: tuple[int, ...] = (50, 50)
    window: int = 30
    epochs: int = 10
    batch: int = 32
    learning_rate: float = 1e-3
    seed: int = 0
    loss: str = "mse"
    patience: int = 0
    epoch_rows: int = 0
    activation: str = "tanh"

    def __post_init__(self) -> None:
        _require(bool(self.units) and all(size >= 1 for size in self.units), "units need one size or more, from 1 up")
        _require(self.window >= 1, "window must be at least 1")
        _require(self.epochs >= 1, "epochs must be at least 1")
        _require(self.batch >= 1, "batch must be at least 1")
        _require(math.isfinite(self.learning_rate) and self.learning_rate > 0, "learning_rate must be above 0")
        _require(self.seed >= 0, "seed must not be negative")
        _require(self.loss in LOSSES, f"loss must be one of {', '.join(LOSSES)}")
        _require(self.patience >= 0, "patience must not be negative")
        _require(self.epoch_rows >= 0, "epoch_rows must not be negative")
        _require(self.activation in ACTIVATIONS, f"activation must be one of {', '.join(ACTIVATIONS)}")

    def to_header(self) -> dict[str, Any]:
        """The settings as JSON values."""
        return asdict(self)

    @classmethod
    def from_header(cls, header: Mapping[str, Any]) -> "Hyper":
        """The settings that `to_header` gave. Raises BadRequest."""
        try:
            return cls(**{**header, "units": tuple(header["units"])})
        except (TypeError, KeyError) as error:
            raise BadRequest("Not the settings of a training job", received=str(dict(header))) from error


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
        start = _under("start.", arrays)
        try:
            return cls(**own, hyper=Hyper.from_header(header), start=Weights.from_arrays(start) if start else None)
        except TypeError as error:
            raise DataError("Not a training job", received=", ".join(sorted(arrays))) from error


@dataclass(frozen=True, slots=True, eq=False)
class Epoch:
    """One pass over the training rows is done, of so many.

    `loss` and `val_loss` (K,) are means over each member's rows, in the units of its targets; loss is taken as the
    weights move (as Keras reports it), val_loss after the pass, NaN for a member without validation rows. Both are NaN
    for a member that rests.
    """

    epoch: int
    epochs: int
    loss: Float32Array
    val_loss: Float32Array

    @property
    def resting(self) -> npt.NDArray[np.bool_]:
        """(K,) which members have stopped before this epoch."""
        return np.isnan(self.loss)

    @property
    def mean_loss(self) -> float:
        """The mean loss of the members that still train; NaN if there are none."""
        return _mean(self.loss)

    @property
    def mean_val_loss(self) -> float:
        """The mean validation loss of the members that still train and have one; NaN if there are none."""
        return _mean(self.val_loss)

    def to_header(self) -> dict[str, Any]:
        """The epoch as JSON values; null where a loss is not a number."""
        return {
            "epoch": self.epoch,
            "epochs": self.epochs,
            "loss": _numbers(self.loss),
            "val_loss": _numbers(self.val_loss),
        }

    @classmethod
    def from_header(cls, header: Mapping[str, Any]) -> "Epoch":
        """The epoch that `to_header` gave."""
        loss, val_loss = (np.array(header[name], np.float32) for name in ("loss", "val_loss"))
        return cls(int(header["epoch"]), int(header["epochs"]), loss, val_loss)


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A trained bank, its epochs, and how long the training took, in seconds, without the start of TensorFlow.

    `history` ends with the last epoch in which anybody trained.
    """

    weights: Weights
    history: tuple[Epoch, ...]
    seconds: float

    @property
    def epochs(self) -> npt.NDArray[np.intp]:
        """(K,) how many epochs each member has trained."""
        trained: npt.NDArray[np.intp] = np.sum([~epoch.resting for epoch in self.history], axis=0, dtype=np.intp)
        return trained

    @property
    def best_epochs(self) -> npt.NDArray[np.intp]:
        """(K,) each member's epoch of the lowest validation loss, counted from 1; its last where it has none."""
        losses = np.stack([epoch.val_loss for epoch in self.history])
        lowest = np.argmin(np.where(np.isnan(losses), np.inf, losses), axis=0) + 1
        best: npt.NDArray[np.intp] = np.where(np.isfinite(losses).any(axis=0), lowest, self.epochs)
        return best

    def to_arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Everything, flat, by name, as for an .npz."""
        return {f"weights.{name}": array for name, array in self.weights.to_arrays().items()} | {
            "loss": np.stack([epoch.loss for epoch in self.history]),
            "val_loss": np.stack([epoch.val_loss for epoch in self.history]),
            "epochs": np.array(self.history[0].epochs),
            "seconds": np.array(self.seconds),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> "Fitted":
        """The result that `to_arrays` gave. Raises DataError in words; so does a bank that has diverged."""
        if missing := {"loss", "val_loss", "epochs", "seconds"} - set(arrays):
            raise DataError("Not the result of a training", received=f"without {', '.join(sorted(missing))}")
        losses = list(zip(arrays["loss"], arrays["val_loss"], strict=True))
        epochs = int(arrays["epochs"])
        history = tuple(Epoch(number, epochs, *pair) for number, pair in enumerate(losses, start=1))
        return cls(Weights.from_arrays(_under("weights.", arrays)), history, float(arrays["seconds"]))


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


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise BadRequest(f"Training settings: {message}")


def _under(prefix: str, arrays: Mapping[str, npt.NDArray[Any]]) -> dict[str, npt.NDArray[Any]]:
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}


def _mean(losses: Float32Array) -> float:
    known = losses[np.isfinite(losses)]
    return float(known.mean()) if len(known) else math.nan


def _numbers(losses: Float32Array) -> list[float | None]:
    return [float(loss) if np.isfinite(loss) else None for loss in losses]
