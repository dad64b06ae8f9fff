"""The filter line: what is read, what is refused and in which words, and what it shows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.protocol import Row
from tests.tui import data, market
from tests.tui.data import NOW
from tui.conditions import Words
from tui.expression import Fault, Unreadable, compared, fault_of, is_expression, parsed
from tui.facts import BY_NAME, FACTS
from tui.unfinished import beginning

ROWS = (
    data.row("AAPL", rarity_days=310.0, momentum_state="bull", tier="alert", exchange="XNYS", group="phones"),
    data.row("GOOG", rarity_days=21.0, momentum_state="bear", tier="watch", exchange="XNYS", group="search"),
    data.row("IBM", momentum_state="correction", exchange="XNYS"),
    data.row("005930.KS", "삼성전자", currency="KRW", exchange="XKRX", close=71_200.0, rarity_days=59.0),
    market.held(data.row("MSFT", momentum_state="bull"), 100, -20.0),
)


def shown(text: str, *, private: bool = False, rows: tuple[Row, ...] = ROWS) -> list[str]:
    test = parsed(text, private=private)
    return [row.symbol for row in rows if test.of(row, NOW)]


def nothing(_: str) -> bool:
    return False


def everything(_: str) -> bool:
    return True


def fault(text: str, *, private: bool = False) -> Fault:
    found = fault_of(text, private=private)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("rarity < 60", ["GOOG", "005930.KS"]),
        ("rarity < 60 and state = Bear", ["GOOG"]),
        ("Rarity<60 AND state=bear", ["GOOG"]),
        ("rarity > 1y", ["AAPL"]),
        ("state = bull or state = bear", ["AAPL", "GOOG", "MSFT"]),
        ("not state = bull", ["GOOG", "IBM"]),
        ("state != bull", ["GOOG", "IBM"]),
        ("state = corr", ["IBM"]),
        ("rarity = none", ["IBM", "MSFT"]),
        ("rarity != none and not tier = alert", ["GOOG"]),
        ("tier = none and rarity < 60", ["005930.KS"]),
        ("last = 71,200", ["005930.KS"]),
        ("currency = krw", ["005930.KS"]),
        ("name ~ 전자", ["005930.KS"]),
        ('name = "삼성전자"', ["005930.KS"]),
        ("pnl < -0.5k", ["MSFT"]),
        ("gain <= -20%", ["MSFT"]),
        ("value > 0", ["MSFT"]),
        ("(삼성 or apple) and rarity > 50", ["AAPL", "005930.KS"]),
        ("(state = bull or state = bear) and rarity < 100d", ["GOOG"]),
        ("state = bull or state = bear and rarity < 100", ["AAPL", "GOOG", "MSFT"]),
        ("session >= 2008-09-17 and group = phones", ["AAPL"]),
        ("age < 5m and symbol ~ 0059", ["005930.KS"]),
        ("age > 2m", []),
        ("goo", ["GOOG"]),
        ("not goo", ["AAPL", "IBM", "005930.KS", "MSFT"]),
        ("aapl or msft", ["AAPL", "MSFT"]),
        ("AAPL OR msft or goo", ["AAPL", "GOOG", "MSFT"]),
        ("a and not goo and not aapl", []),
        ("not aapl and not goo", ["IBM", "005930.KS", "MSFT"]),
        ("not (aapl or msft)", ["GOOG", "IBM", "005930.KS"]),
        ("value or 삼성", ["005930.KS"]),
        ("", ["AAPL", "GOOG", "IBM", "005930.KS", "MSFT"]),
    ],
)
def test_an_expression_shows_the_rows_it_holds_for(text: str, symbols: list[str]) -> None:
    assert shown(text) == symbols


def test_equal_means_equal_within_the_digits_that_are_written() -> None:
    row = data.row("AAPL", change_pct=-2.4731)
    assert shown("chg = -2.47", rows=(row,)) == shown("chg = -2.5", rows=(row,)) == ["AAPL"]
    assert shown("chg = -2.46", rows=(row,)) == shown("chg = -2.4731000001", rows=(row,)) == []


def test_what_is_not_known_is_neither_true_nor_false() -> None:
    row = Row("X")
    assert shown("rarity < 60", rows=(row,)) == shown("not rarity < 60", rows=(row,)) == []
    assert shown("rarity < 60 or symbol = x", rows=(row,)) == ["X"]


@pytest.mark.parametrize(
    "text", ["EURUSD=X", "ES=F", "eurusd=", "삼성 전자", "brk.b", "^gspc", "not", "or aapl", "band"]
)
def test_what_has_no_comparison_in_it_is_text(text: str) -> None:
    assert parsed(text) == Words(tuple(text.casefold().split()))


@pytest.mark.parametrize(
    ("text", "at", "words"),
    [
        ("rarety < 60", 0, "rarety is no column; the nearest is rarity"),
        ("xyzzy < 60", 0, "xyzzy is no column; there are symbol name group last"),
        ("rarity < 6o", 9, "6o is no number; a number like 60 belongs here"),
        ("rarity < 60 state = bull", 12, "'and' or 'or' belongs before state"),
        ("rarity 60 < 3", 7, "rarity is a column: = != < <= > >= belongs behind it"),
        ("rarity << 60", 7, "rarity knows no <<, but = != < <= > >="),
        ("rarity !=> 60", 7, "rarity knows no !=>, but = != < <= > >="),
        ("rarity ~ 60", 7, "rarity knows no ~, but = != < <= > >="),
        ("state < bull", 6, "state knows no <, but = !="),
        ("name < b", 5, "name knows no <, but = != ~"),
        ("state = bullish", 8, "bullish is no state; there are bull, correction, bear, rebound"),
        ("session > yesterday", 10, "yesterday is no day; a day like 2026-01-30 belongs here"),
        ("rarity > none", 7, "none is compared by = and !=, not by >"),
        ("and or", 0, "a word belongs here"),
        ("aapl or (msft))", 14, "'and' or 'or' belongs before )"),
        ("< 60", 0, "a column belongs here, as in rarity > 60"),
        ("(rarity < 60))", 13, "'and' or 'or' belongs before )"),
        ("group = big tech", 12, "several words need quotes"),
        ("rarity ! 60 = 3", 7, "belongs behind it"),
    ],
)
def test_a_wrong_expression_says_what_was_received_where_and_what_is_allowed(text: str, at: int, words: str) -> None:
    found = fault(text)
    assert words in found.words
    assert (found.at, found.calm) == (at, False)


@pytest.mark.parametrize(
    "text",
    [
        "aapl or",
        "aapl and not",
        "not not",
        "rarity <",
        "rarity < 60 and",
        "rarity < 60 and not",
        "(rarity < 60",
        "(",
        "state = b",
        "state = ",
        "chg > -",
        'group = "big te',
    ],
)
def test_an_expression_that_only_lacks_its_end_is_a_calm_fault(text: str) -> None:
    assert fault(text).calm


@pytest.mark.parametrize("text", ["value > 100", "pnl < 0 or rarity > 60", "not (shares = 3)", "gain > 5", "p&l < 0"])
def test_hidden_amounts_cannot_be_asked_for(text: str) -> None:
    assert "is an amount, and amounts are hidden" in fault(text, private=True).words
    assert fault_of(text) is None


def test_nobody_is_told_more_of_hidden_amounts_by_the_rest_of_an_expression() -> None:
    for rows in (ROWS, ROWS[:1]):
        with pytest.raises(Unreadable):
            shown("value > 1 and rarity > 60", private=True, rows=rows)


@pytest.mark.parametrize(("text", "name"), [("rar", "rarity"), ("State", "state"), ("not vo", "vol"), ("p&l", "pnl")])
def test_the_beginning_of_a_column_is_told_how_it_is_compared(text: str, name: str) -> None:
    found = beginning(text, nothing)
    assert found is not None
    assert found.calm
    assert found.words.startswith(f"{name}: ")


@pytest.mark.parametrize("text", ["raritty", "raritty ", "aapl or raritty", "not raritty"])
def test_a_word_that_is_nearly_a_column_and_finds_nothing_names_that_column(text: str) -> None:
    found = beginning(text, lambda words: bool(shown(words)))
    assert found
    assert found.words == "raritty is in no symbol or name; the nearest column is rarity"
    assert found.text[found.at :].strip() == "raritty"


@pytest.mark.parametrize("text", ["xyzzy", "not xyzzy", "aapl or xyzzy", "not goo", "a", "ora"])
def test_a_word_that_is_like_no_column_is_taken_as_it_is(text: str) -> None:
    assert beginning(text, lambda words: bool(shown(words))) is None


def test_a_not_that_is_still_alone_says_what_it_is_for() -> None:
    found = beginning("not", nothing)
    assert found
    assert "not bank" in found.words


def test_words_that_find_a_row_are_taken_as_they_are_and_in_a_comparison_only_what_begins_no_column() -> None:
    assert beginning("rar", everything) is None
    assert beginning("aapl or rar", everything) is None
    assert beginning("chg > 0 and apple", everything) is None
    assert beginning("chg > 0 and sta", everything) is not None


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.name)
def test_the_example_of_every_column_can_be_read(fact: object) -> None:
    assert fault_of(compared(fact)) is None  # type: ignore[arg-type]


def test_no_two_columns_share_a_name() -> None:
    names = [name for fact in FACTS for name in (fact.name, *fact.also)]
    assert len(names) == len(set(names)) == len(BY_NAME)
    assert not {"and", "or", "not", "none"} & set(names)


def test_parentheses_beyond_all_need_are_refused_in_words() -> None:
    assert "more than 40 parentheses" in fault("(" * 5000).words
    assert "more than 40 parentheses" in fault("not " * 5000 + "rarity < 3").words


LETTERS = st.sampled_from(
    [
        *'<>=!~()" .,-+%×σ0123456789',
        "and ",
        "or ",
        "not ",
        "none ",
        "rarity",
        "state",
        "bull",
        "value",
        "name",
        "삼성",
        "\x1b",
        "²",
    ]
)
COMPARISONS = st.sampled_from(
    ["rarity < 60", "state = bull", "chg > 0", "tier = none", "name ~ 삼", "vol >= 1x", "value > 0", "mom != 1"]
)


@given(st.lists(LETTERS, max_size=25).map("".join) | st.text(max_size=40))
def test_whatever_is_typed_is_a_filter_or_a_fault(text: str) -> None:
    try:
        test = parsed(text)
    except Unreadable as error:
        assert 0 <= error.at <= len(text)
        assert error.words.replace("\u200e", "").isprintable()  # the mark behind what is written from right to left
    else:
        assert {test.of(row, NOW) for row in ROWS} <= {True, False, None}


@given(st.text(max_size=40).filter(lambda text: not is_expression(text)))
def test_text_alone_is_always_a_filter_and_knows_only_yes_and_no(text: str) -> None:
    assert all(parsed(text).of(row, NOW) in (True, False) for row in ROWS)


@given(COMPARISONS, COMPARISONS, COMPARISONS)
def test_and_binds_closer_than_or(one: str, two: str, three: str) -> None:
    assert shown(f"{one} or {two} and {three}") == shown(f"{one} or ({two} and {three})")
    assert shown(f"{one} and {two} or {three}") == shown(f"({one} and {two}) or {three}")


@given(COMPARISONS, COMPARISONS)
def test_not_binds_closest(one: str, two: str) -> None:
    assert shown(f"not {one} and {two}") == shown(f"(not ({one})) and {two}")
    assert shown(f"not {one} or {two}") == shown(f"(not ({one})) or {two}")


@given(COMPARISONS, COMPARISONS)
def test_the_opposite_of_both_is_either_opposite(one: str, two: str) -> None:
    assert shown(f"not ({one} and {two})") == shown(f"not {one} or not {two}")
    assert shown(f"not ({one} or {two})") == shown(f"not {one} and not {two}")


@given(COMPARISONS)
def test_no_row_is_shown_by_a_comparison_and_by_its_opposite(one: str) -> None:
    assert not set(shown(one)) & set(shown(f"not {one}"))
    assert shown(f"not not {one}") == shown(one)
