"""A bank of K independent LSTMs: its weights, and its forward pass in numpy.

One step of a layer (Hochreiter & Schmidhuber 1997, with the forget gate of Gers et al. 2000), x_t the input, h the
output, c the cell, in the gate order of Keras:

    i, f, g, o = x_t @ kernel + h @ recurrent + bias
    c = sigmoid(f) * c + sigmoid(i) * tanh(g)
    h = sigmoid(o) * tanh(c)

where a bank may have another function in place of both tanh (Keras's `activation`). The head is a dense layer on the
last output of the last layer. Every shape is read from the arrays.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.errors import DataError

Float32Array = npt.NDArray[np.float32]
AnyFloatArray = npt.NDArray[np.floating[Any]]


def _sigmoid(values: Float32Array, out: Float32Array) -> None:
    np.tanh(values * np.float32(0.5), out=out)
    out += 1.0
    out *= 0.5


ACTIVATIONS: dict[str, Callable[[Float32Array, Float32Array], object]] = {
    "tanh": np.tanh,
    "relu": lambda values, out: np.maximum(values, np.float32(0.0), out=out),
    "sigmoid": _sigmoid,
}
"""What may stand in place of tanh, by Keras's names: from the first array into the second."""

ROWS_AT_ONCE = 256
"""How many windows of each member a forward pass works on at a time: so many gates stay near the processor."""


