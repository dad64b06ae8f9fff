"""Sessions that passed while no engine ran are decided afterwards, each as of its own close and once."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.adapters.calendars import ExchangeCalendars
from engine.adapters.store import SqliteStore
from engine.alarms import Alarms, Sitting
from engine.core.bars import as_date
from engine.core.budget import Budget, Rate
from engine.core.missed import REACH
from engine.core.presets import article
from engine.core.quality import DataNote
from engine.gate import Gate
from engine.registry import Registry
from engine.rules import Rules
from engine.services.scan import Scan
from engine.services.watch import Watch
from tests.engine.core.test_market_first import CRASH, world
from tests.fakes import fitted_at_random
from tests.registries import Now
from tests.worlds import corrupted

CALENDAR = ExchangeCalendars()
RULES = Rules(Budget(a_year=30.0, alerts_a_year=8.0, market=Rate(20.0, 8.0)))
"""So many that a stretch of some weeks holds alarms of most kinds, and their ends."""
TICKERS = 6
SYMBOLS = tuple(f"T{at}" for at in range(TICKERS))
STRETCH = 24


@cache
def made_up():
    """Tickers that fall together some sessions before the end."""
    made = world((*CRASH, *(0.001,) * 9), own=(0.04, *(0.0,) * 6), rows=700, tickers=TICKERS)
    rows = len(made[0])
    days = np.array(CALENDAR.between("XNYS", made[0].first, made[0].last)[:rows], "datetime64[D]")
    return [replace(each.rows(slice(0, len(days))), sessions=days) for each in made]


@cache
def never_stopped():
    """A list that was scanned after every session of the stretch."""
    return Home(made_up()).lives(())


class Home:
    """A list that is scanned after some of its sessions, and not after others."""

    def __init__(self, prices):
        self.prices, self.rows = prices, len(prices[0])
        self.store = SqliteStore(None)
        self.store.add_model(fitted_at_random([each.rows(slice(0, 450)) for each in prices]))
        self.clock = Now()
        self.begin()

    def begin(self):
        """An engine's life begins: nothing is known but what is stored."""
        gate, self.alarms = Gate(self.store, CALENDAR), Alarms(self.store, CALENDAR, self.clock)
        self.scan = Scan(
            self.store, Registry(self.store, 999), gate, CALENDAR, self.alarms, shortfall=article.shortfall
        )
        self.watch = Watch(self.store, gate, CALENDAR)

    @property
    def opened(self):
        """Who opened what, and when, and when it was over."""
        return [
            (each.episode.symbol, each.episode.kind, each.episode.opened, each.episode.closed)
            for each in self.store.alarms()
        ]

    def after(self, back):
        """The close so many sessions before the last."""
        for each in self.prices:
            self.store.add_bars(each.rows(slice(0, self.rows - back)), "test", 1.0)
        self.clock.at = float(-back)
        self.scan.live(SYMBOLS, RULES, kept_as="mine")

    def lives(self, gaps):
        """The whole stretch, without the sessions of the gaps; after each of them the engine begins anew."""
        for back in range(STRETCH, -1, -1):
            if back not in gaps:
                if back + 1 in gaps:
                    self.begin()
                self.after(back)
        return self

    @property
    def episodes(self):
        """All of them, in the order of their opening, but for the last digits of what was seen."""
        episodes = (record.episode for record in self.store.alarms())
        return sorted(
            str(replace(each, p=round(each.p, 9), rarity_days=round(each.rarity_days, 6), evidence={}))
            for each in episodes
        )

    @property
    def events(self):
        """What happened to each episode and on which session, whenever it was found."""
        numbers = [record.id for record in self.store.alarms()]
        return [[(each.event, each.session) for each in self.store.alarm_history(number)] for number in numbers]


@pytest.fixture
def prices():
    return made_up()


@pytest.fixture
def home():
    home = Home(made_up())
    yield home
    home.store.close()


def test_the_stretch_holds_alarms_that_open_and_end():
    steady = never_stopped()
    events = {event for each in steady.events for event, _ in each}
    assert {"opened", "closed"} <= events
    assert {"MARKET:mine", "T0"} <= {symbol for symbol, *_ in steady.opened}
    assert len(steady.opened) > 10


@given(st.sets(st.integers(1, STRETCH - 1), min_size=1, max_size=REACH))
@settings(max_examples=5, deadline=None)
def test_an_engine_that_was_off_for_some_sessions_ends_with_the_episodes_of_one_that_never_stopped(gaps):
    home, steady = Home(made_up()).lives(gaps), never_stopped()
    assert home.episodes == steady.episodes
    assert sorted(home.events) == sorted(steady.events)
    assert home.store.watched() == steady.store.watched()
    home.store.close()


