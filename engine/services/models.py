"""What screens show of models: the one in charge, the registry as cards, a plot; and the way back to an earlier one."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

import msgspec
import numpy as np

from engine.core.bars import FloatArray, as_date
from engine.core.card import said
from engine.core.evaluation.predictions import Predictions
from engine.core.models import Figures, ModelRecord, TrainedModel
from engine.core.panel import Listed
from engine.core.presets import PRESETS
from engine.core.succession import line
from engine.errors import BadRequest
from engine.gate import Gate
from engine.ports import Store
from engine.protocol import Model, ModelCard, ModelMetrics, ModelPlot, Models, ModelStatus, RolledBack
from engine.registry import Registry, sessions_since

Records = Sequence[ModelRecord]


class ModelCards:
    """Translations, and the roll back; it blocks."""

    def __init__(self, store: Store, registry: Registry, gate: Gate) -> None:
        self._store = store
        self._registry = registry
        self._gate = gate

    def in_charge(self, symbols: Sequence[str], session: date | None) -> Model | None:
        """The newest model that speaks about one of the symbols after a session, as the status bar shows it."""
        records = self._registry.records()
        record = self._registry.newest(records, symbols, session)
        return self._model(records, record, session) if record else None

    def newest(self, session: date | None) -> Model | None:
        """The same of all symbols there are."""
        records = self._registry.records()
        symbols = sorted({symbol for record in records for symbol in record.symbols})
        record = self._registry.newest(records, symbols, None)
        return self._model(records, record, session or record.trained_to) if record else None

    def notice(self, symbols: Sequence[str], session: date | None) -> str | None:
        """What is wrong with a model that should speak, in words; None if all is well."""
        return self._registry.notice(self._registry.records(), symbols, session)

    def __call__(
        self,
        symbols: Sequence[str],
        session: date | None,
        symbol: str | None = None,
        model: int | None = None,
        as_of: date | None = None,
    ) -> Models:
        """All models that know one of these symbols, newest first, and a plot of one of them on `symbol`.

        As of a session, if one is named, those that had seen nothing later. Raises BadRequest if there is no model of
        that number.
        """
        session = session or self._last(symbols)
        upto = as_of or date.max
        every = [each for each in self._registry.records() if each.trained_to <= upto]
        records = [each for each in every if set(symbols) & set(each.symbols)]
        charged = self._charged(records, symbols, session)
        cards = tuple(
            self._card(record, session, charged, self._left(every, record, session), told=as_of is None)
            for record in records
        )
        if symbol is None:
            return Models(cards)
        record = self._chosen(records, symbol, session, model)
        if record is None:
            return Models(cards, why=f"no model of {symbol} can speak")
        trained = self._registry.load(record) if record.standing == "accepted" else None
        if trained is None:
            return Models(cards, why=self._registry.fault(record) or f"the weights of model #{record.id} are gone")
        return Models(cards, self._plot(trained, symbol, as_of))

    def roll_back(self, symbols: Sequence[str], session: date | None, model: int | None = None) -> RolledBack:
        """Withdraw a model in charge of one of the symbols, the newest if none is named.

        Raises BadRequest if it is not in charge, or if there is none before it that could speak.
        """
        session = session or self._last(symbols)
        records = self._registry.records()
        charged = self._charged(records, symbols, session)
        if not charged:
            raise BadRequest("there is no model in charge", do="train one first")
        if model is not None and model not in charged:
            listed = ", ".join(f"#{number}" for number in sorted(charged, reverse=True))
            raise BadRequest("that model is not in charge", received=f"#{model}", do=f"in charge: {listed}")
        record = next(each for each in records if each.id == (model or max(charged)))
        before = {symbol: self._before(records, record, symbol, session) for symbol in record.symbols}
        heirs = sorted({each.id for each in before.values() if each}, reverse=True)
        if not heirs:
            raise BadRequest(
                f"there is no model before #{record.id} that could speak instead", do="train a new one: it replaces it"
            )
        self._registry.withdraw(record.id, "withdrawn by roll back")
        lost = [symbol for symbol, each in before.items() if each is None]
        without = f"; {' '.join(lost)} will get a new one" if lost else ""
        words = f"model #{record.id} is withdrawn, {_numbers(heirs)} in charge again{without}"
        return RolledBack(record.id, heirs[0], words)

    def _before(self, records: Records, record: ModelRecord, symbol: str, session: date | None) -> ModelRecord | None:
        candidates = line(records, symbol, session)
        earlier = candidates[candidates.index(record) + 1 :] if record in candidates else ()
        usable = (each for each in earlier if self._registry.fault(each) is None and self._left(records, each, session))
        return next(usable, None)

    def _chosen(self, records: Records, symbol: str, session: date | None, model: int | None) -> ModelRecord | None:
        if model is None:
            able = (each for each in line(records, symbol, session) if self._registry.fault(each) is None)
            return next(able, None)
        found = next((each for each in records if each.id == model and symbol in each.symbols), None)
        if found is None:
            raise BadRequest(f"there is no model of that number that knows {symbol}", received=f"#{model}")
        return found

    def _charged(self, records: Records, symbols: Sequence[str], session: date | None) -> frozenset[int]:
        """The models that speak about one of the symbols."""
        lines = (line(records, symbol, session) for symbol in symbols)
        able = (next((record for record in each if self._registry.fault(record) is None), None) for each in lines)
        return frozenset(record.id for record in able if record)

    def _last(self, symbols: Sequence[str]) -> date | None:
        return max((last for symbol in symbols if (last := self._gate.read(symbol).history.last)), default=None)

    def _age(self, record: ModelRecord, session: date | None) -> int:
        """In sessions of its first symbol, as the registry counts them when it asks whether a model may speak."""
        return sessions_since(self._gate.read(record.symbols[0], session).history, record.trained_to)

    def _left(self, records: Records, record: ModelRecord, session: date | None) -> int:
        """Sessions until it has expired, of its first symbol; 0 where it has."""
        history = self._gate.read(record.symbols[0], session).history
        return self._registry.left(records, record, history, session)

    def _model(self, records: Records, record: ModelRecord, session: date | None) -> Model:
        figures = record.figures
        return Model(
            id=record.id,
            preset=record.preset,
            symbols=record.symbols,
            trained_to=record.trained_to,
            age_sessions=self._age(record, session),
            skill=_known(figures.pinball_skill) if figures else None,
            word=figures.word if figures else None,
            expires_in=self._left(records, record, session),
        )

    def _card(
        self, record: ModelRecord, session: date | None, charged: frozenset[int], left: int, *, told: bool
    ) -> ModelCard:
        """`told` says whether an evaluation may be: it tells of all rows there are."""
        fault = self._registry.fault(record) if record.standing == "accepted" else None
        return ModelCard(
            id=record.id,
            preset=record.preset,
            status=_status(record, charged, left),
            symbols=record.symbols,
            trained_from=record.trained_from,
            trained_to=record.trained_to,
            age_sessions=self._age(record, session),
            expires_in=left,
            seed=record.seed,
            data_hash=record.data_hash,
            fingerprint=record.fingerprint,
            made_at=record.made_at,
            rows=record.rows,
            seconds=record.seconds,
            losses=record.losses,
            val_losses=record.val_losses,
            metrics=_metrics(record.figures),
            word=record.figures.word if record.figures else None,
            warm_from=record.warm_from,
            trials=record.trials,
            reason=fault or record.reason,
            usable=record.standing == "accepted" and fault is None,
            evaluation=self._evaluation(record) if told else None,
        )

    def _evaluation(self, record: ModelRecord) -> dict[str, Any] | None:
        found = self._store.evaluation(record.preset, record.symbols)
        return None if found is None else msgspec.json.decode(found.document, type=dict[str, Any])

    def _plot(self, model: TrainedModel, symbol: str, as_of: date | None) -> ModelPlot:
        listed = self._listed(model, symbol, as_of)
        told = said(model, (listed,))
        told = told.rows(np.isfinite(told.mean) | np.isfinite(told.quantiles).all(axis=1))
        history = listed.history
        at = np.searchsorted(history.sessions, told.cases.target)
        level = said_level(told, told.mean)
        return ModelPlot(
            model=model.record.id,
            symbol=symbol,
            sessions=tuple(as_date(session) for session in history.sessions[at]),
            actual=tuple(said_level(told, told.cases.realised).tolist()),
            predicted=_column(level),
            q05=_column(said_level(told, told.quantiles[:, 0])),
            q95=_column(said_level(told, told.quantiles[:, -1])),
        )

    def _listed(self, model: TrainedModel, symbol: str, as_of: date | None) -> Listed:
        """The ticker beside the market of its model."""
        beside = model.record.symbols if PRESETS[model.record.preset].reads_market else (symbol,)
        histories = [self._gate.read(each, as_of).history for each in beside]
        panel = self._gate.panel([each for each in histories if len(each) or each.symbol == symbol])
        return next(each for each in panel if each.symbol == symbol)


def _status(record: ModelRecord, charged: frozenset[int], left: int) -> ModelStatus:
    if record.standing != "accepted":
        return record.standing
    if not left:
        return "expired"
    return "champion" if record.id in charged else "earlier"


def said_level(told: Predictions, returns: FloatArray) -> FloatArray:
    """(N,) the price that a log return from each row's close leads to."""
    return np.asarray(told.cases.close * np.exp(returns))


def _metrics(figures: Figures | None) -> ModelMetrics | None:
    if figures is None:
        return None
    told = {name: _known(value) if isinstance(value, float) else value for name, value in asdict(figures).items()}
    return msgspec.convert(told, ModelMetrics)


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _column(values: FloatArray) -> tuple[float | None, ...]:
    return tuple(_known(value) for value in values.tolist())


def _numbers(numbers: Sequence[int]) -> str:
    listed = ", ".join(f"#{number}" for number in numbers)
    return f"model {listed} is" if len(numbers) == 1 else f"models {listed} are"
