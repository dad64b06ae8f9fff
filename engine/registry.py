"""The models of a home on their way to whoever forecasts: which one speaks, and why one that should cannot."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from threading import Lock

import numpy as np

from engine.core.bars import History
from engine.core.models import ModelRecord, TrainedModel
from engine.core.presets import PRESETS
from engine.core.succession import fresh_to, keep_weights, line
from engine.errors import StoreDamaged, StoreError, StoreUnread
from engine.ports import Store


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks about a ticker, or why nobody does; `record` is the model in charge, which may be unable to.

    `passing` says that nobody does for now alone: a training would not help.
    """

    model: TrainedModel | None
    record: ModelRecord | None
    why: str | None
    passing: bool = False


class Registry:
    """Reads and writes the store's models. It blocks; safe to call from several threads.

    A model whose weights are damaged, or were made for other inputs than this version's, is passed over for the one
    before it; `fault` says so until the engine ends. A file that cannot be read just now is tried again. A model gives
    no forecast any more where more than `expires` sessions have passed since it was trained, and since a challenger was
    last worse than it.
    """

    def __init__(self, store: Store, expires: int) -> None:
        self._store = store
        self.expires = expires
        self._lock = Lock()
        self._loaded: dict[int, TrainedModel] = {}
        self._damaged: dict[int, str] = {}
        self._unread: dict[int, str] = {}

    def records(self) -> tuple[ModelRecord, ...]:
        """All models, newest first."""
        return self._store.models()

    def speaker(self, records: Sequence[ModelRecord], history: History, day: date | None) -> Speaker:
        """Who speaks about a ticker after its last session, of those that have seen nothing after `day`.

        Where one was pruned or withdrawn since the records were read, they are read again.
        """
        candidates = line(records, history.symbol, day)
        first = next(iter(candidates), None)
        if first is None or history.last is None:
            return Speaker(None, None, "no model yet")
        whys, passing = [], False
        for record in candidates:
            age = sessions_since(history, record.trained_to)
            if age > self.expires and not self.left(records, record, history, day):
                whys.append(f"model #{record.id} has expired: it is {age} sessions old")
                break
            model = self.load(record)
            if model is not None:
                return Speaker(model, record, None)
            if not self._stands(record):
                return self.speaker(self.records(), history, day)
            whys.append(self.fault(record) or "no model yet")
            passing = passing or record.id in self._unread
        return Speaker(None, first, whys[0], passing)

    def left(self, records: Sequence[ModelRecord], record: ModelRecord, history: History, day: date | None) -> int:
        """Sessions of a ticker until a model of it has expired; 0 where it has."""
        fresh = fresh_to(records, record, history.symbol, day)
        return max(self.expires + 1 - sessions_since(history, fresh), 0)

    def newest(self, records: Sequence[ModelRecord], symbols: Sequence[str], day: date | None) -> ModelRecord | None:
        """The newest model that can speak about one of the symbols, expired or not; else the newest that cannot."""
        lines = [line(records, symbol, day) for symbol in symbols]
        able = [next((record for record in each if self.fault(record) is None), None) for each in lines]
        found = [record for record in able if record] or [each[0] for each in lines if each]
        return max(found, key=lambda record: (record.trained_to, record.id), default=None)

    def notice(self, records: Sequence[ModelRecord], symbols: Sequence[str], day: date | None) -> str | None:
        """What is wrong with a model in charge of one of the symbols, and who speaks instead; None if all is well."""
        for symbol in symbols:
            candidates = line(records, symbol, day)
            fault = self.fault(candidates[0]) if candidates else None
            if fault:
                instead = next((each for each in candidates if self.fault(each) is None), None)
                without = "it is tried again" if candidates[0].id in self._unread else "a new one will be trained"
                return f"{fault}; {f'model #{instead.id} speaks instead' if instead else without}"
        return None

    def fault(self, record: ModelRecord) -> str | None:
        """Why the weights of a model cannot be used, in words; None if they can."""
        preset = PRESETS.get(record.preset)
        if preset is None:
            return f"model #{record.id} cannot be used: this version has no preset {record.preset}"
        if record.fingerprint and record.fingerprint != preset.fingerprint:
            return (
                f"model #{record.id} cannot be used: it was made for inputs {record.fingerprint}, "
                f"this version has {preset.fingerprint}"
            )
        if record.standing == "accepted":
            self._read(record)
        return self._damaged.get(record.id) or self._unread.get(record.id)

    def load(self, record: ModelRecord) -> TrainedModel | None:
        """A model with its weights; None where they cannot be used."""
        return None if self.fault(record) else self._loaded.get(record.id)

    def add(self, model: TrainedModel) -> ModelRecord:
        """Keep a model; if it is accepted it is in charge from here on, and weights no longer needed are removed."""
        record = self._store.add_model(model)
        if record.standing == "accepted":
            keep = keep_weights(self.records())
            self._store.prune_models(keep)
            with self._lock:
                self._loaded = {number: known for number, known in self._loaded.items() if number in keep}
        return record

    def withdraw(self, number: int, reason: str) -> None:
        """A model is not in charge any more, and will not be again."""
        self._store.withdraw_model(number, reason)
        with self._lock:
            self._loaded.pop(number, None)

    def _read(self, record: ModelRecord) -> None:
        with self._lock:
            if record.id in self._loaded or record.id in self._damaged:
                return
            self._unread.pop(record.id, None)
            try:
                self._loaded[record.id] = self._store.model(record.id)
            except StoreUnread as error:
                self._unread[record.id] = f"model #{record.id} cannot be read just now ({error.received})"
            except StoreDamaged as error:
                if self._stands(record):
                    self._damaged[record.id] = f"model #{record.id} cannot be used: {_file(error)}"
                else:
                    self._unread[record.id] = f"model #{record.id} is not kept any more"

    def _stands(self, record: ModelRecord) -> bool:
        """Whether the store still holds a model to be what its record says."""
        return any(each.id == record.id and each.standing == record.standing for each in self.records())


def sessions_since(history: History, day: date) -> int:
    """How many of a ticker's sessions lie after a day."""
    return len(history) - int(np.searchsorted(history.sessions, np.datetime64(day), side="right"))


def _file(error: StoreError) -> str:
    return f"its weights file is damaged ({error.received})" if error.received else error.message
