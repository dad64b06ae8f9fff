"""Forming bars of lists: which alarms they raise, and whose they are."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from engine.adapters.store import SqliteStore
from engine.alarms import Alarms
from engine.core.bars import as_date
from engine.core.budget import Budget
from engine.core.detect import KINDS
from engine.core.features import features
from engine.core.forecast import Outlook
from engine.core.forming import FormingBar
from engine.core.market import market_of
from engine.core.market_first import judge_list
from engine.core.panel import Listed, on_list
from engine.core.provisional import MarketClose, TickerClose
from engine.core.scored import score
from engine.gate import Gate
from engine.services.provisional import Provisional
from engine.services.watch import Watch
from tests.engine.core.test_market_first import world
from tests.registries import Now, Weekdays

LIST = world(rows=700)
LAST = as_date(LIST[0].sessions[-1])


class Day:
    """Lists after a close, and what is on record of the session that follows."""

    def __init__(self, tickers=LIST) -> None:
        self.store = SqliteStore(None)
        self.provisional = Provisional(Alarms(self.store, Weekdays(), Now()))  # type: ignore[arg-type]
        symbols = [each.symbol for each in tickers]
        listed = on_list([Listed.of(each) for each in tickers], symbols, symbols)
        known = [features(each.history, expected(len(each)), None, each.returns, each.index) for each in listed]
        market = market_of(known)
        said = judge_list([score(each, Budget()) for each in known], Budget(), {}, market.scored if market else None)
        self.tickers = {each.symbol: TickerClose(said.tickers[each.symbol], each) for each in tickers}
        self.market = MarketClose(said.market, market, frozenset(self.tickers))

    def closed(self, *lists: str) -> None:
        for name in lists:
            self.provisional.closed(name, self.tickers, self.market)

    def raised(self) -> set[tuple[str, str]]:
        return {(record.episode.symbol, record.episode.kind) for record in self.store.alarms()}


def expected(rows: int) -> Outlook:
    """Nothing, give or take a little, of every session."""
    return Outlook((1,), np.zeros(rows), np.tile([[-0.02, -0.01, 0.0, 0.01, 0.02]], (rows, 1, 1)))


def bars(factor: float, symbols: int = 8, follows=LAST, of_list=LIST) -> list[FormingBar]:
    """What so many tickers are quoted at, all at the same part of their last close."""
    made = []
    for of in of_list[:symbols]:
        before, now = float(of.close[-1]), float(of.close[-1]) * factor
        session = follows + timedelta(days=1)
        made.append(
            FormingBar(of.symbol, session, follows, before, max(before, now), min(before, now), now, float("nan"), 0.0)
        )
    return made


@pytest.fixture
def day():
    made = Day()
    yield made
    made.store.close()


def test_a_list_that_falls_together_raises_one_alarm_for_each_list_and_none_of_its_tickers(day):
    day.closed("mine", "other")
    assert day.provisional(bars(0.85))
    assert day.raised() == {("MARKET:mine", "market"), ("MARKET:other", "market")}


def test_one_ticker_that_falls_by_itself_raises_its_own(day):
    day.closed("mine")
    calm, wild = bars(1.0), bars(0.8, 1)
    day.provisional([*wild, *calm[1:]])
    assert {symbol for symbol, _ in day.raised()} == {"T0"}


def test_a_ticker_that_falls_far_more_than_its_list_raises_what_is_its_own(day):
    day.closed("mine")
    day.provisional([*bars(0.5, 1), *bars(0.85)[1:]])
    own = {kind for symbol, kind in day.raised() if symbol == "T0"}
    assert ("MARKET:mine", "market") in day.raised()
    assert own and own <= {kind.name for kind in KINDS if kind.own}
    assert {symbol for symbol, _ in day.raised()} == {"MARKET:mine", "T0"}


def test_while_fewer_than_half_of_the_list_are_quoted_nothing_is_called_a_tickers_own(day):
    day.closed("mine")
    day.provisional(bars(0.8, 3))
    assert day.raised()
    assert not {kind for _, kind in day.raised()} & {kind.name for kind in KINDS if kind.own}


def test_quotes_that_came_before_count_for_the_list(day):
    day.closed("mine")
    for bar in bars(1.0)[1:]:
        day.provisional([bar])
    day.provisional(bars(0.8, 1))
    assert {kind for _, kind in day.raised()} & {kind.name for kind in KINDS if kind.own}


def test_a_list_shows_its_own_market_and_not_that_of_another(day):
    day.closed("mine", "other")
    day.provisional(bars(0.85))
    watch = Watch(day.store, Gate(day.store, Weekdays()), Weekdays())  # type: ignore[arg-type]
    assert [(each.symbol, each.watchlist) for each in watch.alarms(["T0"], None, watchlist="mine")] == [
        ("MARKET", "mine")
    ]


def test_a_list_that_nobody_watches_any_more_raises_nothing_of_its_market(day):
    day.closed("mine", "other")
    day.provisional.watch({"other"})
    day.provisional(bars(0.85))
    assert day.raised() == {("MARKET:other", "market")}


def test_a_ticker_whose_list_nobody_watches_goes_by_another_that_it_is_on_and_by_none_otherwise(day):
    day.closed("mine", "other")
    day.provisional.watch({"other"})
    assert day.provisional([*bars(0.8, 1), *bars(1.0)[1:]])
    day.provisional.watch(())
    assert not day.provisional([*bars(0.5, 1), *bars(1.0)[1:]])


def test_a_bar_that_does_not_follow_the_last_close_is_not_scored(day):
    day.closed("mine")
    assert not day.provisional(bars(0.8, follows=LAST - timedelta(days=1)))
    assert not day.provisional([replace(bar, follows=LAST - timedelta(days=1)) for bar in bars(0.8)])


def test_thresholds_stay_for_the_day(day):
    day.closed("mine")
    before = day.provisional._closes["T0"]
    day.tickers = {symbol: replace(close) for symbol, close in day.tickers.items()}
    day.closed("mine")
    assert day.provisional._closes["T0"] is before


def test_the_same_quotes_again_change_nothing(day):
    day.closed("mine")
    day.provisional(bars(0.85))
    assert not day.provisional(bars(0.85))
