from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.training.batches import in_batches, shuffled
from tests.engine.training.jobs import job

counts = st.lists(st.integers(0, 20), min_size=1, max_size=4).filter(any)


def in_order(rows):
    return [np.arange(count) for count in rows]


@settings(deadline=None)
@given(counts, st.integers(1, 8))
def test_each_real_row_stands_in_one_batch(rows, size):
    batches = in_batches(in_order(rows), size)
    for member, count in enumerate(rows):
        chosen = batches.rows[:, member][batches.share[:, member] > 0]
        assert sorted(chosen.tolist()) == list(range(count))


@settings(deadline=None)
@given(counts, st.integers(1, 8))
def test_the_shares_of_a_batch_make_a_mean(rows, size):
    sums = in_batches(in_order(rows), size).share.sum(axis=2)
    np.testing.assert_allclose(sums[sums > 0], 1.0, rtol=1e-6)


def test_a_member_with_fewer_rows_sits_steps_out():
    batches = in_batches(in_order([7, 2]), 3)
    assert (batches.share > 0).sum(axis=2).tolist() == [[3, 2], [3, 0], [1, 0]]


def test_every_epoch_has_an_order_of_its_own():
    order = shuffled(job())
    assert sorted(order(0, 1)) == list(range(5, 45))
    assert order(0, 1).tolist() != order(0, 2).tolist()


def test_the_order_hangs_on_the_member_s_seed_and_not_on_its_place():
    seeds = np.array([4, 7, 1])
    one = shuffled(replace(job(rows=(9, 9, 9)), seeds=seeds))
    other = shuffled(replace(job(rows=(9, 9, 9)), seeds=seeds[::-1]))
    assert one(0, 1).tolist() == other(2, 1).tolist()


def test_an_epoch_of_fewer_rows_draws_others_each_time():
    order = shuffled(job(epoch_rows=10))
    first, second = order(0, 1), order(0, 2)
    assert len(set(first)) == len(set(second)) == 10
    assert set(first) != set(second)


def test_a_member_with_fewer_rows_than_an_epoch_takes_all_of_them():
    assert sorted(shuffled(job(rows=(40, 7, 9), epoch_rows=20))(1, 1)) == list(range(5, 12))
