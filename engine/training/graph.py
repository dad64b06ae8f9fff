"""What TensorFlow compiles: an epoch of learning and a look at the validation rows, for one group of members."""

from functools import lru_cache
from typing import Any, NamedTuple

import tensorflow as tf

from engine.training import adam
from engine.training.losses import BY_NAME
from engine.training.network import Parameters, Tensor, predict


class Windows(NamedTuple):
    """What a group learns from: x (G, T, N, F), in the order in which the network reads, and targets y (G, N, out)."""

    x: Tensor
    y: Tensor


class Graph:
    """The two compiled functions; each is built when first called with windows and a group of a size.

    `rows` and `share` (S, G, B) are those of `Batches`.
    """

    def __init__(self, loss: str) -> None:
        self._loss = BY_NAME[loss]
        self.learn: Any = tf.function(self._learn)
        self.validate: Any = tf.function(self._validate)

    def _learn(
        self, state: adam.State, rate: Tensor, windows: Windows, rows: Tensor, share: Tensor
    ) -> tuple[adam.State, Tensor]:
        """The state after all steps at a learning rate, and the sum of each member's losses over its rows (G,)."""

        def step(at: Tensor, state: adam.State, total: Tensor) -> tuple[Tensor, adam.State, Tensor]:
            with tf.GradientTape(watch_accessed_variables=False) as tape:
                tape.watch(state.parameters)
                losses = self._losses(state.parameters, windows, rows[at], share[at])
                mean = tf.reduce_sum(losses * share[at])
            gradients = tape.gradient(mean, state.parameters)
            active = tf.reduce_max(tf.sign(share[at]), axis=1)
            return at + 1, adam.step(state, gradients, rate, active), total + tf.reduce_sum(losses, axis=1)

        start = (tf.constant(0), state, tf.zeros(share.shape[1]))
        _, state, total = tf.while_loop(lambda at, *_: at < tf.shape(rows)[0], step, start, parallel_iterations=1)
        return state, total

    def _validate(self, parameters: Parameters, windows: Windows, rows: Tensor, share: Tensor) -> Tensor:
        """The sum of each member's losses over its rows (G,)."""

        def step(at: Tensor, total: Tensor) -> tuple[Tensor, Tensor]:
            return at + 1, total + tf.reduce_sum(self._losses(parameters, windows, rows[at], share[at]), axis=1)

        start = (tf.constant(0), tf.zeros(share.shape[1]))
        return tf.while_loop(lambda at, _: at < tf.shape(rows)[0], step, start, parallel_iterations=1)[1]

    def _losses(self, parameters: Parameters, windows: Windows, rows: Tensor, share: Tensor) -> Tensor:
        """(G, B) the loss of each row, 0 where its share is 0, whatever stands there."""
        chosen = [tf.gather(one, at, axis=1) for one, at in zip(tf.unstack(windows.x), tf.unstack(rows), strict=True)]
        targets = tf.gather(windows.y, rows, batch_dims=1)
        losses = self._loss(targets, predict(parameters, chosen))
        return tf.where(share > 0, losses, 0.0)


@lru_cache(maxsize=2)
def graph(loss: str) -> Graph:
    """The graph for a loss; a warm process need not build it again for windows of the same shape."""
    return Graph(loss)
