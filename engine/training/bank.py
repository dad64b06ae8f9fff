"""Training of a bank: all members epoch by epoch, each on its own rows, with its own randomness and optimiser."""

import os
import time
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from engine.core.fitting import Epoch, FitJob, Fitted
from engine.core.lstm import Float32Array, Weights
from engine.errors import TrainingError
from engine.training import adam
from engine.training.batches import Batches, Shuffle, in_batches, shuffled
from engine.training.graph import Graph, Series, graph
from engine.training.network import to_parameters, to_weights
from engine.training.start import initial_weights

GROUP = 8
"""Members in one graph at most: one graph serves every group of a size, so hundreds of tickers need no larger one."""

VALIDATE_AT_ONCE = 256


def configure() -> None:
    """Set TensorFlow up so that the same job gives the same bits; to be called once, before anything else uses it.

    Each operation runs on one thread while members run beside each other: no sum is ever split by the number of
    processors. Networks of this size are slower on a GPU.
    """
    tf.config.set_visible_devices([], "GPU")
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(os.cpu_count() or 1)
    tf.config.experimental.enable_op_determinism()


def train(job: FitJob, report: Callable[[Epoch], None], shuffle: Shuffle | None = None) -> Fitted:
    """Train every member for all epochs; each finished epoch goes to `report`.

    `shuffle` gives the order of a member's rows in an epoch, by default drawn from the seeds. Raises TrainingError when
    a member's loss is no longer a number.
    """
    began = time.perf_counter()
    order, compiled = shuffle or shuffled(job), graph(job.hyper.loss, job.hyper.window)
    groups, history = _groups(job), []
    for number in range(1, job.hyper.epochs + 1):
        orders = [order(member, number) for member in range(job.members)]
        batches = in_batches(orders, job.hyper.batch, job.hyper.window - 1)
        loss = np.concatenate([group.learn(compiled, batches) for group in groups])
        val_loss = np.concatenate([group.validate(compiled) for group in groups])
        _require_sane(loss, number)
        history.append(Epoch(number, job.hyper.epochs, loss, val_loss))
        report(history[-1])
    weights = _joined([group.weights() for group in groups])
    return Fitted(weights, tuple(history), time.perf_counter() - began)


class _Group:
    """Some members that share a graph: their rows, and how far their optimisers have come."""

    def __init__(self, job: FitJob, weights: Weights, members: npt.NDArray[np.intp]) -> None:
        self._members = members
        own = np.unique([job.series(member) for member in members])
        series = own if job.shared else members
        self._series = Series(tf.constant(job.x[own]), tf.constant(job.y[own]))
        self._rows = np.broadcast_to(job.rows_train[series], len(members))
        self._val_rows = np.broadcast_to(job.rows_val[series], len(members))
        validation = [job.val[at, : job.rows_val[at]] for at in map(job.series, members.tolist())]
        self._val_batches = in_batches(validation, VALIDATE_AT_ONCE, job.hyper.window - 1)
        self._rate = tf.constant(job.hyper.learning_rate, tf.float32)
        self._state = adam.start(to_parameters(weights.member(members)))

    def learn(self, graph: Graph, batches: Batches) -> Float32Array:
        """One epoch; each member's mean loss over its training rows, as the weights moved."""
        own = batches.members(self._members)
        self._state, total = graph.learn(self._state, self._rate, self._series, own.rows, own.share)
        return np.asarray(total / self._rows, np.float32)

    def validate(self, graph: Graph) -> Float32Array:
        """Each member's mean loss over its validation rows; NaN for one that has none."""
        if not self._val_rows.any():
            return np.full(len(self._members), np.nan, np.float32)
        own = self._val_batches
        total = graph.validate(self._state.parameters, self._series, own.rows, own.share)
        with np.errstate(invalid="ignore"):
            return np.asarray(total.numpy() / self._val_rows, np.float32)

    def weights(self) -> Weights:
        """The weights as they stand."""
        return to_weights(self._state.parameters)


def _require_sane(loss: Float32Array, epoch: int) -> None:
    if lost := np.flatnonzero(~np.isfinite(loss)).tolist():
        raise TrainingError(
            f"Training diverged in epoch {epoch}: the loss of member {lost[0]} is not a number",
            received=f"{len(lost)} such of {len(loss)} members",
            do="Lower the learning rate, and look at the scale of the inputs",
        )


def _groups(job: FitJob) -> list[_Group]:
    weights = initial_weights(job)
    count = -(-job.members // GROUP)
    return [_Group(job, weights, members) for members in np.array_split(np.arange(job.members), count)]


def _joined(banks: list[Weights]) -> Weights:
    arrays = [bank.to_arrays() for bank in banks]
    return Weights.from_arrays({name: np.concatenate([one[name] for one in arrays]) for name in arrays[0]})
