"""A trained model, and what is remembered of it."""

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
    """A bank with one member a symbol, and what turns its output into a forecast.

    `low` and `high` (K,) are the ends of each member's scale, in prices as of `trained_to`; `offsets` (K, 5) place the
    band around the mean, in sigmas; `unseen_from` (K,) is each member's first session whose forecast is for a session
    that the weights have not seen.
    """

    record: ModelRecord
    weights: Weights
    low: FloatArray
    high: FloatArray
    offsets: FloatArray
    unseen_from: DateArray

    def completed(self, offsets: FloatArray, errors: Errors) -> "TrainedModel":
        """The same model with its bands and errors."""
        return replace(self, offsets=offsets, record=replace(self.record, errors=errors))

    def numbered(self, number: int) -> "TrainedModel":
        """The same model as the store knows it."""
        return replace(self, record=replace(self.record, id=number))
