"""The list's columns: quotes, holdings, groups, age, and the marks of the quality gate."""

import itertools
from datetime import date

import pytest
from msgspec.structs import replace
from rich.cells import cell_len

from engine.format import HIDDEN
from engine.protocol import Holdings, Row, View
from tests.tui import data, market
from tui.columns import column_at, columns_of, fitting, marked, titles, values
from tui.events import Folded, Grouped, Hidden
from tui.order import Order, ordered
from tui.reduce import reduce
from tui.spans import Spans
from tui.state import State
from tui.values import Seen
from tui.widgets.watchlist_table import WatchlistTable

VAST = 200


def text(spans: Spans) -> str:
    return "".join(words for words, _ in spans)


def drawn(row: Row, *, room: int = VAST, private: bool = False, old: str = "", chosen: tuple[str, ...] = ()) -> Spans:
    """The row alone on a list."""
    return values(Seen(row, private, data.NOW, old), fitting(columns_of((row,), chosen), room))


def heads(view: View, room: int = VAST) -> str:
    return text(titles(6, fitting(columns_of(view.rows), room)))


def table(view: View, width: int, *events: object) -> str:
    """All lines of the list in a pane so wide."""
    pane = WatchlistTable()
    pane.state = reduce(State(now=data.NOW), view)
    for event in events:
        pane.state = reduce(pane.state, event)  # type: ignore[arg-type]
    return "\n".join(text(line) for line in pane.paint(width, 14))


def test_a_live_quote_stands_in_place_of_the_close() -> None:
    line = text(drawn(market.quoted(data.row("AAPL"), 0.84)))
    assert "128.90" in line
    assert "▲ 0.84" in line
    assert "127.83" not in line


@pytest.mark.parametrize(("phase", "sign"), [("pre", "‹"), ("post", "›")])
def test_a_quote_outside_the_session_is_dim_and_marked(phase: str, sign: str) -> None:
    spans = drawn(market.quoted(data.row("AAPL"), 0.84, phase))  # type: ignore[arg-type]
    place = next(index for index, (words, _) in enumerate(spans) if "128.90" in words)
    assert spans[place][1] == "dim"
    assert spans[place + 1][0] == sign


@pytest.mark.parametrize(
    ("state", "word", "role"),
    [("bull", "Bull", "rise"), ("correction", "Corr", "dim"), ("bear", "Bear", "fall"), ("rebound", "Rebd", "dim")],
)
def test_the_momentum_state_stands_behind_the_momentum(state: str, word: str, role: str) -> None:
    row = data.row("AAPL", momentum_state=state)
    assert (word, role) in [(words.strip(), role) for words, role in drawn(row)]
    assert heads(View(data.view().status, data.view().watchlist, (row,))).split()[-5:-2] == ["σ", "State", "Vol"]


def test_a_narrow_list_loses_the_state_after_the_sigmas_and_before_the_momentum() -> None:
    view = View(data.view().status, data.view().watchlist, (data.row("AAPL", momentum_state="bull"),))
    kept = [set(heads(view, room).split()) & {"Mom10", "σ", "State"} for room in range(100, 20, -1)]
    order = [each for number, each in enumerate(kept) if number == 0 or each != kept[number - 1]]
    assert order == [{"Mom10", "σ", "State"}, {"Mom10", "State"}, {"Mom10"}, set()]


def test_beside_the_chart_of_a_terminal_of_120_columns_the_state_is_there() -> None:
    view = data.view()
    rows = tuple(replace(row, momentum_state="bear") for row in view.rows)
    assert "State" in table(replace(view, rows=rows), 65)


def test_without_a_year_of_history_there_is_no_column_of_states() -> None:
    assert "State" not in heads(data.view())


def test_columns_of_holdings_and_groups_are_there_only_where_there_are_any() -> None:
    assert not {"Shares", "Value", "P&L", "Group", "Fetched"} & set(heads(data.view()).split())
    assert {"Shares", "Value", "P&L", "Group", "Fetched"} <= set(heads(market.held_view()).split())


def test_profit_has_its_glyph_and_large_amounts_three_digits() -> None:
    line = text(drawn(market.held(data.row("AAPL"), 1200, 12.4)))
    assert "153 k" in line
    assert "▲ 16,923" in line


def test_hidden_amounts_leave_neither_digits_nor_direction() -> None:
    row = replace(market.held(data.row("AAPL"), 1200, 12.4), change_pct=None)
    spans = drawn(row, private=True)
    assert text(spans).count(HIDDEN) == 3
    assert all(digits not in text(spans) for digits in ("1,200", "153", "16,923"))
    assert not any(words.strip() == HIDDEN and role in ("up", "down") for words, role in spans)


def test_an_old_row_is_dim_and_says_how_old() -> None:
    row = data.row("IBM", session=date(2008, 9, 12), tier="alert")
    spans = drawn(row, old="5d")
    assert "5d old" in text(spans)
    assert {role for _, role in spans} == {"dim"}


def test_a_repaired_bar_is_marked_beside_the_symbol_without_moving_anything() -> None:
    row = data.row("AAPL")
    spans = drawn(row)
    repaired = marked(spans, replace(row, repaired=True, data="filled"))
    assert text(repaired)[0] == "≈"
    assert text(repaired)[1:] == text(spans)[1:]
    assert text(marked(spans, replace(row, data="bad tick")))[0] == "!"


def test_a_row_that_is_not_scored_says_what_was_found_of_its_data() -> None:
    row = Row("005930.KS", close=71_200.0, currency="KRW", data="halted since 2018-04-30")
    assert "halted since 2018-04-30" in text(drawn(row))


