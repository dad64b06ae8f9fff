import io
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.lstm import ACTIVATIONS, ROWS_AT_ONCE, Layer, Weights, forward
from engine.errors import DataError


def bank(members, inputs=1, units=(5, 4), outputs=1, *, seed=0, activation="tanh"):
    draw = np.random.default_rng(seed)
    size, layers = inputs, []
    for one in units:
        shapes = (members, size, 4 * one), (members, one, 4 * one), (members, 4 * one)
        layers.append(Layer(*(draw.normal(0, 0.5, shape).astype(np.float32) for shape in shapes)))
        size = one
    head = draw.normal(size=(members, size, outputs)).astype(np.float32)
    return Weights(tuple(layers), head, draw.normal(size=(members, outputs)).astype(np.float32), activation)


def windows(members, rows, length=6, inputs=1, seed=1):
    return np.random.default_rng(seed).normal(size=(members, rows, length, inputs))


def by_the_book(weights, x):
    """The equations, a value at a time, in double precision."""

    def sigmoid(value):
        return 1 / (1 + np.exp(-value))

    bend = {"tanh": np.tanh, "relu": lambda value: np.maximum(value, 0), "sigmoid": sigmoid}[weights.activation]
    results = np.empty((weights.members, x.shape[1], weights.outputs))
    for member in range(weights.members):
        for row, window in enumerate(x[member].astype(np.float64)):
            signal = window
            for layer in weights.layers:
                h, c, outputs = np.zeros(layer.units), np.zeros(layer.units), []
                for step in signal:
                    z = step @ layer.kernel[member] + h @ layer.recurrent[member] + layer.bias[member]
                    i, f, g, o = np.split(z.astype(np.float64), 4)
                    c = sigmoid(f) * c + sigmoid(i) * bend(g)
                    h = sigmoid(o) * bend(c)
                    outputs.append(h)
                signal = np.array(outputs)
            results[member, row] = signal[-1] @ weights.head_kernel[member] + weights.head_bias[member]
    return results


shapes = st.fixed_dictionaries(
    {
        "members": st.integers(1, 4),
        "inputs": st.integers(1, 3),
        "units": st.lists(st.integers(1, 6), min_size=1, max_size=3),
        "outputs": st.integers(1, 3),
        "activation": st.sampled_from(sorted(ACTIVATIONS)),
    }
)


@settings(max_examples=25, deadline=None)
@given(shapes, st.integers(1, 4), st.integers(1, 7))
def test_the_forward_pass_follows_the_equations(shape, rows, length):
    weights, x = bank(**shape), windows(shape["members"], rows, length, shape["inputs"])
    np.testing.assert_allclose(forward(weights, x), by_the_book(weights, x), atol=1e-5)


@settings(max_examples=25, deadline=None)
@given(shapes, st.integers(1, 4))
def test_a_member_of_a_bank_gives_what_it_gives_alone(shape, rows):
    weights, x = bank(**shape), windows(shape["members"], rows, inputs=shape["inputs"])
    together = forward(weights, x)
    for member in range(shape["members"]):
        alone = forward(weights.member([member]), x[[member]])
        np.testing.assert_allclose(alone[0], together[member], atol=1e-6)


@given(st.permutations(range(4)))
@settings(max_examples=10, deadline=None)
def test_permuting_the_members_permutes_the_outputs(order):
    weights, x = bank(4), windows(4, 3)
    np.testing.assert_allclose(forward(weights.member(order), x[order]), forward(weights, x)[order], atol=1e-6)


def test_a_bank_moved_by_what_leads_from_it_to_another_is_that_one():
    first, last = bank(2, seed=1), bank(2, seed=2)
    for moved, array in zip(arrays(first.moved(first, last)), arrays(last), strict=True):
        np.testing.assert_allclose(moved, array, rtol=0, atol=1e-6)


def test_a_bank_moved_nowhere_is_as_it_was():
    own, other = bank(2, seed=1, activation="relu"), bank(2, seed=2, activation="relu")
    moved = own.moved(other, other)
    assert moved.activation == "relu"
    for one, array in zip(arrays(moved), arrays(own), strict=True):
        np.testing.assert_array_equal(one, array)


