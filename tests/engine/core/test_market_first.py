"""The market before its tickers: one event for what moves them all, and a ticker's own move all the same."""

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.bars import as_date
from engine.core.budget import Budget
from engine.core.episodes import COOLDOWN, QUIET_SESSIONS
from engine.core.features import features
from engine.core.index import LEAST
from engine.core.judge import decide_session
from engine.core.market import market_of, together
from engine.core.market_first import judge_list
from engine.core.panel import Listed, on_list
from engine.core.residual import residuals
from engine.core.scored import score
from engine.core.thresholds import is_open
from tests.engine.core.pools import clustered
from tests.worlds import corrupted, history

ROWS, TICKERS = 900, 8
BUDGET = Budget(kinds=("volatility_shock", "momentum_break", "drift"))
CRASH = np.array([-0.06, -0.07, 0.05, -0.08])


def world(shared=(), own=(), rows=ROWS, tickers=TICKERS):
    """Tickers that move half together; on the last sessions `shared` befalls all of them, `own` the first alone."""
    random = np.random.default_rng(5)
    common = random.normal(0, 0.007, rows)
    common[rows - len(shared) :] += np.array(shared)
    made = []
    for at in range(tickers):
        returns = common + random.normal(0, 0.007, rows)
        if at == 0:
            returns[rows - len(own) :] += np.array(own)
        close = 50 * np.exp(np.cumsum(returns))
        base = history(f"T{at}", rows, seed=at)
        made.append(replace(base, open=close, high=close * 1.001, low=close * 0.999, close=close))
    return made


def judged(histories, budget=BUDGET):
    """The list after its last session, as a service judges it."""
    scored = scored_of(histories, budget)
    market = market_of([ticker.features for ticker in scored])
    whole = market.scored if market else None
    return judge_list(scored, budget, {}, whole, lambda kinds: residuals(scored, market, kinds))


def scored_of(histories, budget=BUDGET):
    """The tickers beside the list that they make."""
    symbols = {each.symbol for each in histories}
    tickers = on_list([Listed.of(each) for each in histories], symbols, symbols)
    return [score(features(each.history, None, None, each.returns, each.index), budget) for each in tickers]


def fired(said):
    """The symbols that have an alarm of their own."""
    return {symbol for symbol, each in said.tickers.items() if each.firing}


def test_fewer_than_five_tickers_make_no_market():
    assert not judged(world(CRASH, tickers=LEAST - 1)).market
    assert judged(world(CRASH, tickers=LEAST)).market


def test_on_a_calm_day_the_market_is_silent():
    said = judged(world())
    assert said.market
    assert not said.market.firing


def test_what_befalls_all_is_one_event_and_no_alarm_of_any_ticker():
    alone = judged(world(CRASH[-4:], tickers=LEAST - 1))
    said = judged(world(CRASH))
    assert fired(alone)
    assert [verdict.symbol for verdict in said.market.firing] == ["MARKET"]
    assert not fired(said)


def test_a_folded_alarm_opens_no_episode_and_the_markets_does():
    said = judged(world(CRASH))
    assert [event for _, event in decide_session(said.market, {})] == ["opened"]
    assert not [change for each in said.tickers.values() for change in decide_session(each, {})]


def test_a_folded_kind_still_closes_what_stood_open():
    said = judged(world(CRASH))
    ticker = said.tickers["T1"]
    (opened, _), *_ = decide_session(replace(judged(world(own=CRASH)).tickers["T0"], folded=frozenset()), {})
    kind = opened.kind
    calm = replace(judged(world()).tickers["T1"], folded=frozenset(ticker.scores))
    before = replace(opened, symbol="T1", opened=as_date(calm.scored.features.sessions[-30]))
    assert [event for _, event in decide_session(calm, {kind: before})] == ["closed"]


def test_what_stands_open_of_a_kind_that_is_off_now_is_closed_in_words():
    alone = judged(world(own=CRASH)).tickers["T0"]
    last = {episode.kind: episode for episode, _ in decide_session(alone, {})}
    kind, *_ = last
    off = replace(BUDGET, kinds=tuple(each for each in BUDGET.kinds if each != kind))
    changes = decide_session(judged(world(own=CRASH), off).tickers["T0"], last)
    assert [(each.kind, each.dropped) for each, event in changes if event == "dropped"] == [
        (kind, "this kind of alarm is off")
    ]


def test_a_ticker_that_falls_far_more_than_its_market_keeps_its_alarm():
    assert fired(judged(world(CRASH, own=CRASH, tickers=20))) == {"T0"}


def test_a_ticker_alone_moves_no_market():
    said = judged(world(own=CRASH))
    assert fired(said) == {"T0"}
    assert not said.market.firing


@pytest.mark.parametrize("move", [-0.9, -0.5, 0.5])
@pytest.mark.parametrize("tickers", [LEAST, TICKERS])
def test_however_far_one_ticker_goes_alone_it_is_no_alarm_of_the_market(move, tickers):
    said = judged(world(own=[move], tickers=tickers))
    assert fired(said) == {"T0"}
    assert not said.market.firing


def test_a_ticker_that_fell_alone_days_ago_does_not_make_the_markets_breadth():
    said = judged(world(own=[-0.9, 0.0, 0.0, 0.0]))
    assert not said.market.firing


