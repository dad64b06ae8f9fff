"""Evaluate a preset: gather histories, train before each test block, hold against the baselines, keep the result."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from time import perf_counter

import numpy as np

from engine.core.bars import History
from engine.core.evaluation.folds import Fold, Plan
from engine.core.evaluation.predictions import Cases, Predictions, joined, joined_cases, silent
from engine.core.evaluation.summary import summary
from engine.core.evaluation.walk import Walk, answered, references, walk
from engine.core.fitting import Epoch, Hyper
from engine.core.models import TrainedModel
from engine.core.presets import Plan as Training
from engine.core.presets import Preset
from engine.errors import BadRequest, TooShort
from engine.gate import Gate
from engine.ports import Clock, EvaluationRecord, Store, Trainer
from engine.protocol import Evaluated, Note
from engine.services.evaluate import cost
from engine.services.evaluate.answer import answer, document

BESIDE = "article"
"""The preset that any other one is held against, for it is the how-to's own."""

FIVE_YEARS = 1_260

Say = Callable[[Note], None]
Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be evaluated: a preset, the walk, and the sessions that it may use.

    `may_shorten` lets a walk with an expanding training block have one of five years where it would take too long.
    """

    preset: str
    plan: Plan = field(default_factory=Plan)
    start: date | None = None
    end: date | None = None
    may_shorten: bool = True


@dataclass(frozen=True, slots=True)
class _Told:
    """Where an evaluation stands, for whoever waits and for the job table."""

    say: Say
    report: Report
    place: str = ""

    def __call__(self, what: str, news: str | Epoch) -> None:
        words = news if isinstance(news, str) else f"epoch {news.epoch} of {news.epochs}"
        self.report(f"{self.place}, {what}: {words}")


class Evaluate:
    """A preset, walked forward through a list's history."""

    def __init__(
        self,
        store: Store,
        gate: Gate,
        trainer: Trainer,
        clock: Clock,
        *,
        presets: Mapping[str, Preset],
        hypers: Mapping[str, Hyper],
        max_rows: int,
        give_back: Callable[[], None] = lambda: None,
    ) -> None:
        """`give_back` lets the system have the memory that an evaluation has freed."""
        self._store = store
        self._gate = gate
        self._trainer = trainer
        self._clock = clock
        self._presets = presets
        self._hypers = hypers
        self._max_rows = max_rows
        self._give_back = give_back
        self._rate = cost.Rate()

    async def __call__(self, symbols: Sequence[str], wish: Wish, say: Say, report: Report) -> Evaluated:
        """Evaluate on stored rows. Raises BadRequest, TooShort, DataError, TrainingError."""
        try:
            return await self._evaluated(symbols, wish, say, report)
        finally:
            self._give_back()

    async def _evaluated(self, symbols: Sequence[str], wish: Wish, say: Say, report: Report) -> Evaluated:
        began = perf_counter()
        names = self._names(wish.preset)
        of, skipped = await asyncio.to_thread(self._gathered, symbols, wish)
        of, notes = await asyncio.to_thread(self._within_reason, of, names, wish)
        for words in notes:
            say(Note(words))
        said: dict[str, list[Predictions]] = {}
        for fold in of.folds:
            place = f"fold {fold.number} of {len(of.folds)}"
            for name, part in (await self._fold(of, fold, names, _Told(say, report, place))).items():
                said.setdefault(name, []).append(part)
            say(Note(f"{place} is done{cost.left(perf_counter() - began, fold.number, len(of.folds))}"))
        report("the figures")
        result = await asyncio.to_thread(self._result, of, wish, said, skipped, began)
        able = tuple(listed.symbol for listed in of.panel)  # those that a model of this list knows
        record = EvaluationRecord(wish.preset, able, self._clock.now(), document(result))
        await asyncio.to_thread(self._store.add_evaluation, record)
        return result

    def _names(self, preset: str) -> tuple[str, ...]:
        """The presets that are trained in each fold, the one in question first."""
        if preset not in self._presets:
            known = ", ".join(self._presets)
            raise BadRequest("there is no such preset", received=preset, do=f"this version has: {known}")
        return (preset,) if preset == BESIDE or BESIDE not in self._presets else (preset, BESIDE)

    # --- gather ---

    def _gathered(self, symbols: Sequence[str], wish: Wish) -> tuple[Walk, dict[str, str]]:
        histories = [_since(self._gate.read(symbol, wish.end).history, wish.start) for symbol in symbols]
        preset = self._presets[wish.preset]
        skipped = {each.symbol: why for each in histories if (why := preset.shortfall(each, self._max_rows))}
        able = [each for each in histories if each.symbol not in skipped]
        if not able:
            reasons = "; ".join(f"{symbol}: {why}" for symbol, why in skipped.items())
            raise TooShort(f"no symbol has enough history to be evaluated: {reasons or 'no symbols'}")
        return walk(self._gate.panel(able), wish.plan), skipped

    def _within_reason(self, of: Walk, names: Sequence[str], wish: Wish) -> tuple[Walk, list[str]]:
        """The walk, with less to train on where all would take too long and nobody asked for it; what is said of it.

        Whether it is too long does not depend on the machine: the same list is walked in the same way everywhere.
        """
        said, planned = [], self._windows(of, names)
        usual = cost.RATE * sum(planned.values())
        if usual > cost.LIMIT and wish.may_shorten and wish.plan.train is None:
            of = of.cut(replace(wish.plan, train=FIVE_YEARS))
            said.append(cost.shortened(usual, FIVE_YEARS))
            planned = self._windows(of, names)
        expected = sum(count * self._rate(name) for name, count in planned.items())
        said.append(cost.estimate(of, expected + cost.beside(len(of.panel), len(of.folds), len(names))))
        return of, said

    def _able(self, preset: Preset, histories: Sequence[History]) -> list[History]:
        return [each for each in histories if preset.shortfall(each, self._max_rows) is None]

    def _windows(self, of: Walk, names: Sequence[str]) -> dict[str, float]:
        """The windows that each preset will learn from, all folds together."""
        found = {}
        for name in names:
            preset = self._presets[name]
            known = [able for fold in of.folds if (able := self._able(preset, of.known(fold)))]
            ends = [cost.windows(self._planned(preset, known[at]).job) for at in (0, -1) if known]
            found[name] = cost.whole([sum(map(len, each)) for each in known], *ends) if known else 0.0
        return found

    def _planned(self, preset: Preset, histories: Sequence[History]) -> Training:
        return preset.plan(self._gate.panel(histories), self._hypers[preset.name], self._max_rows, None)

    # --- one fold ---

    async def _fold(self, of: Walk, fold: Fold, names: Sequence[str], told: _Told) -> dict[str, Predictions]:
        asked = await asyncio.to_thread(of.asked, fold)
        said = {name: await self._preset(self._presets[name], of, fold, asked, partial(told, name)) for name in names}
        returns = await asyncio.to_thread(of.before_test, fold)
        models = await self._trainer.fit_garch(returns, partial(told, "baselines"))
        by_symbol = dict(zip(asked.symbols, models, strict=True))
        return said | await asyncio.to_thread(references, of, fold, asked, by_symbol)

    async def _preset(
        self, preset: Preset, of: Walk, fold: Fold, asked: Cases, told: Callable[[str | Epoch], None]
    ) -> Predictions:
        """Train on what was known before the test block, as it was known then and as for live use; forecast it."""
        known = await asyncio.to_thread(lambda: self._able(preset, of.known(fold)))
        if not known:
            return silent(asked)
        plan = await asyncio.to_thread(self._planned, preset, known)
        fitted = await self._trainer.fit(plan.job, told)
        self._rate.saw(preset.name, plan.job, fitted.seconds)
        model = await asyncio.to_thread(plan.finish, fitted)
        panel, hyper = await asyncio.to_thread(self._gate.panel, known), self._hypers[preset.name]
        if (refit := await asyncio.to_thread(preset.refit, model, panel, hyper)) is not None:
            model = await asyncio.to_thread(refit.finish, await self._trainer.fit(refit.job, told))
        return await asyncio.to_thread(self._forecasts, preset, model, of.seen(fold), asked)

    def _forecasts(self, preset: Preset, model: TrainedModel, seen: Sequence[History], asked: Cases) -> Predictions:
        """From the first row that the model may speak about on: a band may lean on how it has done before."""
        taking_part = [each for each in seen if each.symbol in model.record.symbols]
        panel = self._gate.panel(taking_part)
        raws = preset.raws(model, panel, [0] * len(panel))
        return answered(asked, taking_part, preset.outlooks(model, panel, raws))

    # --- all folds ---

    def _result(
        self, of: Walk, wish: Wish, said: dict[str, list[Predictions]], skipped: dict[str, str], began: float
    ) -> Evaluated:
        cases = joined_cases([part.cases for part in said[wish.preset]])
        whole = {name: joined(said.pop(name), cases) for name in tuple(said)}
        own = whole.pop(wish.preset)
        found = summary(wish.preset, own, whole, of.folds)
        late = {
            name: "no fold could train on it: it came too late" for name in cases.symbols if name not in found.symbols
        }
        return answer(found, own, skipped | late, perf_counter() - began)


def _since(history: History, start: date | None) -> History:
    return history if start is None else history.rows(history.sessions >= np.datetime64(start))
