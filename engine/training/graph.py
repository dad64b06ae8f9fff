"""What TensorFlow compiles: an epoch of learning and a look at the validation rows, for one group of members."""

from functools import lru_cache
from typing import Any

import tensorflow as tf

from engine.training import adam
from engine.training.losses import BY_NAME
from engine.training.network import Parameters, Tensor, predict


class Graph:
    """The two compiled functions; each is built when first called with windows and a group of a size.

    Their windows x are (G, T, N, F), targets y (G, N, out), and `rows` and `share` (S, G, B) those of `Batches`.
    """

    def __init__(self, loss: str, learning_rate: float) -> None:
        self._loss, self._rate = BY_NAME[loss], learning_rate
        self.learn: Any = tf.function(self._learn)
        self.validate: Any = tf.function(self._validate)

    def _learn(self, state: adam.State, x: Tensor, y: Tensor, rows: Tensor, share: Tensor) -> tuple[adam.State, Tensor]:
        """The state after all steps, and the sum of each member's losses over its rows (G,)."""

        def step(at: Tensor, state: adam.State, total: Tensor) -> tuple[Tensor, adam.State, Tensor]:
            with tf.GradientTape(watch_accessed_variables=False) as tape:
                tape.watch(state.parameters)
                losses = self._losses(state.parameters, x, y, rows[at], share[at])
                mean = tf.reduce_sum(losses * share[at])
            gradients = tape.gradient(mean, state.parameters)
            active = tf.reduce_max(tf.sign(share[at]), axis=1)
            return at + 1, adam.step(state, gradients, self._rate, active), total + tf.reduce_sum(losses, axis=1)

        start = (tf.constant(0), state, tf.zeros(share.shape[1]))
        _, state, total = tf.while_loop(lambda at, *_: at < tf.shape(rows)[0], step, start, parallel_iterations=1)
        return state, total

    def _validate(self, parameters: Parameters, x: Tensor, y: Tensor, rows: Tensor, share: Tensor) -> Tensor:
        """The sum of each member's losses over its rows (G,)."""

        def step(at: Tensor, total: Tensor) -> tuple[Tensor, Tensor]:
            return at + 1, total + tf.reduce_sum(self._losses(parameters, x, y, rows[at], share[at]), axis=1)

        start = (tf.constant(0), tf.zeros(share.shape[1]))
        return tf.while_loop(lambda at, _: at < tf.shape(rows)[0], step, start, parallel_iterations=1)[1]

    def _losses(self, parameters: Parameters, x: Tensor, y: Tensor, rows: Tensor, share: Tensor) -> Tensor:
        """(G, B) the loss of each row, 0 where its share is 0, whatever stands there."""
        chosen = [tf.gather(one, at, axis=1) for one, at in zip(tf.unstack(x), tf.unstack(rows), strict=True)]
        targets = tf.gather(y, rows, batch_dims=1)
        losses = self._loss(targets, predict(parameters, chosen))
        return tf.where(share > 0, losses, 0.0)


@lru_cache(maxsize=2)
def graph(loss: str, learning_rate: float) -> Graph:
    """The graph for these settings; a warm process need not build it again for windows of the same shape."""
    return Graph(loss, learning_rate)
