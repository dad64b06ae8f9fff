"""Symbols: their normal form, their exchange, their currency."""

import doctest

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core import symbols
from engine.core.symbols import exchange_name, exchange_of, exchange_zone, exchanges, normal, quoted_in

written = st.one_of(
    st.text(max_size=20),
    st.from_regex(r"[A-Za-z0-9^]{1,6}[./=:-]?[A-Za-z0-9]{0,6}", fullmatch=True),
    st.from_regex(r"(NASDAQ:|NYSE:|KRX:|A)?[A-Z0-9]{1,6}([./][A-Z]{1,3})?", fullmatch=True),
)


def test_the_examples_hold() -> None:
    assert doctest.testmod(symbols).failed == 0


@settings(deadline=None)
@given(written)
def test_the_normal_form_of_a_normal_form_is_itself(text: str) -> None:
    once, _ = normal(text)
    assert normal(once) == (once, None)


@settings(deadline=None)
@given(written)
def test_a_change_beyond_case_and_spaces_is_explained(text: str) -> None:
    once, words = normal(text)
    assert (words is None) == (once == text.strip().upper())


@pytest.mark.parametrize(
    ("given_", "yahoo"),
    [
        ("aapl", "AAPL"),
        (" BF.B ", "BF-B"),
        ("BRK/B", "BRK-B"),
        ("BRK-B", "BRK-B"),
        ("NYSE:BRK.B", "BRK-B"),
        ("NASDAQ:MSFT", "MSFT"),
        ("A005930", "005930.KS"),
        ("KRX:000660", "000660.KS"),
        ("035720.kq", "035720.KQ"),
        ("EURUSD", "EURUSD=X"),
        ("USD/KRW", "USDKRW=X"),
        ("ETH/KRW", "ETH-KRW"),
        ("GOOGLE", "GOOGLE"),
        ("7203.T", "7203.T"),
        ("RIO.L", "RIO.L"),
        ("MC.PA", "MC.PA"),
        ("GC=F", "GC=F"),
        ("^GSPC", "^GSPC"),
    ],
)
def test_only_what_is_certain_is_changed(given_: str, yahoo: str) -> None:
    assert normal(given_)[0] == yahoo


@pytest.mark.parametrize(
    ("symbol", "exchange"),
    [
        ("^GSPC", "XNYS"),
        ("^KS11", "XKRX"),
        ("^KQ11", "XKRX"),
        ("^N225", "XTKS"),
        ("^FTSE", "XLON"),
        ("^GDAXI", "XETR"),
        ("^HSI", "XHKG"),
        ("BTC-USD", "24/7"),
        ("eth-krw", "24/7"),
        ("EURUSD=X", "24/5"),
        ("GC=F", "24/5"),
        ("BRK-B", "XNYS"),
        ("BAC-PL", "XNYS"),
        ("RY.TO", "XTSE"),
    ],
)
def test_every_kind_of_symbol_has_its_sessions(symbol: str, exchange: str) -> None:
    assert exchange_of(symbol) == exchange


@settings(deadline=None)
@given(written)
def test_every_symbol_has_an_exchange_with_a_name_and_a_zone(text: str) -> None:
    exchange = exchange_of(text)
    assert exchange in exchanges()
    assert exchange_zone(exchange)
    assert exchange_name(exchange)


def test_a_coin_priced_in_a_coin_names_no_currency() -> None:
    assert quoted_in("ETH-BTC") == ""
