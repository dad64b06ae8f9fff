"""Which rows of each member stand in which step of an epoch."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.core.fitting import FitJob, IntArray
from engine.core.lstm import Float32Array

Shuffle = Callable[[int, int], IntArray]
"""A member's training windows, by their last rows, in the order of an epoch: from the member's place and the epoch's
number, counted from 1."""


@dataclass(frozen=True, slots=True, eq=False)
class Batches:
    """The windows of S steps, B a member.

    `rows` (S, K, B) is the last row of each, `share` (S, K, B) its part of its batch's mean.
    A member with fewer rows fills its last batch, and the steps it sits out, with rows of share 0.
    """

    rows: npt.NDArray[np.int32]
    share: Float32Array

    def members(self, chosen: npt.NDArray[np.intp]) -> "Batches":
        """The batches of these members."""
        return Batches(self.rows[:, chosen], self.share[:, chosen])


def shuffled(job: FitJob) -> Shuffle:
    """An order drawn anew for every member and epoch from the job's seed and the member's alone.

    Where `epoch_rows` asks for fewer windows than there are, it holds the first so many of it: a sample without
    replacement, another one each epoch.
    """

    def order(member: int, epoch: int) -> IntArray:
        series = job.series(member)
        draw = np.random.default_rng([job.hyper.seed, int(job.seeds[member]), epoch])
        chosen = draw.permutation(int(job.rows_train[series]))[: job.hyper.epoch_rows or None]
        ends: IntArray = job.train[series, chosen]
        return ends

    return order


def in_batches(orders: Sequence[IntArray], size: int, spare: int = 0) -> Batches:
    """Batches of `size` from each member's order of its rows; the last one of a member is the mean of what is left.

    `spare` is a row that stands where a member has none.
    """
    longest = max(map(len, orders))
    size = max(min(size, longest), 1)
    steps = max(-(-longest // size), 1)
    rows = np.full((len(orders), steps * size), spare, np.int32)
    filled = np.zeros((len(orders), steps * size), np.float32)
    for member, order in enumerate(orders):
        rows[member, : len(order)] = order
        filled[member, : len(order)] = 1.0
    real = filled.reshape(len(orders), steps, size)
    share = real / np.maximum(real.sum(axis=2, keepdims=True), 1.0)
    by_step = rows.reshape(len(orders), steps, size).swapaxes(0, 1)
    return Batches(np.ascontiguousarray(by_step), np.ascontiguousarray(share.swapaxes(0, 1)))
