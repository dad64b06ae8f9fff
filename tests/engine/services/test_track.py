"""The track record of each kind: from the grades of a list's own alarms, beside what its budget allows."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from engine.adapters.store import SqliteStore
from engine.config import AlarmSettings
from engine.core.episodes import Episode, market_symbol
from engine.core.grading import Grade, Outcome
from engine.ports import AlarmRules, List, Ticker
from engine.protocol import Grades, KindGrades
from engine.report import as_json, as_words
from engine.rules import Rules, rules_of
from engine.services.track import TrackRecords

FIRST = date(2008, 1, 2)
SYMBOLS = ("AAA", "BBB")


def alarm(day, symbol="AAA", kind="drift"):
    opened = FIRST + timedelta(days=day)
    return Episode(symbol, kind, "watch", "up", opened, None, 0.003, 90.0, False, "words", {})


def grade(of, hit, base=0.25, horizon=10):
    return Grade(of.symbol, of.kind, of.opened, horizon, of.opened + timedelta(days=14), Outcome(hit, 1.0, 0.5, base))


@pytest.fixture
def store():
    store = SqliteStore(None)
    yield store
    store.close()


def raised(store, *graded, sessions=252):
    """Alarms with their grades, of tickers that were watched for so many sessions."""
    for day in range(sessions):
        store.decide(FIRST + timedelta(days=day), SYMBOLS, (), 0.0)
    for of, hit in graded:
        store.decide(of.opened, (), [(of, "opened")], 0.0)
        store.add_grades([] if hit is None else [grade(of, hit)])
    return TrackRecords(store)


def test_hits_are_held_against_the_base_rate(store):
    track = raised(store, *((alarm(day), day % 2 == 0) for day in range(0, 60, 15)))
    record = track(SYMBOLS, Rules())["drift"]
    assert (record.alarms, record.hits, record.precision, record.base_rate, record.lift) == (4, 2, 0.5, 0.25, 2.0)
    assert record.precision_low < 0.5 < record.precision_high


def test_an_alarm_whose_sessions_are_not_over_counts_for_the_rate_and_not_for_the_precision(store):
    record = raised(store, (alarm(0), True), (alarm(30), None))(SYMBOLS, Rules())["drift"]
    assert (record.alarms, record.hits, record.per_ticker_year) == (1, 1, 1.0)


def test_alarms_of_other_lists_do_not_count(store):
    track = raised(store, (alarm(0, "ZZZ"), True))
    assert track(SYMBOLS, Rules())["drift"].alarms == 0


def test_a_grade_after_another_number_of_sessions_is_another_record(store):
    of = alarm(0)
    track = raised(store, (of, True))
    store.add_grades([grade(of, False, horizon=5)])
    assert [track(SYMBOLS, Rules(), horizon)["drift"].hits for horizon in (5, 10, 21)] == [0, 1, 0]


def test_without_alarms_there_is_the_budget_and_nothing_is_made_up(store):
    record = TrackRecords(store)(SYMBOLS, Rules())["drift"]
    assert record == KindGrades(0, None, pytest.approx(2 / 15.5), 0, *[None] * 5)


def test_a_kind_that_raised_nothing_in_a_year_has_a_rate_of_nought_and_a_market_never_judged_has_none(store):
    records = raised(store, (alarm(0), True))(SYMBOLS, Rules())
    assert (records["exhaustion"].per_ticker_year, records["market"].per_ticker_year) == (0.0, None)


def test_a_budget_is_that_of_a_ticker_on_average(store):
    of = List("mine", "Mine", (Ticker("AAA", off=("drift",)), Ticker("BBB", budget=4.0)), alarms=AlarmRules(market=3.0))
    records = TrackRecords(store)(SYMBOLS, rules_of(AlarmSettings(), of))
    assert records["drift"].budget == pytest.approx((0 + 4 / 15.5) / 2)
    assert records["market"].budget == 3.0


def test_the_market_of_the_list_has_a_record_and_that_of_another_list_is_not_in_it(store):
    own, other = (alarm(day, market_symbol(name), "market") for day, name in ((0, "mine"), (30, "yours")))
    for day in range(252):
        store.decide(FIRST + timedelta(days=day), (market_symbol("mine"),), (), 0.0)
    track = raised(store, (own, True), (other, False), sessions=0)
    record = track(SYMBOLS, Rules(), watchlist="mine")["market"]
    assert (record.alarms, record.hits, record.per_ticker_year, record.budget) == (1, 1, 1.0, 6.0)


def test_a_kind_that_is_off_is_told_only_where_it_was_raised(store):
    rules = Rules(replace(Rules().budget, kinds=("exhaustion",)))
    assert "drift" not in TrackRecords(store)(SYMBOLS, rules)
    assert raised(store, (alarm(0), True))(SYMBOLS, rules)["drift"].budget == 0.0


ANSWER = Grades(10, {"drift": KindGrades(21, 0.31, 0.29, 8, 0.381, 0.208, 0.591, 0.17, 2.24)})


def test_as_json_a_record_stands_under_the_name_of_its_kind():
    assert as_json(ANSWER) == {
        "drift": {
            "alarms": 21,
            "per_ticker_year": 0.31,
            "budget": 0.29,
            "hits": 8,
            "precision": 0.381,
            "precision_low": 0.208,
            "precision_high": 0.591,
            "base_rate": 0.17,
            "lift": 2.24,
        }
    }


def test_in_words_it_is_a_line_of_a_table():
    head, line, *_ = as_words(ANSWER).splitlines()
    names = "alarms right precision 95 % base lift a year budget"
    assert head.split() == ["after", "10", "sessions", *names.split()]
    assert line.split() == ["drift", "21", "8", "38", "21–59", "17", "2.24", "0.31", "0.29"]


def test_in_words_what_is_not_known_is_no_number():
    blank = Grades(10, {"drift": KindGrades(0, None, 0.29, 0, *[None] * 5)})
    assert as_words(blank).splitlines()[1].split() == ["drift", "0", "0", "·", "·", "·", "·", "·", "0.29"]
