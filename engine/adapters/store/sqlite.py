"""ports.Store on one SQLite file in WAL mode."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from pathlib import Path

from engine.adapters.store import (
    alarms,
    attention,
    decisions,
    evaluations,
    grades,
    history,
    jobs,
    market,
    prices,
    registry,
)
from engine.adapters.store.connection import Connection
from engine.adapters.store.size import size
from engine.core.bars import History
from engine.core.episodes import Change
from engine.core.forecast import Vintage
from engine.core.grading import Grade
from engine.core.models import ModelRecord, TrainedModel
from engine.core.quality import DataNote
from engine.core.quotes import PriceAlarm
from engine.errors import Fault, StoreDamaged
from engine.ports import (
    AlarmEvent,
    AlarmRecord,
    Correction,
    Coverage,
    EvaluationRecord,
    Interval,
    IntradayBar,
    JobRecord,
    PriceAlarmRecord,
    Profile,
    SessionHours,
    StoreSize,
    Ungraded,
)


class SqliteStore:
    """The store of one home; without a folder it lives in memory and is gone with the process."""

    def __init__(self, folder: Path | None) -> None:
        """Open `whipsaw.db` in the folder, making both when missing. Raises StoreError and its kin."""
        self._models_folder = folder / "models" if folder else None
        self._in_memory: dict[int, TrainedModel] = {}
        self._file = folder / "whipsaw.db" if folder else None
        self._connection = Connection(self._file)

    def add_bars(
        self, history: History, source: str, fetched_at: float, *, whole: bool = False, fetched: bool = True
    ) -> int:
        with self._connection.writing() as db:
            return prices.add_bars(db, history, source, fetched_at, whole=whole, fetched=fetched)

    def bars(self, symbol: str, upto: date | None = None, last: int | None = None) -> History:
        with self._connection.reading() as db:
            return prices.bars(db, symbol, upto, last)

    def coverage(self, symbol: str) -> Coverage:
        with self._connection.reading() as db:
            return prices.coverage(db, symbol)

    def reach(self, symbols: Sequence[str]) -> tuple[date, date] | None:
        with self._connection.reading() as db:
            return prices.reach(db, symbols)

    def fetch_failed(self, symbol: str, source: str, error: str, *, fault: Fault, failed_at: float) -> None:
        with self._connection.writing() as db:
            prices.fetch_failed(db, symbol, source, error, fault=fault, failed_at=failed_at)

    def corrections(self, symbol: str) -> History:
        with self._connection.reading() as db:
            return prices.corrections(db, symbol)

    def corrected(self, symbol: str) -> tuple[Correction, ...]:
        with self._connection.reading() as db:
            return prices.corrected(db, symbol)

    def add_notes(self, symbol: str, notes: Iterable[DataNote]) -> None:
        with self._connection.writing() as db:
            market.add_notes(db, symbol, notes)

    def notes(self, symbol: str, since: date | None = None) -> tuple[DataNote, ...]:
        with self._connection.reading() as db:
            return market.notes(db, symbol, since)

    def add_profile(self, profile: Profile, known_at: float) -> None:
        with self._connection.writing() as db:
            market.add_profile(db, profile, known_at)

    def profiles(self) -> dict[str, Profile]:
        with self._connection.reading() as db:
            return market.profiles(db)

    def add_intraday(
        self, symbol: str, interval: Interval, bars: Iterable[IntradayBar], *, source: str, fetched_at: float
    ) -> None:
        with self._connection.writing() as db:
            market.add_intraday(db, symbol, interval, bars, source=source, fetched_at=fetched_at)

    def intraday(self, symbol: str, interval: Interval, since: float) -> tuple[IntradayBar, ...]:
        with self._connection.reading() as db:
            return market.intraday(db, symbol, interval, since)

    def add_sessions(self, exchange: str, sessions: Iterable[SessionHours], made: str) -> None:
        with self._connection.writing() as db:
            market.add_sessions(db, exchange, sessions, made)

    def sessions(self, exchange: str) -> tuple[str, tuple[SessionHours, ...]]:
        with self._connection.reading() as db:
            return market.sessions(db, exchange)

    def add_price_alarm(self, alarm: PriceAlarm) -> PriceAlarmRecord:
        with self._connection.writing() as db:
            return market.add_price_alarm(db, alarm)

    def price_alarms(self, since: date | None = None, upto: date | None = None) -> tuple[PriceAlarmRecord, ...]:
        with self._connection.reading() as db:
            return market.price_alarms(db, since, upto)

    def add_model(self, model: TrainedModel) -> ModelRecord:
        with self._connection.writing() as db:
            numbered = model.numbered(registry.add_model(db, model.record))
            if numbered.record.standing != "accepted":
                return numbered.record
            if self._models_folder:
                registry.write_weights(self._weights_file(numbered.record.id), numbered)
            else:
                self._in_memory[numbered.record.id] = numbered
            return numbered.record

    def models(self) -> tuple[ModelRecord, ...]:
        with self._connection.reading() as db:
            return registry.records(db)

    def model(self, number: int) -> TrainedModel:
        if number in self._in_memory:
            return self._in_memory[number]
        for record in self.models():
            if record.id == number and self._models_folder:
                return registry.read_weights(self._weights_file(number), record)
        raise StoreDamaged(f"there is no model #{number} in the store")

    def withdraw_model(self, number: int, reason: str) -> None:
        with self._connection.writing() as db:
            registry.set_standing(db, number, "withdrawn", reason)

    def prune_models(self, keep: Collection[int]) -> None:
        with self._connection.writing() as db:
            gone = [record for record in registry.records(db) if record.id not in keep]
            for record in gone:
                if record.standing == "accepted":
                    registry.set_standing(db, record.id, "pruned", None)
        for record in gone:  # once it stands that nobody will ask for them
            self._in_memory.pop(record.id, None)
            if self._models_folder:
                registry.remove_weights(self._weights_file(record.id))

    def size(self) -> StoreSize:
        with self._connection.reading() as db:
            return size(db, self._file)

    def add_evaluation(self, record: EvaluationRecord) -> None:
        with self._connection.writing() as db:
            evaluations.add(db, record)

    def evaluation(self, preset: str, symbols: Iterable[str]) -> EvaluationRecord | None:
        with self._connection.reading() as db:
            return evaluations.last(db, preset, symbols)

    def add_forecasts(self, vintages: Iterable[Vintage]) -> None:
        with self._connection.writing() as db:
            registry.add_forecasts(db, vintages)

    def forecasts(self, symbol: str, made_at: date) -> tuple[Vintage, ...]:
        with self._connection.reading() as db:
            return registry.forecasts(db, symbol, made_at)

    def vintages(self, symbol: str, since: date) -> tuple[Vintage, ...]:
        with self._connection.reading() as db:
            return registry.vintages(db, symbol, since)

    def decided(self, symbol: str) -> date | None:
        with self._connection.reading() as db:
            return alarms.decided(db, symbol)

    def decide(
        self,
        session: date,
        symbols: Sequence[str],
        changes: Sequence[Change],
        at: float,
        *,
        found: date | None = None,
    ) -> None:
        with self._connection.writing() as db:
            decisions.decide(db, session, symbols, changes, at, found=found)

    def alarms(self, since: date | None = None, upto: date | None = None) -> tuple[AlarmRecord, ...]:
        with self._connection.reading() as db:
            return alarms.records(db, since, upto)

    def alarms_as_of(self, day: date) -> tuple[AlarmRecord, ...]:
        with self._connection.reading() as db:
            return history.as_of(db, day)

    def standing_alarms(self) -> tuple[AlarmRecord, ...]:
        with self._connection.reading() as db:
            return alarms.standing(db)

    def alarm(self, number: int) -> AlarmRecord | None:
        with self._connection.reading() as db:
            return alarms.record(db, number)

    def alarm_history(self, alarm: int) -> tuple[AlarmEvent, ...]:
        with self._connection.reading() as db:
            return history.history(db, alarm)

    def acknowledge(self, alarm: int, at: float) -> None:
        with self._connection.writing() as db:
            attention.acknowledge(db, alarm, at)

    def snooze(self, alarm: int, until: date, at: float) -> None:
        with self._connection.writing() as db:
            attention.snooze(db, alarm, until, at)

    def mute(self, alarm: int, at: float, *, whole: bool) -> None:
        with self._connection.writing() as db:
            attention.mute(db, alarm, at, whole=whole)

    def unmute(self, alarm: int, at: float) -> None:
        with self._connection.writing() as db:
            attention.unmute(db, alarm, at)

    def mutes(self) -> frozenset[tuple[str, str | None]]:
        with self._connection.reading() as db:
            return attention.mutes(db)

    def add_grades(self, given: Iterable[Grade]) -> None:
        with self._connection.writing() as db:
            grades.add(db, given)

    def ungraded(self) -> tuple[Ungraded, ...]:
        with self._connection.reading() as db:
            return grades.ungraded(db)

    def grades(self, horizon: int, upto: date | None = None) -> tuple[Grade, ...]:
        with self._connection.reading() as db:
            return grades.of_horizon(db, horizon, upto)

    def decided_on(self, symbols: Sequence[str], first: date, last: date) -> frozenset[date]:
        with self._connection.reading() as db:
            return grades.decided_on(db, symbols, first, last)

    def watched(self, upto: date | None = None) -> dict[str, int]:
        with self._connection.reading() as db:
            return grades.watched(db, upto)

    def start_job(self, kind: str, title: str, command: str = "") -> int:
        with self._connection.writing() as db:
            return jobs.start(db, kind, title, command)

    def end_job(self, number: int, state: str) -> None:
        with self._connection.writing() as db:
            jobs.end(db, number, state)

    def interrupted(self) -> tuple[JobRecord, ...]:
        with self._connection.writing() as db:
            return jobs.interrupted(db)

    def changes(self) -> int:
        with self._connection.reading() as db:
            return db.total_changes

    def close(self) -> None:
        self._connection.close()

    def _weights_file(self, number: int) -> Path:
        assert self._models_folder is not None  # noqa: S101 - the callers asked
        return self._models_folder / f"{number}.npz"
