"""Why there is no alarm: every kind of a ticker says how far it is from one, and what keeps it from one."""

from dataclasses import replace

import numpy as np
import pytest

from engine.adapters.store import SqliteStore
from engine.alarms import Alarms
from engine.core.bars import as_date
from engine.core.budget import Budget, Override, Rate
from engine.core.calibration import calibrate_kinds
from engine.core.detect import KINDS
from engine.core.episodes import Episode
from engine.core.features import features
from engine.core.judge import TickerScan, verdicts
from engine.core.market import lacking
from engine.core.scored import score
from engine.ports import List, Ticker
from engine.protocol import Explanation
from engine.report import as_json, as_words
from engine.rules import Rules
from engine.services.explain import Explain, Whole
from tests.engine.core.test_market_first import CRASH, judged, world
from tests.registries import Now, Weekdays
from tests.worlds import history, shocked

ROWS = 600


class Days(Weekdays):
    def following(self, _exchange, session, count=1):
        return np.busday_offset(session, count).item()


NAMES = {kind.name for kind in KINDS}
WORLD = [shocked(history("AAA", ROWS)), *(history(f"T{seed}", ROWS, seed=seed) for seed in range(1, 4))]
LAST = as_date(WORLD[0].sessions[-1])


def scanned(budget=None):
    """The scan of a ticker whose last sessions were a shock; without forecasts."""
    budget = budget or Budget()
    listed = [score(features(each), budget) for each in WORLD]
    judged = verdicts(listed[0], calibrate_kinds(listed, budget))
    return TickerScan("AAA", LAST, listed[0].features, verdicts=judged)


def alarm(row, *, closed=None, kind="volatility_shock"):
    opened = as_date(WORLD[0].sessions[row])
    over = as_date(WORLD[0].sessions[closed]) if closed else None
    return Episode("AAA", kind, "watch", "up", opened, over, 0.003, 90.0, False, "words", {})


@pytest.fixture
def store():
    store = SqliteStore(None)
    yield store
    store.close()


def explained(store, *episodes, budget=None, live=True):
    for each in episodes:
        store.decide(each.opened, (), [(each, "opened")], 0.0)
    budget = budget or Budget()
    return Explain(store, Days())(scanned(budget), Rules(budget), live=live)


def kind(of, name="volatility_shock"):
    return next(each for each in of.kinds if each.kind == name)


def test_every_kind_there_is_is_told_of(store):
    assert {each.kind for each in explained(store).kinds} == NAMES


def test_a_score_is_told_with_how_far_it_is_from_the_next_tier(store):
    below = [each for each in explained(store).kinds if each.state == "below"]
    assert below
    for each in below:
        if each.threshold is None:
            assert "tier needs" in each.lacks
        else:
            assert each.score + each.short == pytest.approx(each.threshold)
            assert each.p > each.threshold_p


def test_a_score_that_fires_says_so_with_its_evidence(store):
    shock = kind(explained(store))
    assert (shock.state, shock.score >= shock.threshold, shock.p <= shock.threshold_p) == ("reached", True, True)
    assert shock.words.startswith("moves")
    assert shock.evidence["ratio"] == pytest.approx(shock.score)


def test_a_kind_without_a_score_says_why(store):
    surprise = kind(explained(store), "forecast_surprise")
    assert surprise.state == "silent"
    assert "no" in surprise.why


def test_an_open_alarm_is_told_with_the_session_it_opened_on(store):
    shock = kind(explained(store, alarm(ROWS - 3)))
    assert (shock.state, shock.until) == ("open", as_date(WORLD[0].sessions[ROWS - 3]))


def test_a_kind_that_cools_down_says_until_when(store):
    shock = kind(explained(store, alarm(ROWS - 8, closed=ROWS - 4)))
    assert shock.state == "cooling"
    assert shock.until > LAST


def test_after_the_cooldown_in_force_it_is_free_again(store):
    shock = kind(explained(store, alarm(ROWS - 8, closed=ROWS - 4), budget=Budget(cooldown=2)))
    assert shock.state == "reached"


def test_after_one_that_was_dropped_it_says_what_the_next_waits_for(store):
    gone = replace(alarm(ROWS - 8, closed=ROWS - 4), dropped="AAA is on no list that is watched")
    shock = kind(explained(store, gone, budget=Budget(cooldown=2)))
    assert (
        shock.why
        == "the last one ended because AAA is on no list that is watched: the next may open after 3 quiet sessions"
    )


