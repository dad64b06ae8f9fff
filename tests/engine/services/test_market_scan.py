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
from engine.core.index import LEAST
from engine.core.presets import article
from engine.gate import Gate
from engine.ports import Profile
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
    return on_sessions(world(CRASH))


@pytest.fixture(scope="module")
def falling():
    """Tickers of which the first falls by itself on its last sessions, while the others rise."""
    return on_sessions(world(shared=[0.002] * 9, own=[-0.02] * 9))


def on_sessions(made):
    days = np.array(CALENDAR.between("XNYS", date(2006, 1, 3), date(2010, 1, 1))[: len(made[0])], "datetime64[D]")
    return [replace(each, sessions=days) for each in made]


@pytest.fixture
def scan(crashed, tmp_path):
    store, gate = stored(crashed, tmp_path)
    yield store, gate, scan_of(store, gate)
    store.close()


@pytest.fixture
def scan_falling(falling, tmp_path):
    store, gate = stored(falling, tmp_path)
    yield store, gate, scan_of(store, gate)
    store.close()


def stored(histories, folder):
    store = SqliteStore(folder)
    for each in histories:
        store.add_bars(each, "test", 1.0)
    store.add_model(fitted_at_random([each.rows(slice(0, 600)) for each in histories]))
    return store, Gate(store, CALENDAR)


def scan_of(store, gate):
    alarms = Alarms(store, CALENDAR, Noon())
    return Scan(store, Registry(store, 999), gate, CALENDAR, alarms, shortfall=article.shortfall)


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


def test_a_list_that_falls_below_five_closes_the_alarm_of_its_market_in_words(scan, crashed):
    store, _, live = scan
    live.live(SYMBOLS, RULES)
    days = np.array(CALENDAR.between("XNYS", crashed[0].last, date(2010, 1, 1))[:2], "datetime64[D]")
    for each in crashed:
        rows = each.rows(np.array([-1, -1]))
        store.add_bars(replace(rows, sessions=days), "test", 2.0)
    live.live(SYMBOLS[: LEAST - 1], RULES)
    (whole,) = [each.episode for each in store.alarms() if whose(each.episode.symbol)[0] == "MARKET"]
    assert (whole.closed, whole.dropped) == (
        as_date(days[-1]),
        "the list needs 5 tickers of an exchange, has 4",
    )


def test_asked_again_why_what_was_judged_is_told_again(scan):
    _, _, live = scan
    judged = live.live(SYMBOLS, RULES)[0].verdicts
    scans, _ = live.looked_at(SYMBOLS, None, RULES)
    assert scans[0].verdicts is judged


def another_session(store, made):
    day = np.array(CALENDAR.between("XNYS", made[0].last, date(2010, 1, 1))[1:2], "datetime64[D]")
    store.add_bars(replace(made[1].rows(slice(-1, None)), sessions=day), "test", 2.0)


def another_model(store, made):
    store.add_model(fitted_at_random([each.rows(slice(0, 610)) for each in made]))


@pytest.mark.parametrize("come", [another_session, another_model])
def test_what_has_come_since_is_judged_anew(scan, crashed, come):
    store, _, live = scan
    judged = live.live(SYMBOLS, RULES)[1].verdicts
    come(store, crashed)
    scans, _ = live.looked_at(SYMBOLS, None, RULES)
    assert scans[1].verdicts is not judged


def test_under_other_rules_all_is_judged_anew(scan):
    _, _, live = scan
    judged = live.live(SYMBOLS, RULES)[0].verdicts
    scans, _ = live.looked_at(SYMBOLS, None, Rules(replace(RULES.budget, a_year=3.0)))
    assert scans[0].verdicts is not judged


def test_a_ticker_that_is_a_fund_now_is_judged_anew(scan):
    store, _, live = scan
    judged = live.live(SYMBOLS, RULES)[0].verdicts
    store.add_profile(Profile("T0", "Fund", "USD", "etf"), 1.0)
    assert live.looked_at(SYMBOLS, None, RULES)[0][0].verdicts is not judged


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


async def test_what_is_a_tickers_own_is_the_same_live_as_of_a_date_after_a_restart_and_in_a_replay(
    scan_falling, falling, tmp_path
):
    store, gate, live = scan_falling
    last, before = falling[0].last, as_date(falling[0].sessions[-2])
    live.as_of(SYMBOLS, before, RULES)
    live.live(SYMBOLS, RULES)
    kept = {(each.symbol, each.kind, each.words) for each in (record.episode for record in store.alarms())}
    assert any(kind == "drift" and " beside the list: " in words for _, kind, words in kept)
    for other in (live, scan_of(store, gate)):
        assert kept == {
            (verdict.symbol, verdict.kind, verdict.words)
            for each in other.as_of(SYMBOLS, last, RULES)
            for verdict in each.verdicts.firing
        }
    train = Train(
        Registry(store, 999), gate, FakeTrainer(), Noon(), preset=article.PRESET, hyper=Hyper(epochs=1), max_rows=756
    )
    said = []
    await Replay(gate, train)(SYMBOLS, last, last, 252, said.append, rules=RULES)
    assert kept == {(each.symbol, each.kind, each.words) for each in said if hasattr(each, "event")}


async def test_a_replay_tells_what_becomes_of_an_alarm_as_it_is_kept_live(falling, tmp_path):
    store, gate = stored([each.rows(slice(0, -10)) for each in falling], tmp_path)
    for end in range(-9, 1):
        for each in falling:
            store.add_bars(each.rows(slice(0, end or None)), "test", 1.0)
        scan_of(store, gate).live(SYMBOLS, RULES)
    live = {
        (step.event, step.session, alarm.episode.symbol, alarm.episode.kind, step.tier, step.p)
        for alarm in store.alarms()
        for step in store.alarm_history(alarm.id)
    }
    train = Train(
        Registry(store, 999), gate, FakeTrainer(), Noon(), preset=article.PRESET, hyper=Hyper(epochs=1), max_rows=756
    )
    told = []
    await Replay(gate, train)(SYMBOLS, as_date(falling[0].sessions[-9]), falling[0].last, 252, told.append, rules=RULES)
    events = [each for each in told if hasattr(each, "event")]
    assert {(each.event, each.at, each.symbol, each.kind, each.tier, each.p) for each in events} == live
    assert [(each.symbol, each.kind, each.tier) for each in events if each.event == "escalated"] == [
        ("T0", "volatility_shock", "alert")
    ]
    store.close()


def test_a_ticker_on_two_lists_is_scored_beside_each(scan_falling):
    _, _, live = scan_falling
    few = SYMBOLS[: LEAST + 1]
    first = own_drift(live.live(SYMBOLS, RULES, kept_as="all"))
    second = own_drift(live.live(few, RULES, kept_as="few"))
    assert first != second
    assert own_drift(live.live(SYMBOLS, RULES, kept_as=None)) == first
    assert own_drift(live.live(few, RULES, kept_as=None)) == second


def own_drift(scans):
    return next(each.verdicts.of("drift").evidence["own_pct"] for each in scans if each.symbol == "T0")


def test_a_fund_on_the_list_is_scored_on_all_it_does(scan_falling):
    store, _, live = scan_falling
    store.add_profile(Profile("T0", "Fund", "USD", "etf"), 1.0)
    fund, *stocks = live.live(SYMBOLS, RULES)[: len(SYMBOLS)]
    assert "own_pct" not in fund.verdicts.of("drift").evidence
    assert any("own_pct" in each.verdicts.of("drift").evidence for each in stocks)


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
