from dataclasses import replace

import numpy as np

from engine.training.order import shuffled
from tests.engine.training.jobs import job


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