def test_a_mute_is_told(store):
    home = Alarms(store, Weekdays(), Now())
    explained(store, alarm(ROWS - 3))
    home.mute(store.alarms()[0].id)
    assert [each.kind for each in explained(store).kinds if each.muted] == ["volatility_shock"]


@pytest.mark.parametrize(
    "budget", [Budget(kinds=("drift",)), Budget(overrides={"AAA": Override(off=frozenset({"volatility_shock"}))})]
)
def test_a_kind_that_is_off_says_so(store, budget):
    assert kind(explained(store, budget=budget)).state == "off"


def test_a_tier_that_cannot_be_resolved_says_how_many_scores_it_lacks(store):
    shock = kind(explained(store, budget=Budget(a_year=2.0, alerts_a_year=0.1)))
    assert "alert tier needs 5,040 scores, has 2,128" in shock.lacks


def test_as_of_a_date_nothing_is_told_of_episodes_that_came_later(store):
    assert kind(explained(store, alarm(ROWS - 3), live=False)).state == "reached"


def test_a_ticker_that_is_not_scored_says_why_and_nothing_else(store):
    scan = replace(scanned(), why="stale: its last bar is of 2008-09-12, 2008-09-15 is expected")
    told = Explain(store, Days())(scan, Rules(), live=True)
    assert (told.scored, told.why, told.kinds) == (False, scan.why, ())
    assert as_words(told).endswith("not scored: stale: its last bar is of 2008-09-12, 2008-09-15 is expected")


# --- the market of a list ---

MINE = List("mine", "Mine", tuple(Ticker(f"T{at}") for at in range(5)))


def market(shared=(), tickers=8):
    """A list's market as a scan has it."""
    said = judged(world(shared, tickers=tickers)).market
    known = said.scored.features if said.scored else None
    return TickerScan("MARKET", LAST, known, lacking(tickers), verdicts=said)


def of_the_market(store, scan, rules=None, *, live=True):
    return Explain(store, Days())(scan, rules or Rules(), Whole(MINE, scan), live=live)


def test_the_market_is_told_of_as_a_ticker_is(store):
    calm = of_the_market(store, market())
    (told,) = calm.kinds
    assert (calm.symbol, calm.scored, told.kind, told.state) == ("MARKET", True, "market", "below")
    assert told.score + told.short == pytest.approx(told.threshold)


def test_a_market_that_fires_says_what_was_seen(store):
    (told,) = of_the_market(store, market(CRASH)).kinds
    assert told.state == "reached"
    assert "of 8 tickers fell beyond" in told.words


def test_a_list_of_fewer_than_five_tickers_says_that_it_makes_no_market(store):
    told = of_the_market(store, market(tickers=4))
    assert as_words(told).endswith("not scored: needs 5 tickers of an exchange, has 4")


def test_beside_the_kinds_of_a_ticker_stands_that_of_its_list(store):
    told = Explain(store, Days())(scanned(), Rules(), Whole(MINE, market(tickers=4)), live=True)
    assert {each.kind for each in told.kinds} == {*NAMES, "market"}
    assert (kind(told, "market").state, kind(told, "market").why) == (
        "silent",
        "needs 5 tickers of an exchange, has 4",
    )


def test_an_open_alarm_of_this_lists_market_is_told_and_not_that_of_another(store):
    scan = market()
    opened = as_date(scan.features.sessions[-4])
    of = replace(alarm(-4, kind="market"), symbol="MARKET:mine", opened=opened)
    store.decide(opened, (), [(of, "opened"), (replace(of, symbol="MARKET:other", opened=LAST), "opened")], 0.0)
    (told,) = of_the_market(store, scan).kinds
    assert (told.state, told.until) == ("open", opened)


def test_a_market_that_is_off_says_so(store):
    (told,) = of_the_market(store, market(), Rules(Budget(market=Rate(0.0, 0.0)))).kinds
    assert told.state == "off"


def test_in_words_each_kind_has_its_state_and_its_distance(store):
    words = as_words(explained(store, alarm(ROWS - 8, closed=ROWS - 4)))
    assert "cooling down until" in words
    assert "short of watch at" in words
    assert "× its norm" in words


def test_as_json_it_is_what_the_protocol_says(store):
    told = as_json(explained(store))
    assert set(told) == set(Explanation.__struct_fields__)
    assert {"kind", "state", "score", "p", "threshold", "threshold_p", "short"} <= set(told["kinds"][0])
