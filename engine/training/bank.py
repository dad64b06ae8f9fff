"""Training of a bank: its members epoch by epoch, side by side, each on its own rows, with its own randomness."""

import os
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import tensorflow as tf

from engine.core.fitting import Epoch, FitJob, Fitted
from engine.core.lstm import Float32Array, Weights
from engine.errors import TrainingError
from engine.training.graph import Series, graph
from engine.training.member import Member
from engine.training.network import shape_of, to_vectors, to_weights
from engine.training.order import Shuffle, shuffled
from engine.training.rest import Members, Rest
from engine.training.start import initial_weights


def configure() -> None:
    """Set TensorFlow up so that the same job gives the same bits; to be called once, before anything else uses it.

    Each operation runs on one thread while members run beside each other, one a processor: no sum is ever split by the
    number of processors. Networks of this size are slower on a GPU.
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
    order, start = shuffle or shuffled(job), initial_weights(job)
    bank, history = _members(job, start), list[Epoch]()
    rest = Rest(job.members, job.hyper.patience)
    while len(history) < job.hyper.epochs and rest.awake.any():
        number, awake = len(history) + 1, rest.awake
        for member in np.flatnonzero(awake):
            bank[member].begin(order(int(member), number))
        _learn([bank[member] for member in np.flatnonzero(awake)])
        epoch = Epoch(number, job.hyper.epochs, *_losses(bank, awake))
        _require_sane(epoch, awake)
        for member in np.flatnonzero(rest.note(epoch.val_loss)):
            bank[member].keep()
        history.append(epoch)
        report(epoch)
    weights = to_weights(np.stack([member.kept for member in bank]), shape_of(start))
    return Fitted(weights, tuple(history), time.perf_counter() - began)


def _members(job: FitJob, start: Weights) -> list[Member]:
    compiled = graph(shape_of(start), job.y.shape[2], job.hyper.loss, job.hyper.window)
    series = [Series(tf.constant(x), tf.constant(y)) for x, y in zip(job.x, job.y, strict=True)]
    return [
        Member(job, number, compiled, series[job.series(number)], vector)
        for number, vector in enumerate(to_vectors(start))
    ]


def _learn(members: list[Member]) -> None:
    """Take all of them through their epoch, as many at a time as there are processors, in turn.

    A thread that finds nobody waiting leaves: the others, each busy with one member, need it no more.
    """
    waiting = deque(members)

    def work() -> None:
        while waiting:
            try:
                member = waiting.popleft()
            except IndexError:
                return
            if member.advance():
                waiting.append(member)

    threads = min(os.cpu_count() or 1, len(members))
    with ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(work) for _ in range(threads)]:
            done.result()


def _losses(bank: list[Member], awake: Members) -> tuple[Float32Array, Float32Array]:
    """(K,) the epoch's losses on training and on validation rows; NaN for members that rest."""
    both = np.array([(member.loss, member.val_loss) for member in bank], np.float32).T
    loss, val_loss = np.where(awake, both, np.float32(np.nan))
    return loss, val_loss


def _require_sane(epoch: Epoch, awake: Members) -> None:
    if lost := np.flatnonzero(awake & ~np.isfinite(epoch.loss)).tolist():
        raise TrainingError(
            f"Training diverged in epoch {epoch.epoch}: the loss of member {lost[0]} is not a number",
            received=f"{len(lost)} such of {len(awake)} members",
            do="Lower the learning rate, and look at the scale of the inputs",
        )
