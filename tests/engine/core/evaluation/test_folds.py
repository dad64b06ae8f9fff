from datetime import date
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.core.evaluation import series
from engine.core.evaluation.folds import AT_MOST, Plan, folds
from engine.errors import BadRequest, TooShort
from tests.worlds import history

plans = st.builds(
    Plan,
    refit=st.integers(11, 90),
    train=st.none() | st.integers(25, 120),
    folds=st.integers(1, AT_MOST),
    validation=st.integers(11, 40),
    calibration=st.integers(11, 40),
    least_train=st.integers(25, 60),
)
BLOCKS = ("train", "validation", "calibration", "test")


def calendar(count):
    return np.busday_offset(np.datetime64("2000-01-03"), np.arange(count)).astype("datetime64[D]")


def ragged(missing, rows):
    """Three tickers of one calendar, two of them with holes or a late start."""
    whole = [history(f"T{number}", rows, seed=number) for number in range(3)]
    random = np.random.default_rng(missing)
    return [whole[0], whole[1].rows(random.random(rows) > 0.1), whole[2].rows(slice(missing, None))]


def walked(plan, missing=7, rows=420):
    seen = [series.observed(each) for each in ragged(missing, rows)]
    sessions = series.calendar(seen)
    assume(len(sessions) >= plan.before_test + plan.least_test)
    return series.cases(seen), folds(sessions, plan)


def blocks_of(fold, cases):
    numbered = np.arange(len(cases))
    pairs = (cases.made_at, cases.target)
    within = [numbered[getattr(fold, name).within(*pairs)] for name in BLOCKS[:3]]
    return [*within, numbered[fold.test.made(cases.made_at)]]


@given(plans, st.integers(0, 60))
@settings(max_examples=60, deadline=None)
def test_no_row_is_in_two_blocks_of_a_fold_or_tested_in_two_folds(plan, missing):
    cases, walk = walked(plan, missing)
    for fold in walk:
        rows = np.concatenate(blocks_of(fold, cases))
        assert len(rows) == len(np.unique(rows))
    tested = np.concatenate([blocks_of(fold, cases)[-1] for fold in walk])
    assert len(tested) == len(np.unique(tested))


@given(plans, st.integers(0, 60))
@settings(max_examples=60, deadline=None)
def test_a_pair_ends_before_the_next_block_begins(plan, missing):
    cases, walk = walked(plan, missing)
    for fold in walk:
        blocks = blocks_of(fold, cases)
        for rows, name in zip(blocks[:3], BLOCKS[1:], strict=True):
            assert (cases.target[rows] < getattr(fold, name).first).all()
        for rows, later in pairwise(blocks):
            if len(rows) and len(later):
                assert cases.target[rows].max() < cases.made_at[later].min()


@given(plans, st.integers(0, 60))
@settings(max_examples=60, deadline=None)
def test_only_pairs_that_reach_into_the_next_block_are_left_out(plan, missing):
    cases, walk = walked(plan, missing)
    for fold in walk:
        for name, after in pairwise(BLOCKS):
            block, made = getattr(fold, name), getattr(fold, name).made(cases.made_at)
            purged = made & ~block.within(cases.made_at, cases.target)
            assert (cases.target[purged] >= getattr(fold, after).first).all()


@given(plans, st.integers(200, 419))
@settings(max_examples=60, deadline=None)
def test_no_block_depends_on_sessions_after_it(plan, known):
    plan = Plan(**{name: getattr(plan, name) for name in plan.__slots__} | {"folds": AT_MOST})
    whole = calendar(420)
    assume(known >= plan.before_test + plan.least_test)

    def stretches(sessions):
        """Blocks by the sessions in them, of the folds whose test block ends with the known sessions."""
        cut = [
            tuple(sessions[getattr(fold, name).made(sessions)].tolist() for name in BLOCKS)
            for fold in folds(sessions, plan)
        ]
        return {blocks[:3]: blocks[3] for blocks in (tuple(map(tuple, each)) for each in cut)}

    early, later = stretches(whole[:known]), stretches(whole)
    both = set(early) & set(later)
    assert both or len(early) == AT_MOST or len(later) == AT_MOST
    for fold in both:
        assert early[fold] == later[fold][: len(early[fold])]
    if len(later) < AT_MOST:
        assert set(early) <= set(later)


@given(plans)
@settings(max_examples=60, deadline=None)
def test_the_cuts_are_the_same_for_all_tickers_and_in_order(plan):
    _, walk = walked(plan)
    for fold in walk:
        blocks = [getattr(fold, name) for name in BLOCKS]
        assert all(one.end == after.first for one, after in pairwise(blocks))
        assert all(block.first < block.end for block in blocks)
    assert [fold.number for fold in walk] == list(range(1, len(walk) + 1))
    assert all(one.test.end == after.test.first for one, after in pairwise(walk))


def test_a_fixed_training_block_has_as_many_sessions_as_asked_for_and_an_expanding_one_begins_at_the_first():
    sessions = calendar(4_000)
    fixed, expanding = folds(sessions, Plan(train=1_260)), folds(sessions, Plan())
    assert {int(fold.train.made(sessions).sum()) for fold in fixed} == {1_260}
    assert {fold.train.first for fold in expanding} == {sessions[0]}


def test_of_many_folds_the_last_ones_are_kept():
    walk = folds(calendar(7_560), Plan())
    assert len(walk) == 10
    assert walk[-1].test.end == calendar(7_560)[-1] + 1


def test_what_is_known_before_a_test_block_ends_the_day_before_it():
    fold = folds(calendar(1_600), Plan())[0]
    assert fold.known_to < fold.test.first.astype(date)
    assert np.datetime64(fold.known_to) >= fold.calibration.end - 1


def test_a_history_that_is_too_short_is_refused_with_what_it_needs():
    with pytest.raises(
        TooShort, match=r"needs 1,134 sessions: 1,008 before the first test block and 126 in it"
    ) as error:
        folds(calendar(800), Plan())
    assert error.value.received == "800 sessions"


@pytest.mark.parametrize("wrong", [{"folds": 0}, {"folds": 11}, {"refit": 5}, {"train": 10}, {"validation": 3}])
def test_a_plan_that_cannot_be_is_refused(wrong):
    with pytest.raises(BadRequest):
        Plan(**wrong)
