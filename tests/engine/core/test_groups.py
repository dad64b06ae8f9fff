from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.budget import Budget, Override, Rate
from engine.core.calibration import calibrate_kinds
from engine.core.features import features
from engine.core.groups import asset_of, merged, terciles, typical_volatilities
from engine.core.pool import ENOUGH, WINDOW
from engine.core.scored import Scored
from tests.engine.core.pools import clustered
from tests.worlds import steady

KIND, OTHER = "volatility_shock", "predicted_reversal"
BUDGET = Budget(kinds=(KIND, OTHER))
counts = st.lists(st.integers(0, 2 * ENOUGH), min_size=1, max_size=3)


def listed(tickers, rows, assets=None):
    """Made-up scores of tickers whose volatility rises with their place, and that of `assets` where given."""
    return [
        Scored(
            features(steady(f"T{at}", rows, seed=at, sigma=0.01 * (1 + at))),
            {KIND: series, OTHER: series},
            assets[at] if assets else "stock",
        )
        for at, series in enumerate(clustered(tickers, rows))
    ]


def pools_of(scored, budget=None, kind=KIND):
    """The pool of each ticker, by its place."""
    made = calibrate_kinds(scored, budget or BUDGET)
    return [made[ticker.symbol][kind].pool if kind in made[ticker.symbol] else None for ticker in scored]


@given(counts)
def test_parts_are_joined_until_each_has_enough_scores_or_all_are_one(of):
    parts = [[place] for place in range(len(of))]
    pieces = merged(parts, of)
    assert [place for piece in pieces for place in piece] == list(range(len(of)))
    assert len(pieces) == 1 or all(sum(of[place] for place in piece) >= ENOUGH for piece in pieces)


@given(counts)
def test_parts_that_have_enough_stay_apart(of):
    large = [count + ENOUGH for count in of]
    assert len(merged([[place] for place in range(len(of))], large)) == len(of)


@given(st.lists(st.sampled_from(["stock", "fund"]), max_size=12), st.integers(0, 9))
def test_every_ticker_is_in_one_tercile_of_its_own_class_by_rising_volatility(assets, seed):
    volatilities = np.random.default_rng(seed).uniform(size=len(assets))
    by_asset = terciles(assets, volatilities)
    assert sorted(place for parts in by_asset for part in parts for place in part) == list(range(len(assets)))
    for parts in by_asset:
        own = [place for part in parts for place in part]
        assert len({assets[place] for place in own}) == 1
        assert sorted(own, key=lambda place: volatilities[place]) == own


def test_terciles_with_enough_scores_have_pools_of_their_own():
    pools = pools_of(listed(18, WINDOW + 5))
    assert [len({id(pool) for pool in pools[first : first + 6]}) for first in (0, 6, 12)] == [1, 1, 1]
    assert len({id(pool) for pool in pools}) == 3


def test_terciles_with_too_few_scores_share_one():
    assert len({id(pool) for pool in pools_of(listed(6, WINDOW + 5))}) == 1


def test_a_list_that_is_too_small_as_a_whole_uses_all_history():
    (pool,) = {*pools_of(listed(2, 1_500))}
    assert pool.length == 1_495


def test_indices_never_share_a_pool_with_stocks_however_few_they_are():
    scored = listed(6, 400, ["stock"] * 5 + ["fund"])
    *stocks, index = pools_of(scored)
    assert index not in stocks
    np.testing.assert_array_equal(index.scores[0], scored[-1].scores[KIND][:-5])


def test_what_the_source_calls_it_makes_a_fund_and_without_a_word_its_name():
    assert [asset_of(*each) for each in (("SPY", "etf"), ("^GSPC", ""), ("IBM", "equity"), ("IBM", ""))] == [
        "fund",
        "fund",
        "stock",
        "stock",
    ]


@given(st.integers(1, 30), st.integers(0, 5))
def test_typical_volatility_is_the_lower_median_of_what_is_known(known, missing):
    sigma = np.random.default_rng(known).uniform(size=known)
    (typical,) = typical_volatilities([np.append(np.full(missing, np.nan), sigma)])
    assert typical == np.sort(sigma)[(known - 1) // 2]


def test_a_kind_that_nobody_has_scores_of_leaves_its_share_to_the_others():
    scored = [Scored(each.features, {KIND: each.scores[KIND], OTHER: np.full(400, np.nan)}) for each in listed(6, 400)]
    alone = calibrate_kinds(scored, Budget(kinds=(KIND,)))
    shared = calibrate_kinds(scored, BUDGET)
    assert [each[KIND].watch for each in shared.values()] == [each[KIND].watch for each in alone.values()]
    assert not any(OTHER in each for each in shared.values())


def test_a_weight_divides_the_budget():
    budget = Budget(kinds=(KIND, OTHER), weights={KIND: 3.0, OTHER: 1.0})
    assert budget.shares("A", {KIND, OTHER}) == {KIND: Rate(1.5, 0.375), OTHER: Rate(0.5, 0.125)}


def test_a_ticker_with_a_kind_off_gives_its_share_to_its_others_and_its_past_to_the_rest():
    scored = listed(6, 400)
    made = calibrate_kinds(scored, replace(BUDGET, overrides={"T0": Override(off=frozenset({OTHER}))}))
    assert made["T0"].keys() == {KIND}
    assert made["T0"][KIND].watch.score < made["T1"][KIND].watch.score
    assert made["T0"][KIND].pool is made["T1"][KIND].pool


def test_a_ticker_with_a_smaller_budget_has_higher_thresholds():
    made = calibrate_kinds(listed(6, 400), replace(BUDGET, overrides={"T0": Override(a_year=0.8)}))
    assert made["T0"][KIND].watch.score > made["T1"][KIND].watch.score


def test_the_scores_of_a_new_model_fill_the_pools_as_soon_as_it_speaks():
    old = listed(6, 400)
    new = [Scored(each.features, {**each.scores, OTHER: 2 * each.scores[OTHER]}) for each in old]
    first, second = (calibrate_kinds(each, BUDGET)["T0"][OTHER] for each in (old, new))
    assert second.watch.score == 2 * first.watch.score
    assert second.p(2.0) == first.p(1.0)


@pytest.mark.parametrize("wrong", [{"a_year": -1.0}, {"weights": {KIND: -0.5}}, {"market": Rate(-1.0, 0.0)}], ids=str)
def test_a_budget_below_zero_is_refused_with_its_name(wrong):
    with pytest.raises(ValueError, match="0 or more"):
        Budget(**wrong)


def test_kinds_of_no_weight_are_off():
    assert Budget(kinds=(KIND, OTHER), weights={KIND: 0.0}).shares("A", {KIND, OTHER}) == {OTHER: Rate(2.0, 0.5)}
