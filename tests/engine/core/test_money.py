"""What holdings are worth."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.money import Position, Rate, position, rate_of, rate_symbol, through_dollar, total, unit_of

amounts = st.floats(0.01, 1e6)
rates = st.floats(1e-4, 1e4)


def held(shares=10.0, cost=90.0, price=100.0, *, currency="USD", account="USD", rate=None):
    return position(shares, cost, price, currency=currency, account=account, rate=rate)


@pytest.mark.parametrize(
    ("quoted", "unit"),
    [("GBp", ("GBP", 100)), ("GBX", ("GBP", 100)), ("ZAc", ("ZAR", 100)), ("ILA", ("ILS", 100)), ("KRW", ("KRW", 1))],
)
def test_hundredths_are_told_from_whole_units(quoted, unit):
    assert unit_of(quoted) == unit


def test_value_and_profit_are_shares_times_price_and_price_less_cost():
    assert held() == Position(1_000.0, 100.0, pytest.approx(100 / 9))


def test_won_are_worth_what_the_rate_says_in_dollars():
    worth = held(100.0, 60_000.0, 66_000.0, currency="KRW", rate=0.0007)
    assert (worth.value, worth.pnl, worth.pnl_pct) == pytest.approx((4_620.0, 420.0, 10.0))


@pytest.mark.parametrize("missing", ["shares", "price"])
@pytest.mark.parametrize("value", [None, math.nan, math.inf])
def test_without_shares_or_a_price_nothing_is_made_up(missing, value):
    assert held(**{missing: value}) == Position()


def test_without_a_cost_there_is_a_value_and_no_profit():
    assert held(cost=None) == Position(1_000.0, None, None)


def test_without_a_rate_there_is_a_profit_in_per_cent_alone():
    worth = held(currency="KRW", rate=None)
    assert (worth.value, worth.pnl) == (None, None)
    assert worth.pnl_pct == pytest.approx(100 / 9)


def test_without_an_account_the_value_stays_in_its_own_currency():
    assert held(currency="KRW", account="").value == 1_000.0


def test_shares_sold_short_gain_when_the_price_falls():
    worth = held(-10.0, 100.0, 90.0)
    assert (worth.value, worth.pnl, worth.pnl_pct) == pytest.approx((-900.0, 100.0, 10.0))


@given(amounts, amounts, rates)
def test_no_move_is_no_profit(shares, price, rate):
    worth = held(shares, price, price, currency="KRW", rate=rate)
    assert (worth.pnl, worth.pnl_pct) == (0.0, 0.0)


@given(amounts, amounts, amounts, rates)
def test_there_and_back_is_the_same_amount(shares, cost, price, rate):
    there = held(shares, cost, price, currency="KRW", account="USD", rate=rate)
    back = held(1.0, None, there.value, currency="USD", account="KRW", rate=1 / rate)
    assert back.value == pytest.approx(shares * price)


@given(amounts, amounts, amounts)
def test_pence_are_a_hundredth_of_pounds(shares, cost, price):
    pence = held(shares, cost, price, currency="GBp", account="GBP")
    pounds = held(shares, cost / 100, price / 100, currency="GBP", account="GBP")
    assert (pence.value, pence.pnl) == pytest.approx((pounds.value, pounds.pnl), rel=1e-9, abs=1e-6)


@pytest.mark.parametrize(
    ("currency", "account", "symbol"),
    [
        ("KRW", "USD", "KRWUSD=X"),
        ("GBp", "EUR", "GBPEUR=X"),
        ("GBp", "GBP", None),
        ("USD", "", None),
        ("", "USD", None),
    ],
)
def test_the_rate_that_is_needed_has_a_symbol(currency, account, symbol):
    assert rate_symbol(currency, account) == symbol


def test_a_rate_that_nobody_has_goes_through_the_dollar():
    assert through_dollar("KRW", "EUR") == ("KRWUSD=X", "USDEUR=X")
    assert through_dollar("KRW", "USD") == ()


def test_the_direct_rate_comes_first_then_its_inverse_then_the_dollar():
    legs = {"KRWUSD=X": Rate(0.001, 5.0), "EURUSD=X": Rate(1.25, 3.0)}
    assert rate_of("KRW", "EUR", legs) == Rate(pytest.approx(0.0008), 3.0)
    inverse = {"EURKRW=X": Rate(1_600.0, 7.0)}
    assert rate_of("KRW", "EUR", legs | inverse) == Rate(1 / 1_600, 7.0)
    assert rate_of("KRW", "EUR", legs | inverse | {"KRWEUR=X": Rate(0.0007, 9.0)}) == Rate(0.0007, 9.0)


@pytest.mark.parametrize("value", [0.0, -1.0, math.nan, math.inf])
def test_a_rate_that_is_none_is_not_used(value):
    assert rate_of("KRW", "USD", {"KRWUSD=X": Rate(value, 1.0)}) is None


@given(rates, rates)
def test_rates_there_and_back_cancel(first, second):
    known = {"KRWUSD=X": Rate(first, 1.0), "USDEUR=X": Rate(second, 1.0)}
    there, back = rate_of("KRW", "EUR", known), rate_of("EUR", "KRW", known)
    assert there.value * back.value == pytest.approx(1.0)


def test_a_total_names_what_it_leaves_out():
    held = [("A", Position(10.0, 1.0, 11.0)), ("B", Position(5.0)), ("C", Position(None, None, 3.0))]
    whole = total(held)
    assert (whole.value, whole.pnl, whole.left_out) == (15.0, 1.0, ("C",))


def test_a_total_without_a_single_cost_has_no_profit():
    assert total([("A", Position(10.0))]).pnl is None
