"""Which windows a member learns from in an epoch, in which order."""

from collections.abc import Callable

import numpy as np

from engine.core.fitting import FitJob, IntArray

Shuffle = Callable[[int, int], IntArray]
"""A member's training windows, by their last rows, in the order of an epoch: from the member's place and the epoch's
number, counted from 1."""


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
