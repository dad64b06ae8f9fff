"""The rule above all: no number may know its future. Rows after a random one are altered; nothing up to it moves."""

import functools
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.bars import as_date
from engine.core.budget import Budget
from engine.core.calibration import calibrate_kinds
from engine.core.detect import KINDS
from engine.core.evaluation import garch_fit
from engine.core.evaluation.folds import Plan, folds
from engine.core.evaluation.series import cases, observed
from engine.core.evaluation.walk import Walk, references
from engine.core.features import features
from engine.core.indicators import bollinger, macd, moving_average, rsi
from engine.core.inputs import inputs
from engine.core.judge import verdicts
from engine.core.panel import panel
from engine.core.presets import PRESETS
from engine.core.quality import gate
from engine.core.scored import score
from tests.fakes import fitted_at_random
from tests.worlds import corrupted, history

ROWS = 420
HOW = ("x10", "nan", "random", "removed")
rows = st.integers(300, ROWS - 2)
how = st.sampled_from(HOW)
BUDGET = Budget()
PLAIN = history(rows=ROWS)
LISTED = tuple(history(f"T{seed}", ROWS, seed=seed) for seed in range(3))


def seen(model, preset, listed):
    """A ticker's features with the forecast of a model."""
    return features(listed.history, preset.outlook(model, listed, preset.raw(model, listed, 0)))


def pipeline(preset, histories):
    """From bars to verdicts, through a model trained on all the rows given."""
    model = fitted_at_random(histories, preset)
    known = [seen(model, preset, listed) for listed in panel(histories, ["XNYS"] * len(histories))]
    scored = [score(each, BUDGET) for each in known]
    calibrations = calibrate_kinds(scored, BUDGET)
    return model, known, [list(verdicts(each, calibrations)) for each in scored]


def gated(of, day):
    """The as-of view, judged."""
    known = of.upto(day)
    return gate(known, known.sessions, limit=0.3).history


@given(rows, how, st.integers(0, 3))
@settings(max_examples=25, deadline=None)
def test_what_the_gate_says_of_a_row_is_the_same_whatever_stands_after_it(row, how, missing):
    whole = history(rows=ROWS)
    whole = whole.rows(np.arange(ROWS) % 97 != missing)
    day, calendar = as_date(whole.sessions[row - 10]), history(rows=ROWS).sessions
    first = gate(whole, calendar, limit=0.3)
    second = gate(corrupted(whole, row - 10, how), calendar, limit=0.3)
    for name in ("sessions", "open", "high", "low", "close", "volume"):
        np.testing.assert_array_equal(getattr(first.history.upto(day), name), getattr(second.history.upto(day), name))
    said = [[note for note in each.notes if note.session <= day] for each in (first, second)]
    assert said[0] == said[1]


@pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)
@given(row=rows, how=how)
@settings(max_examples=25, deadline=None)
def test_through_the_as_of_view_everything_is_the_same_to_the_bit(preset, row, how):
    day = as_date(LISTED[0].sessions[row])
    first = pipeline(preset, [gated(each, day) for each in LISTED])
    second = pipeline(preset, [gated(corrupted(each, row, how), day) for each in LISTED])
    assert first[0].record == second[0].record
    assert first[2] == second[2]
    for one, other in zip(first[1], second[1], strict=True):
        for field in fields(one):
            np.testing.assert_array_equal(getattr(one, field.name), getattr(other, field.name))


@pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)
@given(row=rows, how=how)
@settings(max_examples=25, deadline=None)
def test_in_one_pass_over_all_rows_nothing_up_to_a_row_depends_on_later_ones(preset, row, how):
    model, first = of_all_rows(preset)
    second = by_row(model, preset, corrupted(PLAIN, row, how))
    for name, value in first.items():
        one, other = value[: row + 1], second[name][: row + 1]
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-7 if name in _FLOAT32 else 1e-9, err_msg=name)


@functools.cache
def of_all_rows(preset):
    """A model of the plain history's first rows, and what it comes to on all of them."""
    model = fitted_at_random([PLAIN.rows(slice(0, 300))], preset)
    return model, by_row(model, preset, PLAIN)


