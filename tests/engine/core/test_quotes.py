"""Which levels a price reaches, and which quotes are believed."""

import math
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.quotes import Levels, Quote, change_pct, crossed
from engine.core.ticks import Ticks, daily_limit, suspicious

SESSION = date(2026, 10, 26)
NO_PRICES = [math.nan, math.inf, -math.inf, 0.0, -1.0]
prices = st.integers(1, 400).map(lambda cents: cents / 4)
levels = st.builds(Levels, st.none() | prices, st.none() | prices, st.none() | st.integers(1, 300).map(float))


def fired(price, levels, *, before=None, close=None, phase="regular"):
    quote = Quote("AAPL", price, 1.0, phase)
    return crossed(quote, SESSION, levels, before=before, previous_close=close, money=lambda value: f"{value:,.2f}")


def rules(*args, **kwargs):
    return [alarm.rule for alarm in fired(*args, **kwargs)]


def test_a_price_that_passes_a_level_from_below_says_so_in_words():
    (alarm,) = fired(231.4, Levels(above=230), before=229.9, phase="pre")
    assert alarm.words == "AAPL reached 231.40, above your 230 (pre-market)"
    assert (alarm.rule, alarm.level, alarm.price, alarm.session, alarm.at) == ("above", 230, 231.4, SESSION, 1.0)


def test_a_price_that_falls_to_a_level_says_so_in_words():
    (alarm,) = fired(200.0, Levels(below=200), before=201.0, phase="post")
    assert alarm.words == "AAPL reached 200.00, below your 200 (after hours)"


def test_a_move_counts_from_the_close_before_either_way():
    (alarm,) = fired(95.0, Levels(move=5), before=95.1, close=100.0)
    assert alarm.words == "AAPL reached 95.00, −5.00 % from the close, past your 5 %"
    assert rules(105.0, Levels(move=5), close=100.0) == ["move"]
    assert rules(104.99, Levels(move=5), close=100.0) == []


def test_the_first_quote_of_a_session_comes_from_the_close_before():
    assert rules(231.0, Levels(above=230), close=229.0) == ["above"]
    assert rules(231.0, Levels(above=230), close=230.0) == []


def test_the_first_quote_ever_crosses_nothing():
    assert rules(231.0, Levels(above=230, below=240, move=1)) == []


def test_a_price_beyond_its_level_that_does_not_cross_it_is_silent():
    assert rules(235.0, Levels(above=230), before=231.0, close=229.0) == []


@given(levels, prices, st.sampled_from(NO_PRICES))
def test_what_is_no_price_reaches_nothing(levels, close, price):
    assert fired(price, levels, before=close, close=close) == ()


@given(levels, prices, st.sampled_from(NO_PRICES))
def test_what_is_no_price_is_no_price_before_either(levels, price, nothing):
    assert fired(price, levels, before=nothing, close=nothing) == ()


@given(levels, prices, prices)
def test_a_level_fires_only_where_it_lies_between_the_two_prices(levels, before, price):
    for alarm in fired(price, levels, before=before):
        assert min(before, price) <= alarm.level <= max(before, price)
        assert before != price


@given(levels, prices)
def test_a_price_that_stands_still_fires_nothing(levels, price):
    assert fired(price, levels, before=price, close=price) == ()


@given(prices, st.lists(prices, min_size=1))
def test_a_level_above_is_crossed_in_a_session_exactly_if_the_path_ever_goes_from_below_to_it(close, path):
    level = Levels(above=50.0)
    steps = list(pairwise([close, *path]))
    seen = [bool(fired(price, level, before=before, close=close)) for before, price in steps]
    assert any(seen) == any(before < 50.0 <= price for before, price in steps)
    assert any(seen) == (min(close, *path) < 50.0 and any(p >= 50.0 for p in _after_first_below([close, *path])))


def _after_first_below(path):
    first = next((place for place, price in enumerate(path) if price < 50.0), len(path))
    return path[first:]


