import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.budget import Rate
from engine.core.calibration import calibrate
from engine.core.pool import LEFT_OUT, Pool, pool
from engine.core.thresholds import episodes, ladder
from tests.engine.core.pools import clustered, plain_episodes, plain_p, plain_threshold

values = st.one_of(st.floats(-3, 3), st.sampled_from([0.0, 1.0, 2.0, float("nan"), float("-inf")]))
WATCH_A_YEAR, ALERT_A_YEAR = 1.0, 0.25
RATE = Rate(WATCH_A_YEAR, ALERT_A_YEAR)


@st.composite
def pools(draw):
    """A few short series with gaps, ties and ordinary sessions."""
    width = draw(st.integers(3, 60))
    return Pool(np.array(draw(st.lists(st.lists(values, min_size=width, max_size=width), min_size=1, max_size=3))))


@given(pools(), st.floats(-3, 3), st.integers(1, 30))
@settings(max_examples=150, deadline=None)
def test_counting_by_jumps_gives_what_walking_each_session_gives(of, threshold, cooldown):
    if of.p(threshold) <= 0.1:
        assert episodes(of, threshold, cooldown) == plain_episodes(of, threshold, cooldown)


@given(pools(), st.sampled_from([5.0, 10.0, 20.0, 40.0]))
@settings(max_examples=150, deadline=None)
def test_a_threshold_found_in_one_pass_is_the_lowest_that_keeps_the_budget_at_it_and_above(of, a_year):
    (made,) = calibrate(of, [Rate(a_year, a_year / 4)])
    assert (made.watch.score, made.alert.score) == (plain_threshold(of, a_year), plain_threshold(of, a_year / 4))


def test_where_no_episode_is_allowed_no_score_keeps_to_it():
    assert ladder(pool(clustered(2, 100)), 0) == [np.inf]


@given(pools(), values)
@settings(deadline=None)
def test_p_is_the_share_of_the_pool_at_least_as_extreme_the_score_counted_in(of, score):
    assert of.p(score) == pytest.approx(plain_p(of.scores, score), nan_ok=True)


@given(pools(), st.lists(values, max_size=9))
@settings(deadline=None)
def test_p_of_many_scores_are_those_of_each_where_it_is_unusual_and_else_1(of, scores):
    expected = [1.0 if (p := of.p(score)) > 0.1 else p for score in scores]
    np.testing.assert_array_equal(of.p_values(np.array(scores)), expected)


@given(pools(), values)
@settings(deadline=None)
def test_unusual_is_what_has_a_p_of_at_most_a_tenth(of, score):
    assert (score > of.quiet) == (of.p(score) <= 0.1)


def test_p_is_that_of_crepes():
    from crepes import ConformalClassifier

    random = np.random.default_rng(2)
    past, new = random.normal(size=500), random.normal(size=200)
    reference = ConformalClassifier().fit(past)
    expected = reference.predict_p(new[:, None], smoothing=False)[:, 0]
    np.testing.assert_allclose([Pool(past[None]).p(score) for score in new], expected)


def test_p_of_a_new_score_from_the_same_source_is_uniform():
    random = np.random.default_rng(1)
    of = Pool(random.normal(size=(4, 1_000)))
    p = np.array([of.p(score) for score in random.normal(size=4_000)])
    assert [float(np.mean(p <= level)) for level in (0.01, 0.1, 0.5)] == pytest.approx([0.01, 0.1, 0.5], abs=0.02)


@given(st.integers(1, 60), st.integers(0, 60))
def test_p_of_exchangeable_scores_is_never_smaller_than_uniform(count, seed):
    scores = np.random.default_rng(seed).permutation(count + 1).astype(float)
    p = [Pool(np.delete(scores, at)[None]).p(scores[at]) for at in range(count + 1)]
    for level in (0.05, 0.1, 0.5):
        assert np.mean(np.array(p) <= level) <= level


def test_the_newest_scores_stand_outside_the_pool():
    assert np.nanmax(pool([np.arange(100.0)]).scores) == 99 - LEFT_OUT


def test_a_pool_holds_the_last_thousand_sessions_or_all_when_asked():
    series = clustered(2, 1_500)
    assert (pool(series).length, pool(series, None).length) == (1_000, 1_500 - LEFT_OUT)


@pytest.mark.parametrize("seed", range(5))
def test_a_threshold_would_have_kept_the_budget_on_its_own_pool(seed):
    of = pool(clustered(8, 1_500, seed))
    (made,) = calibrate(of, [RATE])
    for threshold, a_year in ((made.watch, WATCH_A_YEAR), (made.alert, ALERT_A_YEAR)):
        assert 0.75 * a_year <= episodes(of, threshold.score) / of.ticker_years <= a_year


def test_the_budget_holds_on_scores_it_was_not_set_on():
    realised = []
    for seed in range(8):
        (made,) = calibrate(pool(clustered(8, 1_005, seed)), [RATE])
        later = pool(clustered(8, 1_005, seed + 100))
        realised.append(episodes(later, made.watch.score) / later.ticker_years)
    assert 0.8 <= np.mean(realised) <= 1.25


def test_another_rate_on_the_same_pool_has_the_thresholds_it_would_have_alone():
    of, other = pool(clustered(8, 1_500)), Rate(2.0, 0.5)
    together = calibrate(of, [RATE, other])
    assert [(each.watch, each.alert) for each in together] == [
        (each.watch, each.alert) for rate in (RATE, other) for each in calibrate(of, [rate])
    ]


def test_a_tier_that_the_pool_cannot_resolve_says_how_many_scores_it_needs_and_has():
    (made,) = calibrate(pool(clustered(1, 300)), [RATE])
    assert (made.alert.score, made.alert.needs, made.alert.has) == (np.inf, 1_008, 295)


def test_an_empty_pool_lets_nothing_fire_and_calls_nothing_rare():
    (made,) = calibrate(pool([]), [RATE])
    assert (made.watch.score, made.p(9.0), made.rarity(9.0)) == (np.inf, 1.0, (1.0, False))


def test_rarity_never_claims_more_than_the_length_of_the_pool():
    (made,) = calibrate(pool(clustered(8, 1_500)), [RATE])
    assert made.rarity(99.0) == (1_000.0, True)


def test_rarity_at_the_watch_threshold_is_about_a_year():
    (made,) = calibrate(pool(clustered(8, 1_500)), [RATE])
    sessions, bound = made.rarity(made.watch.score)
    assert not bound
    assert sessions == pytest.approx(252, rel=0.3)


@given(st.lists(st.sampled_from([1.0, 2.0, 3.0]), min_size=200, max_size=200), st.integers(0, 199))
@settings(max_examples=30, deadline=None)
def test_a_sample_that_misleads_changes_nothing(scores, at):
    scores[at], scores[::16] = 9.0, [50.0] * 13
    of = Pool(np.array([scores]))
    assert of.quiet == max(score for score in scores if plain_p(of.scores, score) > 0.1)
