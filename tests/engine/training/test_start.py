from dataclasses import replace

import numpy as np

from engine.training.start import glorot_uniform, initial_weights, orthogonal
from tests.engine.training.jobs import job, same


def test_recurrent_kernels_are_orthogonal():
    rows = orthogonal(np.random.default_rng(0), 7)
    np.testing.assert_allclose(rows @ rows.T, np.eye(7), atol=1e-6)


def test_kernels_fill_the_glorot_range_and_no_more():
    kernel = glorot_uniform(np.random.default_rng(0), 50, 200)
    limit = np.sqrt(6 / 250)
    assert 0.99 * limit < np.abs(kernel).max() <= limit


def test_only_the_forget_gate_has_a_bias():
    for layer in initial_weights(job()).layers:
        i, f, g, o = np.split(layer.bias, 4, axis=1)
        assert (f == 1).all()
        assert not i.any() and not g.any() and not o.any()


def test_members_start_apart_and_by_their_own_seeds():
    three, swapped = job(), replace(job(), seeds=np.array([2, 1, 0]))
    weights = initial_weights(three)
    assert not same(weights.member([0]), weights.member([2]))
    assert same(initial_weights(swapped), weights.member([2, 1, 0]))


def test_a_warm_start_is_taken_as_it_is():
    start = initial_weights(job())
    assert initial_weights(replace(job(), start=start)) is start


def test_with_a_prior_fresh_networks_put_it_out_whatever_they_see():
    prior = np.array([0.7], np.float32)
    weights = initial_weights(replace(job(), prior=prior))
    assert not weights.head_kernel.any()
    assert (weights.head_bias == prior).all()
    assert not same(weights.member([0]), weights.member([2]))
