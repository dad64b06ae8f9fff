"""Grades of a home's alarms: given once, when they are due, by what was known then, and kept as they were given."""

import sqlite3
from dataclasses import replace
from datetime import date

import pytest

from engine.adapters.store import SqliteStore
from engine.alarms import Alarms
from engine.core.bars import as_date
from engine.core.episodes import DATA_FAULT, Episode
from engine.core.features import features
from engine.core.grading import HORIZONS, due
from tests.registries import Now, Weekdays
from tests.worlds import history

WORLD = history(rows=400)
ROW = 300
OPENED = as_date(WORLD.sessions[ROW])
ALARM = Episode("AAA", "drift", "watch", "up", OPENED, None, 0.003, 90.0, False, "words", {"ratio": 2.1})


@pytest.fixture
def store(tmp_path):
    store = SqliteStore(tmp_path)
    yield store
    store.close()


def raised(store, *episodes):
    """A home whose sessions raised these."""
    store.decide(OPENED, ("AAA",), [(each, "opened") for each in episodes], 0.0)
    return Alarms(store, Weekdays(), Now())


def upto(sessions):
    """What is known of the ticker so many sessions after the alarm."""
    return {"AAA": features(WORLD.rows(slice(0, ROW + 1 + sessions)))}


def given(store):
    return {horizon: store.grades(horizon) for horizon in HORIZONS}


@pytest.mark.parametrize(
    ("sessions", "horizons"), [(4, set()), (5, {5}), (9, {5}), (10, {5, 10}), (20, {5, 10}), (21, {5, 10, 21})]
)
def test_each_horizon_is_graded_once_its_sessions_are_over(store, sessions, horizons):
    raised(store, ALARM).grade(upto(sessions))
    assert {horizon for horizon, grades in given(store).items() if grades} == horizons


def test_a_grade_given_late_is_the_one_that_was_due(store, tmp_path):
    late = SqliteStore(tmp_path / "late")
    prompt = raised(store, ALARM)
    for sessions in range(1, 40):
        prompt.grade(upto(sessions))
    raised(late, ALARM).grade(upto(99))
    assert given(late) == given(store)
    late.close()


def test_a_grade_says_when_it_was_known():
    graded = {grade.horizon: grade.graded for grade in due(ALARM, (), upto(40)["AAA"])}
    assert graded == {horizon: as_date(WORLD.sessions[ROW + horizon]) for horizon in HORIZONS}


def test_a_grade_stays_as_it_was_given_though_prices_are_another_later(store):
    home = raised(store, ALARM)
    home.grade(upto(21))
    before = given(store)
    fallen = replace(WORLD, close=WORLD.close / 2)
    home.grade({"AAA": features(fallen)})
    assert given(store) == before


@pytest.mark.parametrize("statement", ["UPDATE grades SET hit = 1", "DELETE FROM grades"])
def test_grades_cannot_be_altered_even_from_outside(store, tmp_path, statement):
    raised(store, ALARM).grade(upto(21))
    with sqlite3.connect(tmp_path / "whipsaw.db") as db, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        db.execute(statement)
    db.close()


@pytest.mark.parametrize(
    "episode",
    [
        replace(ALARM, withdrawn=True, closed=OPENED),
        replace(ALARM, provisional=True),
        replace(ALARM, kind=DATA_FAULT),
        replace(ALARM, kind="a kind of an earlier version"),
        replace(ALARM, opened=date(2007, 2, 24)),
    ],
    ids=["withdrawn", "provisional", "data fault", "unknown kind", "no session"],
)
def test_what_counts_for_nothing_is_not_graded(store, episode):
    raised(store, episode).grade(upto(40))
    assert not any(given(store).values())


def test_a_muted_alarm_is_graded(store):
    home = raised(store, ALARM)
    home.mute(store.alarms()[0].id)
    home.grade(upto(21))
    assert all(given(store).values())


def test_sessions_are_counted_for_as_long_as_a_ticker_is_watched(store):
    for row in range(3):
        store.decide(as_date(WORLD.sessions[row]), ("AAA", "BBB")[: 2 - row % 2], (), 0.0)
    assert store.watched() == {"AAA": 3, "BBB": 2}
