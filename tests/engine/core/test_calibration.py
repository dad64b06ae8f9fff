from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.calibration import LEFT_OUT, Bank, bank, calibrate, count_episodes, p_values, quiet_marks
from engine.core.episodes import QUIET_SESSIONS, Episode, Verdict, decide

scores = st.lists(st.floats(-3, 3, allow_nan=False), min_size=5, max_size=80)
WATCH_A_YEAR, ALERT_A_YEAR = 1.0, 0.25


def garch_scores(tickers: int, rows: int, seed: int = 0) -> list[np.ndarray]:
    """Clustered scores, as volatility ratios are."""
    random = np.random.default_rng(seed)
    noise = random.normal(size=(tickers, rows + 20))
    return list(np.stack([np.convolve(each, np.ones(5) / 5, "valid")[:rows] for each in noise]))


def walked(series: np.ndarray, of: Bank, threshold: float) -> int:
    """Episodes counted session by session with the rule that is applied live."""
    p = p_values(of, series)
    episode: Episode | None = None
    opened_at = count = 0
    for row, score in enumerate(series):
        tier = "watch" if score >= threshold else None
        verdict = Verdict(
            "A",
            "k",
            date(2000, 1, 1) + timedelta(row),
            float(score),
            float(p[row]),
            tier,
            0.0,
            1.0,
            False,
            "up",
            {},
            "",
        )
        change = decide(episode, verdict, p[max(row - QUIET_SESSIONS + 1, 0) : row + 1], row - opened_at)
        if change:
            episode, event = change
            if event == "opened":
                count, opened_at = count + 1, row
    return count


@given(scores, scores, st.floats(-3, 3))
@settings(max_examples=200)
def test_counting_by_jumps_gives_what_walking_each_session_gives(one, other, threshold):
    pool = Bank((np.array(one), np.array(other)), np.sort(np.array(one + other)))
    for series, marks in zip(pool.series, quiet_marks(pool), strict=True):
        assert count_episodes(series, marks, threshold) == walked(series, pool, threshold)


@given(scores)
def test_p_is_the_share_of_the_bank_at_least_as_extreme_the_score_counted_in(past):
    pool = Bank((np.array(past),), np.sort(np.array(past)))
    expected = [(1 + sum(each >= score for each in past)) / (len(past) + 1) for score in past]
    np.testing.assert_allclose(p_values(pool, np.array(past)), expected)


def test_p_of_a_new_score_from_the_same_source_is_uniform():
    random = np.random.default_rng(1)
    pool = Bank((past := random.normal(size=4_000),), np.sort(past))
    p = p_values(pool, random.normal(size=4_000))
    assert [float(np.mean(p <= level)) for level in (0.01, 0.1, 0.5)] == pytest.approx([0.01, 0.1, 0.5], abs=0.02)


def test_the_newest_scores_stand_outside_the_bank():
    series = np.arange(100.0)
    assert bank([series]).pooled.max() == 99 - LEFT_OUT


def test_a_large_pool_keeps_the_last_thousand_sessions_and_a_small_one_all():
    assert bank(garch_scores(6, 1_500)).length == 1_000
    assert bank(garch_scores(2, 1_500)).length == 1_500 - LEFT_OUT


@pytest.mark.parametrize("seed", range(5))
def test_a_threshold_would_have_kept_the_budget_on_its_own_bank(seed):
    made = calibrate(garch_scores(8, 1_500, seed), WATCH_A_YEAR, ALERT_A_YEAR)
    for threshold, a_year in ((made.watch, WATCH_A_YEAR), (made.alert, ALERT_A_YEAR)):
        realised = made.episodes(threshold.score) / made.bank.ticker_years
        assert 0.75 * a_year <= realised <= a_year


def test_the_budget_holds_on_scores_it_was_not_set_on():
    realised = []
    for seed in range(8):
        past, later = garch_scores(8, 1_000, seed), garch_scores(8, 1_000, seed + 100)
        made = calibrate(past, WATCH_A_YEAR, ALERT_A_YEAR)
        fresh = Bank(tuple(later), made.bank.pooled)
        marks = quiet_marks(fresh)
        count = sum(count_episodes(s, m, made.watch.score) for s, m in zip(later, marks, strict=True))
        realised.append(count / (8 * 1_000 / 252))
    assert 0.8 <= np.mean(realised) <= 1.25


def test_a_tier_that_the_bank_cannot_resolve_says_how_many_scores_it_needs():
    made = calibrate(garch_scores(1, 300), WATCH_A_YEAR, ALERT_A_YEAR)
    assert (made.alert.score, made.alert.needs) == (np.inf, 1_008)


def test_an_empty_bank_lets_nothing_fire_and_calls_nothing_rare():
    made = calibrate([], WATCH_A_YEAR, ALERT_A_YEAR)
    assert (made.watch.score, float(p_values(made.bank, np.array([9.0]))[0])) == (np.inf, 1.0)


def test_rarity_never_claims_more_than_the_length_of_the_bank():
    made = calibrate(garch_scores(8, 1_500), WATCH_A_YEAR, ALERT_A_YEAR)
    assert made.rarity(99.0) == (1_000.0, True)


def test_rarity_at_the_watch_threshold_is_about_a_year():
    made = calibrate(garch_scores(8, 1_500), WATCH_A_YEAR, ALERT_A_YEAR)
    sessions, bound = made.rarity(made.watch.score)
    assert not bound
    assert sessions == pytest.approx(252, rel=0.3)