def test_a_row_that_is_not_scored_says_as_many_whole_sentences_as_it_has_room_for() -> None:
    row = Row("AAPL", why="Yahoo cannot be reached. Nothing is asked for a while; it is tried again at 14:30 UTC")
    narrow, wide = (text(drawn(row, room=room)) for room in (60, 120))
    assert "Yahoo cannot be reached " in narrow
    assert "Nothing" not in narrow
    assert "at 14:30 UTC" in wide


def test_the_lower_edge_says_what_the_selected_rows_data_lack() -> None:
    row = data.row("AAPL", data="2008-09-16 missing, filled forward")
    assert "2008-09-16 missing, filled forward" in table(data.live_view(rows=(row,)), 65).splitlines()[-1]


def test_the_lower_edge_says_one_whole_sentence_where_two_have_no_room() -> None:
    doubtful = data.row("AAPL", doubt="Yahoo cannot be reached. Nothing is asked for a while")
    assert "─ Yahoo cannot be reached ─╯" in table(data.view(rows=(doubtful,)), 60).splitlines()[-1]
    assert "reached. Nothing is asked for a while ─╯" in table(data.view(rows=(doubtful,)), 70).splitlines()[-1]


def test_the_lower_edge_holds_the_total_with_the_rates_age_as_far_as_it_fits() -> None:
    assert "· rate 1h ago · 1 left out" in table(market.held_view(), 65).splitlines()[-1]
    assert "without 000660.KS" in table(market.held_view(), 94).splitlines()[-1]
    assert "rate" not in table(market.held_view(), 36).splitlines()[-1]


def test_the_total_is_hidden_with_the_amounts() -> None:
    last = table(market.held_view(), 94, Hidden()).splitlines()[-1]
    assert last.count(HIDDEN) == 2
    assert not set("▲▼%") & set(last)


def test_a_total_without_cost_has_no_profit() -> None:
    status = data.live(holdings=Holdings("EUR", 1_240_000.0, None))
    assert "1.24 M EUR ─╯" in table(data.live_view(status=status), 65)


def test_groups_sort_as_they_first_come() -> None:
    rows = ordered(market.two_exchanges().rows, Order("group", down=False), data.NOW)
    assert [row.group for row in rows] == ["phones", "phones", "search", "mainframes", "software", ""]


def test_change_sorts_by_the_change_that_is_shown() -> None:
    rows = (data.row("IBM", change_pct=9.0), market.quoted(data.row("AAPL", change_pct=-1.0), 12.0))
    assert [row.symbol for row in ordered(rows, Order("chg"), data.NOW)] == ["AAPL", "IBM"]


CHOSEN = ("rarity", "last", "gain", "chg", "spark", "name")


def test_chosen_columns_stand_in_their_own_order() -> None:
    columns = columns_of(market.held_view().rows, (*CHOSEN, "last"))
    assert tuple(column.name for column in columns) == CHOSEN


def test_chosen_columns_give_way_in_the_usual_order() -> None:
    columns = columns_of(market.held_view().rows, CHOSEN)
    kept = [tuple(column.name for column, _ in fitting(columns, room)) for room in range(100, 10, -1)]
    gone = [next(iter(set(one) - set(other))) for one, other in itertools.pairwise(kept) if one != other]
    assert gone == ["name", "spark", "gain", "rarity"]


def test_a_chosen_column_with_nothing_to_show_is_left_out() -> None:
    assert [column.name for column in columns_of(data.view().rows, ("group", "gain", "last"))] == ["last"]


def test_profit_in_per_cent_is_hidden_with_the_amounts() -> None:
    row = market.held(data.row("AAPL"), 10, 12.4)
    assert "+12.4" in text(drawn(row, chosen=("gain",)))
    assert "12" not in text(drawn(row, chosen=("gain",), private=True))


@pytest.mark.parametrize("beside", ["spark", "vol", "mom", "chg", "last"])
def test_no_rarity_touches_what_stands_before_it(beside: str) -> None:
    row = data.row("AAPL", rarity_days=341.0, rarer=True)
    assert " <1/341d" in text(drawn(row, chosen=("last", "chg", beside, "rarity")))


@pytest.mark.parametrize("chosen", [(), ("rarity", "sigma", "last", "chg"), ("last", "rarity", "mom", "chg", "age")])
def test_the_reason_of_an_unscored_row_has_room_wherever_the_unknown_columns_stand(chosen: tuple[str, ...]) -> None:
    row = Row("FB", close=20.0, change_pct=1.0, why="too short", source="files", fetched_at=data.NOW)
    assert "too short" in text(drawn(row, chosen=chosen))


def test_a_cell_belongs_to_the_column_whose_title_stands_there() -> None:
    columns = fitting(columns_of(data.view().rows), 60)
    line = text(titles(6, columns))
    for title, name in (("Sym", "symbol"), ("Last", "last"), ("Chg %", "chg"), ("Rare", "rarity")):
        assert column_at(line.index(title), 6, columns) == name
    assert column_at(len(line), 6, columns) is None


@pytest.mark.parametrize("width", [36, 65, 120])
def test_every_line_of_a_grouped_list_takes_all_its_cells(width: int) -> None:
    lines = table(market.two_exchanges(), width, Grouped(), Folded("phones")).splitlines()
    assert {cell_len(line) for line in lines} == {width}
    assert "▸ phones  2 ◆" in lines[2]
