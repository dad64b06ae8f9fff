"""What TensorFlow compiles: learning from some windows and a look at others, for one member."""

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from engine.training import adam
from engine.training.losses import BY_NAME
from engine.training.network import Shape, Tensor, predict

VALIDATE_AT_ONCE = 256


class Series(NamedTuple):
    """What a member learns from: rows x (R, F) and their targets y (R, out)."""

    x: Tensor
    y: Tensor


class Graph:
    """The two compiled functions: built once, they serve every member and any number of rows, windows and batches.

    `ends` (N,) are the last rows of windows, in their order.
    """

    def __init__(self, shape: Shape, targets: int, loss: str, window: int) -> None:
        self._shape, self._loss = shape, BY_NAME[loss]
        self._before = np.arange(1 - window, 1, dtype=np.int32)[:, None]
        vector, number = tf.TensorSpec((sum(shape.sizes),)), tf.TensorSpec((), tf.int32)
        state = adam.State(vector, vector, vector, tf.TensorSpec(()))
        series = Series(tf.TensorSpec((None, shape.inputs)), tf.TensorSpec((None, targets)))
        ends = tf.TensorSpec((None,), tf.int32)
        self.learn: Any = tf.function(self._learn, (state, tf.TensorSpec(()), series, ends, number), autograph=False)
        self.validate: Any = tf.function(self._validate, (vector, series, ends), autograph=False)

    def _learn(
        self, state: adam.State, rate: Tensor, series: Series, ends: Tensor, batch: Tensor
    ) -> tuple[adam.State, Tensor]:
        """The state after all batches of so many windows at a learning rate, and the sum of the windows' losses.

        The last batch is the mean of what is left.
        """

        def step(at: Tensor, state: adam.State, total: Tensor) -> tuple[Tensor, adam.State, Tensor]:
            with tf.GradientTape(watch_accessed_variables=False) as tape:
                tape.watch(state.weights)
                losses = self._losses(state.weights, series, ends[at : at + batch])
                mean = tf.reduce_mean(losses)
            gradient = tape.gradient(mean, state.weights)
            return at + batch, adam.step(state, gradient, rate), total + tf.reduce_sum(losses)

        start = (tf.constant(0), state, tf.constant(0.0))
        _, state, total = tf.while_loop(lambda at, *_: at < tf.size(ends), step, start, parallel_iterations=1)
        return state, total

    def _validate(self, weights: Tensor, series: Series, ends: Tensor) -> Tensor:
        """The sum of the windows' losses."""

        def step(at: Tensor, total: Tensor) -> tuple[Tensor, Tensor]:
            losses = self._losses(weights, series, ends[at : at + VALIDATE_AT_ONCE])
            return at + VALIDATE_AT_ONCE, total + tf.reduce_sum(losses)

        start = (tf.constant(0), tf.constant(0.0))
        return tf.while_loop(lambda at, _: at < tf.size(ends), step, start, parallel_iterations=1)[1]

    def _losses(self, weights: Tensor, series: Series, ends: Tensor) -> Tensor:
        """(B,) the loss of each window."""
        windows = tf.gather(series.x, self._before + ends)
        return self._loss(tf.gather(series.y, ends), predict(weights, self._shape, windows))


@lru_cache(maxsize=16)
def graph(shape: Shape, targets: int, loss: str, window: int) -> Graph:
    """The graph for networks of a shape; a warm process need not build it again."""
    return Graph(shape, targets, loss, window)
