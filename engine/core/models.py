"""A trained model, and what is remembered of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal, TypeAlias

from engine.core.bars import DateArray, FloatArray
from engine.core.lstm import Weights

Standing: TypeAlias = Literal["accepted", "rejected", "withdrawn", "pruned"]
"""accepted: not worse than the one before it; withdrawn: a person rolled it back; pruned: its weights are gone."""

Word: TypeAlias = Literal["passed", "no skill"]
"""Whether any of a model's skill is significant."""

NO_SKILL: Word = "no skill"


@dataclass(frozen=True, slots=True)
class Figures:
    """What a model was worth before its final fit, on `rows` forecasts for sessions it had not seen; NaN if unknown.

    All at horizon 1, of log returns, as core/evaluation/metrics.py has them: `mse` in per cent squared and `mae` in per
    cent, beside those of persistence, which says that the price stays, on the same rows; `mase` the quotient of the two
    MAE (shown as rMAE), since what a training row moved says nothing of these; `skill_mse` against persistence with its
    p-value; `pinball` beside that of EWMA quantiles, the share saved, and its p-value. `band_rows` of the rows judge
    the band, none of them with a ladder that it made itself. `word` is the evaluation's own: whether any of it is
    significant.
    """

    rows: int
    band_rows: int
    mse: float
    mae: float
    mse_persistence: float
    mae_persistence: float
    mase: float
    skill_mse: float
    dm_p: float
    pinball: float
    pinball_ewma: float
    pinball_skill: float
    pinball_p: float
    coverage90: float
    word: Word


@dataclass(frozen=True, slots=True)
class ModelRecord:
    """What is remembered of a model without its weights: it has seen no row after `trained_to`.

    `fingerprint` names the preset's inputs and targets: weights of another one cannot be used. `made_at` is in seconds
    since the epoch, `seconds` how long it took; `rows` counts those of all its symbols. `losses` and `val_losses` are
    means over the members, an epoch each. `warm_from` is the model whose weights it started from, `trials` how many
    settings were tried to find its own, `reason` the gate's verdict or why it was withdrawn, in words. `asked` says
    that a person named its preset, which need not be that of the settings. None and empty where it was not recorded.
    """

    id: int
    preset: str
    symbols: tuple[str, ...]
    trained_from: date
    trained_to: date
    data_hash: str
    seed: int
    standing: Standing = "accepted"
    fingerprint: str = ""
    made_at: float | None = None
    seconds: float | None = None
    rows: int | None = None
    losses: tuple[float, ...] = ()
    val_losses: tuple[float | None, ...] = ()
    figures: Figures | None = None
    warm_from: int | None = None
    trials: int | None = None
    reason: str | None = None
    asked: bool = False


DRAFT = "draft_"


@dataclass(frozen=True, slots=True, eq=False)
class TrainedModel:
    """A bank, and what turns its output into a forecast; its preset says how.

    `weights` speak about sessions after `record.trained_to`. `draft` is the bank before it was fitted once more on all
    rows: it speaks about the sessions from `unseen_from` (S,) to there, whose outcome it has not seen, so that a new
    model has a past to be judged by. Where a preset does not fit again the two are one. `offsets` (S, H, 5, 199)
    correct the quantiles at TAUS of each horizon, in sigmas: a ladder of errors (engine.core.conformal) for each.
    `scale` holds the preset's own arrays, by name; where the last fit has changed one, the draft's stands beside it as
    "draft_" and its name. S is the number of series: one a symbol, or one for all.
    """

    record: ModelRecord
    weights: Weights
    draft: Weights
    scale: Mapping[str, FloatArray]
    offsets: FloatArray
    unseen_from: DateArray

    def completed(self, offsets: FloatArray) -> "TrainedModel":
        """The same model with its bands."""
        return replace(self, offsets=offsets)

    def remembered(self, **changes: Any) -> "TrainedModel":
        """The same model, with these fields of its record changed."""
        return replace(self, record=replace(self.record, **changes))

    def as_draft(self) -> "TrainedModel":
        """The model as it was judged, before it was fitted once more: it has seen the outcome of fewer rows."""
        own = {name.removeprefix(DRAFT): array for name, array in self.scale.items() if name.startswith(DRAFT)}
        return replace(self, weights=self.draft, scale={**self.scale, **own})

    def refitted(self, weights: Weights, scale: Mapping[str, FloatArray] | None = None) -> "TrainedModel":
        """The same model, its bank and these of its arrays fitted once more on all rows."""
        changed = scale or {}
        kept = {f"{DRAFT}{name}": self.as_draft().scale[name] for name in changed}
        return replace(self, weights=weights, scale={**self.scale, **kept, **changed})

    def numbered(self, number: int) -> "TrainedModel":
        """The same model as the store knows it."""
        return replace(self, record=replace(self.record, id=number))
