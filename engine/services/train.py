"""Train a model on the list: gather histories as of a session, fit them in the trainer, keep the result."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from time import perf_counter

import numpy as np

from engine.core.bars import History
from engine.core.fitting import Epoch, Hyper
from engine.core.models import ModelRecord, TrainedModel
from engine.core.presets import Plan, Preset
from engine.errors import TooShort
from engine.gate import Gate
from engine.ports import Store, Trainer
from engine.protocol import TrainProgress

Say = Callable[[str | TrainProgress], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A model in charge, what it took, and who could not take part."""

    record: ModelRecord
    seconds: float
    skipped: dict[str, str]


class Train:
    """A preset on the last rows of each symbol."""

    def __init__(
        self, store: Store, gate: Gate, trainer: Trainer, *, preset: Preset, hyper: Hyper, max_rows: int
    ) -> None:
        self._store = store
        self._gate = gate
        self._trainer = trainer
        self._preset = preset
        self._hyper = hyper
        self._max_rows = max_rows

    async def __call__(
        self, symbols: Sequence[str], say: Say, start: date | None = None, end: date | None = None
    ) -> Outcome:
        """Train on stored rows from `start` up to `end`. Raises TooShort if nobody has enough, or TrainingError."""
        began = perf_counter()
        histories = await asyncio.to_thread(self._gather, symbols, start, end)
        skipped = {each.symbol: why for each in histories if (why := self.shortfall(each)) is not None}
        if len(skipped) == len(histories):
            reasons = "; ".join(f"{symbol}: {why}" for symbol, why in skipped.items())
            raise TooShort(
                f"no symbol has enough history to train on: {reasons or 'no symbols'}",
                do="fetch more history, or choose a later date",
            )
        model = await self.fit([history for history in histories if history.symbol not in skipped], say)
        record = await asyncio.to_thread(self._store.add_model, model)
        return Outcome(record, perf_counter() - began, skipped)

    def shortfall(self, history: History) -> str | None:
        """Why a history cannot take part in training, in words; None if it can."""
        return self._preset.shortfall(history, self._max_rows)

    async def fit(self, histories: Sequence[History], say: Say) -> TrainedModel:
        """A model of these histories, all of whose rows it may see; not stored. Raises TooShort, TrainingError."""
        panel = await asyncio.to_thread(self._gate.panel, histories)
        plan = await asyncio.to_thread(self._preset.plan, panel, self._hyper, self._max_rows, None)
        model = await self._carried_out(plan, say)
        refit = await asyncio.to_thread(self._preset.refit, model, panel, self._hyper)
        return model if refit is None else await self._carried_out(refit, say)

    async def _carried_out(self, plan: Plan, say: Say) -> TrainedModel:
        fitted = await self._trainer.fit(plan.job, lambda news: say(_in_words(news)))
        return await asyncio.to_thread(plan.finish, fitted)

    def _gather(self, symbols: Sequence[str], start: date | None, end: date | None) -> list[History]:
        histories = [self._gate.read(symbol, end).history for symbol in symbols]
        if start is None:
            return histories
        return [history.rows(history.sessions >= np.datetime64(start)) for history in histories]


def _in_words(news: str | Epoch) -> str | TrainProgress:
    if isinstance(news, str):
        return news
    return TrainProgress(epoch=news.epoch, epochs=news.epochs, loss=news.mean_loss, val_loss=_known(news.mean_val_loss))


def _known(value: float) -> float | None:
    return value if np.isfinite(value) else None
