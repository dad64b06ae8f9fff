"""What the store keeps of models."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Protocol

from engine.core.forecast import Vintage
from engine.core.models import ModelRecord, TrainedModel
from engine.ports.store.records import EvaluationRecord


class ModelStore(Protocol):
    """Models, what they forecast, and what a preset is worth. Every call is all or nothing; raises StoreError."""

    def add_model(self, model: TrainedModel) -> ModelRecord:
        """Keep a model, and its weights where it is accepted; gives its record, numbered."""
        ...

    def models(self) -> tuple[ModelRecord, ...]:
        """All models, newest first."""
        ...

    def model(self, number: int) -> TrainedModel:
        """One model with its weights. Raises StoreDamaged, or StoreUnread where it may be whole."""
        ...

    def withdraw_model(self, number: int, reason: str) -> None:
        """A model does not speak any more: why, in words. Its record and its forecasts stay."""
        ...

    def prune_models(self, keep: Collection[int]) -> None:
        """Remove the weights of all models but these; their records and forecasts stay."""
        ...

    def add_evaluation(self, record: EvaluationRecord) -> None:
        """Keep an evaluation instead of the last one of the same preset and symbols."""
        ...

    def evaluation(self, preset: str, symbols: Iterable[str]) -> EvaluationRecord | None:
        """The last evaluation of a preset on exactly these symbols, in any order; None if there is none."""
        ...

    def add_forecasts(self, vintages: Iterable[Vintage]) -> None:
        """Keep forecasts; one that is there already stays as it was made."""
        ...

    def forecasts(self, symbol: str, made_at: date) -> tuple[Vintage, ...]:
        """The forecasts made for a symbol after one session, newest model first; none of one that had seen more."""
        ...

    def vintages(self, symbol: str, since: date) -> tuple[Vintage, ...]:
        """The forecasts for the next session made from a day on, oldest first; of one session the newest model last."""
        ...