@given(levels, prices, st.lists(prices, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_which_moves_fire_does_not_depend_on_the_order_of_the_quotes(levels, close, path, chance):
    only_move = Levels(move=levels.move)
    shuffled = chance.sample(path, len(path))

    def first(of):
        return {alarm.level for price in of for alarm in fired(price, only_move, close=close)}

    assert first(path) == first(shuffled)


def test_a_level_of_large_won_prices_is_written_out_in_full():
    (alarm,) = fired(1_234_568.0, Levels(above=1_234_567), before=1.0)
    assert "above your 1,234,567" in alarm.words


def test_a_change_is_free_of_the_error_of_floats():
    assert change_pct(105.0, 100.0) == 5.0


# --- which quotes are believed ---


def take(ticks, price, at, *, close=100.0, limit=None, now=1_000.0):
    return ticks.take(Quote("AAPL", price, at), now=now, close=close, limit=limit)


@pytest.mark.parametrize("price", NO_PRICES)
def test_a_quote_that_is_no_price_is_dropped_and_counted(price):
    ticks = Ticks()
    assert not take(ticks, price, 1.0)
    assert ticks.dropped == {"no price": 1}


@pytest.mark.parametrize("at", [4.0, 5.0])
def test_a_quote_that_is_not_newer_is_dropped(at):
    ticks = Ticks()
    assert take(ticks, 100.0, 5.0)
    assert not take(ticks, 101.0, at)
    assert ticks.newest["AAPL"].price == 100.0


def test_a_quote_from_the_far_future_does_not_block_those_after_it():
    ticks = Ticks()
    assert not take(ticks, 100.0, 1e12)
    assert take(ticks, 100.0, 5.0)


def test_a_bad_tick_is_held_back_and_forgotten_when_the_next_quote_is_sound():
    ticks = Ticks()
    assert not take(ticks, 1_000.0, 1.0)
    assert take(ticks, 101.0, 2.0)
    assert not take(ticks, 1_000.0, 3.0)
    assert ticks.dropped == {"bad tick": 2}


def test_a_jump_is_believed_once_a_later_quote_confirms_it_and_then_stays_believed():
    ticks = Ticks()
    assert not take(ticks, 600.0, 1.0)
    assert take(ticks, 590.0, 2.0)
    assert take(ticks, 610.0, 3.0)


def test_a_bad_tick_sent_twice_does_not_confirm_itself():
    ticks = Ticks()
    assert not take(ticks, 600.0, 1.0)
    assert not take(ticks, 600.0, 1.0)


def test_a_quote_beyond_the_limit_of_its_exchange_is_suspicious():
    limit = daily_limit("XKRX")
    assert suspicious(131.0, 100.0, limit)
    assert not suspicious(130.0, 100.0, limit)
    assert not suspicious(131.0, 100.0, daily_limit("XNYS"))


def test_a_limit_is_one_against_the_close_and_not_against_another_price_of_the_day():
    ticks = Ticks()
    assert take(ticks, 75.0, 1.0, close=None, limit=0.3)
    assert take(ticks, 125.0, 2.0, close=None, limit=0.3)
    assert not take(ticks, 140.0, 3.0, close=100.0, limit=0.3)


@given(prices, prices)
def test_without_a_limit_a_fivefold_price_is_suspicious_either_way(price, close):
    assert (
        suspicious(price, close, None)
        == suspicious(1 / price, 1 / close, None)
        == (max(price / close, close / price) > 5)
    )


@given(st.lists(st.tuples(prices, st.integers(1, 20)), max_size=30))
def test_the_newest_quote_never_gets_older(told):
    ticks, newest = Ticks(), 0.0
    for price, at in told:
        take(ticks, price, float(at))
        now = ticks.newest["AAPL"].time if ticks.newest else 0.0
        assert now >= newest
        newest = now


def test_symbols_no_longer_wanted_are_forgotten():
    ticks = Ticks()
    take(ticks, 100.0, 1.0)
    ticks.keep(set())
    assert not ticks.newest
