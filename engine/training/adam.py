"""Adam for a bank: every member with a step count of its own, so that one can rest while others go on.

Kingma & Ba 2015 in the form of Keras (the bias corrections in the rate, epsilon outside of them).
"""

from typing import Any, NamedTuple

import tensorflow as tf

Tensor = Any

MEAN_DECAY, SQUARE_DECAY, EPSILON = 0.9, 0.999, 1e-7


class State(NamedTuple):
    """Parameters, the running means of their gradients and squared gradients, and each member's steps so far (K,)."""

    parameters: tuple[Tensor, ...]
    means: tuple[Tensor, ...]
    squares: tuple[Tensor, ...]
    steps: Tensor


def start(parameters: tuple[Tensor, ...]) -> State:
    """The state before the first step."""
    zeros = tuple(tf.zeros_like(parameter) for parameter in parameters)
    return State(parameters, zeros, zeros, tf.zeros(parameters[0].shape[0]))


def step(state: State, gradients: tuple[Tensor, ...], rate: Tensor, active: Tensor) -> State:
    """The state after one step of the members whose `active` (K,) is 1; those with 0 stay as they are."""
    steps = state.steps + active
    counted = tf.maximum(steps, 1.0)
    pace = active * rate * tf.sqrt(1.0 - SQUARE_DECAY**counted) / (1.0 - MEAN_DECAY**counted)
    parameters, means, squares = [], [], []
    for parameter, gradient, mean, square in zip(state.parameters, gradients, state.means, state.squares, strict=True):
        mean_now = mean + (gradient - mean) * _beside(active * (1.0 - MEAN_DECAY), mean)
        square_now = square + (tf.square(gradient) - square) * _beside(active * (1.0 - SQUARE_DECAY), square)
        parameters.append(parameter - _beside(pace, mean) * mean_now / (tf.sqrt(square_now) + EPSILON))
        means.append(mean_now)
        squares.append(square_now)
    return State(tuple(parameters), tuple(means), tuple(squares), steps)


def _beside(factor: Tensor, tensor: Tensor) -> Tensor:
    """A factor a member, in a shape that multiplies `tensor`."""
    return tf.reshape(factor, (-1, *[1] * (len(tensor.shape) - 1)))
