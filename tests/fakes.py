"""Stand-ins with the same contract as the real thing, for tests that are about something else."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from engine.core.bars import FloatArray, History
from engine.core.evaluation.garch import Garch
from engine.core.fitting import Epoch, FitJob, Fitted, Hyper
from engine.core.lstm import Layer, Weights
from engine.core.models import TrainedModel
from engine.core.panel import panel
from engine.core.presets import Preset, article
from engine.core.tuning import Found, Study, Trial


class FakeTrainer:
    """Gives small random weights, the same for the same job, after as many epochs as were asked for."""

    def __init__(self) -> None:
        self.jobs: list[FitJob] = []
        self.studies: list[tuple[Study, FitJob]] = []

    async def fit(self, job: FitJob, progress: Callable[[str | Epoch], None]) -> Fitted:
        self.jobs.append(job)
        progress("starting TensorFlow")
        history = []
        for epoch in range(1, job.hyper.epochs + 1):
            losses = np.full(job.members, 1.0 / epoch)
            history.append(Epoch(epoch, job.hyper.epochs, losses, losses))
            progress(history[-1])
        return Fitted(random_weights(job), tuple(history), 0.0)

    async def fit_garch(
        self, returns: Sequence[FloatArray], progress: Callable[[str | Epoch], None]
    ) -> tuple[Garch | None, ...]:
        """An even-tempered model of each that has returns: variance reverts to that of the returns."""
        return tuple(even_tempered(known) if len(known := one[np.isfinite(one)]) else None for one in returns)

    async def tune(self, study: Study, job: FitJob, progress: Callable[[str | Epoch | Trial], None]) -> Found:
        """Each trial is better than the one before, the last with the shortest window of the space."""
        self.studies.append((study, job))
        window = study.space.choices["window"][0]
        for number in range(1, study.trials + 1):
            hyper = replace(study.hyper, window=window) if number == study.trials else study.hyper
            progress(Trial(number, study.trials, "done", 1.0 / number, 1.0 / number, hyper))
        return Found(hyper, 1.0 / study.trials, 1.0, study.trials)

    async def close(self) -> None:
        """Nothing to end."""


def even_tempered(returns: FloatArray) -> Garch:
    """A GARCH model that was never fitted."""
    variance = float(np.var(100 * returns))
    return Garch(0.0, 0.1 * variance, 0.05, 0.85, variance, (-1.6, -0.6, 0.0, 0.6, 1.6))


def random_weights(job: FitJob) -> Weights:
    """A bank of the job's shape; each member's weights depend on its own seed alone."""
    members = [np.random.default_rng(int(seed)) for seed in job.seeds]

    def drawn(*shape: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        return np.stack([member.normal(0, 0.3, shape) for member in members]).astype(np.float32)

    layers, inputs = [], job.x.shape[-1]
    for units in (4,) * len(job.hyper.units):
        layers.append(Layer(drawn(inputs, 4 * units), drawn(units, 4 * units), drawn(4 * units)))
        inputs = units
    return Weights(tuple(layers), drawn(inputs, job.outputs), np.full((job.members, job.outputs), 0.5, np.float32))


def fitted_at_random(histories: Sequence[History], preset: Preset = article.PRESET) -> TrainedModel:
    """A model of these histories whose weights were never trained, all of them on one exchange."""
    listed, hyper = panel(histories, ["XNYS"] * len(histories)), Hyper(epochs=1)
    plan = preset.plan(listed, hyper, article.MAX_ROWS, None)
    model = plan.finish(Fitted(random_weights(plan.job), (), 0.0))
    refit = preset.refit(model, listed, hyper)
    return model if refit is None else refit.finish(Fitted(random_weights(refit.job), (), 0.0))
