"""The gate's rules one by one, and what holds whatever the rows are."""

import time
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.bars import Action, History, as_date, log_returns
from engine.core.quality import SOURCES_DIFFER, DataNote, gate, in_words, lately, storable
from tests.worlds import history

PLAIN = history(rows=60)
ROW = 40
DAY = as_date(PLAIN.sessions[ROW])


def altered(of: History = PLAIN, row: int = ROW, **values: float) -> History:
    """The same history with other values in one row."""
    columns = {name: getattr(of, name).copy() for name in values}
    for name, value in values.items():
        columns[name][row] = value
    return replace(of, **columns)


def scaled(factor: float, rows: slice, of: History = PLAIN) -> History:
    """The same history, its prices multiplied in some rows."""
    columns = {name: getattr(of, name).copy() for name in ("open", "high", "low", "close")}
    for values in columns.values():
        values[rows] *= factor
    return replace(of, **columns)


def without(rows: list[int], of: History = PLAIN) -> History:
    return of.rows(~np.isin(np.arange(len(of)), rows))


def quarantined(gated):
    return {note.session: note.rule for note in gated.notes if note.treatment == "quarantined"}


# --- rules ---


def test_clean_bars_pass_as_they_are():
    gated = gate(PLAIN, PLAIN.sessions, limit=0.3)
    assert gated.history is PLAIN
    assert not gated.notes
    assert not gated.repaired.any()


@pytest.mark.parametrize("close", [np.nan, np.inf])
def test_a_row_without_a_close_cannot_be_stored(close):
    kept, notes = storable(altered(close=close))
    assert len(kept) == 59
    assert notes == (DataNote(DAY, "no close", "refused", "no close"),)


@pytest.mark.parametrize("close", [0.0, -3.0])
def test_a_close_of_zero_or_less_cannot_be_stored(close):
    assert [(note.session, note.rule) for note in storable(altered(close=close))[1]] == [(DAY, "not positive")]


def test_the_first_of_two_bars_of_a_session_is_kept():
    kept, notes = storable(replace(PLAIN, sessions=np.where(np.arange(60) == 41, PLAIN.sessions[40], PLAIN.sessions)))
    assert kept.close[40] == PLAIN.close[40]
    assert [(note.session, note.rule) for note in notes] == [(DAY, "duplicate")]


def test_a_row_after_the_last_completed_session_cannot_be_stored():
    kept, notes = storable(PLAIN, as_date(PLAIN.sessions[57]))
    assert (len(kept), [note.rule for note in notes]) == (58, ["future", "future"])


@pytest.mark.parametrize("name", ["open", "high", "low"])
def test_a_bar_with_a_price_of_zero_or_less_is_quarantined(name):
    assert quarantined(gate(altered(**{name: -1.0}), PLAIN.sessions)) == {DAY: "not positive"}


def test_a_high_below_the_low_is_quarantined():
    close = PLAIN.close[ROW]
    assert quarantined(gate(altered(high=close * 0.99, low=close * 1.01), PLAIN.sessions)) == {DAY: "high below low"}


@pytest.mark.parametrize("close", [PLAIN.high[ROW] * 1.002, PLAIN.low[ROW] * 0.998])
def test_a_close_outside_high_and_low_is_quarantined(close):
    assert quarantined(gate(altered(close=close), PLAIN.sessions)) == {DAY: "close outside"}


@pytest.mark.parametrize("close", [PLAIN.high[ROW] * (1 + 5e-5), PLAIN.low[ROW] * (1 - 5e-5)])
def test_a_close_outside_by_rounding_alone_is_none(close):
    assert not gate(altered(close=close), PLAIN.sessions).notes


def test_a_flat_bar_without_volume_is_a_halt():
    last = PLAIN.close[ROW - 1]
    halted = altered(open=last, high=last, low=last, close=last, volume=0.0)
    assert quarantined(gate(halted, PLAIN.sessions)) == {DAY: "halted"}


def test_a_bar_that_repeats_the_one_before_without_volume_is_a_halt():
    before = {name: getattr(PLAIN, name)[ROW - 1] for name in ("open", "high", "low", "close")}
    assert quarantined(gate(altered(**before, volume=0.0), PLAIN.sessions)) == {DAY: "halted"}


