"""The use cases that train models, one of a kind for each preset, and what says when to."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from engine.adapters.memory import give_back
from engine.adapters.trainer import ClusterTrainer, ProcessTrainer
from engine.config import Settings
from engine.core.fitting import Hyper
from engine.core.presets import PRESETS, Preset
from engine.home import Home
from engine.ports import Trainer
from engine.registry import Registry
from engine.services.evaluate import Evaluate
from engine.services.retraining import Retraining
from engine.services.train import Outcome, Train
from engine.services.tune import Tune
from engine.wiring.ground import Ground


@dataclass(frozen=True, slots=True)
class Learning:
    """What trains, and the preset in the settings."""

    registry: Registry
    preset: str
    trains: Mapping[str, Train]
    tunes: Mapping[str, Tune[Outcome]]
    evaluate: Evaluate
    retraining: Retraining

    @property
    def train(self) -> Train:
        """That of the preset in the settings."""
        return self.trains[self.preset]


def trainer_of(home: Home, settings: Settings) -> Trainer:
    """The trainer process on this machine, or the cluster that the settings name."""
    here = ProcessTrainer(home.cache / "training", keep_warm=settings.model.keep_warm)
    return ClusterTrainer(settings.trainer.cluster, here) if settings.trainer.cluster else here


def learning_of(on: Ground, trainer: Trainer) -> Learning:
    """All that trains, on this trainer."""
    model = on.settings.model
    registry = Registry(on.store, _expires(on))
    hypers = {name: _hyper(each, on.settings) for name, each in PRESETS.items()}
    trains = _trains(on, registry, trainer, hypers)
    every = model.replay_retrain_every if on.sources.replay else model.retrain_every
    return Learning(
        registry=registry,
        preset=model.preset,
        trains=trains,
        tunes=_tunes(on, trainer, trains, hypers),
        evaluate=Evaluate(
            on.store,
            on.gate,
            trainer,
            on.clock,
            presets=PRESETS,
            hypers=hypers,
            max_rows=model.max_rows,
            give_back=give_back,
        ),
        retraining=Retraining(on.store, registry, on.gate, preset=PRESETS[model.preset], every=every, warm=model.warm),
    )


def _trains(on: Ground, registry: Registry, trainer: Trainer, hypers: Mapping[str, Hyper]) -> dict[str, Train]:
    rows = on.settings.model.max_rows
    return {
        name: Train(registry, on.gate, trainer, on.clock, preset=preset, hyper=hypers[name], max_rows=rows)
        for name, preset in PRESETS.items()
    }


def _tunes(
    on: Ground, trainer: Trainer, trains: Mapping[str, Train], hypers: Mapping[str, Hyper]
) -> dict[str, Tune[Outcome]]:
    rows, storage = on.settings.model.max_rows, on.home.data / "trials.db"
    return {
        name: Tune(on.gate, trainer, trains[name], preset=preset, hyper=hypers[name], max_rows=rows, storage=storage)
        for name, preset in PRESETS.items()
    }


def _hyper(preset: Preset, settings: Settings) -> Hyper:
    """The preset's own settings, but for those that somebody has set, which are meant for the preset beside them."""
    own, model = preset.hyper, settings.model
    if preset.name != model.preset:
        return replace(own, seed=model.seed)
    return replace(
        own,
        units=model.units or own.units,
        window=model.window or own.window,
        activation=model.activation or own.activation,
        epochs=model.epochs or own.epochs,
        batch=model.batch or own.batch,
        learning_rate=model.learning_rate or own.learning_rate,
        seed=model.seed,
    )


def _expires(on: Ground) -> int:
    """A replay trains seldom by intention: its models last from one training to the next, and as long again as live."""
    model = on.settings.model
    return model.expires + (model.replay_retrain_every if on.sources.replay else 0)
