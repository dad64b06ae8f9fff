"""A home's models without its wire: a store, its gate and registry, and a training whose trainer is a fake."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from engine.adapters.store import SqliteStore
from engine.core.bars import History
from engine.core.fitting import Epoch, FitJob, Fitted, Hyper
from engine.core.lstm import Weights
from engine.core.models import ModelRecord
from engine.core.presets import Preset, article
from engine.gate import Gate
from engine.registry import Registry
from engine.services.models import ModelCards
from engine.services.train import Outcome, Train
from tests.fakes import FakeTrainer, fitted_at_random

EXPIRES = 60


class Weekdays:
    """One exchange, open on weekdays."""

    def exchange(self, _symbol: str) -> str:
        return "XNYS"

    def session(self, _exchange: str, day: date) -> date:
        return date.fromordinal(day.toordinal() - max(day.weekday() - 4, 0))

    def between(self, _exchange: str, start: date, end: date) -> tuple[date, ...]:
        days = (date.fromordinal(day) for day in range(start.toordinal(), end.toordinal() + 1))
        return tuple(day for day in days if day.weekday() < 5)


class Now:
    """A clock that stands until it is moved."""

    def __init__(self, now: float = 1000.0) -> None:
        self.at = now

    def now(self) -> float:
        return self.at


class Calm(FakeTrainer):
    """Gives weights that all say the same: that the price stays."""

    async def fit(self, job: FitJob, progress: Callable[[str | Epoch], None]) -> Fitted:
        fitted = await super().fit(job, progress)
        weights = fitted.weights
        return replace(fitted, weights=Weights(weights.layers, weights.head_kernel * 0, weights.head_bias))


class Wild(FakeTrainer):
    """Gives weights whose forecasts jump about."""

    async def fit(self, job: FitJob, progress: Callable[[str | Epoch], None]) -> Fitted:
        fitted = await super().fit(job, progress)
        weights = fitted.weights
        return replace(fitted, weights=Weights(weights.layers, weights.head_kernel * 40, weights.head_bias))


@dataclass
class Models:
    """The means of a training, and what they work on."""

    folder: Path | None
    trainer: FakeTrainer = field(default_factory=Calm)
    preset: Preset = article.PRESET

    def __post_init__(self) -> None:
        self.clock = Now()
        self.open()

    def open(self) -> None:
        """Begin, or begin again on what the folder holds."""
        self.store = SqliteStore(self.folder)
        self.gate = Gate(self.store, Weekdays())  # type: ignore[arg-type]
        self.registry = Registry(self.store, EXPIRES)
        self.cards = ModelCards(self.store, self.registry, self.gate)

    def again(self) -> None:
        """Another life of the same home."""
        self.store.close()
        self.open()

    def hold(self, *histories: History) -> None:
        """Put bars into the store."""
        for history in histories:
            self.store.add_bars(history, "test", 1.0)

    async def train(
        self, symbols: Sequence[str], end: date | None = None, *, warm: bool = False, epochs: int = 3
    ) -> Outcome:
        """A training of these symbols, as it runs in a job."""
        train = Train(
            self.registry,
            self.gate,
            self.trainer,
            self.clock,
            preset=self.preset,
            hyper=Hyper(units=(4, 4), epochs=epochs),
            max_rows=756,
        )
        return await train(symbols, lambda _: None, None, end, warm=warm)

    def keep(self, symbols: Sequence[str], end: date) -> ModelRecord:
        """A model of these symbols that was never judged."""
        model = fitted_at_random([self.gate.read(symbol, end).history for symbol in symbols], self.preset)
        return self.registry.add(model.remembered(fingerprint=self.preset.fingerprint))

    def damage(self, number: int) -> None:
        """Spoil a weights file."""
        assert self.folder is not None
        (self.folder / "models" / f"{number}.npz").write_bytes(b"PK\x03\x04 not weights")


def record(number: int, trained_to: date, symbols: Sequence[str] = ("AAA",), **changes: object) -> ModelRecord:
    """A record of a model that was never trained."""
    plain = ModelRecord(number, "article", tuple(symbols), date(2006, 1, 2), trained_to, "hash", 7)
    return replace(plain, **changes)  # type: ignore[arg-type]
