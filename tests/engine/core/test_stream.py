"""Session after session, and before a session's close, features and scores come out as if computed at once."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.bars import Action, as_date
from engine.core.detect import KINDS
from engine.core.features import features
from engine.core.forecast import Outlook
from engine.core.panel import on_list, panel
from engine.core.series import Windows
from engine.core.stream import follow, forming
from tests.worlds import corrupted, history

ROWS = 420


def closes(of):
    nothing = np.full(len(of), np.nan)
    return replace(of, open=nothing, high=nothing, low=nothing, volume=nothing)


def resting(of):
    """Moves for a while, and then stands still."""
    still = np.minimum(np.arange(len(of)), 150)
    return replace(of, **{name: getattr(of, name)[still] for name in ("open", "high", "low", "close")})


def halted(of):
    return replace(of, volume=np.where(np.arange(len(of)) % 3 == 0, 0.0, of.volume))


def split(of):
    action = Action(as_date(of.sessions[ROWS - 30]), split=4.0, dividend=0.5)
    return replace(of, actions=(action,))


MADE = (lambda of: of, lambda of: of, lambda of: of, closes, resting, halted, split)
WORLD = [make(history(f"T{seed}", ROWS, seed=seed)) for seed, make in enumerate(MADE)]
WORLD.append(history("NEW", ROWS, seed=9).rows(slice(300, None)))


def saying(rows, seed=0):
    """A made-up forecast for every row."""
    mean = np.random.default_rng(seed).normal(0, 0.01, ROWS)[:rows]
    return Outlook((1,), mean, mean[:, None, None] + 0.01 * np.array([-2.0, -1, 0, 1, 2]))


def listed(rows, world=WORLD):
    day = as_date(history(rows=ROWS).sessions[rows - 1])
    made = panel([each.upto(day) for each in world], ["XNYS"] * len(world))
    symbols = [each.symbol for each in made]
    return on_list(made, symbols, [symbol for symbol in symbols if symbol != "T0"])


def outlooks(of):
    """Of two in three tickers."""
    return [None if at % 3 == 2 else saying(len(each), at) for at, each in enumerate(of)]


def followed(of, before=None, windows=None):
    return follow(of, outlooks(of), before or [None] * len(of), windows)


def assert_same(kept, whole):
    for one, other in zip(kept, whole, strict=True):
        np.testing.assert_allclose(one.table.rows, other.table.rows, rtol=1e-9, atol=1e-9, err_msg=one.listed.symbol)
        np.testing.assert_array_equal(one.features.close, other.features.close)


@given(st.lists(st.integers(310, ROWS), min_size=1, max_size=6), st.sampled_from([1, 2, 5]))
@settings(max_examples=20, deadline=None)
def test_session_after_session_comes_out_as_all_at_once(stops, step):
    """Back to an earlier session, too."""
    kept = None
    for stop in stops:
        for rows in (stop - step, stop):
            kept = followed(listed(rows), kept)
    assert [len(each) for each in kept] == [len(each) for each in listed(stops[-1])]
    assert_same(kept, followed(listed(stops[-1])))


@given(st.builds(Windows, *(st.integers(2, 90) for _ in range(4)), st.integers(20, 252)))
@settings(max_examples=10, deadline=None)
def test_so_it_does_with_other_windows(windows):
    kept = None
    for rows in (ROWS - 3, ROWS - 1, ROWS):
        kept = followed(listed(rows), kept, windows)
    assert_same(kept, followed(listed(ROWS), windows=windows))


def test_other_windows_than_before_change_every_row():
    kept = followed(listed(ROWS - 1))
    assert_same(followed(listed(ROWS), kept, Windows(trend=15)), followed(listed(ROWS), windows=Windows(trend=15)))


@pytest.mark.parametrize("row", [20, 280, 350, ROWS - 2])
def test_rows_that_have_changed_are_computed_again(row):
    before = followed(listed(ROWS))
    was = [each.table.rows.copy() for each in before]
    changed = listed(ROWS, [corrupted(WORLD[0], row, "random"), *WORLD[1:]])
    assert_same(followed(changed, before), followed(changed))
    for each, rows in zip(before, was, strict=True):
        np.testing.assert_array_equal(each.table.rows, rows)


def test_a_return_that_is_unknown_for_now_leaves_sigma_as_it_was():
    unknown = listed(ROWS, [corrupted(each, ROWS - 3, "nan") for each in WORLD])
    kept = followed(unknown, followed(listed(ROWS - 2)))
    assert_same(kept, followed(unknown))


def test_what_was_kept_is_not_copied_for_one_session_more():
    before = followed(listed(ROWS - 1))
    for one, other in zip(before[:3], followed(listed(ROWS), before), strict=False):
        assert np.shares_memory(one.table.rows, other.table.rows)


def test_scores_and_features_are_those_of_the_kinds():
    kept = followed(listed(ROWS))[0]
    known = features(WORLD[0], saying(ROWS))  # it has no list
    assert list(kept.scores) == [kind.name for kind in KINDS]
    for kind in KINDS:
        np.testing.assert_array_equal(kept.scores[kind.name], kind.score(known))


def alone(of):
    """A ticker before the close of its last row: no forecast is made there yet."""
    said = saying(len(of))
    said.mean[-1], said.quantiles[-1] = np.nan, np.nan
    return features(of.history, said, None, of.returns, of.index)


@pytest.mark.parametrize("rows", [310, 325, ROWS])
def test_a_bar_that_is_not_over_is_scored_as_if_it_closed_as_it_stands(rows):
    kept = follow(listed(rows - 1), [saying(len(each)) for each in listed(rows - 1)], [None] * len(WORLD))
    now = listed(rows)
    formed = forming(kept, [each.history for each in now], [float(each.index[-1]) for each in now])
    for one, of in zip(formed, now, strict=True):
        known = alone(of)
        np.testing.assert_allclose(one.features.table[-1], known.table[-1], rtol=1e-9, atol=1e-9, err_msg=of.symbol)
        assert one.scores == pytest.approx(
            {kind.name: kind.score(known)[-1] for kind in KINDS if kind.forming}, abs=1e-9, nan_ok=True
        )


def test_while_it_is_not_known_what_the_list_does_the_own_part_of_a_ticker_on_it_waits():
    kept = followed(listed(ROWS - 1))
    alone, beside = forming(kept[:2], [each.history for each in listed(ROWS)[:2]])
    own = {kind.name for kind in KINDS if kind.own}
    assert own <= alone.scores.keys()
    assert beside.scores.keys() == alone.scores.keys() - own


def test_rows_on_which_the_list_did_something_else_are_computed_again():
    before = followed(listed(ROWS))
    changed = [*WORLD[:2], *(corrupted(each, 350, "random") for each in WORLD[2:])]
    assert_same(followed(listed(ROWS, changed), before), followed(listed(ROWS, changed)))


def test_a_bar_that_is_not_over_leaves_what_is_kept_as_it_is():
    kept = followed(listed(ROWS - 1))
    was = [each.table.rows.copy() for each in kept]
    forming(kept, [each.history for each in listed(ROWS)])
    for each, rows in zip(kept, was, strict=True):
        np.testing.assert_array_equal(each.table.rows, rows)
    assert_same(followed(listed(ROWS), kept), followed(listed(ROWS)))


def test_a_bar_that_is_not_over_has_words_of_every_kind_that_can_be_asked():
    kept = followed(listed(ROWS - 1))
    for one in forming(kept, [each.history for each in listed(ROWS)]):
        last = len(one.features) - 1
        for kind in KINDS:
            if np.isfinite(one.scores.get(kind.name, np.nan)):
                assert kind.words(kind.evidence(one.features, last)).isprintable()


@pytest.mark.parametrize("rows", [ROWS - 1, ROWS])
def test_a_history_that_is_not_one_bar_longer_is_refused(rows):
    kept = followed(listed(ROWS - 1 if rows == ROWS - 1 else ROWS - 2))
    with pytest.raises(ValueError, match="one bar more"):
        forming(kept, [each.history for each in listed(rows)])


def test_of_nobody_nothing_is_said():
    assert follow((), (), ()) == ()
    assert forming((), ()) == ()