def by_row(model, preset, of):
    """Every feature and score that has a value a row."""
    known = seen(model, preset, *panel([of], ["XNYS"]))
    values = {field.name: getattr(known, field.name) for field in fields(known) if field.name not in _LEVELS}
    values |= {kind.name: kind.score(known) for kind in KINDS}
    return {name: value for name, value in values.items() if name not in _OF_NO_ROW}


@pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)
@given(row=rows, how=how)
@settings(max_examples=10, deadline=None)
def test_what_the_others_of_a_list_do_later_matters_to_nobody(preset, row, how):
    own, *others = LISTED
    model, first = of_the_list(preset)
    second = of_the_first(model, preset, [own, *(corrupted(each, row, how) for each in others)])
    for one, other in zip(first, second, strict=True):
        np.testing.assert_allclose(one[: row + 1], other[: row + 1], rtol=0, atol=1e-7)


@functools.cache
def of_the_list(preset):
    """A model of the list's first rows, and what it says of its first ticker on all of them."""
    model = fitted_at_random([each.rows(slice(0, 300)) for each in LISTED], preset)
    return model, of_the_first(model, preset, LISTED)


def of_the_first(model, preset, histories):
    """What a model says of the first ticker of a list: mean and quantiles a row."""
    listed = panel(histories, ["XNYS"] * len(histories))
    (known, *_) = preset.outlooks(model, listed, preset.raws(model, listed, [0] * len(histories)))
    return known.mean, known.quantiles


@given(st.integers(0, ROWS - 2), how, st.sampled_from([20, 50]))
@settings(max_examples=25, deadline=None)
def test_an_indicator_at_a_row_is_the_same_to_the_bit_whatever_stands_after_it(row, how, sessions):
    def until_row(close):
        of, bands = macd(close), bollinger(close, sessions)
        averages = (moving_average(close, sessions), bands.lower, bands.upper)
        values = (rsi(close), of.line, of.signal, of.histogram, *averages)
        return np.stack([each[: row + 1] for each in values])

    np.testing.assert_array_equal(until_row(PLAIN.close), until_row(corrupted(PLAIN, row, how).close))


_OF_NO_ROW = ("symbol", "sessions", "horizons", "windows")

_LEVELS = ("close",)
"""Levels are as of the last row by design."""

_FLOAT32 = ("mean", "ahead", "predicted_reversal", "forecast_surprise")
"""The network runs in float32."""


WALK = Plan(refit=90, validation=30, calibration=30, least_train=240)


def walked(histories):
    """A list and its folds."""
    seen = tuple(observed(each) for each in histories)
    listed = panel(histories, ["XNYS"] * len(histories))
    return Walk(listed, seen, inputs(listed), cases(seen), folds(LISTED[0].sessions, WALK))


@functools.cache
def walked_plainly():
    """The plain list and its folds."""
    return walked(LISTED)


def evaluated(whole, day):
    """What every baseline says after a session of its test block, and what it will be measured with."""
    fold = next(fold for fold in whole.folds if fold.test.made(np.array([day]))[0])
    asked = whole.asked(fold)
    asked = asked.rows(asked.made_at <= day)
    models = dict(zip(asked.symbols, map(garch_fit.fit, whole.before_test(fold)), strict=True))
    return references(whole, fold, asked, models)


@given(st.integers(320, ROWS - 2), how)
@settings(max_examples=15, deadline=None)
def test_what_a_baseline_says_after_a_session_and_is_measured_with_does_not_depend_on_later_rows(row, how):
    day = LISTED[0].sessions[row]
    plain = evaluated(walked_plainly(), day)
    other = evaluated(walked([corrupted(each, row, how) for each in LISTED]), day)
    for name, said in other.items():
        # rows whose answer was made NaN or removed are no cases any more; of the others only the answer may differ
        first = plain[name].rows(still_there(plain[name].cases, said.cases))
        np.testing.assert_array_equal(first.mean, said.mean, err_msg=name)
        np.testing.assert_array_equal(first.quantiles, said.quantiles, err_msg=name)
        for field in fields(said.cases):
            if field.name != "realised":
                np.testing.assert_array_equal(getattr(first.cases, field.name), getattr(said.cases, field.name))


def still_there(of, others):
    keys = set(zip(others.symbol, others.made_at.tolist(), others.horizon.tolist(), strict=True))
    return np.array([key in keys for key in zip(of.symbol, of.made_at.tolist(), of.horizon.tolist(), strict=True)])
