"""What TensorFlow compiles: an epoch of learning and a look at the validation rows, for one group of members."""

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from engine.training import adam
from engine.training.losses import BY_NAME
from engine.training.network import Parameters, Tensor, predict


class Series(NamedTuple):
    """What a group learns from: rows x (S, R, F) and their targets y (S, R, out), with S = G, or 1 for all members."""

    x: Tensor
    y: Tensor


class Graph:
    """The two compiled functions; each is built when first called with series and a group of a size.

    `rows` and `share` (S, G, B) are those of `Batches`.
    """

    def __init__(self, loss: str, window: int) -> None:
        self._loss = BY_NAME[loss]
        self._before = np.arange(1 - window, 1, dtype=np.int32)[:, None]
        self.learn: Any = tf.function(self._learn)
        self.validate: Any = tf.function(self._validate)

    def _learn(
        self, state: adam.State, rate: Tensor, series: Series, rows: Tensor, share: Tensor
    ) -> tuple[adam.State, Tensor]:
        """The state after all steps at a learning rate, and the sum of each member's losses over its rows (G,)."""

        def step(at: Tensor, state: adam.State, total: Tensor) -> tuple[Tensor, adam.State, Tensor]:
            with tf.GradientTape(watch_accessed_variables=False) as tape:
                tape.watch(state.parameters)
                losses = self._losses(state.parameters, series, rows[at], share[at])
                mean = tf.reduce_sum(losses * share[at])
            gradients = tape.gradient(mean, state.parameters)
            active = tf.reduce_max(tf.sign(share[at]), axis=1)
            return at + 1, adam.step(state, gradients, rate, active), total + tf.reduce_sum(losses, axis=1)

        start = (tf.constant(0), state, tf.zeros(share.shape[1]))
        _, state, total = tf.while_loop(lambda at, *_: at < tf.shape(rows)[0], step, start, parallel_iterations=1)
        return state, total

    def _validate(self, parameters: Parameters, series: Series, rows: Tensor, share: Tensor) -> Tensor:
        """The sum of each member's losses over its rows (G,)."""

        def step(at: Tensor, total: Tensor) -> tuple[Tensor, Tensor]:
            return at + 1, total + tf.reduce_sum(self._losses(parameters, series, rows[at], share[at]), axis=1)

        start = (tf.constant(0), tf.zeros(share.shape[1]))
        return tf.while_loop(lambda at, _: at < tf.shape(rows)[0], step, start, parallel_iterations=1)[1]

    def _losses(self, parameters: Parameters, series: Series, rows: Tensor, share: Tensor) -> Tensor:
        """(G, B) the loss of each row, 0 where its share is 0, whatever stands there."""
        members = range(rows.shape[0])
        xs, ys = (tf.unstack(one) * (len(members) if one.shape[0] == 1 else 1) for one in series)
        ends = tf.unstack(rows)
        chosen = [tf.gather(xs[member], self._before + ends[member]) for member in members]
        targets = tf.stack([tf.gather(ys[member], ends[member]) for member in members])
        losses = self._loss(targets, predict(parameters, chosen))
        return tf.where(share > 0, losses, 0.0)


@lru_cache(maxsize=2)
def graph(loss: str, window: int) -> Graph:
    """The graph for a loss; a warm process need not build it again for series of the same shape."""
    return Graph(loss, window)
