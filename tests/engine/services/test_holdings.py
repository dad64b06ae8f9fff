"""Rows with their live price and what is held of them."""

from datetime import date

import pytest

from engine.core.money import Rate
from engine.core.quotes import DayBar, Priced, Quote
from engine.ports import List, Ticker
from engine.protocol import Row
from engine.services.holdings import filled, rate_symbols, with_quote

FRIDAY, MONDAY = date(2026, 10, 23), date(2026, 10, 26)
AAPL = Ticker("AAPL", shares=10, cost=200.0)
SAMSUNG = Ticker("005930.KS", shares=100, cost=60_000.0)
ROWS = (
    Row("AAPL", currency="USD", session=FRIDAY, close=220.0),
    Row("005930.KS", currency="KRW", session=FRIDAY, close=66_000.0),
)


def priced(price=231.0, day=MONDAY, phase="regular", close=220.0):
    return Priced(Quote("AAPL", price, 5.0, phase), day, close)


def row(quote, ticker=AAPL):
    return with_quote(ROWS[0], quote, ticker, "USD", {})


def listed(*tickers, currency="USD"):
    return List("mine", "mine", tickers, currency=currency)


def none(symbol):
    return None


def test_a_row_shows_a_newer_quote_its_phase_and_its_change_from_the_close_before():
    seen = row(priced(phase="pre"))
    assert (seen.price, seen.price_at, seen.phase, seen.price_change_pct) == (231.0, 5.0, "pre", 5.0)
    assert seen.close == 220.0


@pytest.mark.parametrize(
    ("day", "phase", "shown"),
    [
        (FRIDAY, "pre", False),
        (FRIDAY, "regular", False),
        (FRIDAY, "post", True),
        (MONDAY, "pre", True),
        (MONDAY, "regular", True),
    ],
)
def test_a_quote_is_shown_only_if_it_is_newer_than_the_close(day, phase, shown):
    assert (row(priced(day=day, phase=phase)).price is not None) == shown


def test_a_holding_is_worth_its_newest_price():
    seen = row(priced())
    assert (seen.shares, seen.value, seen.pnl, seen.pnl_pct) == pytest.approx((10, 2_310.0, 310.0, 15.5))


def test_without_a_newer_quote_a_holding_is_worth_its_close():
    assert row(None).value == 2_200.0
    assert row(priced(300.0, FRIDAY)).value == 2_200.0


def test_on_a_splits_morning_a_holding_is_worth_its_close_in_the_shares_of_that_morning():
    after_four_to_one = DayBar("AAPL", FRIDAY, 1.0, 56.0, 54.0, 55.0, 54.5)
    rows, sum_ = filled(listed(Ticker("AAPL", shares=40, cost=50.0)), ROWS[:1], none, {}, lambda _: after_four_to_one)
    assert (rows[0].value, rows[0].pnl, rows[0].close, sum_.value) == (2_200.0, 200.0, 220.0, 2_200.0)


def test_a_close_of_another_session_than_the_rows_is_not_what_a_holding_is_worth():
    thursday = DayBar("AAPL", date(2026, 10, 22), 1.0, 56.0, 54.0, 55.0, 54.5)
    rows, _ = filled(listed(AAPL), ROWS[:1], none, {}, lambda _: thursday)
    assert rows[0].value == 2_200.0


def test_a_row_that_is_not_held_has_no_value():
    seen = row(priced(), Ticker("AAPL"))
    assert (seen.shares, seen.value, seen.pnl, seen.pnl_pct) == (None, None, None, None)


def test_the_sum_is_in_the_accounts_currency_with_the_age_of_its_rate():
    rows, sum_ = filled(listed(AAPL, SAMSUNG), ROWS, none, {"KRWUSD=X": Rate(0.0007, 77.0)})
    assert (sum_.currency, sum_.left_out, sum_.rate_at) == ("USD", (), 77.0)
    assert sum_.value == pytest.approx(2_200 + 4_620) == pytest.approx(sum(each.value for each in rows))
    assert sum_.pnl == pytest.approx(200 + 420)


def test_what_has_no_rate_is_left_out_of_the_sum_and_named():
    _, sum_ = filled(listed(AAPL, SAMSUNG), ROWS, none, {})
    assert (sum_.value, sum_.pnl, sum_.left_out, sum_.rate_at) == (2_200.0, 200.0, ("005930.KS",), None)


def test_without_an_account_holdings_of_one_currency_are_summed_and_of_two_are_not():
    assert filled(listed(AAPL, currency=""), ROWS, none, {})[1].currency == "USD"
    assert filled(listed(AAPL, SAMSUNG, currency=""), ROWS, none, {})[1] is None


def test_a_list_without_holdings_has_no_sum():
    assert filled(listed(Ticker("AAPL")), ROWS, none, {})[1] is None


def test_a_list_needs_the_rates_of_what_it_holds_in_other_currencies():
    currencies = {"AAPL": "USD", "005930.KS": "KRW", "VOD.L": "GBp"}
    held = listed(AAPL, SAMSUNG, Ticker("VOD.L"))
    assert rate_symbols(held, currencies) == ("KRWUSD=X",)


def test_a_rate_the_source_does_not_know_is_made_of_two():
    held = listed(SAMSUNG, currency="EUR")
    assert rate_symbols(held, {"005930.KS": "KRW"}, {"KRWEUR=X"}) == ("KRWUSD=X", "USDEUR=X")
