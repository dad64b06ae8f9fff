"""A training job and its result, as values: the same for every preset, on this machine or another.

Members of a bank may have different numbers of rows. Their windows stand in one array, zero-padded to the longest;
`rows_train` and `rows_val` say how many of each member's rows are real. What stands in the padding is never looked at.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.core.lstm import Float32Array, Weights
from engine.errors import BadRequest, DataError, TooShort

IntArray = npt.NDArray[np.int64]

LOSSES = ("mse",)


@dataclass(frozen=True, slots=True)
class Hyper:
    """How a bank is built and trained.

    `units` is the size of each layer, `batch` in windows, `learning_rate` that of Adam, `loss` one of LOSSES. Raises
    BadRequest for what cannot be.
    """

    units: tuple[int, ...] = (50, 50)
    epochs: int = 10
    batch: int = 32
    learning_rate: float = 1e-3
    seed: int = 0
    loss: str = "mse"

    def __post_init__(self) -> None:
        _require(bool(self.units) and all(size >= 1 for size in self.units), "units need one size or more, from 1 up")
        _require(self.epochs >= 1, "epochs must be at least 1")
        _require(self.batch >= 1, "batch must be at least 1")
        _require(math.isfinite(self.learning_rate) and self.learning_rate > 0, "learning_rate must be above 0")
        _require(self.seed >= 0, "seed must not be negative")
        _require(self.loss in LOSSES, f"loss must be one of {', '.join(LOSSES)}")

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
    """What a bank of K members is to learn: each member's windows and targets, oldest first.

    x (K, N, T, F) and y (K, N, out), float32; rows (K,), at least one for training, none or more for validation (N may
    differ between the two). `seeds` (K,) gives each member its own randomness, drawn together with `hyper.seed`: with
    the same data and seeds a member comes out the same whoever stands beside it; None means 0, 1, ..., K - 1. `start`
    holds the weights to start from; None means fresh ones. Raises DataError or TooShort in words.
    """

    x_train: Float32Array
    y_train: Float32Array
    rows_train: IntArray
    x_val: Float32Array
    y_val: Float32Array
    rows_val: IntArray
    hyper: Hyper
    seeds: IntArray | None = None
    start: Weights | None = None

    def __post_init__(self) -> None:
        _check_block("training", self.x_train, self.y_train, self.rows_train)
        _check_block("validation", self.x_val, self.y_val, self.rows_val)
        if (self.rows_train < 1).any():
            member = int(np.flatnonzero(self.rows_train < 1)[0])
            raise TooShort(f"Member {member} of the bank has no rows to train on", do="Give it a longer history")
        if (len(self.x_val), *self.x_val.shape[2:]) != (self.members, *self.x_train.shape[2:]):
            raise DataError(
                "Training and validation windows differ in members, length or features",
                received=f"{self.x_train.shape} and {self.x_val.shape}",
            )
        _check_seeds(self.seeds, self.members)
        _check_start(self)

    @property
    def members(self) -> int:
        """K, the number of independent networks."""
        return len(self.x_train)

    def member_seeds(self) -> IntArray:
        """(K,) the seeds in force."""
        return np.arange(self.members) if self.seeds is None else self.seeds

    def to_arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Everything but the settings, flat, by name, as for an .npz."""
        blocks = ("x_train", "y_train", "rows_train", "x_val", "y_val", "rows_val")
        arrays: dict[str, npt.NDArray[Any]] = {name: getattr(self, name) for name in blocks}
        arrays["seeds"] = self.member_seeds()
        start = self.start.to_arrays() if self.start else {}
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
    weights move (as Keras reports it), val_loss after the pass, NaN for a member without validation rows.
    """

    epoch: int
    epochs: int
    loss: Float32Array
    val_loss: Float32Array

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
    """A trained bank, its epochs, and how long the training took, in seconds, without the start of TensorFlow."""

    weights: Weights
    history: tuple[Epoch, ...]
    seconds: float

    def to_arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Everything, flat, by name, as for an .npz."""
        return {f"weights.{name}": array for name, array in self.weights.to_arrays().items()} | {
            "loss": np.stack([epoch.loss for epoch in self.history]),
            "val_loss": np.stack([epoch.val_loss for epoch in self.history]),
            "seconds": np.array(self.seconds),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> "Fitted":
        """The result that `to_arrays` gave. Raises DataError in words; so does a bank that has diverged."""
        if missing := {"loss", "val_loss", "seconds"} - set(arrays):
            raise DataError("Not the result of a training", received=f"without {', '.join(sorted(missing))}")
        losses = list(zip(arrays["loss"], arrays["val_loss"], strict=True))
        history = tuple(Epoch(number, len(losses), *pair) for number, pair in enumerate(losses, start=1))
        return cls(Weights.from_arrays(_under("weights.", arrays)), history, float(arrays["seconds"]))


def _check_block(name: str, x: Float32Array, y: Float32Array, rows: IntArray) -> None:
    if x.ndim != 4 or y.ndim != 3 or rows.ndim != 1 or not x.shape[:2] == y.shape[:2] == (len(rows), x.shape[1]):
        raise DataError(
            f"The {name} windows, targets and row counts do not belong together",
            received=f"{x.shape}, {y.shape}, {rows.shape}",
        )
    if not len(rows) or not x.shape[2] or not x.shape[3] or not y.shape[2]:
        raise DataError(f"The {name} windows are empty", received=f"{x.shape}, {y.shape}")
    if (rows < 0).any() or (rows > x.shape[1]).any():
        raise DataError(f"The {name} rows of a member are not between 0 and {x.shape[1]}", received=str(rows.tolist()))
    for member, count in enumerate(rows):
        if not (np.isfinite(x[member, :count]).all() and np.isfinite(y[member, :count]).all()):
            raise DataError(
                f"The {name} rows of member {member} hold values that are not finite",
                do="Fill or leave out rows without a price before training",
            )


def _check_seeds(seeds: IntArray | None, members: int) -> None:
    if seeds is not None and (seeds.shape != (members,) or (seeds < 0).any()):
        raise DataError(f"A bank of {members} members needs as many seeds from 0 up", received=str(seeds.tolist()))


def _check_start(job: FitJob) -> None:
    if job.start is None:
        return
    start = job.start
    given = (start.members, start.inputs, start.units, start.outputs)
    wanted = (job.members, job.x_train.shape[3], job.hyper.units, job.y_train.shape[2])
    if given != wanted:
        raise DataError(
            f"The weights to start from do not fit: expected members, inputs, units, outputs {wanted}",
            received=str(given),
            do="Train from scratch",
        )


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise BadRequest(f"Training settings: {message}")


def _under(prefix: str, arrays: Mapping[str, npt.NDArray[Any]]) -> dict[str, npt.NDArray[Any]]:
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}


def _numbers(losses: Float32Array) -> list[float | None]:
    return [float(loss) if np.isfinite(loss) else None for loss in losses]
