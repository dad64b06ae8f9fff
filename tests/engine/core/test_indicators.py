"""The indicators against TA-Lib, whose arithmetic traders know."""

from dataclasses import astuple

import numpy as np
import pytest
import talib
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.indicators import bollinger, indicators, macd, moving_average, rsi
from tests.worlds import history

SERIES = ("rsi", "line", "signal", "histogram", "ma20", "ma50")
lengths, seeds = st.integers(0, 700), st.integers(0, 1_000)
scales = st.sampled_from([1e-4, 1.0, 1_400.0])
"""From a coin of a fraction of a cent to a share in won."""


def series(close):
    of = macd(close)
    values = (rsi(close), of.line, of.signal, of.histogram, moving_average(close, 20), moving_average(close, 50))
    return dict(zip(SERIES, values, strict=True))


def by_talib(close):
    values = (talib.RSI(close, 14), *talib.MACD(close, 12, 26, 9), talib.SMA(close, 20), talib.SMA(close, 50))
    return dict(zip(SERIES, values, strict=True))


def closes(rows, seed=0):
    return history("AAA", rows, seed=seed).close if rows else np.empty(0)


@given(lengths, seeds, scales)
@settings(deadline=None)
def test_every_series_is_the_one_of_talib(rows, seed, scale):
    close = closes(rows, seed) * scale
    for name, expected in (by_talib(close) if rows else {}).items():
        np.testing.assert_allclose(series(close)[name], expected, rtol=0, atol=1e-9, err_msg=name)


def test_ten_years_on_the_series_are_still_those_of_talib():
    close = closes(2_600) * 1_400
    for name, expected in by_talib(close).items():
        np.testing.assert_allclose(series(close)[name], expected, rtol=0, atol=1e-9, err_msg=name)


@given(lengths, seeds, scales)
@settings(deadline=None)
def test_the_bands_are_those_of_talib_as_far_as_its_running_sums_of_squares_go(rows, seed, scale):
    close = closes(rows, seed) * scale
    upper, _, lower = talib.BBANDS(close, 20) if rows else (close,) * 3
    bands = bollinger(close)
    np.testing.assert_allclose(bands.lower, lower, rtol=1e-9)
    np.testing.assert_allclose(bands.upper, upper, rtol=1e-9)


def test_the_bands_of_a_window_hold_what_its_own_closes_say():
    close = closes(60)
    bands, window = bollinger(close), close[31:51]
    assert bands.upper[50] == pytest.approx(window.mean() + 2 * window.std())
    assert bands.lower[50] == pytest.approx(window.mean() - 2 * window.std())
    assert np.isnan(bands.upper[:19]).all()


@given(lengths, st.integers(0, 699))
@settings(deadline=None)
def test_a_close_that_is_missing_is_left_out_and_nothing_later_notices(rows, missing):
    close = closes(rows)
    holed = np.insert(close, min(missing, rows), np.nan)
    for name, expected in series(close).items():
        np.testing.assert_array_equal(series(holed)[name], np.insert(expected, min(missing, rows), np.nan))


def test_where_nothing_has_moved_the_rsi_says_neither():
    assert rsi(np.full(30, 70_000.0))[-1] == 50


@pytest.mark.parametrize(("factor", "expected"), [(1.01, 100), (0.99, 0)])
def test_where_it_only_rose_or_fell_the_rsi_is_at_its_end(factor, expected):
    assert rsi(100 * factor ** np.arange(40.0))[-1] == expected


def test_the_last_values_are_those_of_the_series():
    close = closes(120)
    last = [series(close)[name][-1] for name in ("rsi", "line", "signal", "ma20", "ma50")]
    assert list(astuple(indicators(close))) == last


def test_what_has_too_few_sessions_is_none():
    assert astuple(indicators(closes(20)))[1:] == (None, None, indicators(closes(20)).ma20, None)