def test_a_fund_that_never_has_volume_is_not_halted_when_its_price_stays():
    flat = {name: np.round(PLAIN.close) for name in ("open", "high", "low", "close")}
    assert not gate(replace(PLAIN, volume=np.zeros(60), **flat), PLAIN.sessions).notes


def test_a_bar_of_a_weekend_is_quarantined():
    saturday = replace(PLAIN, sessions=PLAIN.sessions.copy())
    saturday.sessions[-1] += 1  # the last of sixty weekdays is a Friday
    assert quarantined(gate(saturday, PLAIN.sessions)) == {as_date(saturday.sessions[-1]): "weekend"}
    assert not quarantined(gate(saturday, PLAIN.sessions, weekends=True))


def test_a_bar_of_a_holiday_is_noted_and_used():
    gated = gate(PLAIN, np.delete(PLAIN.sessions, ROW))
    assert [(note.session, note.rule, note.treatment) for note in gated.notes] == [(DAY, "holiday", "noted")]
    assert len(gated.history) == 60


def test_a_session_on_which_sources_differ_is_quarantined():
    assert quarantined(gate(PLAIN, PLAIN.sessions, distrusted=[DAY])) == {DAY: SOURCES_DIFFER}


# --- jumps ---


@pytest.mark.parametrize("ratio", [2, 3, 4, 5, 10, 50, 1.5, 0.5, 0.1, 0.02])
def test_a_level_like_after_a_split_is_set_aside_and_taken_for_a_move_when_it_has_stood_three_sessions(ratio):
    gated = gate(scaled(1 / ratio, slice(ROW, None)), PLAIN.sessions)
    assert quarantined(gated) == {DAY: "split-like", as_date(PLAIN.sessions[ROW + 1]): "split-like"}
    assert as_date(gated.history.sessions[ROW]) == as_date(PLAIN.sessions[ROW + 2])


def test_a_split_that_is_known_is_no_jump():
    split = replace(scaled(0.25, slice(ROW, None)), actions=(Action(DAY, split=4.0),))
    assert not gate(split, PLAIN.sessions, limit=0.3).notes


def test_one_bad_tick_is_set_aside_alone():
    assert quarantined(gate(scaled(0.1, slice(ROW, ROW + 1)), PLAIN.sessions)) == {DAY: "split-like"}


def test_a_fall_by_half_that_was_traded_in_many_times_the_usual_volume_is_a_move():
    crash = scaled(0.5, slice(ROW, None))
    assert not gate(altered(crash, volume=200_000.0), PLAIN.sessions).notes


@pytest.mark.parametrize("factor", [100, 0.01])
def test_another_unit_is_never_taken_for_a_move(factor):
    gated = gate(scaled(factor, slice(ROW, None)), PLAIN.sessions)
    assert set(quarantined(gated).values()) == {"wrong unit"}
    assert gated.last == as_date(PLAIN.sessions[ROW - 1])


def test_a_move_beyond_the_exchanges_limit_is_set_aside():
    moved = scaled(1.73 * PLAIN.close[ROW - 1] / PLAIN.close[ROW], slice(ROW, ROW + 1))
    assert quarantined(gate(moved, PLAIN.sessions, limit=0.3)) == {DAY: "beyond the limit"}
    assert not gate(moved, PLAIN.sessions).notes


def test_a_move_up_to_the_limit_and_its_rounding_is_none():
    moved = scaled(1.302 * PLAIN.close[ROW - 1] / PLAIN.close[ROW], slice(ROW, ROW + 1))
    assert not gate(moved, PLAIN.sessions, limit=0.3).notes


def test_a_fall_within_the_limit_is_a_move_though_it_is_near_a_split():
    moved = scaled(0.72 * PLAIN.close[ROW - 1] / PLAIN.close[ROW], slice(ROW, None))
    assert not gate(moved, PLAIN.sessions, limit=0.3).notes
    assert quarantined(gate(moved, PLAIN.sessions))


def test_words_say_ratio_and_rule():
    (note,) = gate(scaled(0.25, slice(59, 60)), PLAIN.sessions).notes
    assert note.words.startswith("split-like ratio 0.2")
    assert note.words.endswith("without a split")


# --- gaps ---


