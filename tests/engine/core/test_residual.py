"""What is left of tickers when what their list does is taken out, scored by the kinds that look at all they do."""

from dataclasses import replace

import numpy as np
import pytest

from engine.core.bars import History
from engine.core.budget import Budget
from engine.core.detect import KINDS
from engine.core.features import features
from engine.core.forecast import Outlook
from engine.core.market import market_of
from engine.core.panel import Listed, on_list
from engine.core.residual import BESIDE, residuals
from engine.core.scored import score
from tests.engine.core.test_market_first import world

ROWS = 420
WORLD = world(rows=ROWS, tickers=BESIDE + 3)
SYMBOLS = [each.symbol for each in WORLD]
FUNDS = ("T1", "T5")
every_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)


def leaning(of):
    mean = np.random.default_rng(0).normal(0, 0.01, len(of))
    return Outlook((1,), mean, mean[:, None, None] + 0.01 * np.array([-2.0, -1, 0, 1, 2]))


def scored(of=WORLD):
    listed = on_list([Listed.of(each) for each in of], SYMBOLS, set(SYMBOLS) - set(FUNDS))
    return [score(features(each.history, leaning(each), None, each.returns, each.index), Budget()) for each in listed]


def left_of(tickers, kind):
    market = market_of([each.features for each in tickers])
    return residuals(tickers, market, [kind.name])


@every_kind
def test_side_by_side_each_comes_out_as_alone(kind):
    late = [WORLD[0], WORLD[1].rows(slice(100, None)), *WORLD[2:]]
    tickers = scored(late)
    market = market_of([each.features for each in tickers])
    for ticker, found in zip(tickers, residuals(tickers, market, [kind.name]), strict=True):
        (alone,) = residuals([ticker], market, [kind.name])
        assert found.symbol == ticker.symbol
        np.testing.assert_allclose(found.scores[kind.name], alone.scores[kind.name], rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", ["volatility_shock", "exhaustion"])
def test_it_is_scored_as_a_ticker_that_moved_like_this_alone(name):
    kind, ticker = next(each for each in KINDS if each.name == name), scored()[0]
    close, nothing = np.exp(np.cumsum(np.nan_to_num(ticker.features.own))), np.full(ROWS, np.nan)
    alone = History("ALONE", WORLD[0].sessions, nothing, nothing, nothing, close, nothing)
    found = left_of(scored(), kind)[0].scores[name]
    np.testing.assert_allclose(found, kind.score(features(alone)), rtol=1e-6, atol=1e-6)


@every_kind
def test_what_scores_an_own_part_anyway_stays_as_it_is(kind):
    before = scored()
    for was, found in zip(before, left_of(before, kind), strict=True):
        stays = np.array_equal(was.scores[kind.name], found.scores[kind.name], equal_nan=True)
        assert stays == (kind.own and was.symbol not in FUNDS)


def test_kinds_that_nobody_asks_about_stay_as_they_are():
    (shock,) = (kind for kind in KINDS if kind.name == "volatility_shock")
    before = scored()
    after = left_of(before, shock)
    assert after[0].scores["exhaustion"] is before[0].scores["exhaustion"]


def test_volume_that_the_whole_list_has_is_not_its_own():
    (spike,) = (kind for kind in KINDS if kind.name == "volume_spike")
    busy = [replace(each, volume=np.append(each.volume[:-1], 50 * each.volume[-1])) for each in WORLD]
    tickers = scored(busy)
    assert np.mean([each.scores["volume_spike"][-1] for each in tickers]) > 3
    assert abs(np.mean([each.scores["volume_spike"][-1] for each in left_of(tickers, spike)])) < 1