def test_one_ticker_that_falls_while_all_others_rise_makes_no_market_that_falls():
    assert {verdict.direction for verdict in judged(world(-CRASH, own=5 * CRASH)).market.firing} <= {"up"}


def test_the_event_counts_the_tickers_in_words():
    (verdict,) = judged(world(CRASH)).market.firing
    assert verdict.direction == "down"
    assert f"{int(verdict.evidence['beyond'])} of {TICKERS} tickers fell beyond 2.5 σ" in verdict.words
    assert verdict.evidence["beyond"] >= TICKERS / 2


def test_a_market_that_rises_is_told_as_such():
    (verdict,) = judged(world(-CRASH)).market.firing
    assert verdict.direction == "up"
    assert "rose beyond" in verdict.words


def test_the_market_keeps_to_six_a_year_in_its_own_past():
    whole = market_of([features(each) for each in world(rows=2_600)]).scored
    said = judge_list([], BUDGET, {}, whole)
    scores, calibration = whole.scores["market"], said.market.calibrations["market"]
    assert 0.8 <= calibration.pool.count / 252 * 6 / max(openings(scores, calibration), 1) <= 1.25


def openings(scores, calibration):
    """Episodes counted by whether one stands open after each session."""
    known = np.flatnonzero(~np.isnan(scores))
    states = [is_open(scores[: row + 1], calibration.pool.quiet, calibration.watch.score) for row in known]
    return int(np.count_nonzero(np.diff(np.array(states, int), prepend=0) == 1))


@given(st.integers(0, 200), st.floats(0.5, 2.5), st.integers(1, 120))
@settings(max_examples=60, deadline=None)
def test_whether_an_episode_stands_open_is_what_deciding_each_session_comes_to(seed, threshold, rows):
    (scores,) = clustered(1, rows, seed)
    quiet, state, opened = 0.3, False, -COOLDOWN
    for row, each in enumerate(scores):
        past = scores[max(row - QUIET_SESSIONS + 1, 0) : row + 1] <= quiet
        if state:
            state = not (row - opened >= QUIET_SESSIONS and past.all())
        elif each >= threshold and row - opened >= COOLDOWN:
            state, opened = True, row
    assert is_open(scores, quiet, threshold) == state


def test_only_tickers_of_the_exchange_where_most_trade_make_a_market():
    assert together({"A": "XNYS", "B": "XKRX", "C": "XNYS"}) == {"A", "C"}
    assert together({}) == frozenset()


def test_a_ticker_that_began_later_counts_from_then_on():
    *others, late = world()
    whole = market_of([features(each) for each in (*others, late.rows(slice(500, None)))])
    assert (whole.tickers[400], whole.tickers[-1]) == (TICKERS - 1, TICKERS)


def test_sessions_without_five_tickers_have_no_market():
    made = world(tickers=LEAST)
    made[0] = made[0].rows(np.arange(ROWS) != 600)
    whole = market_of([features(each) for each in made])
    assert np.isnan(whole.scored.scores["market"][600])
    assert not np.isnan(whole.scored.scores["market"][610])


rows = st.integers(400, 598)
how = st.sampled_from(("x10", "nan", "removed", "random"))


@given(rows, how)
@settings(max_examples=15, deadline=None)
def test_no_series_of_the_market_and_no_residual_score_depends_on_later_rows(row, how):
    plain = world(rows=600)

    def until(histories):
        known = scored_of(histories)
        whole = market_of([each.features for each in known])
        left = [each.scores for each in residuals(known, whole, BUDGET.kinds)]
        series = {field.name: getattr(whole, field.name)[: row + 1] for field in fields(whole)}
        series |= {"score": whole.scored.scores["market"][: row + 1]}
        return series | {f"{kind}{at}": each[kind][: row + 1] for at, each in enumerate(left) for kind in each}

    first, second = until(plain), until([corrupted(each, row, how) for each in plain])
    for name, values in first.items():
        if name == "sessions":
            np.testing.assert_array_equal(values, second[name])
        else:
            np.testing.assert_allclose(values, second[name], rtol=0, atol=1e-9, err_msg=name)


@given(rows, how)
@settings(max_examples=10, deadline=None)
def test_what_is_said_of_a_list_after_a_session_does_not_depend_on_later_rows(row, how):
    plain = world(CRASH, rows=600)
    day = as_date(plain[0].sessions[row])

    def said(histories):
        told = judged([each.upto(day) for each in histories])
        return list(told.market), {symbol: (list(each), each.folded) for symbol, each in told.tickers.items()}

    assert said(plain) == said([corrupted(each, row, how) for each in plain])


def test_seen_as_one_stretch_the_market_is_what_it_is_after_each_session():
    made = world(CRASH, rows=600)
    whole = market_of([features(each) for each in made]).scored
    for row in (450, 597, 599):
        day = as_date(made[0].sessions[row])
        alone = market_of([features(each.upto(day)) for each in made]).scored
        assert whole.upto(row + 1).scores["market"][-1] == pytest.approx(alone.scores["market"][-1], abs=1e-9)
        assert len(whole.upto(row + 1).features) == len(alone.features)
