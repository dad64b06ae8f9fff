"""The proof of the alarms in small: fewer worlds than `make bench` plays, and bounds that leave room for them.

Slower and whole: `python -m tests.benchmarks.alarms`.
"""

from dataclasses import replace
from datetime import date
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.budget import Budget
from engine.core.episodes import COOLDOWN, QUIET_P, Verdict, decide
from tests import prices
from tests.benchmarks.alarms import real, standin
from tests.benchmarks.alarms.measures import openings, together
from tests.benchmarks.alarms.played import play
from tests.benchmarks.alarms.rougher import rougher
from tests.benchmarks.alarms.synthetic import TEST, Task, measured
from tests.benchmarks.alarms.vus import vus_pr
from tests.benchmarks.alarms.worlds import SIGMA, TYPES, YEARS, world
from tests.worlds import corrupted, history

SEEDS = TEST[:3]
RIVALS = ("abs z", "CUSUM", "how-to's rule")


@pytest.fixture(scope="module")
def tested():
    """A few test seeds, with the rivals that need no learning, each asked for 2 a ticker-year."""
    rates = dict.fromkeys(RIVALS, (2.0,))
    return [measured(Task(seed, {"ours": Budget()}, rates, volumes=True)) for seed in SEEDS]


@pytest.fixture(scope="module")
def ours(tested):
    return together(each.outcomes["ours"][0] for each in tested)


def test_false_alarms_among_events_come_to_about_the_budget(ours):
    assert 1.6 <= ours.rate <= 2.6


@pytest.mark.parametrize(("kind", "least"), [("crash", 0.82), ("reversal", 0.65), ("volatility", 0.75), ("jump", 0.84)])
def test_most_events_are_found(ours, kind, least):
    assert ours.recall(kind) >= least


@pytest.mark.parametrize("kind", ["crash", "volatility", "jump"])
def test_sharp_events_are_found_within_days(ours, kind):
    assert ours.delay(kind) <= 3


@pytest.mark.parametrize("rival", RIVALS)
def test_the_rarest_kind_ranks_sessions_better_than_a_rival(tested, rival):
    mine, theirs = (np.mean([each.volumes[name] for each in tested]) for name in ("ours", rival))
    assert mine > theirs


def test_the_budget_is_kept_on_clean_years_that_thresholds_were_not_set_on():
    calm = partial(world, clean_years=YEARS)
    found = together(measured(Task(seed, {"ours": Budget()}, make=calm)).outcomes["ours"][0] for seed in TEST[:4])
    assert 0.75 <= found.rate / Budget().a_year <= 1.3


@pytest.mark.parametrize("make", [world, rougher])
def test_a_seed_gives_the_same_world_again(make):
    one, other = make(7), make(7)
    assert one.events == other.events
    np.testing.assert_array_equal(one.histories[3].high, other.histories[3].high)


@pytest.mark.parametrize("make", [world, rougher])
def test_a_made_up_bar_holds_its_open_and_close(make):
    for each in make(3).histories:
        assert (each.high >= np.maximum(each.open, each.close)).all()
        assert (each.low <= np.minimum(each.open, each.close)).all()


def test_a_world_moves_by_one_per_cent_a_day():
    returns = np.concatenate([np.diff(np.log(each.close)) for each in world(1, clean_years=YEARS).histories])
    assert returns.std() == pytest.approx(SIGMA, rel=0.15)


def test_each_ticker_has_one_event_a_year_after_the_clean_ones():
    of = world(2)
    years = sorted((event.ticker, event.begins // 252) for event in of.events)
    assert years == [(ticker, year) for ticker in range(40) for year in range(4, 10)]
    assert {event.type for event in of.events} == set(TYPES)


@given(st.integers(0, 200), st.sampled_from(("x10", "nan", "removed", "random")))
def test_the_forecaster_of_no_skill_knows_no_later_row(row, how):
    row += 150
    plain = [history(f"T{seed}", rows=400, seed=seed) for seed in range(2)]
    said, other = (
        standin.outlooks(each)[0].quantiles[: row + 1] for each in (plain, [corrupted(plain[0], row, how), plain[1]])
    )
    np.testing.assert_allclose(said, other, rtol=0, atol=1e-12)


@given(st.lists(st.integers(0, 30), min_size=1, max_size=120), st.integers(15, 30))
def test_openings_are_those_of_episodes_walked_session_by_session(ranks, threshold):
    scores, quiet = np.array(ranks, np.float64), 12.0
    p = np.where(scores > quiet, QUIET_P / 2, 1.0)
    episode, opened, walked = None, 0, []
    for row, score in enumerate(scores):
        verdict = replace(VERDICT, p=p[row], tier="watch" if score >= threshold else None)
        change = decide(episode, verdict, p[max(row - 2, 0) : row + 1], row - opened, COOLDOWN)
        if change:
            episode = change[0]
        if change and change[1] == "opened":
            opened = row
            walked.append(row)
    assert openings(scores, quiet, threshold) == walked


VERDICT = Verdict("A", "drift", date(2020, 1, 2), 0.0, 1.0, None, 0.01, 1.0, False, "up", {}, "")


def test_the_volume_of_a_perfect_score_is_near_one():
    events = np.zeros(600, np.bool_)
    events[[100, 101, 102, 300, 301]] = True
    assert vus_pr(events, events.astype(np.float64), most=1) == pytest.approx(1.0)


def test_the_volume_of_noise_is_near_the_share_of_events():
    random = np.random.default_rng(0)
    events = np.zeros(6_000, np.bool_)
    events[np.add.outer(np.arange(100, 5_900, 200), np.arange(12)).ravel()] = True
    assert vus_pr(events, random.normal(size=6_000)) < 2 * events.mean()


@pytest.fixture(scope="module")
def autumn():
    """The two indices in the autumn of 2008."""
    gated = [
        prices.passed(prices.index(name, symbol).upto(date(2008, 10, 10)))
        for name, symbol in zip(("sp500", "nasdaq"), real.INDICES, strict=True)
    ]
    return play(gated, ("fund", "fund"), date(2008, 7, 1), Budget())


@pytest.mark.parametrize("day", [day for day in real.DAYS if day.session.year == 2008], ids=lambda day: day.what)
def test_an_index_calls_the_days_of_2008_by_a_shock_or_a_surprise(autumn, day):
    assert real.fired(autumn, day, day.on, real.SHARP)


def test_that_is_no_luck(autumn):
    assert real.luck(autumn, real.INDICES, real.SHARP) < 0.4


@pytest.mark.parametrize(("episodes", "keeps"), [(1, False), (8, True), (20, True), (60, True), (100, False)])
def test_a_rate_fails_only_if_its_whole_interval_is_beyond_half_or_twice_the_budget(episodes, keeps):
    assert real.Kept(episodes, 13.0).keeps(2.0) is keeps
