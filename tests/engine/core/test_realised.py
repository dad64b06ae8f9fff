from dataclasses import replace
from datetime import date

import pytest

from engine.core.episodes import DATA_FAULT, MARKET, Episode
from engine.core.realised import realised

ONE = Episode("AAA", "drift", "watch", "up", date(2020, 1, 2), None, 0.001, 250.0, False, "", {})


def test_episodes_are_told_by_ticker_year_over_all_kinds_and_for_each():
    overall, by_kind = realised([ONE, replace(ONE, kind="exhaustion", tier="alert"), ONE], 504)
    assert (overall.a_year, overall.alerts_a_year) == (1.5, 0.5)
    assert {kind: each.a_year for kind, each in by_kind.items()} == {"drift": 1.0, "exhaustion": 0.5}


def test_the_market_is_counted_by_the_sessions_of_its_list_and_apart():
    overall, by_kind = realised([ONE, replace(ONE, symbol=MARKET, kind="market")], 2_520, 126)
    assert (overall.episodes, by_kind["market"].a_year) == (1, 2.0)


@pytest.mark.parametrize("changes", [{"provisional": True}, {"withdrawn": True}, {"kind": DATA_FAULT}], ids=str)
def test_what_does_not_stand_against_the_budget_is_not_counted(changes):
    assert realised([replace(ONE, **changes)], 252)[0].episodes == 0


def test_before_anything_was_judged_there_is_no_rate():
    assert realised([], 0)[0].a_year != realised([], 0)[0].a_year
