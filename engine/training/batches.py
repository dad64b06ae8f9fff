"""Which rows of each member stand in which step of an epoch."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.core.fitting import FitJob, IntArray
from engine.core.lstm import Float32Array

Shuffle = Callable[[int, int], IntArray]
"""The order of a member's training rows in an epoch, from the member's position and the epoch, counted from 1."""


@dataclass(frozen=True, slots=True, eq=False)
class Batches:
    """The rows of S steps, B a member: `rows` (S, K, B), and `share` (S, K, B), each row's part of its batch's mean.

    A member with fewer rows fills its last batch, and the steps it sits out, with rows of share 0.
    """

    rows: npt.NDArray[np.int32]
    share: Float32Array

    def members(self, chosen: npt.NDArray[np.intp]) -> "Batches":
        """The batches of these members."""
        return Batches(self.rows[:, chosen], self.share[:, chosen])


def shuffled(job: FitJob) -> Shuffle:
    """An order drawn anew for every member and epoch from the job's seed and the member's alone."""
    seeds = job.member_seeds()

    def order(member: int, epoch: int) -> IntArray:
        draw = np.random.default_rng([job.hyper.seed, int(seeds[member]), epoch])
        return draw.permutation(int(job.rows_train[member]))

    return order


def in_batches(orders: Iterator[IntArray], counts: IntArray, size: int) -> Batches:
    """Batches of `size` from each member's order of its rows; the last one of a member is the mean of what is left."""
    size = max(min(size, int(counts.max())), 1)
    steps = max(-(-int(counts.max()) // size), 1)
    rows = np.zeros((len(counts), steps * size), np.int32)
    filled = np.zeros((len(counts), steps * size), np.float32)
    for member, order in enumerate(orders):
        rows[member, : len(order)] = order
        filled[member, : len(order)] = 1.0
    real = filled.reshape(len(counts), steps, size)
    share = real / np.maximum(real.sum(axis=2, keepdims=True), 1.0)
    by_step = rows.reshape(len(counts), steps, size).swapaxes(0, 1)
    return Batches(np.ascontiguousarray(by_step), np.ascontiguousarray(share.swapaxes(0, 1)))
