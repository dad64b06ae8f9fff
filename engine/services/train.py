"""Train a model on the list: gather histories as of a session, fit a challenger, judge it, keep what came of it.

A challenger that is not worse than the models in charge is fitted once more on all rows, and stored: with its record it
is in charge. One that is worse is remembered without its weights. Whatever fails on the way leaves all as it was.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import takewhile
from time import perf_counter

import numpy as np

from engine.core.bars import History
from engine.core.card import figures, said
from engine.core.champion import Verdict, names, verdict
from engine.core.evaluation.predictions import Predictions, silent
from engine.core.fitting import Epoch, Fitted, Hyper
from engine.core.models import ModelRecord, TrainedModel
from engine.core.panel import Panel
from engine.core.presets import GATE_SESSIONS, PRESETS, Plan, Preset
from engine.core.succession import line
from engine.errors import TooShort
from engine.gate import Gate
from engine.ports import Clock, Trainer
from engine.protocol import TrainProgress
from engine.registry import Registry

Say = Callable[[str | TrainProgress], None]

_NAMED = 3
"""Symbols that are named of those with one and the same reason."""

NEWEST = 3 * GATE_SESSIONS
"""Rows of a champion that are asked for: its bands go on adapting from its own gate's sessions on."""

WARM_IN_A_ROW = 4
"""After so many warm trainings of the same symbols the next is from scratch: what inputs are scaled by goes from start
to start, and would be that of the first for ever."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A model; whether it is in charge of one of its symbols now; what it took, and who could not take part."""

    record: ModelRecord
    live: bool
    seconds: float
    skipped: dict[str, str]


