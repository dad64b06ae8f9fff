"""A dividend and a 4:1 split amid stored history, through the real yfinance: nothing stored is contradicted."""

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from pathlib import Path

import numpy as np
import pytest

from engine.adapters.store import SqliteStore
from engine.adapters.yahoo import YahooSource
from engine.core.bars import Action, History, as_date, log_returns, split_factor
from engine.core.forecast import Vintage
from engine.gate import Gate
from engine.services.refresh import Refresh
from tests.engine.adapters.test_store import trained
from tests.engine.adapters.test_yahoo import NewYork
from tests.worlds import history
from tests.yahoo import LocalYahoo, serving

WALK = history("ACTS", 80, start=date(2024, 1, 2), seed=3)
PAID, SPLIT = as_date(WALK.sessions[40]), as_date(WALK.sessions[60])
BEFORE, AFTER = as_date(WALK.sessions[50]), as_date(WALK.sessions[79])


def traded() -> History:
    """The walk as it was traded: a dividend of 0.82 on its 41st session, four shares for one on its 61st."""
    shares = np.where(WALK.sessions >= np.datetime64(SPLIT), 4.0, 1.0)
    prices = {name: getattr(WALK, name) / shares for name in ("open", "high", "low", "close")}
    actions = (Action(PAID, dividend=0.82), Action(SPLIT, split=4.0))
    return replace(WALK, **prices, volume=WALK.volume * shares, actions=actions)


@dataclass
class Two:
    """What is stored after a fetch before the split, and after another one weeks later."""

    before: History
    after: History
    corrections: History
    vintages: tuple[tuple[Vintage, ...], tuple[Vintage, ...]]
    asked_from: date
    """Where the second fetch began."""


@dataclass
class Now:
    day: date = BEFORE

    def now(self) -> float:
        return datetime.combine(self.day, time(22), UTC).timestamp()


VINTAGE = Vintage(1, "ACTS", BEFORE, SPLIT, 10, 0.01, (-0.1, -0.04, 0.0, 0.05, 0.12))


async def fetched_twice(folder: Path, yahoo: LocalYahoo, clock: Now) -> Two:
    """An engine's refresh before the split, a forecast, and a refresh after it."""
    store = SqliteStore(None)
    source = YahooSource(folder / "cache", NewYork(), now=clock.now)
    refresh = Refresh(source, store, Gate(store, NewYork(), clock), clock, 1)
    yahoo.add(traded())
    await refresh(("ACTS",))
    store.add_model(trained(("ACTS",)))
    store.add_forecasts([VINTAGE])
    before, made = store.bars("ACTS"), store.forecasts("ACTS", BEFORE)
    clock.day = AFTER
    await refresh(("ACTS",))
    vintages = (made, store.forecasts("ACTS", BEFORE))
    start = datetime.fromtimestamp(float(yahoo.charts("ACTS")[-1].query["period1"]), UTC).date()
    found = Two(before, store.bars("ACTS"), store.corrections("ACTS"), vintages, start)
    source.close()
    await refresh.close()
    store.close()
    return found


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Two:
    """Nothing of it is changed: it is fetched once."""
    folder, clock = tmp_path_factory.mktemp("actions"), Now()
    with serving(folder, clock.now) as yahoo, pytest.MonkeyPatch.context() as patch:
        yahoo.reached(patch)
        return asyncio.run(fetched_twice(folder, yahoo, clock))


def test_stored_bars_are_unchanged_bit_for_bit(two: Two) -> None:
    for name in ("sessions", "open", "high", "low", "close", "volume"):
        np.testing.assert_array_equal(getattr(two.after.upto(BEFORE), name), getattr(two.before, name))


def test_no_stored_bar_is_contradicted(two: Two) -> None:
    assert len(two.corrections) == 0


def test_bars_on_both_sides_of_the_split_are_as_traded(two: Two) -> None:
    np.testing.assert_allclose(two.after.close, traded().close, rtol=2e-6)


def test_both_actions_are_kept_with_their_days(two: Two) -> None:
    assert [(each.ex_date, each.split) for each in two.after.actions] == [(PAID, 1.0), (SPLIT, 4.0)]
    assert two.after.actions[0].dividend == pytest.approx(0.82)


def test_log_returns_run_on_across_the_split(two: Two) -> None:
    assert np.nanmax(np.abs(log_returns(two.after))) < 0.1
    np.testing.assert_allclose(log_returns(two.after)[1:], log_returns(traded())[1:], atol=5e-6)


def test_log_returns_before_the_split_are_the_same_bit_for_bit(two: Two) -> None:
    np.testing.assert_array_equal(log_returns(two.after)[:51], log_returns(two.before))


def test_price_levels_are_those_of_the_day_asked_for(two: Two) -> None:
    then = two.after.upto(BEFORE)
    np.testing.assert_array_equal(then.close * split_factor(then, BEFORE), two.before.close)
    today = two.after.close * split_factor(two.after, AFTER)
    np.testing.assert_allclose(today, WALK.close / 4, rtol=2e-6)


def test_a_forecast_made_before_the_split_is_unchanged_and_compares_with_what_came(two: Two) -> None:
    assert two.vintages[0] == two.vintages[1] == (VINTAGE,)
    came = float(np.sum(log_returns(two.after)[51:61]))
    assert came == pytest.approx(float(np.log(WALK.close[60] / WALK.close[50])), abs=1e-5)
    assert abs(came) < 0.5


def test_the_second_fetch_asks_for_no_more_than_the_last_week_and_what_is_new(two: Two) -> None:
    assert (BEFORE - two.asked_from).days == 7
