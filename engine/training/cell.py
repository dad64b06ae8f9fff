"""An LSTM layer with any activation, written out with a gradient of its own: what no fused kernel is there for.

Plain differentiation would keep and walk through every step's intermediate values; the gradient here needs the gates
and cells alone, and multiplies the inputs of all steps with the gradients of all gates at once.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import tensorflow as tf

Tensor = Any

ACTIVATIONS: dict[str, tuple[Callable[[Tensor], Tensor], Callable[[Tensor], Tensor]]] = {
    "tanh": (tf.tanh, lambda y: 1.0 - y * y),
    "relu": (tf.nn.relu, lambda y: tf.cast(y > 0, y.dtype)),
    "sigmoid": (tf.sigmoid, lambda y: y * (1.0 - y)),
}
"""Each with its slope, as a function of its value."""


@lru_cache
def layer(activation: str) -> Any:
    """The layer (x (T, B, in), kernel on recurrent (in + H, 4H), bias (4H)) -> (T, B, H), from a state of zeros."""
    return tf.custom_gradient(lambda x, kernel, bias: _layer(activation, x, kernel, bias))


def _layer(activation: str, x: Tensor, kernel: Tensor, bias: Tensor) -> tuple[Tensor, Callable[[Tensor], Any]]:
    inputs = x.shape[2]
    own, recurrent = kernel[:inputs], kernel[inputs:]
    gates, cells, hidden = _forward(activation, tf.tensordot(x, own, 1) + bias, recurrent)

    def gradient(of_output: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        of_gates = _backward(activation, of_output, gates, cells, recurrent)
        entered = tf.concat([x, _before(hidden)], axis=2)
        of_kernel = tf.tensordot(entered, of_gates, [[0, 1], [0, 1]])
        return tf.tensordot(of_gates, own, [[2], [1]]), of_kernel, tf.reduce_sum(of_gates, axis=(0, 1))

    return hidden, gradient


def _forward(activation: str, projected: Tensor, recurrent: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Gates after their functions (T, B, 4H), cells and outputs (T, B, H), from the inputs' part of the gates."""
    bend, _ = ACTIVATIONS[activation]
    steps, rows, units = tf.shape(projected)[0], tf.shape(projected)[1], recurrent.shape[0]

    def step(at: Tensor, hidden: Tensor, cell: Tensor, kept: tuple[Tensor, ...]) -> tuple[Any, ...]:
        i, f, g, o = tf.split(projected[at] + tf.matmul(hidden, recurrent), 4, axis=1)
        i, f, g, o = tf.sigmoid(i), tf.sigmoid(f), bend(g), tf.sigmoid(o)
        cell = f * cell + i * g
        hidden = o * bend(cell)
        now = (tf.concat([i, f, g, o], axis=1), cell, hidden)
        return at + 1, hidden, cell, tuple(one.write(at, value) for one, value in zip(kept, now, strict=True))

    zero = tf.zeros((rows, units))
    kept = tuple(tf.TensorArray(tf.float32, steps, element_shape=(None, size)) for size in (4 * units, units, units))
    *_, kept = tf.while_loop(lambda at, *_: at < steps, step, (0, zero, zero, kept), parallel_iterations=1)
    gates, cells, hidden = (one.stack() for one in kept)
    return gates, cells, hidden


def _backward(activation: str, of_output: Tensor, gates: Tensor, cells: Tensor, recurrent: Tensor) -> Tensor:
    """(T, B, 4H) the gradient of each gate's sum, last step first."""
    bend, slope = ACTIVATIONS[activation]
    steps, earlier = tf.shape(gates)[0], _before(cells)

    def step(at: Tensor, of_hidden: Tensor, of_cell: Tensor, kept: Tensor) -> tuple[Any, ...]:
        i, f, g, o = tf.split(gates[at], 4, axis=1)
        bent = bend(cells[at])
        of_hidden += of_output[at]
        of_cell += of_hidden * o * slope(bent)
        of_gates = tf.concat(
            [
                of_cell * g * i * (1.0 - i),
                of_cell * earlier[at] * f * (1.0 - f),
                of_cell * i * slope(g),
                of_hidden * bent * o * (1.0 - o),
            ],
            axis=1,
        )
        return at - 1, tf.matmul(of_gates, recurrent, transpose_b=True), of_cell * f, kept.write(at, of_gates)

    zero = tf.zeros_like(cells[0])
    kept = tf.TensorArray(tf.float32, steps, element_shape=(None, gates.shape[2]))
    *_, kept = tf.while_loop(lambda at, *_: at >= 0, step, (steps - 1, zero, zero, kept), parallel_iterations=1)
    return kept.stack()


def _before(values: Tensor) -> Tensor:
    """The values one step earlier, zeros first."""
    return tf.concat([tf.zeros_like(values[:1]), values[:-1]], axis=0)