class Train:
    """A preset on the last rows of each symbol; `trials` settings were tried to find `hyper`."""

    def __init__(
        self,
        registry: Registry,
        gate: Gate,
        trainer: Trainer,
        clock: Clock,
        *,
        preset: Preset,
        hyper: Hyper,
        max_rows: int,
        trials: int | None = None,
    ) -> None:
        self._registry = registry
        self._gate = gate
        self._trainer = trainer
        self._clock = clock
        self._preset = preset
        self._hyper = hyper
        self._max_rows = max_rows
        self._trials = trials

    async def __call__(
        self,
        symbols: Sequence[str],
        say: Say,
        start: date | None = None,
        end: date | None = None,
        *,
        warm: bool = False,
        asked: bool = False,
    ) -> Outcome:
        """Train on stored rows from `start` up to `end`; `warm` from the weights in charge, where they fit.

        `asked` is kept with the model: a person named its preset.

        Raises TooShort if nobody has enough, DataError for rows that cannot be learnt from, or TrainingError.
        """
        began = perf_counter()
        histories = await asyncio.to_thread(self._gather, symbols, start, end)
        able, skipped = self._able(histories)
        panel = await asyncio.to_thread(self._gate.panel, able)
        plan, before = await asyncio.to_thread(self._planned, panel, warm)
        fitted = await self._fitted(plan, say)
        judged = await self._weighed(await asyncio.to_thread(plan.finish, fitted), panel, before, say)
        model = judged.remembered(
            fingerprint=self._preset.fingerprint,
            made_at=self._clock.now(),
            seconds=perf_counter() - began,
            rows=sum(len(history) for history in able),
            losses=tuple(epoch.mean_loss for epoch in fitted.history),
            val_losses=tuple(_known(epoch.mean_val_loss) for epoch in fitted.history),
            warm_from=before.record.id if before else None,
            trials=self._trials,
            asked=asked,
        )
        record = await asyncio.to_thread(self._registry.add, model)
        return Outcome(record, await asyncio.to_thread(self._live, record), perf_counter() - began, skipped)

    async def under(self, hyper: Hyper, trials: int, symbols: Sequence[str], say: Say) -> Outcome:
        """Train as ever, but under settings that were found by so many trials. Raises TooShort, TrainingError."""
        other = Train(
            self._registry,
            self._gate,
            self._trainer,
            self._clock,
            preset=self._preset,
            hyper=hyper,
            max_rows=self._max_rows,
            trials=trials,
        )
        return await other(symbols, say, asked=True)

    def shortfall(self, history: History) -> str | None:
        """Why a history cannot take part in training, in words; None if it can."""
        return self._preset.shortfall(history, self._max_rows)

    async def fit(self, histories: Sequence[History], say: Say) -> TrainedModel:
        """A model of these histories, all of whose rows it may see; neither compared with another nor stored.

        Raises TooShort, TrainingError.
        """
        panel = await asyncio.to_thread(self._gate.panel, histories)
        plan, _ = await asyncio.to_thread(self._planned, panel, False)
        model = await asyncio.to_thread(plan.finish, await self._fitted(plan, say))
        return await self._refitted(model, panel, None, say)

    # --- gather ---

    def _gather(self, symbols: Sequence[str], start: date | None, end: date | None) -> list[History]:
        histories = [self._gate.read(symbol, end).history for symbol in symbols]
        if start is None:
            return histories
        return [history.rows(history.sessions >= np.datetime64(start)) for history in histories]

    def _able(self, histories: Sequence[History]) -> tuple[list[History], dict[str, str]]:
        """Those that can take part, and why the others cannot. Raises TooShort if nobody can."""
        reasons = {history.symbol: self.shortfall(history) for history in histories}
        skipped = {symbol: why for symbol, why in reasons.items() if why}
        if len(skipped) == len(histories):
            raise TooShort(
                f"no symbol has enough history to train on: {_listed(skipped) or 'no symbols'}",
                do="fetch more history, or choose a later date",
            )
        return [history for history in histories if history.symbol not in skipped], skipped

    # --- fit ---

    def _planned(self, panel: Panel, warm: bool) -> tuple[Plan, TrainedModel | None]:
        """The training, and whose weights it starts from.

        From nobody's who has seen a session that this one is calibrated or judged by, as when older history was fetched
        in between and the blocks begin earlier now.
        """
        if before := self._to_start_from(panel) if warm else None:
            plan = self._preset.plan(panel, self._settings(before), self._max_rows, before)
            if (before.unseen_from <= plan.unseen_from).all():
                return plan, before
        return self._preset.plan(panel, self._hyper, self._max_rows, None), None

    async def _refitted(self, model: TrainedModel, panel: Panel, before: TrainedModel | None, say: Say) -> TrainedModel:
        plan = await asyncio.to_thread(self._preset.refit, model, panel, self._settings(before), before)
        if plan is None:
            return model
        say("fitting on all rows")
        refitted = await asyncio.to_thread(plan.finish, await self._fitted(plan, say))
        return replace(refitted, record=model.record, unseen_from=model.unseen_from)

    async def _fitted(self, plan: Plan, say: Say) -> Fitted:
        return await self._trainer.fit(plan.job, lambda news: say(_in_words(news)))

    def _settings(self, before: TrainedModel | None) -> Hyper:
        return self._preset.warm_hyper(self._hyper) if before else self._hyper

    def _to_start_from(self, panel: Panel) -> TrainedModel | None:
        """The draft in charge of these very symbols, if the same preset made it of the same shape; None: from scratch.

        The draft, not what it was fitted to later: the latter has seen sessions that the new one is judged by. Nobody
        after so many warm ones in a row, whatever became of these.
        """
        records, histories = self._registry.records(), [each.history for each in panel]
        symbols = tuple(history.symbol for history in histories)
        if _warm_in_a_row(records, symbols, self._preset) >= WARM_IN_A_ROW:
            return None
        day = max(history.last for history in histories if history.last)
        speakers = [self._registry.speaker(records, history, day).model for history in histories]
        model = speakers[0]
        if model is None or any(other is not model for other in speakers):
            return None
        same = (model.record.symbols, model.record.preset) == (symbols, self._preset.name)
        shape = (model.draft.units, model.draft.activation)
        return model if same and shape == (self._hyper.units, self._hyper.activation) else None

    # --- judge ---

    async def _weighed(
        self, challenger: TrainedModel, panel: Panel, before: TrainedModel | None, say: Say
    ) -> TrainedModel:
        """The challenger judged, and fitted once more on all rows where it is accepted."""
        say("comparing models")
        judged = await asyncio.to_thread(self._judged, challenger, panel)
        return await self._refitted(judged, panel, before, say) if judged.record.standing == "accepted" else judged

    def _judged(self, challenger: TrainedModel, panel: Panel) -> TrainedModel:
        told = said(challenger, panel)
        found = self._verdict(challenger, panel, told)
        return challenger.remembered(
            standing="accepted" if found.accepted else "rejected",
            reason=found.words,
            figures=figures(challenger, told),
        )

    def _verdict(self, challenger: TrainedModel, panel: Panel, told: Predictions) -> Verdict:
        """The challenger against whoever is in charge, as of its own last session, of each of its symbols."""
        records, day = self._registry.records(), challenger.record.trained_to
        speakers = {each.symbol: self._registry.speaker(records, each.history, day) for each in panel}
        models = {each.model.record.id: each.model for each in speakers.values() if each.model}
        if not models:
            whys = [each.why for each in speakers.values() if each.record]
            return Verdict(True, f"nobody to compare it with: {whys[0]}" if whys else "the first model of its symbols")
        other = silent(told.cases)
        for model in models.values():
            theirs = [place for place, each in enumerate(panel) if speakers[each.symbol].model is model]
            champion = said(model.as_draft(), self._beside(model, panel, day), NEWEST)
            rows = np.isin(told.cases.symbol, theirs)
            other.mean[rows], other.quantiles[rows] = champion.mean[rows], champion.quantiles[rows]
        return verdict(told, other, names(list(models)))

    def _beside(self, model: TrainedModel, panel: Panel, day: date) -> Panel:
        """The same tickers, those that a champion knows beside the market of its own symbols."""
        if not PRESETS[model.record.preset].reads_market or set(model.record.symbols) == {
            each.symbol for each in panel
        }:
            return panel
        histories = [self._gate.read(symbol, day).history for symbol in model.record.symbols]
        known = {each.symbol: each for each in self._gate.panel([history for history in histories if len(history)])}
        own = {each.symbol: known[each.symbol].market for each in panel if each.symbol in known}
        return tuple(
            replace(each, market=own[each.symbol]) if len(own.get(each.symbol, ())) == len(each) else each
            for each in panel
        )

    def _live(self, record: ModelRecord) -> bool:
        records = self._registry.records()
        lines = [line(records, symbol) for symbol in record.symbols]
        return any(each[0].id == record.id for each in lines if each)


def _warm_in_a_row(records: Sequence[ModelRecord], symbols: tuple[str, ...], preset: Preset) -> int:
    """How many of a preset's newest trainings of these very symbols were warm, the newest record first."""
    alike = (record for record in records if (record.symbols, record.preset) == (symbols, preset.name))
    return sum(1 for _ in takewhile(lambda record: record.warm_from is not None, alike))


def _listed(skipped: Mapping[str, str]) -> str:
    """Why symbols take no part: each reason once, behind the first of those that it holds for."""
    alike: dict[str, list[str]] = {}
    for symbol, why in skipped.items():
        alike.setdefault(why, []).append(symbol)
    return "; ".join(f"{_some(symbols)}: {why}" for why, symbols in alike.items())


def _some(symbols: Sequence[str]) -> str:
    more = len(symbols) - _NAMED
    return ", ".join(symbols[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _in_words(news: str | Epoch) -> str | TrainProgress:
    if isinstance(news, str):
        return news
    return TrainProgress(epoch=news.epoch, epochs=news.epochs, loss=news.mean_loss, val_loss=_known(news.mean_val_loss))


def _known(value: float) -> float | None:
    return value if np.isfinite(value) else None
