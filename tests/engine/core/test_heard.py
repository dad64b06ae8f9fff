"""What was heard before is kept, grows, and comes out as if all had been asked about at once."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.bars import Action, as_date
from engine.core.grown import SPARE, Grown
from engine.core.heard import heard
from engine.core.panel import Listed, panel, same_rows
from engine.core.presets import PRESETS
from engine.core.volatility import ewma_sigma, newest_sigmas
from tests.fakes import fitted_at_random
from tests.worlds import corrupted, history

ROWS = 700
WORLD = [history(f"T{seed}", ROWS, seed=seed) for seed in range(3)]
MODELS = {
    name: fitted_at_random([each.rows(slice(0, 600)) for each in WORLD], preset) for name, preset in PRESETS.items()
}


def listed(world, rows=ROWS):
    return panel([each.rows(slice(0, rows)) for each in world], ["XNYS"] * len(world))


def hear(name, of, before=None):
    return heard(PRESETS[name], MODELS[name], of, before or [None] * len(of))


def assert_same(one, other):
    for mine, whole in zip(one, other, strict=True):
        for column in ("mean", "quantiles"):
            assert getattr(mine.outlook, column).shape == getattr(whole.outlook, column).shape
            # the network runs in float32, and in other batches
            np.testing.assert_allclose(getattr(mine.outlook, column), getattr(whole.outlook, column), rtol=0, atol=1e-7)
        np.testing.assert_array_equal(mine.shares.rows, whole.shares.rows)


@pytest.mark.parametrize("name", PRESETS)
@given(st.lists(st.integers(420, ROWS), min_size=1, max_size=6))
@settings(max_examples=15, deadline=None)
def test_session_after_session_comes_out_as_all_at_once(name, stops):
    """Back to an earlier session, too."""
    known = None
    for rows in [*stops, ROWS]:
        known = hear(name, listed(WORLD, rows), known)
        assert [len(each.outlook.mean) for each in known] == [rows] * 3
    assert_same(known, hear(name, listed(WORLD)))


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("row", [450, 590, 640, 698])
def test_rows_that_have_changed_are_asked_about_again(name, row):
    changed = [corrupted(WORLD[0], row, "random"), *WORLD[1:]]
    before = hear(name, listed(WORLD))
    told = [each.outlook.quantiles.copy() for each in before]
    assert_same(hear(name, listed(changed), before), hear(name, listed(changed)))
    for each, was in zip(before, told, strict=True):
        np.testing.assert_array_equal(each.outlook.quantiles, was)


def test_what_was_heard_is_not_copied_for_one_session_more():
    before = hear("pooled", listed(WORLD, ROWS - 1))
    after = hear("pooled", listed(WORLD), before)
    for one, other in zip(before, after, strict=True):
        assert np.shares_memory(one.quantiles.rows, other.quantiles.rows)


def test_nothing_new_is_nothing_asked():
    before = hear("pooled", listed(WORLD))
    assert_same(hear("pooled", listed(WORLD), before), before)


def test_a_dividend_that_is_known_late_changes_the_rows_from_its_day_on():
    one = listed(WORLD)[0]
    late = replace(one.history, actions=(Action(as_date(one.history.sessions[500]), dividend=1.0),))
    assert same_rows(one, Listed.of(late, one.market)) == 500
    assert same_rows(one, one) == ROWS


def test_grown_rows_leave_what_was_seen_of_them():
    one = Grown.of(np.arange(3.0))
    two, other = one.with_rows(np.array([3.0])), one.with_rows(np.array([9.0]))
    assert two.rows.tolist() == [0, 1, 2, 3]
    assert other.rows.tolist() == [0, 1, 2, 9]
    assert one.rows.tolist() == [0, 1, 2]
    long = two.with_rows(np.ones(SPARE)).upto(4).with_rows(np.zeros(2))
    assert long.rows.tolist() == [0, 1, 2, 3, 0, 0]
    assert two.rows.tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("holes", [(), (3, 120)])
def test_the_newest_sigmas_are_those_of_all_rows(holes):
    returns = [each.returns[200:].copy() for each in listed(WORLD)]
    returns[1][list(holes)] = np.nan
    for rows in (1, 40, 490):
        for sigma, one in zip(newest_sigmas(returns, [rows] * 3), returns, strict=True):
            np.testing.assert_allclose(sigma, ewma_sigma(one)[-rows:], rtol=1e-12)