def test_up_to_three_missing_sessions_are_filled_with_the_close_before_without_volume():
    gated = gate(without([ROW, ROW + 1, ROW + 2, ROW + 3]), PLAIN.sessions)
    filled = gated.history.rows(gated.repaired)
    assert [as_date(day) for day in filled.sessions] == [as_date(day) for day in PLAIN.sessions[ROW : ROW + 3]]
    assert filled.close.tolist() == [PLAIN.close[ROW - 1]] * 3
    assert filled.volume.tolist() == [0.0] * 3
    assert [(note.treatment) for note in gated.notes] == ["repaired"] * 3 + ["noted"]


def test_a_split_within_a_gap_leaves_no_return_in_it():
    split = replace(scaled(0.5, slice(ROW, None)), actions=(Action(as_date(PLAIN.sessions[ROW - 1]), split=2.0),))
    gated = gate(without([ROW - 1], split), PLAIN.sessions)
    returns = log_returns(gated.history)
    assert returns[ROW - 1] == pytest.approx(0)
    assert np.nansum(returns) == pytest.approx(np.nansum(log_returns(PLAIN)))


def test_a_bar_that_is_quarantined_is_not_filled():
    gated = gate(scaled(0.1, slice(ROW, ROW + 1)), PLAIN.sessions)
    assert PLAIN.sessions[ROW] not in gated.history.sessions


def test_a_gap_behind_a_quarantined_bar_is_not_filled():
    gated = gate(without([ROW + 1], scaled(0.1, slice(ROW, ROW + 1))), PLAIN.sessions)
    assert not gated.filled.any()
    assert [(note.session, note.treatment) for note in gated.notes] == [
        (DAY, "quarantined"),
        (as_date(PLAIN.sessions[ROW + 1]), "noted"),
    ]


def test_sessions_after_the_last_row_are_filled_and_its_last_own_bar_is_known():
    gated = gate(PLAIN.rows(slice(0, 58)), PLAIN.sessions)
    assert (gated.filled[-2:].all(), gated.last) == (True, as_date(PLAIN.sessions[57]))


# --- revisions ---


def test_a_later_revision_stands_for_a_quarantined_bar():
    gated = gate(scaled(0.1, slice(ROW, ROW + 1)), PLAIN.sessions, corrections=PLAIN.rows(slice(ROW, ROW + 1)))
    np.testing.assert_array_equal(gated.history.close, PLAIN.close)
    assert np.flatnonzero(gated.repaired).tolist() == [ROW]


def test_a_later_revision_of_a_bar_that_is_well_changes_nothing():
    revision = scaled(1.01, slice(0, None)).rows(slice(ROW, ROW + 1))
    np.testing.assert_array_equal(gate(PLAIN, PLAIN.sessions, corrections=revision).history.close, PLAIN.close)


def test_a_later_revision_that_is_no_better_is_not_used():
    revision = scaled(0.1, slice(0, None)).rows(slice(ROW, ROW + 1))
    gated = gate(scaled(0.1, slice(ROW, ROW + 1)), PLAIN.sessions, corrections=revision)
    assert quarantined(gated) == {DAY: "split-like"}


# --- for people ---


def test_the_same_finding_on_neighbouring_sessions_is_told_once():
    halts = [DataNote(date(2018, 4, 30) + timedelta(days), "halted", "quarantined", "halted") for days in (0, 2, 3)]
    other = DataNote(date(2018, 5, 2), "holiday", "noted", "closed")
    again = replace(halts[0], session=date(2018, 6, 1))
    assert in_words([*halts, other, again]) == (
        "halted (2018-04-30 to 05-03)",
        "closed (2018-05-02)",
        "halted (2018-06-01)",
    )


def test_what_was_found_lately_is_what_was_found_within_five_sessions():
    gated = gate(scaled(0.1, slice(ROW, ROW + 1)), PLAIN.sessions)
    assert "split-like" in (lately(gated, as_date(PLAIN.sessions[ROW + 4])) or "")
    assert lately(gated, as_date(PLAIN.sessions[ROW + 6])) is None


# --- whatever the rows are ---

DAYS = np.busday_offset(np.datetime64("2020-01-01"), np.arange(30), roll="forward").astype("datetime64[D]")
prices = st.sampled_from([10.0, 10.1, 9.9, 10.5, 5.0, 2.0, 20.0, 100.0, 1000.0, 0.1, 13.5, 0.0, -1.0, np.nan])


