"""Values as text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import format as say

MONDAY_OPEN = 1_795_564_800.0
"""2026-11-25 00:00 UTC, 09:00 in Seoul."""


@pytest.mark.parametrize(
    ("value", "currency", "text"),
    [
        (71_200.0, "KRW", "71,200"),
        (2_431.5, "JPY", "2,432"),
        (131.424, "USD", "131.42"),
        (742.4, "GBp", "742.4p"),
        (742.45, "GBX", "742.45p"),
        (742.0, "GBp", "742.0p"),
        (0.5, "USD", "0.5000"),
        (0.0000123456, "USD", "0.00001235"),
        (98_765.4321, "USD", "98,765.43"),
        (0.0, "USD", "0.00"),
        (-3.5, "USD", "−3.50"),
        (None, "GBp", "·"),
    ],
)
def test_a_price_has_its_currencys_own_decimals(value: float | None, currency: str, text: str) -> None:
    assert say.money(value, currency) == text


@pytest.mark.parametrize(
    ("value", "symbol", "text"),
    [(1.08374, "EURUSD=X", "1.0837"), (151.234, "JPY=X", "151.23"), (0.92345, "EUR=X", "0.92345"), (10.0, "T", "10")],
)
def test_an_exchange_rate_keeps_five_digits(value: float, symbol: str, text: str) -> None:
    assert say.price(value, "JPY", symbol) == text


@pytest.mark.parametrize(
    ("code", "words"), [("GBp", "pence"), ("GBX", "pence"), ("KRW", "won"), ("USD", "US dollars"), ("XYZ", "XYZ")]
)
def test_a_currency_is_named_as_it_is_quoted(code: str, words: str) -> None:
    assert say.unit_words(code) == words


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (983.0, "983"),
        (999.7, "1.00 k"),
        (12_345.0, "12.3 k"),
        (999_600.0, "1.00 M"),
        (1_240_000.0, "1.24 M"),
        (-71_200_000.0, "−71.2 M"),
        (3.2e12, "3.20 T"),
        (None, "·"),
    ],
)
def test_a_large_amount_takes_three_digits(value: float | None, text: str) -> None:
    assert say.compact(value) == text


@given(st.floats(-1e15, 1e15))
def test_a_compact_amount_is_right_to_half_a_per_cent(value: float) -> None:
    digits, _, letter = say.compact(value).partition(" ")
    size = {"": 1.0, "k": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}[letter]
    read = float(digits.replace("−", "-").replace(",", "")) * size
    assert read == pytest.approx(value, rel=0.0051, abs=0.5)


@given(st.floats(1e-9, 0.999), st.sampled_from(["USD", "KRW", "EUR"]))
def test_a_small_price_is_never_shown_as_nothing(value: float, currency: str) -> None:
    assert float(say.money(value, currency)) == pytest.approx(value, rel=0.001)


@pytest.mark.parametrize(
    ("seconds", "text"), [(-5, "<1m"), (59, "<1m"), (60, "1m"), (5280, "1h28m"), (7199, "1h59m"), (200_000, "2 d")]
)
def test_a_countdown_steps_with_the_minutes(seconds: float, text: str) -> None:
    assert say.countdown(seconds) == text


def test_a_moment_stands_on_the_exchanges_clock() -> None:
    assert say.moment(MONDAY_OPEN, "Asia/Seoul", MONDAY_OPEN - 600) == "09:00"
    assert say.moment(MONDAY_OPEN, "Asia/Seoul", MONDAY_OPEN - 86_400) == "09:00 Wed"
    assert say.moment(MONDAY_OPEN, "America/New_York", MONDAY_OPEN) == "19:00"


@pytest.mark.parametrize("zone", ["", "Nowhere/Atlantis", "../etc/passwd"])
def test_a_zone_that_is_not_known_is_said_to_be_utc(zone: str) -> None:
    assert say.moment(MONDAY_OPEN, zone, MONDAY_OPEN) == "00:00 UTC"


def test_korean_names_are_measured_in_cells() -> None:
    assert say.fit("삼성전자", 10) == "삼성전자  "
    assert say.fit("삼성전자", 6) == "삼성…" + " "
    assert say.width(say.fit("SK하이닉스", 7, right=True)) == 7