def moved(of):
    """The same, its last three sessions a few per cent away."""
    factors = np.concatenate((np.ones(len(of) - 3), (1.04, 0.95, 1.06)))
    columns = {name: getattr(of, name) * factors for name in ("open", "high", "low", "close")}
    return replace(of, **columns)


@pytest.mark.parametrize(
    "how",
    [moved, lambda of: corrupted(of, len(of) - 4, "x10"), lambda of: corrupted(of, len(of) - 4, "removed")],
    ids=["moved", "x10", "removed"],
)
def test_a_decision_that_comes_later_knows_no_later_session(prices, how):
    found = []
    for later in (prices, [how(each) for each in prices]):
        home = Home(prices)
        home.after(9)
        home.prices = later
        home.rows = len(later[0])
        home.after(0)
        last = as_date(prices[0].sessions[-4])
        found.append([each for each in home.events if each[0][1] <= last])
        home.store.close()
    whole, altered = ([[step for step in each if step[1] <= last] for each in some] for some in found)
    assert whole == altered
    assert whole


def test_what_was_found_later_says_so_and_what_was_found_in_time_does_not(home):
    home.after(9)
    home.after(0)
    records = home.store.alarms()
    last = as_date(home.prices[0].sessions[-1])
    first = as_date(home.prices[0].sessions[-10])
    late = {record.episode.opened: record.found for record in records}
    assert late.pop(first, None) is None
    assert late.pop(last, None) is None
    assert late
    assert set(late.values()) == {last}


def test_they_are_on_the_feed_with_the_session_they_were_found_after(home):
    home.after(9)
    home.after(0)
    last = as_date(home.prices[0].sessions[-1])
    assert last in {alarm.found for alarm in home.watch.alarms(SYMBOLS, None, watchlist="mine")}


def test_a_second_look_decides_nothing_again(home):
    home.after(9)
    home.after(0)
    before = home.episodes, home.events
    home.begin()
    home.after(0)
    assert (home.episodes, home.events) == before


def test_what_lies_too_far_back_is_not_decided_and_that_is_said_until_the_next_session(home):
    home.after(REACH + 4)
    home.after(1)
    sessions = home.prices[0].sessions
    first, last = (as_date(sessions[-row]) for row in (REACH + 4, REACH + 3))
    assert home.scan.undecided("mine") == (
        f"2 sessions from {first} to {last} passed unwatched and no alarm is decided on them"
    )
    assert all(not first <= opened <= last for _, _, opened, _ in home.opened)
    home.after(0)
    assert home.scan.undecided("mine") is None


def test_a_ticker_whose_bars_were_set_aside_for_long_is_not_said_to_have_been_unwatched(home):
    home.after(REACH + 4)
    sessions = [as_date(session) for session in home.prices[0].sessions[-(REACH + 4) :]]
    notes = [DataNote(session, "bad_tick", "quarantined", "ten times the day before") for session in sessions[:-1]]
    home.store.add_notes("T0", notes)
    home.alarms.decide(Sitting(symbol, day, day, lambda _: []) for day in sessions[:-1] for symbol in SYMBOLS[1:])
    home.alarms.decide([Sitting("MARKET:mine", sessions[-2], sessions[-2], lambda _: [])])
    home.after(0)
    first, last = sessions[0], sessions[2]
    assert home.scan.undecided("mine") == (
        f"3 sessions from {first} to {last} came without bars of T0 that could be believed "
        "and no alarm is decided on them"
    )


def test_symbols_picked_by_hand_are_not_caught_up_with(home):
    home.after(9)
    before = home.episodes
    for each in home.prices:
        home.store.add_bars(each, "test", 1.0)
    home.scan.live(SYMBOLS, RULES, kept_as=None)
    assert home.episodes == before


def test_who_has_no_good_bar_of_the_newest_session_is_caught_up_with_when_it_has_one(home):
    home.after(9)
    sessions = home.prices[0].sessions
    home.store.add_notes("T3", [DataNote(as_date(sessions[-2]), "sources differ", "quarantined", "two sources differ")])
    home.after(1)
    assert home.store.decided("T3") == as_date(sessions[-10])
    home.after(0)
    assert (home.store.decided("T3"), home.store.watched()["T3"]) == (as_date(sessions[-1]), 9)


def test_a_fault_of_the_data_that_came_and_went_meanwhile_is_on_record(home):
    home.after(9)
    session = as_date(home.prices[0].sessions[-4])
    home.store.add_notes("T3", [DataNote(session, "sources differ", "quarantined", "two sources differ")])
    home.after(0)
    ended = as_date(home.prices[0].sessions[-3])
    assert [each for each in home.opened if each[1] == "data_fault"] == [("T3", "data_fault", session, ended)]
