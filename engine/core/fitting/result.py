"""What comes of a training: its epochs as they pass, and the bank in the end."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.core.lstm import Float32Array, Weights
from engine.errors import DataError


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
        return cls(Weights.from_arrays(under("weights.", arrays)), history, float(arrays["seconds"]))


def under(prefix: str, arrays: Mapping[str, npt.NDArray[Any]]) -> dict[str, npt.NDArray[Any]]:
    """The arrays whose name begins so, without that beginning."""
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}


def _mean(losses: Float32Array) -> float:
    known = losses[np.isfinite(losses)]
    return float(known.mean()) if len(known) else math.nan


def _numbers(losses: Float32Array) -> list[float | None]:
    return [float(loss) if np.isfinite(loss) else None for loss in losses]