def arrays(weights):
    """Each array of a bank, in one order, but for the activation's name."""
    return [array for name, array in sorted(weights.to_arrays().items()) if name != "activation"]


def test_windows_beyond_one_block_are_all_there():
    weights, x = bank(1, units=(3,)), windows(1, ROWS_AT_ONCE + 7, length=2)
    np.testing.assert_allclose(forward(weights, x)[:, -3:], forward(weights, x[:, -3:]), atol=1e-6)


def test_shared_windows_are_seen_by_all_members():
    weights, x = bank(3), windows(1, 2)
    np.testing.assert_array_equal(forward(weights, x), forward(weights, np.repeat(x, 3, axis=0)))


def test_no_windows_give_no_outputs():
    assert forward(bank(2), windows(2, 0)).shape == (2, 0, 1)


def test_extreme_inputs_saturate_without_a_warning():
    assert np.isfinite(forward(bank(1), np.full((1, 1, 4, 1), 1e30))).all()


def test_a_window_with_a_hole_gives_no_number_and_harms_no_other():
    weights, x = bank(1), windows(1, 2)
    whole = forward(weights, x)
    x[0, 0, 2] = np.nan
    output = forward(weights, x)
    assert np.isnan(output[0, 0]).all()
    np.testing.assert_array_equal(output[0, 1], whole[0, 1])


@pytest.mark.parametrize("shape", [(3, 2, 6, 1), (2, 2, 6, 2), (2, 2, 0, 1), (2, 6, 1)])
def test_windows_of_another_shape_are_refused(shape):
    with pytest.raises(DataError, match="do not fit the model"):
        forward(bank(2), np.zeros(shape))


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_weights_survive_a_file(activation):
    weights, file = bank(3, inputs=2, units=(4, 3, 2), outputs=2, activation=activation), io.BytesIO()
    np.savez(file, **weights.to_arrays())
    file.seek(0)
    with np.load(file, allow_pickle=False) as arrays:
        loaded = Weights.from_arrays(arrays)
    assert (loaded.members, loaded.inputs, loaded.units, loaded.outputs) == (3, 2, (4, 3, 2), 2)
    assert loaded.activation == activation
    x = windows(3, 2, inputs=2)
    np.testing.assert_array_equal(forward(loaded, x), forward(weights, x))


def test_weights_without_an_activation_have_tanh():
    assert "activation" not in bank(1).to_arrays()
    assert Weights.from_arrays(bank(1).to_arrays()).activation == "tanh"


DAMAGES = {
    "without layers.1.bias": lambda arrays: arrays.pop("layers.1.bias"),
    "without head.kernel": lambda arrays: arrays.pop("head.kernel"),
    "with prices too many": lambda arrays: arrays.update(prices=np.zeros(3)),
    "not finite": lambda arrays: arrays["layers.0.bias"].fill(np.nan),
    "no real numbers": lambda arrays: arrays.update({"head.bias": np.zeros((2, 1), int)}),
    "layers.1.kernel should be": lambda arrays: arrays.update({"layers.1.kernel": np.zeros((2, 9, 16), np.float32)}),
    "head.bias should be": lambda arrays: arrays.update({"head.bias": np.zeros((3, 1), np.float32)}),
    "without a whole LSTM layer": lambda arrays: arrays.update({"layers.0.kernel": np.zeros(2, np.float32)}),
    "need an activation": lambda arrays: arrays.update(activation=np.array("softmax")),
    "no layers": lambda arrays: [arrays.pop(name) for name in list(arrays) if name.startswith("layers")],
}


@pytest.mark.parametrize("words", DAMAGES)
def test_damaged_or_foreign_weights_are_refused_in_words(words):
    arrays = {name: array.copy() for name, array in bank(2).to_arrays().items()}
    DAMAGES[words](arrays)
    with pytest.raises(DataError, match=words):
        Weights.from_arrays(arrays)


def test_weights_put_together_wrongly_are_refused():
    with pytest.raises(DataError, match="should be"):
        replace(bank(2), head_kernel=bank(3).head_kernel)
