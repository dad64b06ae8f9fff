"""A bar before its close: what quotes make of it, and how it is scored."""

import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from engine.core.bars import as_date
from engine.core.budget import Budget
from engine.core.calibration import calibrate_kinds
from engine.core.detect import KINDS
from engine.core.features import features
from engine.core.forming import FormingBar, comparable
from engine.core.judge import NOTHING, verdicts
from engine.core.market import NAME, market_of
from engine.core.market_first import judge_list
from engine.core.panel import Listed, on_list
from engine.core.provisional import MarketClose, TickerClose, ground, index_now, judged_now, market_now, moved
from engine.core.quotes import Quote
from engine.core.scored import score
from tests.worlds import history

BEFORE, SESSION = date(2008, 9, 12), date(2008, 9, 15)
PLAIN = history(rows=420)


def quoted(*prices: float, from_open: bool = True, **fields: float) -> FormingBar:
    first, *later = (Quote("AAA", price, float(at), **fields) for at, price in enumerate(prices))
    bar = FormingBar.of(first, SESSION, BEFORE, from_open=from_open)
    for quote in later:
        bar = bar.told(quote)
    return bar


def test_quotes_from_the_open_on_make_a_whole_bar():
    bar = quoted(10, 12, 9, 11)
    assert (bar.open, bar.high, bar.low, bar.last, bar.at) == (10, 12, 9, 11, 3)


def test_without_the_open_only_the_last_price_is_known():
    bar = quoted(10, 12, 9, 11, from_open=False)
    assert math.isnan(bar.open) and math.isnan(bar.high) and math.isnan(bar.low)
    assert (bar.last, math.isnan(bar.behind(PLAIN).high[-1])) == (11, True)


def test_what_a_quote_says_of_its_day_stands_before_what_was_seen():
    bar = quoted(10, 11, from_open=False, open=9.5, high=13.0, low=9.0, volume=500.0)
    row = bar.behind(PLAIN)
    assert [column[-1] for column in (row.open, row.high, row.low, row.close, row.volume)] == [9.5, 13, 9, 11, 500]


def test_a_price_beyond_what_a_late_source_says_was_the_high_is_the_high():
    assert quoted(10, 14, open=9.5, high=13.0, low=9.0).behind(PLAIN).high[-1] == 14


def test_a_high_below_the_open_is_no_range():
    assert np.isnan(quoted(10, open=12.0, high=11.0, low=9.0).behind(PLAIN).high[-1])


@pytest.mark.parametrize(("before", "same"), [(None, True), (101.0, True), (50.0, False), (200.0, False)])
def test_a_quote_is_of_the_same_shares_by_the_close_before_that_it_gives(before, same):
    assert comparable(Quote("AAA", 100.0, 0.0, previous_close=before), 100.0) is same


WHOLE = [history(f"T{seed}", 401, seed=seed) for seed in range(3)]


def closed(whole=WHOLE, funds=()):
    """Tickers as their last close was judged, a session before their end."""
    histories = [each.rows(slice(0, -1)) for each in whole]
    budget = Budget()
    scored = [score(each, budget) for each in beside(histories, funds)]
    calibrations = calibrate_kinds(scored, budget)
    return [TickerClose(verdicts(each, calibrations), of) for each, of in zip(scored, histories, strict=True)]


def beside(histories, funds=()):
    """The tickers of a list; but for funds, each beside its index."""
    symbols = {each.symbol for each in histories}
    listed = on_list([Listed.of(each) for each in histories], symbols, symbols - set(funds))
    return [features(each.history, None, None, each.returns, each.index) for each in listed]


def as_bar(of) -> FormingBar:
    """The last row of a history, as it stood just before its close."""
    session, before = as_date(of.sessions[-1]), as_date(of.sessions[-2])
    prices = (float(column[-1]) for column in (of.open, of.high, of.low, of.close, of.volume))
    return FormingBar(of.symbol, session, before, *prices, at=0.0)


def test_a_forming_bar_scores_as_if_it_had_closed_though_only_the_newest_rows_are_kept():
    grounds = [ground(each) for each in closed()]
    assert max(len(kept) for kept, _ in grounds) < 400
    for judged, of in zip(judged_now(grounds, [as_bar(each) for each in WHOLE]), WHOLE, strict=True):
        known = features(of)
        expected = {kind.name: kind.score(known)[-1] for kind in KINDS if kind.forming}
        for kind, value in judged.scores.items():
            assert value == pytest.approx(expected[kind], rel=1e-9, abs=1e-9), kind


