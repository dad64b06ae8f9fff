"""The settings of a training."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from engine.core.lstm import ACTIVATIONS
from engine.errors import BadRequest

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


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise BadRequest(f"Training settings: {message}")
