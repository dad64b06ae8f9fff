"""Order, groups and filter of the list as the state keeps them; how old a row is."""

import itertools
from datetime import date
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.config.settings import ColumnName
from engine.protocol import ListsKept, ListSummary, Market, Row, View
from tests.tui import data, market
from tui.choices import lists_of, orders_of
from tui.columns import CHOICE
from tui.events import Folded, Found, Grouped, Hidden, Resorted, Selected, Ticked
from tui.facts import BY_NAME, FACTS
from tui.oldness import newest_of, old
from tui.order import Heading, Order, order_by, ordered
from tui.reduce import reduce
from tui.state import State


def after(view: View, *events: object) -> State:
    state = State(now=data.NOW)
    for event in (view, *events):
        state = reduce(state, event)  # type: ignore[arg-type]
    return state


def symbols(state: State) -> list[str]:
    return [row.symbol for row in state.rows]


def lines(state: State) -> list[str]:
    return [f"{line.group} {line.count}" if isinstance(line, Heading) else line.symbol for line in state.lines]


# --- order ---


def test_a_number_sorts_from_the_largest_and_reversed_from_the_smallest() -> None:
    state = after(market.two_exchanges(), Resorted("last"))
    assert symbols(state)[0] == "005930.KS"
    assert symbols(reduce(state, Resorted())) == symbols(state)[::-1]


def test_a_word_sorts_from_a_to_z() -> None:
    assert symbols(after(market.two_exchanges(), Resorted("symbol")))[:2] == ["000660.KS", "005930.KS"]
    assert order_by("symbol").words == "symbol ▴"


def test_the_order_that_is_in_force_is_turned_round() -> None:
    assert after(data.view(), Resorted("rarity")).sort == Order("rarity", down=False)
    assert after(data.view(), Resorted("chg"), Resorted("rarity")).sort == Order("rarity")


@pytest.mark.parametrize("down", [True, False])
@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.name)
def test_what_is_not_known_stands_last_whichever_way(fact: object, down: bool) -> None:
    rows = (Row("?", currency="", exchange=""), *market.held_view().rows)
    found = ordered(rows, Order(fact.name, down), data.NOW)  # type: ignore[attr-defined]
    known = [fact.of(row, data.NOW) is not None for row in found]  # type: ignore[attr-defined]
    assert known == sorted(known, reverse=True)
    assert sorted(row.symbol for row in found) == sorted(row.symbol for row in rows)


@given(st.lists(st.sampled_from([None, 1.0, 2.0, 3.0]), max_size=12), st.booleans())
def test_ties_stand_as_in_the_list_whichever_way(values: list[float | None], down: bool) -> None:
    rows = tuple(Row(f"{place:02}", rarity_days=value) for place, value in enumerate(values))
    found = ordered(rows, Order("rarity", down), 0.0)
    for one, other in itertools.pairwise(found):
        if one.rarity_days == other.rarity_days:
            assert one.symbol < other.symbol


def test_the_list_has_an_order_of_its_own() -> None:
    view = market.two_exchanges()
    state = after(view, Resorted("list"))
    assert symbols(state) == [row.symbol for row in view.rows]
    assert symbols(reduce(state, Resorted())) == [row.symbol for row in view.rows][::-1]


def test_the_selection_stays_on_its_symbol() -> None:
    state = after(market.two_exchanges(), Selected("IBM"), Resorted("last"), Resorted(), Resorted("name"))
    assert state.rows[state.index].symbol == "IBM"


def test_every_column_of_the_list_can_be_sorted_by() -> None:
    names = [choice.name for choice in orders_of(after(market.held_view()))]
    assert {"symbol", "name", "last", "value", "pnl", "gain", "spark", "rarity", "age", "list"} <= set(names)
    assert set(names) - {"list"} <= set(BY_NAME)


def test_when_its_last_ticker_is_off_the_list_there_is_no_chart() -> None:
    state = after(data.view())
    state = reduce(state, data.chart(state.selected or ""))
    assert state.chart
    assert reduce(state, replace(data.view(), rows=())).chart is None


def test_a_ticker_off_the_list_leaves_no_chart_where_no_other_passes_the_filter() -> None:
    state = after(data.view())
    symbol = state.selected or ""
    state = reduce(reduce(state, data.chart(symbol)), Found(symbol, done=True))
    others = tuple(row for row in data.view().rows if row.symbol != symbol)
    assert reduce(state, replace(data.view(), rows=others)).chart is None


def test_the_chart_stands_while_a_filter_shows_no_ticker() -> None:
    state = after(data.view())
    state = reduce(state, data.chart(state.selected or ""))
    assert reduce(state, Found("last < 0", done=True)).chart


