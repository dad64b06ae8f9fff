"""The gate: fair under noise, strict where a challenger is clearly worse, on rows that neither has seen."""

import numpy as np
import pytest

from engine.core.champion import verdict, worse_p
from engine.core.evaluation.diebold_mariano import by_session
from engine.core.evaluation.losses import pinball
from engine.core.evaluation.predictions import Predictions
from engine.core.evaluation.series import cases, observed
from engine.core.forecast import TAUS
from tests.worlds import history

WORLD = [history(name, 300, seed=seed) for seed, name in enumerate(("AAA", "BBB", "CCC"))]
CASES = cases([observed(each) for each in WORLD], (1,))
SESSIONS = np.unique(CASES.target)
NORMAL = np.array([-1.645, -0.674, 0.0, 0.674, 1.645])


def forecasts(width=1.0, noise=0.0, seed=0):
    """Normal quantiles so wide, their middle off by so much noise, in sigmas."""
    off = np.random.default_rng(seed).normal(0, noise, len(CASES)) if noise else np.zeros(len(CASES))
    mean = off * CASES.sigma
    return Predictions(CASES, mean, mean[:, None] + width * CASES.sigma[:, None] * NORMAL)


def blind_to(of, sessions):
    """The same, silent to these target sessions."""
    quantiles = of.quantiles.copy()
    quantiles[np.isin(CASES.target, sessions)] = np.nan
    return Predictions(of.cases, of.mean, quantiles)


def test_the_same_forecasts_are_not_worse():
    found = verdict(forecasts(), forecasts(), "model #4")
    assert found.accepted
    assert found.words.startswith("not worse than model #4 on the last 40 sessions: pinball 0.")


@pytest.mark.parametrize("challenger", [forecasts(width=4.0), forecasts(noise=2.0)])
def test_forecasts_that_are_far_off_are_worse(challenger):
    found = verdict(challenger, forecasts(), "model #4")
    assert not found.accepted
    assert found.words.startswith("worse than model #4 on the last 40 sessions: pinball 0.")


def test_forecasts_that_differ_by_luck_alone_pass_nine_times_in_ten():
    kept = [verdict(forecasts(noise=0.3, seed=seed), forecasts(noise=0.3, seed=99 + seed), "").accepted
            for seed in range(60)]  # fmt: skip
    assert sum(kept) >= 48


def test_a_difference_that_does_not_matter_is_not_worse_however_sure_it_is():
    champion, challenger = forecasts(), forecasts()
    challenger.quantiles[:, 0] -= 0.05 * CASES.sigma * (CASES.realised > champion.quantiles[:, 0])
    found = verdict(challenger, champion, "model #4")
    own, other = pinball(challenger), pinball(champion)
    gate = np.isin(CASES.target, SESSIONS[-40:])
    assert worse_p(by_session((own - other)[gate], CASES.made_at[gate])) < 0.001
    assert found.accepted


def test_only_the_gates_sessions_count():
    bad = forecasts(width=4.0)
    early = CASES.target < SESSIONS[-40]
    mixed = np.where(early[:, None], bad.quantiles, forecasts().quantiles)
    assert verdict(Predictions(CASES, bad.mean, mixed), forecasts(), "model #4").accepted


def test_sessions_that_one_of_them_has_seen_are_left_out():
    champion = blind_to(forecasts(), SESSIONS[-40:-25])
    found = verdict(forecasts(width=4.0), champion, "model #4")
    assert not found.accepted
    assert "only 25 of" not in found.words
    assert "the last 25 sessions" in found.words


def test_fewer_than_twenty_common_sessions_are_said():
    found = verdict(forecasts(width=4.0), blind_to(forecasts(), SESSIONS[-40:-12]), "model #4")
    assert not found.accepted
    assert "only 12 of the last 40 sessions, those which neither has seen" in found.words


def test_where_there_is_next_to_nothing_to_compare_the_challenger_goes_live_and_says_so():
    found = verdict(forecasts(width=4.0), blind_to(forecasts(), SESSIONS[-40:-2]), "model #4")
    assert found.accepted
    assert "too few to compare" in found.words


def test_a_challenger_that_says_nothing_is_not_taken():
    found = verdict(blind_to(forecasts(), SESSIONS), forecasts(), "model #4")
    assert not found.accepted
    assert "gives no forecast" in found.words


def test_symbols_that_one_of_them_does_not_know_do_not_count():
    bad, good = forecasts(width=4.0), forecasts()
    own = np.where((CASES.symbol == 0)[:, None], bad.quantiles, good.quantiles)
    champion = Predictions(CASES, good.mean, np.where((CASES.symbol == 0)[:, None], np.nan, good.quantiles))
    assert verdict(Predictions(CASES, bad.mean, own), champion, "model #4").accepted


def test_the_p_value_is_uniform_enough_where_there_is_no_difference():
    random = np.random.default_rng(3)
    values = np.array([worse_p(random.normal(0, 1, 40)) for _ in range(400)])
    assert 0.06 < np.mean(values < 0.1) < 0.15
    assert all(value == 1.0 or value <= 0.55 for value in values)


@pytest.mark.parametrize(("difference", "p"), [(np.full(40, 0.1), 0.0), (np.zeros(40), 1.0), (np.full(40, -1.0), 1.0)])
def test_a_difference_that_is_the_same_on_every_session_is_no_luck(difference, p):
    assert worse_p(difference) == p


def test_taus_are_those_of_the_quantiles_here():
    assert len(TAUS) == len(NORMAL)