@st.composite
def any_history(draw):
    days = draw(st.lists(st.integers(0, 45), min_size=1, max_size=30))
    rows = []
    for day in sorted(days):
        close = draw(prices)
        flat = draw(st.booleans())
        rest = [close] * 3 if flat else [draw(st.sampled_from([close, close * 1.01, close * 0.99, np.nan]))] * 3
        if not flat and draw(st.booleans()):
            rest = [close, close * 1.02, close * 0.98]
        rows.append((np.datetime64("2020-01-01") + day, *rest, close, draw(st.sampled_from([0.0, 100.0, 5e3, np.nan]))))
    sessions = np.array([row[0] for row in rows], "datetime64[D]")
    columns = [np.array([row[column] for row in rows], float) for column in range(1, 6)]
    splits = draw(st.lists(st.tuples(st.integers(0, 45), st.sampled_from([2.0, 0.1])), max_size=1))
    actions = tuple(Action(date(2020, 1, 1) + timedelta(day), split=ratio) for day, ratio in splits)
    return History("AAA", sessions, *columns, actions)


limits = st.sampled_from([None, 0.3])


def same_rows(one: History, other: History) -> None:
    for name in ("sessions", "open", "high", "low", "close", "volume"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


@given(any_history(), limits)
def test_no_price_is_invented_and_none_filled_backwards(rows, limit):
    gated = gate(replace(rows, actions=()), DAYS, limit=limit)
    stored = {(day, close) for day, close in zip(rows.sessions.tolist(), rows.close.tolist(), strict=True)}
    before = None
    for day, close, fill in zip(
        gated.history.sessions.tolist(), gated.history.close.tolist(), gated.filled.tolist(), strict=True
    ):
        assert (close == before) if fill else (day, close) in stored
        before = close


@given(any_history(), limits)
def test_order_and_uniqueness_are_kept(rows, limit):
    gated = gate(rows, DAYS, limit=limit)
    assert (gated.history.sessions[1:] > gated.history.sessions[:-1]).all()
    assert len(gated.history) == len(gated.repaired) == len(gated.filled)


@given(any_history(), limits)
def test_every_row_is_used_or_spoken_of(rows, limit):
    gated = gate(rows, DAYS, limit=limit)
    spoken = {note.session for note in gated.notes if note.treatment in ("quarantined", "refused")}
    assert set(rows.sessions.tolist()) <= spoken | set(gated.history.sessions.tolist())


def test_a_level_near_a_hundredth_is_not_taken_for_a_move_by_way_of_another() -> None:
    closes = np.array([1000.0, 13.5, 10.0, 10.0, 10.0])
    none = np.zeros(5)
    rows = History("AAA", DAYS[:5], closes, closes, closes, closes, none)
    once = gate(rows, DAYS)
    assert once.history.close.tolist() == [1000.0]


@given(any_history(), limits)
@settings(max_examples=200, deadline=None)
def test_what_has_passed_passes_again(rows, limit):
    once = gate(rows, DAYS, limit=limit)
    aside = [note.session for note in once.notes if note.treatment == "quarantined" or note.words == "no bar"]
    same_rows(gate(once.history, DAYS, limit=limit, distrusted=aside).history, once.history)


@given(any_history(), limits, st.integers(0, 45))
@settings(max_examples=200, deadline=None)
def test_what_is_said_of_a_row_depends_on_no_row_after_it(rows, limit, day):
    until = date(2020, 1, 1) + timedelta(day)
    known = DAYS[np.datetime64(until) >= DAYS]
    whole, seen = gate(rows, DAYS, limit=limit), gate(rows.upto(until), known, limit=limit)
    same_rows(whole.history.upto(until), seen.history)
    assert tuple(note for note in whole.notes if note.session <= until) == seen.notes


def test_a_hundred_tickers_of_ten_years_are_judged_in_well_under_a_second():
    worlds = [history(f"T{seed}", 2_500, seed=seed) for seed in range(100)]
    began = time.process_time()
    for world in worlds:
        gate(world, world.sessions, limit=0.3)
    assert time.process_time() - began < 1.0  # 0.15 s where it was measured
