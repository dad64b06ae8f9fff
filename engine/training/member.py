"""One member of a bank on its way: its rows, its optimiser, and the weights that are kept of it."""

import numpy as np
import tensorflow as tf

from engine.core.fitting import FitJob, IntArray
from engine.core.lstm import Float32Array
from engine.training import adam
from engine.training.graph import Graph, Series

PIECE = 16
"""Batches that a member trains in one go, before another one has its turn."""


class Member:
    """A network that learns in pieces of an epoch, so that members share the processors evenly.

    `loss` and `val_loss` are those of the epoch that it is in or has done; NaN before the first and where there are no
    validation rows.
    """

    def __init__(self, job: FitJob, number: int, graph: Graph, series: Series, weights: Float32Array) -> None:
        at = job.series(number)
        self.loss = self.val_loss = np.nan
        self._graph, self._series = graph, series
        self._validation = job.val[at, : job.rows_val[at]].astype(np.int32)
        self._rate, self._batch = tf.constant(job.hyper.learning_rate, tf.float32), job.hyper.batch
        self._state = adam.start(weights)
        self._kept = weights
        self.begin(np.empty(0, np.int32))

    def begin(self, ends: IntArray) -> None:
        """Take up an epoch: the windows to learn from, by their last rows, in their order."""
        self._ends, self._done, self._total = ends.astype(np.int32), 0, 0.0

    def advance(self) -> bool:
        """Learn from the next windows; whether there are more in this epoch."""
        end = min(self._done + PIECE * self._batch, len(self._ends))
        piece = self._ends[self._done : end]
        self._state, total = self._graph.learn(self._state, self._rate, self._series, piece, self._batch)
        self._total += float(total)
        self._done = end
        if end < len(self._ends):
            return True
        self.loss = self._total / len(self._ends)
        self.val_loss = self._validated()
        return False

    def keep(self) -> None:
        """Remember the weights as they stand."""
        self._kept = self._state.weights.numpy()

    @property
    def kept(self) -> Float32Array:
        """(P,) the weights that were kept last; those of the start if none were."""
        return self._kept

    def _validated(self) -> float:
        if not len(self._validation):
            return float("nan")
        return float(self._graph.validate(self._state.weights, self._series, self._validation)) / len(self._validation)
