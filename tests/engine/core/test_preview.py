"""The past year under another budget: counted as it would have gone, session by session, without its future."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.budget import Budget, Override
from engine.core.episodes import COOLDOWN, QUIET_P, Verdict, decide
from engine.core.features import features
from engine.core.preview import episodes, past_year
from engine.core.scored import score
from tests.worlds import corrupted, history

ROWS = 900
WORLD = [history(f"T{seed}", ROWS, seed=seed) for seed in range(4)]
flags = st.lists(st.sampled_from(("over", "quiet", "unusual")), max_size=80)


def scored(of=WORLD, budget=None):
    return [score(features(each), budget or Budget()) for each in of]


def walked(course, cooldown):
    """Where episodes open by core/episodes.py, session after session."""
    p = [{"over": 0.001, "quiet": 0.5, "unusual": 0.05}[each] for each in course]
    opened, episode = [], None
    for at, each in enumerate(p):
        tier = "watch" if course[at] == "over" else None
        day = np.datetime64("2008-01-01") + at
        said = Verdict("T", "k", day, 0.0, each, tier, 0.01, 1.0, False, "none", {}, "")
        since = at - opened[-1] if opened else 0
        change = decide(episode, said, np.array(p[max(at - 2, 0) : at + 1]), since, cooldown)
        if change:
            episode, event = change
            opened += [at] if event == "opened" else []
    return opened


@given(flags, st.sampled_from((1, 3, COOLDOWN)))
def test_episodes_open_where_they_would_have_session_after_session(course, cooldown):
    over, quiet = (np.array([each == name for each in course], bool) for name in ("over", "quiet"))
    assert QUIET_P < 0.5
    assert [at for at, _ in episodes(over, quiet, cooldown)] == walked(course, cooldown)


def test_twice_the_budget_gives_more_alarms():
    few, many = (past_year(scored(), Budget(a_year=a_year)).alarms for a_year in (1.0, 8.0))
    assert 0 < few < many


def test_about_as_many_alarms_come_out_as_are_budgeted():
    assert past_year(scored(), Budget(a_year=4.0)).alarms == pytest.approx(16, rel=0.6)


def test_it_is_the_last_252_sessions():
    counted = past_year(scored(), Budget())
    assert (counted.first, counted.last) == (WORLD[0].sessions[-252].item(), WORLD[0].last)


def test_a_kind_that_is_off_gives_none_and_leaves_its_part_to_the_others():
    counted = past_year(scored(), Budget(kinds=("drift",), a_year=4.0))
    assert set(counted.kinds) == {"drift"}


def test_a_ticker_whose_kinds_are_off_gives_none():
    names = Budget().kinds
    off = {each.symbol: Override(off=frozenset(names)) for each in WORLD}
    assert past_year(scored(), Budget(overrides=off)).alarms == 0


def test_a_list_without_history_gives_none():
    assert past_year([], Budget()).alarms == 0


@given(st.integers(3, 200), st.sampled_from(("x10", "random")))
@settings(max_examples=10, deadline=None)
def test_what_opened_by_a_session_does_not_depend_on_later_ones(back, how):
    """The year that ends at a session is the same year, whatever came after it."""
    row = ROWS - back
    budget = Budget(a_year=4.0)

    def upto(of):
        return [each.upto(row) for each in scored(of, budget)]

    assert past_year(upto(WORLD), budget) == past_year(upto([corrupted(each, row - 1, how) for each in WORLD]), budget)


def test_in_a_year_no_session_knows_a_later_one():
    """Rows of the last months are altered: what opened before them stays, so that the count can only differ by them."""
    budget, changed = Budget(a_year=4.0), ROWS - 60
    months = scored(WORLD, budget)
    altered = scored([corrupted(each, changed, "x10") for each in WORLD], budget)

    def early(of):
        quiet = [
            replace(each, scores={k: np.where(np.arange(ROWS) > changed, -np.inf, s) for k, s in each.scores.items()})
            for each in of
        ]
        return past_year(quiet, budget).kinds

    assert early(months) == early(altered)
