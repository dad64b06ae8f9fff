from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from engine.core.episodes import COOLDOWN, Episode, Verdict, decide

VERDICT = Verdict(
    "AAA",
    "volatility_shock",
    date(2008, 9, 15),
    2.0,
    0.001,
    "watch",
    0.004,
    90.0,
    False,
    "down",
    {"ratio": 2.0},
    "words",
)
OPEN = Episode(
    "AAA", "volatility_shock", "watch", "down", date(2008, 9, 2), None, 0.003, 60.0, False, "earlier", {"ratio": 1.8}
)
CLOSED = replace(OPEN, closed=date(2008, 9, 10))
LOUD, QUIET = np.full(3, 0.01), np.full(3, 0.5)


def test_a_reached_tier_opens_an_episode():
    episode, event = decide(None, VERDICT, LOUD, 0)
    assert (event, episode.opened, episode.tier, episode.words) == ("opened", date(2008, 9, 15), "watch", "words")


def test_a_score_below_every_threshold_opens_nothing():
    assert decide(None, replace(VERDICT, tier=None), LOUD, 0) is None


def test_an_open_episode_is_not_opened_again():
    assert decide(OPEN, VERDICT, LOUD, 5) is None


@pytest.mark.parametrize(("since", "opens"), [(COOLDOWN - 1, False), (COOLDOWN, True)])
def test_after_the_end_the_next_waits_for_the_cooldown(since, opens):
    assert (decide(CLOSED, VERDICT, LOUD, since) is not None) is opens


def test_three_quiet_sessions_close_it():
    episode, event = decide(OPEN, replace(VERDICT, tier=None, p=0.5), QUIET, 5)
    assert (event, episode.closed, episode.words) == ("closed", date(2008, 9, 15), "earlier")


@pytest.mark.parametrize("recent", [np.array([0.5, 0.5, 0.1]), np.array([0.5, 0.5]), np.array([0.5, np.nan, 0.5])])
def test_fewer_quiet_sessions_do_not(recent):
    assert decide(OPEN, replace(VERDICT, tier=None, p=0.5), recent, 5) is None


def test_quiet_sessions_before_the_opening_do_not_count():
    assert decide(OPEN, replace(VERDICT, tier=None, p=0.5), QUIET, 2) is None


def test_it_escalates_from_watch_to_alert_and_keeps_its_opening():
    episode, event = decide(OPEN, replace(VERDICT, tier="alert"), LOUD, 5)
    assert (event, episode.tier, episode.opened, episode.words) == ("escalated", "alert", OPEN.opened, "words")


def test_it_escalates_when_p_falls_to_a_tenth_and_never_back_to_watch():
    episode, event = decide(replace(OPEN, tier="alert"), replace(VERDICT, p=0.0003), LOUD, 5)
    assert (event, episode.tier, episode.p) == ("escalated", "alert", 0.0003)