# --- amounts ---


def test_a_list_without_holdings_says_whether_amounts_are_hidden() -> None:
    hidden = after(data.view(), Hidden())
    assert hidden.notice == "amounts are hidden, P shows them; no ticker of this list has shares yet"
    assert reduce(hidden, Hidden()).notice == "amounts are shown; no ticker of this list has shares yet"
    assert after(market.held_view(), Hidden()).notice is None


@pytest.mark.parametrize("by", ["value", "pnl", "shares", "gain"])
def test_hidden_amounts_order_nothing(by: str) -> None:
    state = after(market.held_view(), Hidden(), Resorted(by))
    assert (state.sort, "P shows them" in (state.notice or "")) == (Order(), True)
    assert after(market.held_view(), Resorted(by), Hidden()).sort == Order()


def test_a_filter_by_amounts_ends_when_they_are_hidden() -> None:
    state = after(market.held_view(), Found("value > 100000"), Hidden())
    assert (state.find, len(state.rows)) == ("", len(market.held_view().rows))
    assert "filter by them is off" in (state.notice or "")


def test_a_filter_by_something_else_stays() -> None:
    assert after(market.held_view(), Found("chg > 0"), Hidden()).find == "chg > 0"


# --- filter ---


def test_the_last_good_filter_stays_while_what_is_typed_is_none() -> None:
    state = after(data.view(), Found("symbol = ibm"))
    for text in ("rarety < 3", "rarity <", "rarity < 6o"):
        wrong = reduce(state, Found(text))
        assert (wrong.find, symbols(wrong)) == ("symbol = ibm", ["IBM"])
        assert wrong.fault
    assert reduce(wrong, Found("goo")).fault is None


def test_the_beginning_of_a_column_empties_no_list() -> None:
    state = after(data.view(), Found("rar"))
    assert len(state.rows) == 4
    assert state.fault
    assert state.fault.words.startswith("rarity: ")
    assert after(data.view(), Found("rar", done=True)).rows == ()


def test_a_column_that_is_being_typed_empties_no_list() -> None:
    state = after(data.view(), Found("rarity > 60"))
    for typed in ("", "s", "st", "sta", "state", "sate", "state =", "state = b"):
        state = reduce(state, Found(f"rarity > 60 and {typed}"))
        assert symbols(state) == ["AAPL", "GOOG"]
        assert state.fault
        assert state.fault.calm
    assert after(data.view(), Found("rarity > 60 and xyzzy", done=True)).rows == ()


def test_a_filter_by_age_follows_the_minute_clock() -> None:
    state = after(data.view(), Found("age < 10m"))
    assert len(state.rows) == 4
    assert reduce(state, Ticked(data.NOW + 1200)).rows == ()


# --- groups ---


def test_groups_stand_under_headings_as_they_first_come_and_without_a_group_last() -> None:
    state = after(market.two_exchanges(), Grouped())
    assert lines(state) == [
        *("phones 2", "AAPL", "005930.KS", "search 1", "GOOG", "mainframes 1", "IBM", "software 1", "MSFT"),
        *(" 1", "000660.KS"),
    ]


def test_the_order_holds_within_each_group() -> None:
    state = after(market.two_exchanges(), Grouped(), Resorted("last"))
    assert lines(state)[:3] == ["phones 2", "005930.KS", "AAPL"]
    assert symbols(state)[0] == "005930.KS"


def test_a_filter_leaves_out_groups_without_a_row() -> None:
    assert lines(after(market.two_exchanges(), Grouped(), Found("name ~ 삼성"))) == ["phones 1", "005930.KS"]


def test_a_folded_group_keeps_its_heading_and_the_selection_goes_on() -> None:
    state = after(market.two_exchanges(), Grouped(), Selected("AAPL"), Folded("phones"))
    assert lines(state)[:3] == ["phones 2", "search 1", "GOOG"]
    assert state.selected == "GOOG"
    assert state.lines[0].folded  # type: ignore[union-attr]
    assert lines(reduce(state, Folded("phones")))[1] == "AAPL"
    assert lines(reduce(state, Folded()))[1] == "AAPL"


def test_a_folded_group_tells_the_highest_tier_in_it() -> None:
    state = after(market.two_exchanges(), Grouped(), Folded("phones"), Folded("search"))
    assert [line.tier for line in state.lines if isinstance(line, Heading)][:3] == ["alert", "watch", None]