PARTS, HEAD = ("kernel", "recurrent", "bias"), ("head_kernel", "head_bias")


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """One LSTM layer of all members, float32: kernel (K, in, 4H), recurrent (K, H, 4H), bias (K, 4H)."""

    kernel: Float32Array
    recurrent: Float32Array
    bias: Float32Array

    @property
    def units(self) -> int:
        """H, the size of its output."""
        return int(self.recurrent.shape[1])

    def merged(self) -> Float32Array:
        """(K, 4H, in + H + 1): kernel, recurrent and bias side by side, with the rows of the three sigmoids halved.

        sigmoid(x) = (1 + tanh(x / 2)) / 2, and halving is exact in floating point: one tanh then serves all four gates
        and cannot overflow.
        """
        inputs, units = self.kernel.shape[1], self.units
        merged = np.empty((len(self.kernel), 4 * units, inputs + units + 1), np.float32)
        merged[..., :inputs] = self.kernel.swapaxes(1, 2)
        merged[..., inputs:-1] = self.recurrent.swapaxes(1, 2)
        merged[..., -1] = self.bias
        merged[:, : 2 * units] *= 0.5
        merged[:, 3 * units :] *= 0.5
        return merged


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """The weights of a bank of K members, float32; head_kernel is (K, H, out), head_bias (K, out).

    `activation` is one of ACTIVATIONS, the same in all layers. Raises DataError if the shapes do not belong together or
    a value is missing.
    """

    layers: tuple[Layer, ...]
    head_kernel: Float32Array
    head_bias: Float32Array
    activation: str = "tanh"

    def __post_init__(self) -> None:
        if self.activation not in ACTIVATIONS:
            raise DataError(f"Weights need an activation of {', '.join(ACTIVATIONS)}", received=self.activation)
        for name, (array, expected) in _expected_shapes(self).items():
            if array.shape != expected:
                raise DataError(
                    f"Weights that do not belong together: {name} should be {expected}",
                    received=str(array.shape),
                    do="Train the model again",
                )

    @property
    def members(self) -> int:
        """K, the number of independent networks."""
        return len(self.head_kernel)

    @property
    def inputs(self) -> int:
        """Features of one step of a window."""
        return int(self.layers[0].kernel.shape[1])

    @property
    def outputs(self) -> int:
        """Values that one window gives."""
        return int(self.head_kernel.shape[2])

    @property
    def units(self) -> tuple[int, ...]:
        """Size of each layer, the first one first."""
        return tuple(layer.units for layer in self.layers)

    def member(self, indices: Sequence[int] | npt.NDArray[np.intp]) -> "Weights":
        """The bank of these members, in this order."""
        chosen = np.asarray(indices, np.intp)
        layers = tuple(Layer(one.kernel[chosen], one.recurrent[chosen], one.bias[chosen]) for one in self.layers)
        return replace(self, layers=layers, head_kernel=self.head_kernel[chosen], head_bias=self.head_bias[chosen])

    def moved(self, begun: "Weights", ended: "Weights") -> "Weights":
        """These, moved by what leads from one bank of the same shape to another."""

        def sums(one: Any, first: Any, last: Any, names: Sequence[str]) -> dict[str, Any]:
            return {name: getattr(one, name) + (getattr(last, name) - getattr(first, name)) for name in names}

        each = zip(self.layers, begun.layers, ended.layers, strict=True)
        layers = tuple(Layer(**sums(*three, PARTS)) for three in each)
        return replace(self, layers=layers, **sums(self, begun, ended, HEAD))

    def to_arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Flat, by name, as for an .npz: layers.0.kernel, layers.0.recurrent, ..., head.kernel, head.bias.

        An activation other than tanh stands there too, as text.
        """
        flat: dict[str, npt.NDArray[Any]] = {"head.kernel": self.head_kernel, "head.bias": self.head_bias}
        if self.activation != "tanh":
            flat["activation"] = np.array(self.activation)
        for number, layer in enumerate(self.layers):
            for part in PARTS:
                flat[f"layers.{number}.{part}"] = getattr(layer, part)
        return flat

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> "Weights":
        """The weights that `to_arrays` gave; without an activation it is tanh.

        Raises DataError in words if an array is missing, foreign, of another type or shape, or not finite.
        """
        depth = sum(name.endswith(".recurrent") for name in arrays)
        names = ["head.kernel", "head.bias"]
        names += [f"layers.{number}.{part}" for number in range(depth) for part in PARTS]
        activation = str(arrays["activation"]) if "activation" in arrays else "tanh"
        _require_names(set(arrays) - {"activation"}, names, depth)
        head_kernel, head_bias, *rest = (_checked(name, arrays[name]) for name in names)
        layers = tuple(Layer(*rest[3 * number : 3 * number + 3]) for number in range(depth))
        return cls(layers, head_kernel, head_bias, activation)


def forward(weights: Weights, x: AnyFloatArray) -> Float32Array:
    """(K, N, out) float32: every member's output for its own N windows.

    `x` is (K, N, T, in), or (1, N, T, in) when all members see the same windows; T is the length of a window, oldest
    step first. A window with NaN gives NaN. Raises DataError if its shape does not fit the weights.
    """
    if x.ndim != 4 or x.shape[0] not in {1, weights.members} or x.shape[2] == 0 or x.shape[3] != weights.inputs:
        raise DataError(
            f"The windows do not fit the model: expected ({weights.members}, N, T, {weights.inputs})",
            received=str(x.shape),
        )
    windows = np.broadcast_to(x, (weights.members, *x.shape[1:]))
    merged = [layer.merged() for layer in weights.layers]
    last = np.empty((weights.members, weights.units[-1], x.shape[1]), np.float32)
    for start in range(0, x.shape[1], ROWS_AT_ONCE):
        block = slice(start, start + ROWS_AT_ONCE)
        last[..., block] = _last_output(merged, weights.activation, windows[:, block])
    output: Float32Array = np.matmul(last.swapaxes(1, 2), weights.head_kernel) + weights.head_bias[:, None]
    return output


def _last_output(merged: Sequence[Float32Array], activation: str, x: AnyFloatArray) -> Float32Array:
    """(K, H, N): the last layer's output after the last step. Values stand in columns, a window each.

    Input, output and the bias's 1 share one array a layer, so that a step of a layer is one product; all layers move
    before the next step, so that nothing but the present is held.
    """
    members, rows = x.shape[:2]
    steps = np.ascontiguousarray(x.transpose(2, 0, 3, 1), np.float32)
    layers = [_Running(one, activation, members, rows) for one in merged]
    signal: Float32Array = steps[0]
    for step in steps:
        signal = step
        for layer in layers:
            signal = layer.advance(signal)
    return signal


class _Running:
    """One layer in motion: its merged weights (K, 4H, in + H + 1) and its state, (K, H, N) each."""

    def __init__(self, merged: Float32Array, activation: str, members: int, rows: int) -> None:
        self._merged = merged
        self._bend = ACTIVATIONS[activation]
        size = merged.shape[1] // 4
        self._entering = np.zeros((members, merged.shape[2], rows), np.float32)
        self._entering[:, -1] = 1.0
        self._input, self._hidden = self._entering[:, : -size - 1], self._entering[:, -size - 1 : -1]
        self._cell = np.zeros((members, size, rows), np.float32)
        self._gates = np.empty((members, 4 * size, rows), np.float32)
        self._enter, self._keep, self._new, self._leave = np.split(self._gates, 4, axis=1)
        self._enter_and_keep = self._gates[:, : 2 * size]

    def advance(self, signal: Float32Array) -> Float32Array:
        """The output after one more step; the array changes with the next one."""
        self._input[...] = signal
        np.matmul(self._merged, self._entering, out=self._gates)
        self._activate()
        self._enter_and_keep += 1.0
        self._leave += 1.0
        # Each gate is now twice its sigmoid; two halvings of exact powers make up for it.
        self._cell *= self._keep
        self._new *= self._enter
        self._cell += self._new
        self._cell *= 0.5
        self._bend(self._cell, self._hidden)
        self._leave *= 0.5
        self._hidden *= self._leave
        return self._hidden

    def _activate(self) -> None:
        if self._bend is np.tanh:
            np.tanh(self._gates, out=self._gates)
            return
        np.tanh(self._enter_and_keep, out=self._enter_and_keep)
        np.tanh(self._leave, out=self._leave)
        self._bend(self._new, self._new)


def _expected_shapes(weights: Weights) -> dict[str, tuple[npt.NDArray[Any], tuple[int, ...]]]:
    """Each array beside the shape that the others demand of it."""
    if not weights.layers or any(array.ndim != 3 for one in weights.layers for array in (one.kernel, one.recurrent)):
        raise DataError("Weights without a whole LSTM layer", do="Train the model again")
    members, size = len(weights.layers[0].kernel), weights.layers[0].kernel.shape[1]
    shapes: dict[str, tuple[npt.NDArray[Any], tuple[int, ...]]] = {}
    for number, layer in enumerate(weights.layers):
        shapes[f"layers.{number}.kernel"] = layer.kernel, (members, size, 4 * layer.units)
        size = layer.units
        shapes[f"layers.{number}.recurrent"] = layer.recurrent, (members, size, 4 * size)
        shapes[f"layers.{number}.bias"] = layer.bias, (members, 4 * size)
    outputs = weights.head_bias.shape[-1] if weights.head_bias.ndim else 0
    shapes["head.kernel"] = weights.head_kernel, (members, size, outputs)
    shapes["head.bias"] = weights.head_bias, (members, outputs)
    return shapes


def _require_names(given: set[str], names: Sequence[str], depth: int) -> None:
    missing, foreign = sorted(set(names) - given), sorted(given - set(names))
    if missing or foreign or not depth:
        faults = [f"without {', '.join(missing)}"] if missing else []
        faults += [f"with {', '.join(foreign)} too many"] if foreign else []
        raise DataError(
            "Not the weights of an LSTM bank",
            received=" and ".join(faults) or "no layers",
            do="Train the model again",
        )


def _checked(name: str, array: npt.NDArray[Any]) -> Float32Array:
    if array.dtype.kind != "f":
        raise DataError(f"Damaged weights: {name} holds no real numbers", received=str(array.dtype))
    if not np.isfinite(array).all():
        raise DataError(f"Damaged weights: {name} holds values that are not finite", do="Train the model again")
    return np.asarray(array, np.float32)
