"""Play a stretch of stored history as if live, in a store of its own that is gone afterwards.

Each stretch between two trainings is scored in one go, every row from rows up to its own; then session after session is
calibrated and decided on what had been seen by then. The replay's clock waits while a model trains.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from time import perf_counter
from typing import Literal, Protocol, TypeAlias

import numpy as np

from engine.core.bars import DateArray, History, as_date
from engine.core.budget import Budget
from engine.core.episodes import Episode
from engine.core.features import features
from engine.core.grading import HORIZONS, SHOWN, Grade, due
from engine.core.judge import Judgement, decide_session
from engine.core.market import Market, market_of
from engine.core.market_first import judge_list
from engine.core.models import TrainedModel
from engine.core.panel import on_list
from engine.core.presets import PRESETS
from engine.core.residual import residuals
from engine.core.rolling import Rolling
from engine.core.scored import Scored, score
from engine.errors import BadRequest, TooShort
from engine.gate import Gate
from engine.protocol import AlarmEvent, Note, Replayed, TrainProgress
from engine.records import records
from engine.rules import Rules

Say = Callable[[AlarmEvent | Note | TrainProgress], None]
Told: TypeAlias = Literal["opened", "escalated", "closed"]


class Training(Protocol):
    """How a model is had: services/train.py, which no other service may import."""

    def shortfall(self, history: History) -> str | None:
        """Why a history cannot take part, in words; None if it can."""
        ...

    async def fit(self, histories: Sequence[History], say: Callable[[str | TrainProgress], None]) -> TrainedModel:
        """A model of these histories. Raises TooShort, TrainingError."""
        ...


SESSIONS_A_TURN = 20
"""Sessions played in a thread before their events are told."""


@dataclass(slots=True)
class _Tape:
    """Where a replay stands."""

    rules: Rules
    last: dict[str, dict[str, Episode]] = field(default_factory=dict)
    opened: list[Episode] = field(default_factory=list)
    watched: Counter[str] = field(default_factory=Counter)
    """How many sessions each ticker was judged on."""
    grades: list[Grade] = field(default_factory=list)
    waiting: list[tuple[Episode, set[int]]] = field(default_factory=list)
    """Alarms that lack a grade, with the horizons of those they have."""
    training_seconds: float = 0.0
    model: TrainedModel | None = None
    filled: dict[str, frozenset[date]] = field(default_factory=dict)
    """Sessions that only stand in for a missing bar: live, nothing would be scored on them."""


@dataclass(eq=False)
class _Reel:
    """What a stretch is played from: each ticker scored to its end, and the market that the members make."""

    scored: Sequence[Scored]
    members: Sequence[Scored]
    market: Market | None
    budget: Budget
    pools: Rolling = field(default_factory=Rolling)

    @cached_property
    def whole(self) -> tuple[Scored, ...]:
        """The market as a ticker of its own, if there is one."""
        return (self.market.scored,) if self.market else ()

    @cached_property
    def residuals(self) -> list[Scored]:
        """The members, every kind scored on what the market leaves of their moves."""
        return residuals(self.members, self.market, self.budget.kinds) if self.market else []


def _upto(scored: Sequence[Scored], session: np.datetime64) -> list[Scored]:
    """Each as it was known after a session; without those that had no rows yet."""
    ends = [int(np.searchsorted(ticker.features.sessions, session, side="right")) for ticker in scored]
    return [ticker.upto(end) for ticker, end in zip(scored, ends, strict=True) if end]


def _grade(reel: _Reel, session: np.datetime64, tape: _Tape) -> None:
    """Grade what is due by a session, from rows up to it; a grade is given once."""
    known = {ticker.symbol: ticker.features for ticker in _upto((*reel.scored, *reel.whole), session)}
    for episode, has in tape.waiting:
        if episode.symbol in known:
            given = due(episode, has, known[episode.symbol])
            has.update(each.horizon for each in given)
            tape.grades += given
    tape.waiting = [(episode, has) for episode, has in tape.waiting if len(has) < len(HORIZONS)]


_USUAL = Rules()


class Replay:
    """Alarms as they would have fired."""

    def __init__(self, gate: Gate, training: Training) -> None:
        self._gate = gate
        self._training = training

    async def __call__(
        self, symbols: Sequence[str], start: date, end: date, retrain: int, say: Say, *, rules: Rules = _USUAL
    ) -> Replayed:
        """Play every session from `start` to `end`. Raises BadRequest if there is none, TooShort, TrainingError."""
        began, tape = perf_counter(), _Tape(rules)
        gated = [await asyncio.to_thread(self._gate.read, symbol, end) for symbol in symbols]
        histories = [each.history for each in gated]
        tape.filled = {each.history.symbol: frozenset(each.history.sessions[each.filled].tolist()) for each in gated}
        sessions = _sessions(histories, start)
        if not len(sessions):
            raise BadRequest(f"no session is stored from {start} to {end}", do="fetch history first")
        for first in range(0, len(sessions), retrain):
            stretch = sessions[first : first + retrain]
            model = tape.model = await self._train(histories, as_date(stretch[0]), tape, say)
            known = [history.upto(as_date(stretch[-1])) for history in histories]
            reel = await asyncio.to_thread(self._score, known, model, rules)
            await self._play(reel, stretch, tape, say)
        return Replayed(
            sessions=len(sessions),
            symbols=len(histories),
            seconds=perf_counter() - began - tape.training_seconds,
            training_seconds=tape.training_seconds,
            alarms=len(tape.opened),
            grades=records(tape.watched, rules, tape.opened, (each for each in tape.grades if each.horizon == SHOWN)),
        )

    async def _train(self, histories: Sequence[History], session: date, tape: _Tape, say: Say) -> TrainedModel:
        began = perf_counter()
        known = [history.upto(session) for history in histories]
        reasons = {history.symbol: self._training.shortfall(history) for history in known}
        able = [history for history in known if reasons[history.symbol] is None]
        if not able:
            raise TooShort(
                f"up to {session} no symbol has enough history to train on",
                received=", ".join(f"{symbol}: {why}" for symbol, why in reasons.items()),
                do="start later",
            )
        say(Note(f"training on rows up to {session}"))
        model = await self._training.fit(able, lambda news: None if isinstance(news, str) else say(news))
        tape.training_seconds += perf_counter() - began
        return model

    def _score(self, histories: Sequence[History], model: TrainedModel, rules: Rules) -> _Reel:
        preset = PRESETS[model.record.preset]
        panel = self._gate.panel([each for each in histories if each.symbol in model.record.symbols and len(each)])
        outlooks = preset.outlooks(model, panel, preset.raws(model, panel, [0] * len(panel)))
        assets = self._gate.assets(each.symbol for each in panel)
        together = self._gate.together(each.symbol for each in panel)
        listed = on_list(panel, together, [symbol for symbol in together if assets[symbol] == "stock"])
        scored = [
            score(
                features(each.history, outlook, rules.windows, each.returns, each.index),
                rules.budget,
                assets[each.symbol],
            )
            for each, outlook in zip(listed, outlooks, strict=True)
        ]
        members = [ticker for ticker in scored if ticker.symbol in together]
        return _Reel(scored, members, market_of([ticker.features for ticker in members]), rules.budget)

    async def _play(self, reel: _Reel, stretch: DateArray, tape: _Tape, say: Say) -> None:
        for first in range(0, len(stretch), SESSIONS_A_TURN):
            turn = stretch[first : first + SESSIONS_A_TURN]
            for session, episode, event in await asyncio.to_thread(self._turn, reel, turn, tape):
                say(_event(session, episode, event))

    def _turn(self, reel: _Reel, turn: DateArray, tape: _Tape) -> list[tuple[date, Episode, Told]]:
        events = []
        for session in turn:
            for judged in self._judged(reel, session, tape):
                last = tape.last.setdefault(judged.symbol, {})
                tape.watched[judged.symbol] += 1
                for episode, event in decide_session(judged, last):
                    last[episode.kind] = episode
                    if event == "opened":
                        tape.opened.append(episode)
                        tape.waiting.append((episode, set()))
                    if event in ("opened", "escalated", "closed"):
                        events.append((as_date(session), episode, event))
        _grade(reel, turn[-1], tape)
        return events

    def _judged(self, reel: _Reel, session: np.datetime64, tape: _Tape) -> Iterator[Judgement]:
        """What is said of those that have a bar of this session, the market first."""
        models = {ticker.symbol: tape.model for ticker in reel.scored}
        said = judge_list(
            _upto(reel.scored, session),
            tape.rules.budget,
            models,
            next(iter(_upto(reel.whole, session)), None),
            lambda _: _upto(reel.residuals, session),
            pools=reel.pools,
        )
        day = as_date(session)
        for judged in said.all:
            if judged.session == day and day not in tape.filled.get(judged.symbol, frozenset()):
                yield judged


def _sessions(histories: Sequence[History], start: date) -> DateArray:
    every = [history.sessions[history.sessions >= np.datetime64(start)] for history in histories]
    return np.unique(np.concatenate(every)) if every else np.empty(0, "datetime64[D]")


def _event(session: date, episode: Episode, event: Told) -> AlarmEvent:
    return AlarmEvent(
        event=event,
        at=session,
        symbol=episode.symbol,
        kind=episode.kind,
        tier=episode.tier,
        p=episode.p,
        rarity_days=episode.rarity_days,
        words=episode.words,
        rarer=episode.rarer,
        confirmed=episode.confirmed,
    )
