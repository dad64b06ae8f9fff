"""Which prices a level is held against: those seen after it was set."""

from datetime import date

import pytest

from engine.core.quotes import DayBar, Levels, Quote
from engine.services.quotes.since import for_quote, for_session, marks, placed

CLOSE = 1_700_000_000.0
BAR = DayBar("AAA", date(2023, 11, 14), CLOSE, 103.0, 97.0, 101.0, 100.0)
BOTH = Levels(above=102.0, move=5.0)


def set_at(mark, levels=BOTH):
    return marks([("AAA", levels, mark)], {})


def test_a_level_keeps_the_time_at_which_it_was_first_seen():
    first = set_at(1.0)
    assert marks([("AAA", BOTH, 9.0)], first) == first


def test_a_level_that_was_taken_away_and_set_again_is_new():
    between = marks([], set_at(1.0))
    assert marks([("AAA", BOTH, 9.0)], between) == set_at(9.0)


def test_of_two_lists_with_one_level_the_earlier_counts():
    assert marks([("AAA", BOTH, 9.0), ("AAA", BOTH, 3.0)], {}) == set_at(3.0)


def test_a_new_level_beside_an_old_one_counts_by_itself():
    known = marks([("AAA", BOTH, 9.0)], set_at(1.0, Levels(above=102.0)))
    assert for_quote(BOTH, Quote("AAA", 110.0, 5.0), known) == Levels(above=102.0)


@pytest.mark.parametrize(
    ("mark", "open_then", "whole", "late"),
    [
        (CLOSE - 60, True, Levels(), BOTH),
        (CLOSE - 40_000, False, BOTH, Levels()),
        (CLOSE - 5 * 86_400, True, BOTH, Levels()),
        (CLOSE, True, Levels(), Levels()),
        (CLOSE + 60, False, Levels(), Levels()),
    ],
)
def test_a_level_set_within_a_session_is_held_against_its_close_alone(mark, open_then, whole, late):
    assert for_session(BOTH, BAR, set_at(mark), lambda _: open_then) == (whole, late)


def test_without_times_a_level_waits_for_the_session_after_the_last_one_known():
    known = placed(set_at(None), {"AAA": BAR})
    later = DayBar("AAA", date(2023, 11, 15), CLOSE, 103.0, 97.0, 101.0, 100.0)
    never = (lambda _: False,)
    assert for_session(BOTH, BAR, known, *never) == (Levels(), Levels())
    assert for_session(BOTH, later, known, *never) == (BOTH, Levels())
