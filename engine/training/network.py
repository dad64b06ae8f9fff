"""The network of one member, as TensorFlow runs it, its weights in one vector.

With tanh, TensorFlow's fused LSTM kernel (BlockLSTMV2: a whole sequence in one operation, one more for its gradient, in
Keras's gate order) runs once a layer; with another activation, the layer of `cell.py`. Members share no operation, so
that one's numbers cannot depend on who stands next to it.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from engine.core.lstm import Float32Array, Layer, Weights
from engine.training.cell import layer

Tensor = Any
"""TensorFlow ships no types."""


class Shape(NamedTuple):
    """What a network is made of: features of a step, size of each layer, values put out, activation."""

    inputs: int
    units: tuple[int, ...]
    outputs: int
    activation: str

    @property
    def parts(self) -> list[tuple[int, ...]]:
        """The vector's parts: kernel on recurrent (in + H, 4H) and bias (4H) of each layer, the head's kernel, bias."""
        parts: list[tuple[int, ...]] = []
        size = self.inputs
        for units in self.units:
            parts += [(size + units, 4 * units), (4 * units,)]
            size = units
        return [*parts, (size, self.outputs), (self.outputs,)]

    @property
    def sizes(self) -> list[int]:
        """How many weights each part has."""
        return [int(np.prod(part)) for part in self.parts]


def shape_of(weights: Weights) -> Shape:
    """The shape of the members of a bank."""
    return Shape(weights.inputs, weights.units, weights.outputs, weights.activation)


def to_vectors(weights: Weights) -> Float32Array:
    """(K, P) the weights of each member, one after another."""
    merged = [
        part for one in weights.layers for part in (np.concatenate([one.kernel, one.recurrent], axis=1), one.bias)
    ]
    arrays = (*merged, weights.head_kernel, weights.head_bias)
    return np.concatenate([array.reshape(weights.members, -1) for array in arrays], axis=1)


def to_weights(vectors: Float32Array, shape: Shape) -> Weights:
    """The weights that `to_vectors` gave."""
    flat = np.split(vectors, np.cumsum(shape.sizes)[:-1], axis=1)
    *arrays, head_kernel, head_bias = (
        part.reshape(len(vectors), *size) for part, size in zip(flat, shape.parts, strict=True)
    )
    layers = []
    for merged, bias in zip(arrays[::2], arrays[1::2], strict=True):
        inputs = merged.shape[1] - merged.shape[2] // 4
        layers.append(Layer(merged[:, :inputs], merged[:, inputs:], bias))
    return Weights(tuple(layers), head_kernel, head_bias, shape.activation)


def predict(vector: Tensor, shape: Shape, windows: Tensor) -> Tensor:
    """(B, out): a member's output for windows (T, B, F), oldest step first."""
    flat = tf.split(vector, shape.sizes)
    *arrays, head_kernel, head_bias = (tf.reshape(part, size) for part, size in zip(flat, shape.parts, strict=True))
    signal = windows
    for kernel, bias in zip(arrays[::2], arrays[1::2], strict=True):
        signal = (
            fused(signal, kernel, bias) if shape.activation == "tanh" else layer(shape.activation)(signal, kernel, bias)
        )
    return tf.matmul(signal[-1], head_kernel) + head_bias


def _fused(x: Tensor, kernel: Tensor, bias: Tensor) -> tuple[Tensor, Callable[[Tensor], Any]]:
    """(T, B, H) one LSTM layer over x (T, B, in), from a state of zeros; and its gradient.

    The gradient is given here because TensorFlow registers that of the older BlockLSTM for both versions of the kernel,
    and the older one has its gates in another order: tf.gradients of BlockLSTMV2 are wrong, in 2.21 at least.
    """
    units = kernel.shape[1] // 4
    zero, unused = tf.zeros((tf.shape(x)[1], units)), tf.zeros(units)
    given = {
        "seq_len_max": tf.shape(x, tf.int64)[0],
        **{"x": x, "cs_prev": zero, "h_prev": zero, "w": kernel, "b": bias},
        **{"wci": unused, "wcf": unused, "wco": unused, "use_peephole": False},
    }
    run = tf.raw_ops.BlockLSTMV2(**given, cell_clip=0.0)

    def gradient(of_output: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        of_cell = tf.zeros_like(of_output)
        back = tf.raw_ops.BlockLSTMGradV2(**given, **run._asdict(), cs_grad=of_cell, h_grad=of_output)
        return back.x_grad, back.w_grad, back.b_grad

    return run.h, gradient


fused = tf.custom_gradient(_fused)
