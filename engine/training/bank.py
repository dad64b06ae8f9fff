"""Training of a bank: all members epoch by epoch, each on its own rows, with its own randomness and optimiser."""

import os
import time
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from engine.core.fitting import Epoch, FitJob, Fitted, IntArray
from engine.core.lstm import Float32Array, Weights
from engine.errors import TrainingError
from engine.training import adam
from engine.training.batches import Batches, Shuffle, in_batches, shuffled
from engine.training.graph import Graph, Series, graph
from engine.training.network import to_parameters, to_weights
from engine.training.rest import Members, Rest
from engine.training.start import initial_weights

GROUP = 8
"""Members in one graph at most: one graph serves every group of a size, so hundreds of tickers need no larger one."""

VALIDATE_AT_ONCE = 256

NOTHING: IntArray = np.empty(0, np.int64)


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
    """Train every member until it rests or all epochs are done; each finished epoch goes to `report`.

    `shuffle` gives the order of a member's rows in an epoch, by default drawn from the seeds. Raises TrainingError when
    a member's loss is no longer a number.
    """
    began = time.perf_counter()
    order, compiled = shuffle or shuffled(job), graph(job.hyper.loss, job.hyper.window)
    groups, history = _groups(job), list[Epoch]()
    rest = Rest(job.members, job.hyper.patience)
    while len(history) < job.hyper.epochs and rest.awake.any():
        number = len(history) + 1
        orders = [order(member, number) if rest.awake[member] else NOTHING for member in range(job.members)]
        batches = in_batches(orders, job.hyper.batch, job.hyper.window - 1)
        loss = np.concatenate([group.learn(compiled, batches, rest.awake) for group in groups])
        val_loss = np.concatenate([group.validate(compiled, rest.awake) for group in groups])
        _require_sane(loss[rest.awake], np.flatnonzero(rest.awake), number)
        history.append(Epoch(number, job.hyper.epochs, loss, val_loss))
        kept = rest.note(val_loss)
        for group in groups:
            group.keep(kept)
        report(history[-1])
    weights = _joined([group.weights() for group in groups])
    return Fitted(weights, tuple(history), time.perf_counter() - began)


class _Group:
    """Some members that share a graph: their rows, how far their optimisers have come, and their weights to be kept."""

    def __init__(self, job: FitJob, weights: Weights, members: npt.NDArray[np.intp]) -> None:
        self._members = members
        own = np.unique([job.series(member) for member in members])
        series = own if job.shared else members
        self._series = Series(tf.constant(job.x[own]), tf.constant(job.y[own]))
        self._val_rows = np.broadcast_to(job.rows_val[series], len(members))
        validation = [job.val[at, : job.rows_val[at]] for at in map(job.series, members.tolist())]
        self._val_batches = in_batches(validation, VALIDATE_AT_ONCE, job.hyper.window - 1)
        self._rate = tf.constant(job.hyper.learning_rate, tf.float32)
        self._state = adam.start(to_parameters(weights.member(members)))
        self._kept = [parameter.numpy().copy() for parameter in self._state.parameters]

    def learn(self, graph: Graph, batches: Batches, awake: Members) -> Float32Array:
        """One epoch; the mean loss of each member over the rows it was shown, as the weights moved; NaN at rest."""
        if not awake[self._members].any():
            return self._nothing()
        own = batches.members(self._members)
        self._state, total = graph.learn(self._state, self._rate, self._series, own.rows, own.share)
        return _means(total.numpy(), (own.share > 0).sum(axis=(0, 2)))

    def validate(self, graph: Graph, awake: Members) -> Float32Array:
        """Each member's mean loss over its validation rows; NaN for one that has none or rests."""
        looked = awake[self._members] & (self._val_rows > 0)
        if not looked.any():
            return self._nothing()
        own = self._val_batches
        total = graph.validate(self._state.parameters, self._series, own.rows, own.share)
        return _means(total.numpy(), np.where(looked, self._val_rows, 0))

    def keep(self, chosen: Members) -> None:
        """Remember the weights of these members as they stand."""
        own = chosen[self._members]
        for kept, parameter in zip(self._kept, self._state.parameters, strict=True):
            kept[own] = parameter.numpy()[own]

    def weights(self) -> Weights:
        """The weights that were kept."""
        return to_weights(tuple(self._kept))

    def _nothing(self) -> Float32Array:
        return np.full(len(self._members), np.nan, np.float32)


def _means(totals: Float32Array, rows: IntArray) -> Float32Array:
    with np.errstate(invalid="ignore"):
        return np.where(rows > 0, totals / np.maximum(rows, 1), np.nan).astype(np.float32)


def _require_sane(loss: Float32Array, members: IntArray, epoch: int) -> None:
    if lost := members[~np.isfinite(loss)].tolist():
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
