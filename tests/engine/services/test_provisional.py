"""Forming bars of lists: which alarms they raise, and whose they are."""

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.adapters.store import SqliteStore
from engine.alarms import Alarms
from engine.core.bars import as_date
from engine.core.budget import Budget
from engine.core.features import features
from engine.core.forming import FormingBar
from engine.core.market import market_of
from engine.core.market_first import judge_list
from engine.core.provisional import MarketClose, TickerClose
from engine.core.scored import score
from engine.gate import Gate
from engine.services.provisional import Provisional
from engine.services.watch import Watch
from tests.registries import Now, Weekdays
from tests.worlds import history

LIST = [history(f"T{seed}", 700, seed=seed) for seed in range(8)]
LAST = as_date(LIST[0].sessions[-1])


class Day:
    """Lists after a close, and what is on record of the session that follows."""

    def __init__(self) -> None:
        self.store = SqliteStore(None)
        self.provisional = Provisional(Alarms(self.store, Weekdays(), Now()))  # type: ignore[arg-type]
        known = [features(each) for each in LIST]
        market = market_of(known)
        said = judge_list([score(each, Budget()) for each in known], Budget(), {}, market.scored if market else None)
        self.tickers = {each.symbol: TickerClose(said.tickers[each.symbol], each) for each in LIST}
        self.market = MarketClose(said.market, market, frozenset(self.tickers))

    def closed(self, *lists: str) -> None:
        for name in lists:
            self.provisional.closed(name, self.tickers, self.market)

    def raised(self) -> set[tuple[str, str]]:
        return {(record.episode.symbol, record.episode.kind) for record in self.store.alarms()}


def bars(factor: float, symbols: int = 8, follows=LAST) -> list[FormingBar]:
    """What so many tickers are quoted at, all at the same part of their last close."""
    made = []
    for of in LIST[:symbols]:
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


def test_a_list_shows_its_own_market_and_not_that_of_another(day):
    day.closed("mine", "other")
    day.provisional(bars(0.85))
    watch = Watch(day.store, Gate(day.store, Weekdays()), Weekdays())  # type: ignore[arg-type]
    assert [(each.symbol, each.watchlist) for each in watch.alarms(["T0"], None, watchlist="mine")] == [
        ("MARKET", "mine")
    ]


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
