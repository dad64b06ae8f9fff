import numpy as np
import pytest

from engine.core.budget import Budget
from engine.core.calibration import calibrate_kinds
from engine.core.episodes import COOLDOWN
from engine.core.features import features
from engine.core.pool import WINDOW, Pool
from engine.core.pooling import AFRESH
from engine.core.rolling import Rolling
from engine.core.scored import Scored
from engine.core.thresholds import ladder
from tests.engine.core.pools import clustered
from tests.worlds import steady

KIND, OTHER = KINDS = "volatility_shock", "predicted_reversal"
BUDGET = Budget(kinds=KINDS, cooldown=5)
PLAYED = 120


def scored_list(tickers, rows, seed):
    """Tickers of one volatility, so that groups change, some younger; scores with gaps, and with ties."""
    random = np.random.default_rng(seed)
    found = []
    for at, series in enumerate(clustered(tickers, rows, seed)):
        late = 40 * (at % 3)
        scores = {KIND: np.where(random.uniform(size=rows) < 0.02, np.nan, series), OTHER: np.round(series, 1)}
        known = features(steady(f"T{at:02}", rows - late, seed=seed + at))
        found.append(
            Scored(known, {kind: of[late:] for kind, of in scores.items()}, "fund" if at % 9 == 8 else "stock")
        )
    return found


def played(scored, seed=0):
    """The list after one session after another, on which now and then one ticker has no bar."""
    random = np.random.default_rng(seed)
    left = np.full(len(scored), PLAYED)
    while left.max() > 0:
        left -= (random.uniform(size=len(scored)) < 0.97) & (left > 0)
        yield [each.upto(len(each.features) - short) for each, short in zip(scored, left.tolist(), strict=True)]


def facts(pools):
    """What is said of a list by its pools: ticker by ticker, kind by kind."""
    return [
        {
            kind: (pool.count, pool.quiet, pool.length, sorted(pool.unusual_scores), [pool.p(of) for of in (0.5, 1.2)])
            for kind, pool in own.items()
        }
        for own in pools
    ]


def thresholds(seen, pools):
    calibrated = calibrate_kinds(seen, BUDGET, pools)
    return [(each.watch, each.alert) for own in calibrated.values() for each in own.values()]


@pytest.mark.parametrize(("tickers", "rows"), [(20, 1_150), (7, 700), (18, 260)])
def test_pools_that_go_on_are_those_that_look_at_all_of_their_scores(tickers, rows):
    rolling = Rolling()
    for seen in played(scored_list(tickers, rows, tickers)):
        assert facts(rolling.of_kinds(seen, KINDS)) == facts(AFRESH.of_kinds(seen, KINDS))


def test_thresholds_of_pools_that_go_on_are_those_found_from_nothing():
    rolling = Rolling()
    for seen in played(scored_list(20, 1_150, 3)):
        assert thresholds(seen, rolling) == thresholds(seen, AFRESH)


def test_the_market_s_pool_goes_on_with_all_of_its_past():
    (series,), rolling = clustered(1, 1_300), Rolling()
    for end in range(1_100, 1_300):
        going_on, whole = rolling.of_market(series[:end]), AFRESH.of_market(series[:end])
        assert facts([{"": going_on}]) == facts([{"": whole}])
        assert ladder(going_on, 4) == ladder(whole, 4)


@pytest.mark.parametrize(
    "odd",
    [
        np.round,
        lambda series: np.where(series < 0.5, -np.inf, series),
        lambda series: np.where(series > 0.8, np.inf, series),
        lambda series: np.where(np.abs(series) < 0.9, -0.0, np.round(series, 1)),
        lambda series: np.where(series < 0.3, np.nan, series),
        lambda series: np.full_like(series, np.nan),
    ],
    ids=["ties", "no score to speak of", "beyond all bounds", "mostly nought", "gaps", "nothing"],
)
def test_pools_of_odd_scores_go_on_as_those_that_look_at_all_of_them(odd):
    series, rolling = odd(clustered(1, 330)[0]), Rolling()
    for end in range(2, 330):
        going_on, whole = rolling.of_market(series[:end]), AFRESH.of_market(series[:end])
        assert facts([{"": going_on}]) == facts([{"": whole}])
        assert ladder(going_on, 2) == ladder(whole, 2)


def test_a_ladder_that_is_said_to_hold_is_the_one_found_from_nothing():
    held = 0
    for seed in range(150):
        series, kept = np.array(clustered(3, 110, seed)), None
        for end in range(80, 110):
            of, moved = Pool(series[:, end - 80 : end]), float(series[:, [end - 81, end - 1]].max())
            found = ladder(of, 3)
            if kept and kept.holds(of.quiet, moved):
                assert found == kept.steps
                held += 1
            else:
                kept = of.ladders[COOLDOWN]
    assert held > 1_000


def test_a_ticker_that_joins_begins_the_pools_anew():
    rolling, scored = Rolling(), scored_list(20, 1_100, 5)
    for seen in (scored[:-1], scored):
        assert facts(rolling.of_kinds(seen, KINDS)) == facts(AFRESH.of_kinds(seen, KINDS))


def test_a_pool_says_the_same_when_it_is_asked_later():
    rolling = Rolling()
    sessions = list(played(scored_list(20, 1_100, 1)))
    made = [rolling.of_kinds(seen, KINDS) for seen in sessions]
    assert [facts(pools) for pools in made] == [facts(AFRESH.of_kinds(seen, KINDS)) for seen in sessions]


def test_rows_that_are_gone_are_refused():
    rolling, (series,) = Rolling(), clustered(1, WINDOW)
    rolling.of_market(series)
    with pytest.raises(ValueError, match="999 rows after 1000"):
        rolling.of_market(series[:-1])
