"""Adam, on all weights of a member in one vector.

Kingma & Ba 2015 in the form of Keras (the bias corrections in the rate, epsilon outside of them).
"""

from typing import Any, NamedTuple

import tensorflow as tf

Tensor = Any

MEAN_DECAY, SQUARE_DECAY, EPSILON = 0.9, 0.999, 1e-7


class State(NamedTuple):
    """Weights, the running means of their gradients and squared gradients, (P,) each, and the steps so far."""

    weights: Tensor
    means: Tensor
    squares: Tensor
    steps: Tensor


def start(weights: Tensor) -> State:
    """The state before the first step."""
    return State(tf.constant(weights), tf.zeros(len(weights)), tf.zeros(len(weights)), tf.constant(0.0))


def step(state: State, gradient: Tensor, rate: Tensor) -> State:
    """The state after one step."""
    steps = state.steps + 1.0
    pace = rate * tf.sqrt(1.0 - SQUARE_DECAY**steps) / (1.0 - MEAN_DECAY**steps)
    means = state.means + (gradient - state.means) * (1.0 - MEAN_DECAY)
    squares = state.squares + (tf.square(gradient) - state.squares) * (1.0 - SQUARE_DECAY)
    return State(state.weights - pace * means / (tf.sqrt(squares) + EPSILON), means, squares, steps)
