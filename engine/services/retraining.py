"""When a list's models are due for a new one, and why: gather what was said and what came, decide in core."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from engine.core.bars import History, as_date
from engine.core.drift import SESSIONS, drift
from engine.core.evaluation.predictions import Predictions, silent
from engine.core.evaluation.series import cases, observed
from engine.core.models import ModelRecord
from engine.core.presets import Preset
from engine.core.succession import line
from engine.gate import Gate
from engine.ports import Store
from engine.registry import Registry, sessions_since


@dataclass(frozen=True, slots=True)
class Due:
    """Train these symbols now; `reason` in words, empty where they have no model yet; `warm`: from those in charge."""

    symbols: tuple[str, ...]
    reason: str = ""
    warm: bool = False


class Retraining:
    """It blocks: call it in a thread.

    A model is due `every` so many sessions after the last training, be it that its challenger was rejected; when its
    weights cannot be used, or the settings name another preset; and on drift, but at the earliest half as many sessions
    after the last training. `warm` says whether the first of these may start from the weights in charge. For symbols
    that lack a model, one is trained of them alone, or of the whole list where the preset reads the market.
    """

    def __init__(
        self, store: Store, registry: Registry, gate: Gate, *, preset: Preset, every: int, warm: bool = True
    ) -> None:
        self._store = store
        self._registry = registry
        self._gate = gate
        self._preset = preset
        self._every = every
        self._warm = warm

    def due(self, symbols: Sequence[str], lacking: Sequence[str], session: date | None) -> Due | None:
        """What is due after a session; `lacking` are the symbols that no model can speak about."""
        records = self._registry.records()
        together = self._preset.reads_market
        if any(not (together and self._refused_lately(records, symbol, session)) for symbol in lacking):
            return Due(tuple(symbols if together else lacking), self._fault(records, lacking, session) or "")
        known = [symbol for symbol in symbols if line(records, symbol, session)]
        if not known:
            return None
        if fault := self._fault(records, known, session) or self._other_preset(records, known, session):
            return Due(tuple(symbols), fault)
        histories = [self._gate.read(symbol).history for symbol in known]
        waited = max(self._waited(records, history, session) for history in histories)
        if waited >= self._every:
            return Due(tuple(symbols), f"{waited} sessions since the last training", self._warm)
        if 2 * waited >= self._every and (why := drift(self._told(histories))):
            return Due(tuple(symbols), why)
        return None

    def _fault(self, records: Sequence[ModelRecord], symbols: Sequence[str], session: date | None) -> str | None:
        first = (next(iter(line(records, symbol, session)), None) for symbol in symbols)
        return next((fault for record in first if record and (fault := self._registry.fault(record))), None)

    def _refused_lately(self, records: Sequence[ModelRecord], symbol: str, session: date | None) -> bool:
        """Whether a list with this symbol was trained, and its model rejected, too short a time ago to try again."""
        refused = (each for each in records if symbol in each.symbols and each.standing == "rejected")
        newest = max((each.trained_to for each in refused if not _later(each, session)), default=None)
        return newest is not None and sessions_since(self._gate.read(symbol).history, newest) < self._every

    def _other_preset(self, records: Sequence[ModelRecord], symbols: Sequence[str], session: date | None) -> str | None:
        """The settings name a preset of which no model of these symbols was ever tried.

        A model whose preset a person named stays in charge until the next training that is due in any case.
        """
        if all(line(records, symbol, session)[0].asked for symbol in symbols):
            return None
        tried = [record for record in records if record.preset == self._preset.name and not _later(record, session)]
        if any(set(symbols) & set(record.symbols) for record in tried):
            return None
        return f"the preset is {self._preset.name} now"

    def _waited(self, records: Sequence[ModelRecord], history: History, session: date | None) -> int:
        """Sessions of a ticker since a model of it was last trained, whatever became of that."""
        trained = [
            record.trained_to for record in records if history.symbol in record.symbols and not _later(record, session)
        ]
        return sessions_since(history, max(trained))

    def _told(self, histories: Sequence[History]) -> Predictions:
        """What was said of these tickers to the last sessions, as it was stored, beside what came."""
        told = silent(cases([observed(history) for history in histories], (1,)))
        of, sessions = told.cases, np.unique(told.cases.made_at)[-SESSIONS:]
        if not len(sessions):
            return told
        recent = np.flatnonzero(of.made_at >= sessions[0])
        keys = zip(of.symbol[recent].tolist(), of.made_at[recent].tolist(), of.target[recent].tolist(), strict=True)
        rows = dict(zip(keys, recent.tolist(), strict=True))
        for place, history in enumerate(histories):
            for vintage in self._store.vintages(history.symbol, as_date(sessions[0])):
                row = rows.get((place, vintage.made_at, vintage.target_date))
                if row is not None:  # of two of one session the later stands
                    told.mean[row], told.quantiles[row] = vintage.mean, vintage.quantiles
        return told


def _later(record: ModelRecord, session: date | None) -> bool:
    return session is not None and record.trained_to > session
