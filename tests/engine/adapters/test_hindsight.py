"""How alarms stood after any session is what they were seen to be then, whatever has happened since."""

import json
import sqlite3
from datetime import date, timedelta
from math import nan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.adapters.store import SqliteStore
from engine.adapters.store.migrations import MIGRATIONS
from engine.core.attention import Attention
from engine.core.episodes import Episode, Verdict
from engine.core.episodes import decide as decided
from engine.core.grading import Grade, Outcome
from engine.core.quotes import PriceAlarm

FIRST = date(2008, 9, 1)
KINDS = ("drift", "volume_spike")


def day(number):
    return FIRST + timedelta(days=number)


def verdict(kind, session, p):
    tier = "alert" if p < 0.002 else "watch" if p < 0.02 else None
    return Verdict("AAA", kind, session, 1 / p, p, tier, 0.02, 1 / p, False, "up", {"p": p}, f"p {p}", p < 0.001)


def same(one, other):
    """Records compared by what is told of them; NaN is like NaN."""
    return [repr(each) for each in one] == [repr(each) for each in other]


class World:
    """A store that lives through sessions, and what was seen in it after each of them."""

    def __init__(self):
        self.store = SqliteStore(None)
        self.seen = {}

    def session(self, number, told):
        """Each kind's verdict decides; then people do what they do, and all is looked at."""
        last = {each.episode.kind: each.episode for each in self.store.alarms()[::-1]}
        changes = []
        for kind, (p, _) in zip(KINDS, told, strict=True):
            episode = last.get(kind)
            since = (day(number) - episode.opened).days if episode else 0
            quiet = [1.0, 1.0, 1.0] if p > 0.1 else [1.0, 1.0, p]
            if change := decided(episode, verdict(kind, day(number), p), _array(quiet), since, cooldown=2):
                changes.append(change)
        self.store.decide(day(number), ("AAA",), changes, 0.0)
        for kind, (_, deed) in zip(KINDS, told, strict=True):
            self.do(kind, deed, number)
        self.seen[day(number)] = self.store.alarms()

    def do(self, kind, deed, number):
        open_ones = [each for each in self.store.standing_alarms() if each.episode.kind == kind]
        for each in open_ones:
            if each.episode.closed is None and deed == "acknowledge":
                self.store.acknowledge(each.id, 0.0)
            elif each.episode.closed is None and deed == "snooze":
                self.store.snooze(each.id, day(number + 5), 0.0)
            elif each.episode.closed is None and deed in ("mute", "unmute"):
                getattr(self.store, deed)(each.id, 0.0, **({"whole": False} if deed == "mute" else {}))


def _array(values):
    import numpy as np

    return np.array(values)


ps = st.sampled_from([0.5, 0.2, 0.015, 0.0015, 0.0001])
deeds = st.sampled_from(["", "", "acknowledge", "snooze", "mute", "unmute"])
lives = st.lists(st.tuples(st.tuples(ps, deeds), st.tuples(ps, deeds)), min_size=2, max_size=14)


@given(lives)
@settings(max_examples=60, deadline=None)
def test_what_was_seen_after_a_session_is_what_is_told_of_it_later(told):
    world = World()
    for number, each in enumerate(told):
        world.session(number, each)
    for session, seen in world.seen.items():
        assert same(world.store.alarms_as_of(session), seen), session
    world.store.close()


@pytest.fixture
def store():
    store = SqliteStore(None)
    yield store
    store.close()


def episode(**other):
    fields = {"tier": "watch", "closed": None, "p": 0.01, "rarity_days": 80.0, "evidence": {"ratio": 1.5}} | other
    return Episode("AAA", "drift", direction="up", opened=day(0), rarer=False, words="said", **fields)


def test_an_escalation_of_a_later_session_is_not_known_before(store):
    store.decide(day(0), ("AAA",), [(episode(), "opened")], 0.0)
    store.decide(day(3), ("AAA",), [(episode(tier="alert", p=0.0001, evidence={"ratio": 9.0}), "escalated")], 0.0)
    (then,) = store.alarms_as_of(day(2))
    assert then.episode == episode()


