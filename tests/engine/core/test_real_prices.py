"""Real prices through the gate: Samsung's with their dirt, two indices, and the sample."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from engine.core.budget import Budget
from engine.core.calibration import calibrate_kinds
from engine.core.features import features
from engine.core.judge import verdicts
from engine.core.quality import gate, in_words
from engine.core.scored import score
from tests import prices
from tests.prices import passed


@pytest.fixture(scope="module")
def samsung():
    return prices.samsung()


@pytest.fixture(scope="module")
def judged(samsung):
    return passed(samsung, "XKRX", 0.3)


def by_rule(gated, rule):
    return {note.session for note in gated.notes if note.rule == rule}


def test_every_flat_bar_without_volume_is_found_as_a_halt(samsung, judged):
    silent = samsung.sessions[samsung.volume == 0]
    assert len(silent) == 127
    assert by_rule(judged, "halted") == set(silent.tolist())


def test_the_halt_before_the_split_of_2018_is_told_as_one(judged):
    assert "halted: same prices, no volume (2018-04-30 to 05-03)" in in_words(judged.notes)


def test_no_split_is_suspected_in_25_years(judged):
    assert not by_rule(judged, "split-like") | by_rule(judged, "wrong unit") | by_rule(judged, "beyond the limit")


def test_the_one_other_bar_set_aside_closes_below_its_own_low(judged):
    others = [note for note in judged.notes if note.treatment == "quarantined" and note.rule != "halted"]
    assert [(note.session, note.rule) for note in others] == [(date(2024, 10, 14), "close outside")]


def test_the_split_of_2018_as_it_was_traded_and_untold_is_set_aside(samsung):
    before = np.where(samsung.sessions < np.datetime64("2018-05-04"), 50.0, 1.0)
    traded = {name: getattr(samsung, name) * before for name in ("open", "high", "low", "close")}
    gated = passed(replace(samsung, **traded), "XKRX", 0.3)
    assert by_rule(gated, "split-like") == {date(2018, 5, 4), date(2018, 5, 8)}


def test_no_verdict_is_given_on_a_halted_session(samsung, judged):
    halted = by_rule(judged, "halted")
    scored = score(features(judged.history), Budget())
    assert not halted & set(scored.features.sessions.tolist())
    for session in sorted(halted)[-5:]:
        known = gate(samsung.upto(session), judged.history.sessions[:0]).history
        seen = score(features(known), Budget())
        said = verdicts(seen, calibrate_kinds([seen], Budget()))
        assert all(verdict.session < session for verdict in said)


@pytest.mark.parametrize("name", ["sp500", "nasdaq"])
def test_nothing_is_found_in_twenty_years_of_an_index(name):
    assert not passed(prices.index(name, name)).notes


@pytest.mark.parametrize("symbol", prices.SAMPLE)
def test_nothing_is_found_in_the_sample(symbol):
    assert not passed(prices.sample(symbol)).notes


def test_the_splits_of_the_sample_are_suspected_where_nobody_tells_of_them():
    untold = replace(prices.sample("AAPL"), actions=())
    assert {date(2000, 6, 21), date(2005, 2, 28)} <= by_rule(passed(untold), "split-like")
    assert date(2000, 9, 29) not in by_rule(passed(untold), "split-like")  # a fall by half in one day, which was real
