"""Stand-ins with the same contract as the real thing, for tests that are about something else."""

from collections.abc import Callable

import numpy as np

from engine.core.fitting import Epoch, FitJob, Fitted
from engine.core.lstm import Layer, Weights


class FakeTrainer:
    """Gives small random weights, the same for the same job, after as many epochs as were asked for."""

    def __init__(self) -> None:
        self.jobs: list[FitJob] = []

    async def fit(self, job: FitJob, progress: Callable[[str | Epoch], None]) -> Fitted:
        self.jobs.append(job)
        progress("starting TensorFlow")
        history = []
        for epoch in range(1, job.hyper.epochs + 1):
            losses = np.full(job.members, 1.0 / epoch)
            history.append(Epoch(epoch, job.hyper.epochs, losses, losses))
            progress(history[-1])
        return Fitted(random_weights(job), tuple(history), 0.0)

    async def close(self) -> None:
        """Nothing to end."""


def random_weights(job: FitJob) -> Weights:
    """A bank of the job's shape; each member's weights depend on its own seed alone."""
    members = [np.random.default_rng(int(seed)) for seed in job.member_seeds()]

    def drawn(*shape: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        return np.stack([member.normal(0, 0.3, shape) for member in members]).astype(np.float32)

    layers, inputs = [], job.x_train.shape[-1]
    for units in (4,) * len(job.hyper.units):
        layers.append(Layer(drawn(inputs, 4 * units), drawn(units, 4 * units), drawn(4 * units)))
        inputs = units
    return Weights(tuple(layers), drawn(inputs, 1), np.full((job.members, 1), 0.5, np.float32))