def test_a_provisional_alarm_is_open_on_its_day_and_withdrawn_after_its_close(store):
    store.decide(day(0), (), [(episode(provisional=True), "raised")], 0.0)
    (raised,) = store.alarms_as_of(day(0))
    store.decide(day(1), ("AAA",), [(episode(withdrawn=True, closed=day(1)), "withdrawn")], 0.0)
    (then,), (now,) = store.alarms_as_of(day(0)), store.alarms_as_of(day(1))
    assert then == raised
    assert (now.episode.provisional, now.episode.withdrawn, now.episode.closed) == (False, True, day(1))


def test_nothing_that_opened_later_is_there(store):
    store.decide(day(0), ("AAA",), [(episode(), "opened")], 0.0)
    assert store.alarms_as_of(day(-1)) == ()


def test_a_price_alarm_is_seen_from_the_session_on_which_somebody_saw_it(store):
    called = store.add_price_alarm(PriceAlarm("AAA", "above", 10.0, 10.5, day(0), 0.0, "above 10"))
    store.decide(day(4), ("AAA",), (), 0.0)
    store.acknowledge(called.id, 0.0)
    assert [store.price_alarms(upto=day(number))[0].acknowledged for number in (0, 3, 4)] == [False, False, True]


def test_a_grade_and_a_judged_session_count_from_their_day_on(store):
    store.decide(day(0), ("AAA",), [(episode(), "opened")], 0.0)
    store.decide(day(1), ("AAA",), (), 0.0)
    store.add_grades([Grade("AAA", "drift", day(0), 10, day(14), Outcome(True, 1.0, 0.5, 0.2))])
    assert [len(store.grades(10, day(number))) for number in (13, 14)] == [0, 1]
    assert [store.watched(day(number)) for number in (-1, 0, 1)] == [{}, {"AAA": 1}, {"AAA": 2}]


def test_the_ends_of_what_is_stored_are_those_of_all_symbols_together(store):
    assert store.reach(("AAA",)) is None


@pytest.fixture
def earlier(tmp_path):
    """A home whose history of alarms says less: opened on day 0, escalated on day 3, snoozed on day 4."""
    db = sqlite3.connect(tmp_path / "whipsaw.db", isolation_level=None)
    for migration in MIGRATIONS[:8]:
        migration(db)
    db.execute("PRAGMA user_version = 8")
    db.execute(
        "INSERT INTO alarms (id, symbol, kind, opened, tier, direction, p, rarity_days, rarer, words, evidence, "
        "snoozed_until) VALUES (1, 'AAA', 'drift', ?, 'alert', 'up', 0.0001, 500.0, 0, 'worse', ?, ?)",
        (day(0).isoformat(), json.dumps({"ratio": 9.0}), day(9).isoformat()),
    )
    for number, event, tier, p, words in (
        (0, "opened", "watch", 0.01, "said"),
        (3, "escalated", "alert", 0.0001, "worse"),
        (4, "snoozed", "alert", 0.0001, "worse"),
    ):
        db.execute(
            "INSERT INTO alarm_history (alarm, session, event, tier, p, words) VALUES (1, ?, ?, ?, ?, ?)",
            (day(number).isoformat(), event, tier, p, words),
        )
    db.close()
    store = SqliteStore(tmp_path)
    yield store
    store.close()


def test_of_an_earlier_version_what_nobody_kept_is_not_told(earlier):
    (then,) = earlier.alarms_as_of(day(1))
    assert (then.episode.tier, then.episode.p, then.episode.words) == ("watch", 0.01, "said")
    assert then.episode.evidence == {}
    assert repr(then.episode.rarity_days) == repr(nan)


def test_of_an_earlier_version_what_has_not_changed_since_is_told(earlier):
    (then,) = earlier.alarms_as_of(day(3))
    assert (then.episode.rarity_days, then.episode.evidence) == (500.0, {"ratio": 9.0})


def test_a_snooze_of_an_earlier_version_is_quiet_though_its_end_is_not_known(earlier):
    (then,) = earlier.alarms_as_of(day(4))
    assert then.attention == Attention(acknowledged=True)