def test_kinds_that_wait_for_the_close_say_nothing_before_it():
    (judged,) = judged_now([ground(closed()[0])], [as_bar(WHOLE[0])])
    waiting = {kind.name for kind in KINDS if not kind.forming}
    assert judged.scores.keys() and waiting and not waiting & judged.scores.keys()


def test_a_shock_reaches_a_tier_at_the_thresholds_of_the_last_close():
    close = closed()[0]
    calm = as_bar(WHOLE[0])
    wild = replace(calm, last=calm.last * 1.2, high=calm.last * 1.2)
    before, after = (judged_now([ground(close)], [bar])[0] for bar in (calm, wild))
    assert "volatility_shock" not in {verdict.kind for verdict in before.firing}
    (verdict,) = (verdict for verdict in after.firing if verdict.kind == "volatility_shock")
    calibration = close.judged.calibrations["volatility_shock"]
    assert (verdict.session, verdict.tier) == (wild.session, calibration.tier(verdict.score))


# --- beside a list ---

BESIDE = [history(f"T{seed}", 401, seed=seed) for seed in range(6)]
OWN = {kind.name for kind in KINDS if kind.own}


def on_list_now(quoted, funds=()):
    """Forming bars of a list, of which so many are quoted."""
    grounds = [ground(each) for each in closed(BESIDE, funds)]
    bars = [as_bar(each) for each in BESIDE]
    moves = {bar.symbol: moved(on, bar) for on, bar in list(zip(grounds, bars, strict=True))[:quoted]}
    market = market_closed(BESIDE)
    return judged_now(grounds, bars, [index_now(market, moves)] * len(bars))


def test_beside_a_list_a_forming_bar_scores_as_if_all_had_closed():
    for judged, known in zip(on_list_now(6, funds=["T5"]), beside(BESIDE, ["T5"]), strict=True):
        assert OWN - {"forecast_surprise"} <= judged.scores.keys()
        for kind, value in judged.scores.items():
            expected = next(each for each in KINDS if each.name == kind).score(known)[-1]
            assert value == pytest.approx(expected, rel=1e-9, abs=1e-9), kind


def test_with_too_few_quoted_what_is_a_stocks_own_waits_and_a_fund_has_no_list_to_wait_for():
    *stocks, fund = on_list_now(2, funds=["T5"])
    assert not any(OWN & each.scores.keys() for each in stocks)
    assert "drift" in fund.scores


# --- the market ---

LIST = [history(f"T{seed}", 701, seed=seed) for seed in range(8)]


def crashed(of, factor: float = 0.9):
    """The same history, whose last session lost a tenth."""
    columns = {
        name: np.append(getattr(of, name)[:-1], of.close[-2] * factor) for name in ("open", "high", "low", "close")
    }
    return replace(of, **columns)


def market_closed(histories) -> MarketClose:
    """A list as its last close was judged, a session before its end."""
    known = [features(each.rows(slice(0, -1))) for each in histories]
    scored = [score(each, Budget()) for each in known]
    market = market_of(known)
    assert market
    said = judge_list(scored, Budget(), {}, market.scored)
    return MarketClose(said.market, market, frozenset(each.symbol for each in histories))


def running(histories, quoted: int):
    session = as_date(histories[0].sessions[-1])
    return market_now(market_closed(histories), [features(each) for each in histories[:quoted]], session)


def test_the_market_of_a_running_session_scores_as_if_it_had_closed():
    whole = market_of([features(each) for each in LIST])
    assert whole
    assert running(LIST, 8).scores[NAME] == pytest.approx(whole.scored.scores[NAME][-1], rel=1e-9)


@pytest.mark.parametrize("fallen", [1, 2, 8])
def test_whoever_falls_the_market_scores_before_the_close_as_at_it(fallen):
    made = [*(crashed(each, 0.6) for each in LIST[:fallen]), *LIST[fallen:]]
    whole = market_of([features(each) for each in made])
    assert whole
    assert running(made, 8).scores[NAME] == pytest.approx(whole.scored.scores[NAME][-1], rel=1e-8)


def test_one_ticker_that_falls_alone_is_no_alarm_of_its_market():
    assert not running([crashed(LIST[0], 0.5), *LIST[1:]], 8).firing


def test_five_tickers_that_fall_together_are_an_alarm_of_their_market():
    assert running([crashed(each) for each in LIST[:5]], 5).firing


def test_a_list_that_falls_together_is_one_alarm_of_its_market():
    (verdict,) = running([crashed(each) for each in LIST], 8).firing
    assert (verdict.symbol, verdict.direction, verdict.evidence["beyond"]) == ("MARKET", "down", 8.0)


def test_a_market_of_which_less_than_half_is_quoted_says_nothing():
    assert running([crashed(each) for each in LIST], 3) is NOTHING
