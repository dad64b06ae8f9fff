"""What every kind of alarm must do; a new one is run through all of it the day it is born."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.bars import Action, History, as_date
from engine.core.detect import KINDS
from engine.core.detect.kind import ORDINARY
from engine.core.features import features
from engine.core.forecast import Outlook
from engine.core.panel import Listed, on_list
from engine.core.series import Windows
from tests.worlds import corrupted, history

ROWS = 420
NEEDS = {"predicted_reversal": "forecast", "forecast_surprise": "forecast", "volume_spike": "volume"}
"""What a kind cannot do without; all others need closes alone."""

SETTLED = 100
"""Rows after which every kind has a score, where there is what it needs."""

every_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
prices = st.builds(history, rows=st.just(ROWS), seed=st.integers(0, 1_000))
how = st.sampled_from(("x10", "nan", "removed", "random"))


def leaning(rows=ROWS):
    """A made-up forecast of the next session for every row."""
    mean = np.random.default_rng(0).normal(0, 0.01, rows)
    return Outlook((1,), mean, mean[:, None, None] + 0.01 * np.array([-2.0, -1, 0, 1, 2]))


def upto(outlook, rows):
    return Outlook(outlook.horizons, outlook.mean[:rows], outlook.quantiles[:rows])


def scored(kind, of, outlook=None):
    outlook = leaning(len(of)) if outlook is None else outlook
    return kind.score(beside(of, outlook))


LIST = [history(f"T{seed}", ROWS, seed=1_001 + seed) for seed in range(5)]


def beside(of, outlook=None):
    """A ticker on a list of five others; its rows have the index of those, as far as they go."""
    return features(of, outlook, None, None, index_beside(LIST, of))


def index_beside(others, of):
    symbols = {each.symbol for each in (*others, of)}
    return on_list([Listed.of(each) for each in (*others, of)], symbols, symbols)[-1].index


def closes(of):
    """The same with nothing but closes."""
    nothing = np.full(len(of), np.nan)
    return replace(of, open=nothing, high=nothing, low=nothing, volume=nothing)


def at_rest(of):
    return replace(of, **{name: np.full(len(of), 50.0) for name in ("open", "high", "low", "close")})


def said(kind, known):
    """The words and evidence of every row that is neither ordinary nor unknown."""
    scores = kind.score(known)
    rows = np.flatnonzero(~np.isnan(scores) & (scores != ORDINARY))
    told = [kind.evidence(known, int(row)) for row in rows]
    return [(kind.direction(known, int(row)), each, kind.words(each)) for row, each in zip(rows, told, strict=True)]


@every_kind
@given(of=prices, row=st.integers(SETTLED, ROWS - 1))
@settings(max_examples=20, deadline=None)
def test_a_score_at_a_row_is_the_same_when_the_rows_end_there(kind, of, row):
    last = scored(kind, of.rows(slice(0, row + 1)), upto(leaning(), row + 1))[-1]
    assert last == pytest.approx(scored(kind, of)[row], abs=1e-9)


@every_kind
@given(of=prices, row=st.integers(SETTLED, ROWS - 2), how=how)
@settings(max_examples=20, deadline=None)
def test_through_the_as_of_view_a_score_knows_no_bit_of_its_future(kind, of, row, how):
    day = as_date(of.sessions[row])
    known = [each.upto(day) for each in (of, corrupted(of, row, how))]
    first, second = (scored(kind, each, upto(leaning(), row + 1)) for each in known)
    assert first.tobytes() == second.tobytes()


@every_kind
@given(of=prices, row=st.integers(SETTLED, ROWS - 2), how=how)
@settings(max_examples=20, deadline=None)
def test_in_one_pass_no_score_depends_on_later_rows(kind, of, row, how):
    later = corrupted(of, row, how)
    first, second = scored(kind, of), scored(kind, later, upto(leaning(), len(later)))
    np.testing.assert_allclose(first[: row + 1], second[: row + 1], rtol=0, atol=1e-9)


@every_kind
@given(of=prices, factor=st.sampled_from([1_000.0, 0.001, 1 / 3]))
@settings(max_examples=20, deadline=None)
def test_a_score_does_not_depend_on_the_unit_of_the_price(kind, of, factor):
    in_won = replace(of, **{name: getattr(of, name) * factor for name in ("open", "high", "low", "close")})
    np.testing.assert_allclose(scored(kind, in_won), scored(kind, of), rtol=0, atol=1e-9)


@every_kind
@given(of=prices, row=st.integers(1, ROWS - 1), split=st.sampled_from([2.0, 7.0, 0.1]))
@settings(max_examples=20, deadline=None)
def test_a_score_does_not_depend_on_splits(kind, of, row, split):
    after = np.arange(ROWS) >= row
    traded = {name: np.where(after, getattr(of, name) / split, getattr(of, name)) for name in PRICES}
    volume = np.where(after, of.volume * split, of.volume)
    actions = (Action(as_date(of.sessions[row]), split=split),)
    np.testing.assert_allclose(
        scored(kind, replace(of, **traded, volume=volume, actions=actions)), scored(kind, of), rtol=0, atol=1e-9
    )


PRICES = ("open", "high", "low", "close")


@every_kind
def test_a_score_is_the_same_twice(kind):
    assert scored(kind, history(rows=ROWS)).tobytes() == scored(kind, history(rows=ROWS)).tobytes()


@every_kind
@given(of=prices)
@settings(max_examples=10, deadline=None)
def test_a_score_that_needs_nothing_missing_is_never_unknown(kind, of):
    assert not np.isnan(scored(kind, of)[SETTLED:]).any()


@every_kind
@pytest.mark.parametrize("missing", ["forecast", "volume"])
def test_only_the_kinds_that_need_it_are_silent_without(kind, missing):
    of = history(rows=ROWS)
    known = scored(kind, of, silent()) if missing == "forecast" else scored(kind, closes(of))
    assert np.isnan(known[SETTLED:]).all() == (NEEDS.get(kind.name) == missing)
    assert np.isnan(known[SETTLED:]).any() == (NEEDS.get(kind.name) == missing)


def silent():
    return Outlook((1,), np.full(ROWS, np.nan), np.full((ROWS, 1, 5), np.nan))


@every_kind
def test_of_a_price_that_stands_still_nothing_is_claimed(kind):
    if kind.name != "volume_spike":
        known = scored(kind, at_rest(history(rows=ROWS)))
        assert (np.isnan(known) | (known == ORDINARY)).all()


@every_kind
@pytest.mark.parametrize("rows", [1, 2, 5, 21, 66])
def test_a_short_history_has_as_many_scores_as_rows(kind, rows):
    of = history(rows=rows)
    assert scored(kind, of).shape == (rows,)
    said(kind, features(of, leaning(rows)))


@every_kind
@given(of=prices, make=st.sampled_from([lambda of: of, closes, at_rest]), listed=st.booleans())
@settings(max_examples=10, deadline=None)
def test_there_are_words_and_finite_evidence_for_every_row_that_is_not_ordinary(kind, of, make, listed):
    for direction, evidence, words in said(kind, (beside if listed else features)(make(of), leaning())):
        assert direction in ("up", "down", "none")
        assert words.isprintable()
        assert "nan" not in words
        assert all(isinstance(value, str) or np.isfinite(value) for value in evidence.values())


@every_kind
@given(st.builds(Windows, *(st.integers(2, 90) for _ in range(5))))
@settings(max_examples=15, deadline=None)
def test_other_windows_change_neither_the_rows_nor_who_is_silent(kind, windows):
    known = features(history(rows=ROWS), leaning(), windows)
    scores = kind.score(known)
    assert scores.shape == (ROWS,)
    assert np.isfinite(scores[-1]) or scores[-1] == ORDINARY or (kind.name == "volume_spike" and windows.volume < 20)
    said(kind, known)


ALIGNED = ("table", "index", "mean", "ahead")


@every_kind
def test_scores_of_tickers_side_by_side_are_those_of_each(kind):
    tickers = [beside(history(rows=ROWS, seed=seed), leaning()) for seed in range(3)]
    together = replace(
        tickers[0],
        **{name: np.stack([getattr(each, name) for each in tickers], axis=1) for name in ALIGNED},
    )
    alone = np.stack([kind.score(each) for each in tickers], axis=1)
    np.testing.assert_array_equal(kind.score(together), alone)


@every_kind
def test_a_kind_has_a_formula_and_a_name_of_its_own(kind):
    assert [each.name for each in KINDS].count(kind.name) == 1
    assert "score(t) =" in __import__(kind.score.__module__, fromlist=["_"]).__doc__


def test_only_what_waits_for_the_close_is_not_scored_before_it():
    assert {kind.name for kind in KINDS if not kind.forming} == {"predicted_reversal"}


def test_three_kinds_score_what_is_a_tickers_own():
    assert {kind.name for kind in KINDS if kind.own} == {"momentum_break", "drift", "forecast_surprise"}


@every_kind
@given(of=prices, row=st.integers(SETTLED, ROWS - 2), how=how, other=st.sampled_from(range(len(LIST))))
@settings(max_examples=20, deadline=None)
def test_no_score_depends_on_what_another_member_of_the_list_does_later(kind, of, row, how, other):
    later = [corrupted(each, row, how) if at == other else each for at, each in enumerate(LIST)]
    first, second = (kind.score(one_of(each, of)) for each in (LIST, later))
    np.testing.assert_allclose(first[: row + 1], second[: row + 1], rtol=0, atol=1e-9)


def one_of(others, of):
    return features(of, leaning(), None, None, index_beside(others, of))


@every_kind
def test_a_list_that_stands_still_changes_no_score(kind):
    still = [replace(at_rest(each), symbol=each.symbol) for each in LIST]
    of = history(rows=ROWS)
    np.testing.assert_array_equal(kind.score(one_of(still, of)), kind.score(features(of, leaning())))


@pytest.mark.parametrize("sessions", [1, 505])
def test_a_window_that_is_too_short_or_too_long_is_refused_by_name(sessions):
    with pytest.raises(ValueError, match=f"window before of {sessions} sessions: from 2 to 504"):
        Windows(before=sessions)


def bent(*stretches):
    """A hundred sessions of one per cent down and up in turn, then so many each of one log return a session."""
    steps = np.concatenate([np.tile([-0.01, 0.01], 50), *(np.full(sessions, step) for sessions, step in stretches)])
    days = np.busday_offset("2006-01-02", np.arange(len(steps)), roll="forward").astype("datetime64[D]")
    close = 50 * np.exp(np.cumsum(steps))
    return History("AAA", days, close, close, close, close, np.full(len(steps), 1_000.0))


def named(name):
    return next(kind for kind in KINDS if kind.name == name)


def last_words(name, known):
    kind = named(name)
    return kind.words(kind.evidence(known, len(known) - 1))


def test_a_break_is_told_as_a_fall_after_a_rise():
    known = features(bent((40, np.log(1.12) / 40), (10, np.log(0.929) / 10)))
    assert last_words("momentum_break", known) == "falls 7.1 % in 10 d after a rise of 12.0 % in 40 d"


def test_a_break_is_the_larger_the_stronger_the_trend_was():
    kind = named("momentum_break")
    rises = ([(1, 0.01 + trend), (1, -0.01 + trend)] * 20 for trend in (0.001, 0.003))
    weak, strong = (features(bent(*rise, (10, -0.015))) for rise in rises)
    assert kind.score(strong)[-1] > kind.score(weak)[-1] > 0


def test_a_shock_is_told_by_the_mean_size_of_its_days():
    known = features(closes(bent((1, -0.04), (1, 0.01), (1, -0.04))))
    assert last_words("volatility_shock", known) == "moves 3.0 % a day over 3 d, 3.0× its norm"


def test_one_wild_day_long_ago_hides_no_shock():
    kind = named("volatility_shock")
    plain, after = (
        kind.score(features(closes(bent((1, wild), (20, 0.0001), (3, -0.03)))))[-1] for wild in (0.01, -0.3)
    )
    assert after > plain / 2


def test_a_surprise_is_told_beside_what_was_expected():
    of = bent((1, -0.04))
    mean = np.full(len(of), 0.001)
    outlook = Outlook((1,), mean, np.tile([-0.016, -0.005, 0.001, 0.006, 0.017], (len(of), 1, 1)))
    assert last_words("forecast_surprise", features(of, outlook)) == "−3.9 % against −1.6…+1.7 % expected"


def on_a_list_of(of, index, outlook=None, beta=1.0):
    """A ticker whose list did that on its last sessions, and nothing before."""
    whole = np.zeros(len(of))
    whole[len(of) - len(index) :] = index
    known = features(of, outlook, None, None, whole)
    assert known.beta[-1] == beta  # the regression is not known yet
    return known


def test_a_surprise_beside_a_list_is_told_in_a_day_and_beside_it():
    of = bent((1, -0.04))
    mean = np.full(len(of), 0.001)
    outlook = Outlook((1,), mean, np.tile([-0.016, -0.005, 0.001, 0.006, 0.017], (len(of), 1, 1)))
    known = on_a_list_of(of, [-0.0085], outlook)
    assert last_words("forecast_surprise", known) == "−3.9 % in a day, −3.1 % beside the list; −1.6…+1.7 % expected"
    assert named("forecast_surprise").score(known)[-1] == pytest.approx((0.0315 + 0.001) / known.own_sigma[-2])


def test_what_the_list_does_is_no_surprise_of_a_ticker():
    of, mean = bent((1, -0.04)), np.zeros(101)
    outlook = Outlook((1,), mean, np.tile([-0.02, -0.01, 0.0, 0.01, 0.02], (101, 1, 1)))
    assert named("forecast_surprise").score(on_a_list_of(of, [-0.04], outlook))[-1] == pytest.approx(0, abs=1e-9)


def test_a_ticker_that_stands_still_while_its_list_rises_falls_beside_it():
    of, mean = bent((1, 0.0)), np.zeros(101)
    outlook = Outlook((1,), mean, np.tile([-0.02, -0.01, 0.0, 0.01, 0.02], (101, 1, 1)))
    known = on_a_list_of(of, [0.04], outlook)
    assert named("forecast_surprise").direction(known, 100) == "down"
    assert named("forecast_surprise").evidence(known, 100)["own_pct"] == pytest.approx(100 * np.expm1(-0.04))


def test_a_break_beside_a_list_is_told_with_and_without_it():
    of = bent((40, np.log(1.12) / 40), (10, np.log(0.929) / 10))
    known = on_a_list_of(of, [*[np.log(1.02) / 40] * 40, *[np.log(0.98) / 10] * 10])
    assert last_words("momentum_break", known) == (
        "falls 5.2 % in 10 d beside the list after a rise of 9.8 % in 40 d; −7.1 % after +12.0 % with it"
    )


def test_a_drift_beside_a_list_is_told_with_and_without_it():
    known = on_a_list_of(bent((14, -0.005)), [-0.001] * 14)
    words = last_words("drift", known)
    assert words.startswith("drifts down for 14 d beside the list: −5.4 %, ")
    assert words.endswith(" σ a day; −6.8 % with it")


def test_where_the_whole_list_drifts_no_ticker_of_it_does():
    score, of = named("drift").score, bent((20, -0.004))
    assert score(on_a_list_of(of, [-0.004] * 20))[-1] < score(features(of))[-1] / 3


def test_the_parts_of_a_move_make_the_whole():
    known = beside(history(rows=ROWS), leaning())
    for name in ("forecast_surprise", "momentum_break", "drift"):
        evidence = named(name).evidence(known, ROWS - 1)
        whole, *parts = (1 + evidence[part] / 100 for part in ("return_pct", "own_pct", "list_part_pct"))
        assert parts[0] * parts[1] == pytest.approx(whole)


def heads(of, five):
    """A forecast for 1, 5 and 10 sessions ahead, of which the one for 5 is given in its own sigmas."""
    ahead = np.zeros((len(of), 3, 5))
    ahead[:, 1] = np.array(five) * np.nan_to_num(features(of).sigma)[:, None] * np.sqrt(5)
    return Outlook((1, 5, 10), np.zeros(len(of)), ahead)


def test_a_reversal_is_predicted_by_the_forecast_for_five_sessions_where_there_is_one():
    of = bent((10, 0.01))
    known = features(of, heads(of, [-2.0, -1.2, -0.6, -0.3, 0.5]))
    assert named("predicted_reversal").score(known)[-1] == pytest.approx(0.3)
    assert last_words("predicted_reversal", known) == "up 10.5 % in 10 d, forecast for 5 d leans down −0.60 σ"


def test_one_jump_against_a_trend_is_a_smaller_break_than_a_fall_in_steps():
    rise = [(1, 0.011), (1, -0.009)] * 20
    jump, steps = (features(bent(*rise, *fall)) for fall in ([(9, 0.0), (1, -0.1)], [(10, -0.01)]))
    assert 0 < named("momentum_break").score(jump)[-1] < named("momentum_break").score(steps)[-1]


def test_a_drift_that_is_over_makes_room_for_the_one_against_it():
    known = features(bent((40, 0.004), (15, -0.004)))
    assert named("drift").direction(known, len(known) - 1) == "down"


def test_the_mean_of_a_drift_is_that_of_its_sessions():
    known = features(bent((14, -0.004)))
    evidence = named("drift").evidence(known, len(known) - 1)
    assert evidence["mean_sigma"] == pytest.approx(np.clip(known.z[-14:], -3, 3).mean())


def test_a_drift_counts_from_the_last_session_at_zero():
    known = features(bent((14, -0.004)))
    kind = named("drift")
    evidence = kind.evidence(known, len(known) - 1)
    assert kind.direction(known, len(known) - 1) == "down"
    assert evidence["sessions"] == 14
    assert evidence["cusum_sigma"] == pytest.approx(known.drift_down[-1])


def test_one_jump_is_no_drift():
    jump, drifting = (named("drift").score(features(bent(*rest)))[-1] for rest in ([(1, -0.2)], [(8, -0.02)]))
    assert jump <= 3.0 + named("drift").score(features(bent()))[-1] < drifting


def test_an_exhausted_trend_is_still_up_while_rsi_and_macd_have_turned():
    known = features(bent((8, 0.01), (3, -0.004)))
    evidence = named("exhaustion").evidence(known, len(known) - 1)
    assert named("exhaustion").score(known)[-1] > 0
    assert evidence["trend_pct"] > 0
    assert evidence["rsi"] < evidence["rsi_before"]


def test_volume_is_compared_with_that_of_the_same_weekday():
    of = history(rows=ROWS)
    busy = np.where(np.arange(ROWS) % 5 == 0, 10.0, 1.0)
    spread = np.exp(np.random.default_rng(0).normal(0, 0.1, ROWS))
    known = features(replace(of, volume=1_000 * busy * spread))
    assert np.abs(named("volume_spike").score(known)[200:]).max() < 6
    usual = named("volume_spike").evidence(known, 400)
    assert usual["compared_with"] == "Monday"
    assert usual["times_usual"] == pytest.approx(1, abs=0.4)


def test_where_a_weekday_is_too_new_all_days_are_usual():
    known = features(history(rows=60))
    assert named("volume_spike").evidence(known, 50)["compared_with"] == "day"
