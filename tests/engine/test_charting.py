"""What is drawn with a chart's bars: series rounded to what can be seen, and forecasts as they were made."""

from datetime import date, timedelta
from math import exp

import numpy as np
import pytest

from engine.charting import overlays, past_forecasts
from engine.core.forecast import Vintage
from engine.core.indicators import bollinger, macd, moving_average, rsi
from tests.worlds import history

CLOSE = history("AAA", 200, seed=1).close
SESSIONS = np.arange(np.datetime64("2024-01-01"), np.datetime64("2024-01-11"))
PRICES = np.linspace(100.0, 109.0, 10)


def vintage(row, model=1, low=-0.05, high=0.05, ahead=1):
    day = date(2024, 1, 1) + timedelta(days=row)
    target = day + timedelta(days=ahead)
    return Vintage(model, "AAA", day, target, 1, 0.0, (low, -0.01, 0.0, 0.01, high))


def test_overlays_are_the_indicators_of_the_bars_shown_with_all_before_them_known():
    of = overlays(CLOSE, 100)
    span = np.ptp(CLOSE[100:])
    expected = {"ma20": moving_average(CLOSE, 20), "ma50": moving_average(CLOSE, 50)}
    expected |= {"lower": bollinger(CLOSE).lower, "upper": bollinger(CLOSE).upper}
    for name, values in expected.items():
        np.testing.assert_allclose(getattr(of, name), values[100:], atol=span / 2000)
    np.testing.assert_allclose(of.rsi14, rsi(CLOSE)[100:], atol=0.05)
    np.testing.assert_allclose(of.macd, macd(CLOSE).line[100:], atol=span / 2000)
    np.testing.assert_allclose(of.macd_signal, macd(CLOSE).signal[100:], atol=span / 2000)


def test_a_value_takes_no_more_digits_than_can_be_drawn():
    assert all(len(repr(value)) <= 9 for value in overlays(CLOSE * 1_000).ma20 if value is not None)


def test_where_there_are_too_few_bars_nothing_is_made_up():
    of = overlays(CLOSE[:25])
    assert of.ma20[:19] == (None,) * 19
    assert of.ma20[19] is not None
    assert set(of.ma50) == set(of.macd_signal) == {None}


@pytest.mark.parametrize("close", [np.empty(0), np.full(60, 5.0), np.full(3, np.nan)])
def test_flat_prices_and_none_at_all_can_be_drawn(close):
    assert len(overlays(close).ma20) == len(close)


def test_a_past_forecast_is_in_prices_from_the_close_it_was_made_at():
    (of,) = past_forecasts([vintage(3)], SESSIONS, PRICES)
    assert of.session == date(2024, 1, 5)
    assert (of.q05, of.q95) == pytest.approx((103 * exp(-0.05), 103 * exp(0.05)))


def test_of_one_session_the_newest_model_speaks():
    (of,) = past_forecasts([vintage(3), vintage(3, model=2, low=-0.5)], SESSIONS, PRICES)
    assert of.q05 == pytest.approx(103 * exp(-0.5))


def test_what_is_still_to_come_or_before_the_range_is_left_out():
    every = [vintage(row) for row in range(10)]
    assert [of.session.day for of in past_forecasts(every, SESSIONS, PRICES, 7)] == [8, 9, 10]


def test_a_forecast_for_a_day_that_was_no_session_or_of_no_number_is_left_out():
    assert past_forecasts([vintage(3, ahead=40), vintage(4, low=float("nan"))], SESSIONS, PRICES) == ()