def test_all_groups_can_be_folded_and_come_back() -> None:
    folds = [Folded(group) for group in ("phones", "search", "mainframes", "software", "")]
    state = after(market.two_exchanges(), Grouped(), *folds)
    assert (state.rows, state.selected) == ((), None)
    assert reduce(state, Folded()).selected == "AAPL"


@pytest.mark.parametrize("event", [Folded(), Folded("")])
@pytest.mark.parametrize("grouped", [False, True])
def test_nothing_is_folded_or_unfolded_on_a_list_without_groups(event: Folded, grouped: bool) -> None:
    state = reduce(replace(after(data.view()), grouped=grouped), event)
    assert "no ticker of this list has a group" in (state.notice or "")


@pytest.mark.parametrize("event", [Folded(), Folded("phones")])
def test_nothing_is_folded_or_unfolded_where_groups_have_no_headings(event: Folded) -> None:
    state = after(market.two_exchanges(), event)
    assert "v puts them under those of their groups" in (state.notice or "")
    assert not state.folded


def test_a_list_without_groups_says_so() -> None:
    state = after(data.view(), Grouped())
    assert not state.grouped
    assert "no ticker of this list has a group" in (state.notice or "")


# --- lists ---


def test_the_lists_are_told_with_their_tickers_and_open_alarms() -> None:
    told = ListsKept((ListSummary("sample", "Sample", 4, 2), ListSummary("us-megacaps", why="line 3: not TOML")))
    sample, faulty = lists_of(after(data.view(), told))
    assert "".join(text for text, _ in sample.end).split() == ["4", "2", "open"]
    assert "faulty" in faulty.end[0][0]


def test_before_the_lists_are_told_their_names_stand_there() -> None:
    assert [choice.name for choice in lists_of(after(data.view()))] == ["sample", "us-megacaps"]


# --- columns and age ---


def test_the_columns_of_the_settings_are_those_of_the_screen() -> None:
    assert get_args(ColumnName) == CHOICE
    assert set(CHOICE) <= set(BY_NAME)


OPEN = Market("NYSE", True, data.NOW + 3600, exchange="XNYS")


def quoted(symbol: str, minutes: float) -> Row:
    row = replace(data.row(symbol), exchange="XNYS", source="yahoo")
    return replace(market.quoted(row, 1.0), price_at=data.NOW - 60 * minutes)


@pytest.mark.parametrize(
    ("market_", "ages", "said"),
    [
        (OPEN, (1, 14, 20), ["", "", "20m"]),
        (OPEN, (20, 22, 25), ["", "", ""]),  # an exchange whose quotes are let out late
        (OPEN, (40, 41, 44), ["40m", "41m", "44m"]),
        (replace(OPEN, open=False), (1, 20, 900), ["", "", ""]),
    ],
)
def test_a_quote_is_old_against_its_exchange_and_only_while_that_is_open(
    market_: Market, ages: tuple[float, ...], said: list[str]
) -> None:
    rows = tuple(quoted(symbol, minutes) for symbol, minutes in zip(("AAPL", "GOOG", "IBM"), ages, strict=True))
    newest = newest_of(rows, (market_,))
    assert [old(row, newest, data.NOW) for row in rows] == said


@pytest.mark.parametrize(
    ("opened", "ages", "said"),
    [
        (1, (1_050, 1_040), ["", ""]),  # the last session's close is all there can be
        (5, (1_050, 2), ["", ""]),
        (20, (1_050, 2), ["17h", ""]),  # the other one has been quoted for long
        (29, (1_050, 1_050), ["", ""]),
        (31, (1_050, 1_050), ["17h", "17h"]),
    ],
)
def test_after_the_opening_a_quote_is_old_only_once_a_newer_one_could_have_come(
    opened: float, ages: tuple[float, ...], said: list[str]
) -> None:
    rows = tuple(quoted(symbol, minutes) for symbol, minutes in zip(("AAPL", "GOOG"), ages, strict=True))
    newest = newest_of(rows, (replace(OPEN, since=data.NOW - 60 * opened),))
    assert [old(row, newest, data.NOW) for row in rows] == said


def test_a_row_is_old_against_its_own_exchange_only() -> None:
    rows = (
        data.row("A", exchange="XNYS"),
        data.row("B", exchange="XNYS", session=date(2008, 9, 15)),
        data.row("C", exchange="XKRX", session=date(2008, 9, 15)),
        Row("D", exchange="XLON"),
    )
    newest = newest_of(rows)
    assert [old(row, newest, data.NOW) for row in rows] == ["", "2d", "", ""]
    assert old(market.quoted(rows[1], 1.0), newest, data.NOW) == ""
