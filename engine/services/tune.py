"""Tune: try settings on the list's own training and validation rows, then train a model under the best of them.

That model is a challenger like any other: what it was found by says nothing of what it is worth on later rows.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Generic, Protocol, TypeVar

import msgspec

from engine.core.bars import History
from engine.core.fitting import Epoch, FitJob, Hyper
from engine.core.presets import Preset
from engine.core.tuning import Found, Space, Study, Trial, blinded, rows_hash, study_name
from engine.errors import BadRequest, TooShort
from engine.gate import Gate
from engine.ports import Trainer
from engine.protocol import Note, TrainProgress, TriedSettings, TuneProgress

Say = Callable[[Note | TrainProgress | TuneProgress], None]
Report = Callable[[str | TrainProgress], None]
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Training(Protocol[T_co]):
    """How a model is had: services/train.py, which no other service may import."""

    async def under(
        self, hyper: Hyper, trials: int, symbols: Sequence[str], say: Callable[[str | TrainProgress], None]
    ) -> T_co:
        """Train under settings that were found by so many trials. Raises TooShort, TrainingError."""
        ...


@dataclass(frozen=True, slots=True)
class Wish:
    """How many trials there are to be in all, those on record among them; `reset` forgets these."""

    trials: int
    reset: bool = False


class Tune(Generic[T]):
    """A preset's settings, sought around those in use; trials are kept in the file `storage`."""

    def __init__(
        self,
        gate: Gate,
        trainer: Trainer,
        training: Training[T],
        *,
        preset: Preset,
        hyper: Hyper,
        max_rows: int,
        storage: Path,
    ) -> None:
        self._gate = gate
        self._trainer = trainer
        self._training = training
        self._preset = preset
        self._hyper = hyper
        self._max_rows = max_rows
        self._storage = storage

    async def __call__(self, symbols: Sequence[str], wish: Wish, say: Say, report: Report) -> tuple[Found, T]:
        """What was found on stored rows, and what came of the training under it.

        Raises BadRequest, TooShort if nobody has enough, DataError, TrainingError.
        """
        if wish.trials < 1:
            raise BadRequest("a study has at least one trial", received=str(wish.trials))
        study, job = await asyncio.to_thread(self._study, symbols, wish)
        told = _Told(say, report)
        found = await self._trainer.tune(study, job, told)
        told("training under the best settings")
        return found, await self._training.under(found.hyper, found.trials, symbols, told.training)

    def _study(self, symbols: Sequence[str], wish: Wish) -> tuple[Study, FitJob]:
        # in one order, whatever they were named in: rows in another order would be another study
        histories = [self._gate.read(symbol).history for symbol in sorted(symbols)]
        able = [history for history in histories if self._shortfall(history) is None]
        if not able:
            reasons = "; ".join(f"{history.symbol}: {self._shortfall(history)}" for history in histories)
            raise TooShort(f"no symbol has enough history to tune on: {reasons or 'no symbols'}", do="fetch more")
        space = Space.around(self._hyper)
        longest = replace(self._hyper, window=space.longest)
        job = self._preset.plan(self._gate.panel(able), longest, self._max_rows, None).job
        seen, known = blinded(job), [history.symbol for history in able]
        name = study_name(self._preset.name, known, self._hyper, space, rows_hash(seen))
        return Study(name, str(self._storage), wish.trials, self._hyper, space, wish.reset), seen

    def _shortfall(self, history: History) -> str | None:
        return self._preset.shortfall(history, self._max_rows)


class _Told:
    """What the trainer says, for whoever waits and for the job table."""

    def __init__(self, say: Say, report: Report) -> None:
        self._say = say
        self._report = report
        self._phase = ""

    def __call__(self, news: str | Epoch | Trial) -> None:
        if isinstance(news, Epoch):
            self._report(f"{self._phase}, epoch {news.epoch} of {news.epochs}")
        elif isinstance(news, str):
            self._report(news)
            self._say(Note(news))
        elif news.state == "begun":
            self._phase = f"trial {news.number} of {news.trials}"
            self._report(self._phase)
        else:
            tried = settings(news.hyper)
            self._say(TuneProgress(news.number, news.trials, news.state, news.value, news.best, tried))

    def training(self, news: str | TrainProgress) -> None:
        """What is said while the model trains."""
        self._report(news)
        self._say(Note(news) if isinstance(news, str) else news)


def settings(hyper: Hyper) -> TriedSettings:
    """Settings as clients know them."""
    return msgspec.convert(hyper, TriedSettings, from_attributes=True)
