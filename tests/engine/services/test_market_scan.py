"""One event for what moves a whole list: the same live, as of a date and in a replay."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from engine.adapters.calendars import ExchangeCalendars
from engine.adapters.store import SqliteStore
from engine.alarms import Alarms
from engine.core.bars import as_date
from engine.core.budget import Budget
from engine.core.episodes import whose
from engine.core.fitting import Hyper
from engine.core.presets import article
from engine.gate import Gate
from engine.protocol import AlarmEvent
from engine.registry import Registry
from engine.rules import Rules
from engine.services.replay import Replay
from engine.services.scan import Scan
from engine.services.train import Train
from tests.engine.core.test_market_first import CRASH, TICKERS, world
from tests.fakes import FakeTrainer, fitted_at_random

CALENDAR = ExchangeCalendars()
RULES = Rules(Budget(kinds=("volatility_shock", "momentum_break", "drift")))
SYMBOLS = tuple(f"T{at}" for at in range(TICKERS))


class Noon:
    def now(self) -> float:
        return 0.0


@pytest.fixture(scope="module")
def crashed():
    """Tickers that fall together on their last sessions."""
    made = world(CRASH)
    days = np.array(CALENDAR.between("XNYS", date(2006, 1, 3), date(2010, 1, 1))[: len(made[0])], "datetime64[D]")
    return [replace(each, sessions=days) for each in made]


@pytest.fixture
def scan(crashed, tmp_path):
    store = SqliteStore(tmp_path)
    for each in crashed:
        store.add_bars(each, "test", 1.0)
    store.add_model(fitted_at_random([each.rows(slice(0, 600)) for each in crashed]))
    gate = Gate(store, CALENDAR)
    alarms = Alarms(store, CALENDAR, Noon())
    scan = Scan(store, Registry(store, 999), gate, CALENDAR, alarms, shortfall=article.shortfall)
    yield store, gate, scan
    store.close()


def opened(store):
    return [(each.episode.symbol, each.episode.kind, each.episode.opened) for each in store.alarms()]


def test_live_the_list_has_one_alarm_and_its_tickers_none(scan, crashed):
    store, _, live = scan
    scans = live.live(SYMBOLS, RULES)
    assert opened(store) == [("MARKET:", "market", crashed[0].last)]
    assert [each.symbol for each in scans if each.open_episodes] == ["MARKET"]


def test_scanned_again_it_does_not_open_twice(scan):
    store, _, live = scan
    live.live(SYMBOLS, RULES)
    first = opened(store)
    live.live(SYMBOLS, RULES)
    assert opened(store) == first


def test_symbols_picked_by_hand_keep_no_alarm_of_a_market(scan):
    store, _, live = scan
    live.live(SYMBOLS, RULES, kept_as=None)
    assert opened(store) == []


def test_as_of_that_date_the_market_fires_with_the_same_words(scan, crashed):
    store, _, live = scan
    live.live(SYMBOLS, RULES)
    (kept,) = [each.episode for each in store.alarms()]
    (told,) = [verdict for each in live.as_of(SYMBOLS, crashed[0].last, RULES) for verdict in each.verdicts.firing]
    assert (told.symbol, told.p, told.words) == ("MARKET", kept.p, kept.words)


def test_as_of_a_calm_date_nothing_is_said_of_the_market(scan, crashed):
    _, _, live = scan
    assert {each.symbol for each in live.as_of(SYMBOLS, as_date(crashed[0].sessions[-20]), RULES)} == set(SYMBOLS)


async def test_in_a_replay_the_same_event_opens_and_nothing_beside_it(scan, crashed):
    store, gate, live = scan
    live.live(SYMBOLS, RULES)
    (kept,) = [each.episode for each in store.alarms()]
    hyper = Hyper(epochs=1)
    train = Train(
        Registry(store, 999), gate, FakeTrainer(), Noon(), preset=article.PRESET, hyper=hyper, max_rows=article.MAX_ROWS
    )
    said = []
    await Replay(gate, train)(SYMBOLS, crashed[0].last, crashed[0].last, 252, said.append, rules=RULES)
    events = [each for each in said if hasattr(each, "event")]
    assert [(each.event, each.symbol, each.p, each.words) for each in events] == [
        ("opened", "MARKET", kept.p, kept.words)
    ]


async def test_in_a_replay_alarms_are_graded_as_its_clock_passes(scan, crashed):
    _, gate, _ = scan
    hyper = Hyper(epochs=1)
    train = Train(
        Registry(SqliteStore(None), 999),
        gate,
        FakeTrainer(),
        Noon(),
        preset=article.PRESET,
        hyper=hyper,
        max_rows=article.MAX_ROWS,
    )
    start, calm = (as_date(crashed[0].sessions[row]) for row in (-90, -20))
    played = await Replay(gate, train)(SYMBOLS, start, calm, 252, lambda _: None, rules=RULES)
    assert 0 < sum(each.alarms for each in played.grades.values()) <= played.alarms
    assert sum(each.budget for kind, each in played.grades.items() if kind != "market") == pytest.approx(2.0)


async def test_a_replay_opens_what_a_list_that_was_scanned_live_opens_and_marks_the_same_as_confirmed(crashed):
    rules = Rules(Budget(a_year=30.0, alerts_a_year=12.0, kinds=RULES.budget.kinds))
    store, stretch = SqliteStore(None), 30
    store.add_model(fitted_at_random([each.rows(slice(0, 600)) for each in crashed]))
    gate = Gate(store, CALENDAR)
    live = Scan(
        store, Registry(store, 999), gate, CALENDAR, Alarms(store, CALENDAR, Noon()), shortfall=article.shortfall
    )
    seen = []
    for rows in range(len(crashed[0]) - stretch + 1, len(crashed[0]) + 1):
        for each in crashed:
            store.add_bars(each.rows(slice(0, rows)), "test", 1.0)
        live.live(SYMBOLS, rules)
        session = as_date(crashed[0].sessions[rows - 1])
        seen += [each.episode for each in store.alarms(session)]
    said, hyper = [], Hyper(epochs=1)
    train = Train(
        Registry(store, 999), gate, FakeTrainer(), Noon(), preset=article.PRESET, hyper=hyper, max_rows=article.MAX_ROWS
    )
    start, end = (as_date(crashed[0].sessions[row]) for row in (-stretch, -1))
    await Replay(gate, train)(SYMBOLS, start, end, 252, said.append, rules=rules)
    played = [each for each in said if isinstance(each, AlarmEvent) and each.event == "opened"]
    assert {(each.at, each.symbol, each.kind, each.tier, each.confirmed) for each in played} == {
        (each.opened, whose(each.symbol)[0], each.kind, each.tier, each.confirmed) for each in seen
    }
    assert {each.confirmed for each in played if each.tier == "alert"} == {True, False}
    store.close()
