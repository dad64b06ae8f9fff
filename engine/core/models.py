"""A trained model, and what is remembered of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from engine.core.bars import DateArray, FloatArray
from engine.core.lstm import Weights


@dataclass(frozen=True, slots=True)
class Errors:
    """Errors on the test rows, in prices.

    `mse` and `mae` are those of the forecast that is drawn and stored; persistence says that tomorrow's close is
    today's; `level` is the network's own price as it stands, before its last error is taken out.
    """

    mse: float
    mae: float
    mse_persistence: float
    mae_persistence: float
    mse_level: float
    mae_level: float


@dataclass(frozen=True, slots=True)
class ModelRecord:
    """What is remembered of a model without its weights: it has seen no row after `trained_to`."""

    id: int
    preset: str
    symbols: tuple[str, ...]
    trained_from: date
    trained_to: date
    errors: Errors
    data_hash: str
    seed: int


@dataclass(frozen=True, slots=True, eq=False)
class TrainedModel:
    """A bank, and what turns its output into a forecast; its preset says how.

    `weights` speak about sessions after `record.trained_to`. `draft` is the bank before it was fitted once more on all
    rows: it speaks about the sessions from `unseen_from` (S,) to there, whose outcome it has not seen, so that a new
    model has a past to be judged by. Where a preset does not fit again the two are one. `offsets` (S, H, 5, 199)
    correct the quantiles at TAUS of each horizon, in sigmas: a ladder of errors (engine.core.conformal) for each.
    `scale` holds the preset's own arrays, by name. S is the number of series: one a symbol, or one for all.
    """

    record: ModelRecord
    weights: Weights
    draft: Weights
    scale: Mapping[str, FloatArray]
    offsets: FloatArray
    unseen_from: DateArray

    def completed(self, offsets: FloatArray, errors: Errors) -> "TrainedModel":
        """The same model with its bands and errors."""
        return replace(self, offsets=offsets, record=replace(self.record, errors=errors))

    def refitted(self, weights: Weights) -> "TrainedModel":
        """The same model, its bank fitted once more on all rows."""
        return replace(self, weights=weights)

    def numbered(self, number: int) -> "TrainedModel":
        """The same model as the store knows it."""
        return replace(self, record=replace(self.record, id=number))
