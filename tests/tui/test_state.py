import pytest
from msgspec.structs import replace

from engine.protocol import Changed, Removed, Row, SearchHit, View, difference
from tests.tui import data, market
from tui.events import (
    Adding,
    Chosen,
    Connecting,
    Found,
    Hidden,
    Lost,
    Matched,
    Moved,
    NoChart,
    Picked,
    Ranged,
    Read,
    Refusal,
    Resorted,
    Said,
    Searching,
    Selected,
    Sought,
)
from tui.order import Order, ordered
from tui.reduce import reduce
from tui.state import State


@pytest.fixture
def attached() -> State:
    return reduce(State(), data.view())


def after(state: State, *events: object) -> State:
    for event in events:
        state = reduce(state, event)  # type: ignore[arg-type]
    return state


def symbols(state: State) -> list[str]:
    return [row.symbol for row in state.rows]


def test_the_first_view_selects_its_first_row(attached: State) -> None:
    assert (attached.link, attached.selected) == ("attached", "AAPL")


def test_a_change_is_applied_to_the_view(attached: State) -> None:
    assert attached.view
    rows = (replace(attached.view.rows[0], close=99.0), *attached.view.rows[1:])
    difference_ = difference(attached.view, replace(attached.view, rows=rows))
    assert isinstance(difference_, Changed)
    row = reduce(attached, difference_).row
    assert row
    assert row.close == 99.0


def test_a_change_before_the_first_view_is_nothing() -> None:
    assert reduce(State(), Changed()) == State()


def test_the_selection_follows_its_symbol_when_the_order_changes(attached: State) -> None:
    state = after(attached, Selected("MSFT"), Resorted())
    assert state.selected == "MSFT"
    assert state.rows[state.index].symbol == "MSFT"


def test_a_removed_row_leaves_the_selection_in_its_place(attached: State) -> None:
    view = data.view(rows=tuple(row for row in data.view().rows if row.symbol != "GOOG"))
    assert after(attached, Selected("GOOG"), view).selected == "IBM"


def test_the_last_row_removed_selects_the_new_last(attached: State) -> None:
    view = data.view(rows=data.view().rows[:3])
    assert after(attached, Selected("MSFT"), view).selected == "IBM"


def test_an_empty_list_selects_nothing(attached: State) -> None:
    state = after(attached, data.view(rows=()))
    assert (state.selected, state.row, state.chart_key) == (None, None, None)
    assert after(state, Moved(1)).selected is None


def test_moving_stops_at_both_ends(attached: State) -> None:
    assert after(attached, Moved(-1)).selected == "AAPL"
    assert after(attached, Moved(1_000_000)).selected == "MSFT"


def test_rarity_comes_first_and_the_unknown_last() -> None:
    rows = (data.row("IBM"), data.row("GOOG", rarity_days=84.0), data.row("AAPL", rarity_days=310.0))
    assert [row.symbol for row in ordered(rows, Order(), 0.0)] == ["AAPL", "GOOG", "IBM"]


def test_ties_keep_the_order_of_the_list() -> None:
    rows = (data.row("MSFT"), data.row("IBM"), data.row("AAPL"))
    assert ordered(rows, Order(), 0.0) == rows


@pytest.mark.parametrize(("text", "expected"), [("goo", ["GOOG"]), ("micro", ["MSFT"]), ("b m", ["IBM"]), ("x", [])])
def test_finding_looks_at_symbol_and_name(attached: State, text: str, expected: list[str]) -> None:
    assert symbols(reduce(attached, Found(text))) == expected


def test_finding_nothing_selects_nothing_and_comes_back(attached: State) -> None:
    state = reduce(attached, Found("x"))
    assert state.selected is None
    assert reduce(state, Found("")).selected == "AAPL"


def test_a_chart_that_comes_too_late_is_dropped(attached: State) -> None:
    assert after(attached, Selected("IBM"), data.chart("AAPL")).chart is None
    assert after(attached, Ranged(1), data.chart("AAPL", "6M")).chart is None


def test_the_chart_asked_for_is_shown(attached: State) -> None:
    chart = data.chart("AAPL")
    assert reduce(attached, chart).chart == chart


def test_a_chart_is_asked_for_again_when_its_bar_closes(attached: State) -> None:
    rows = (replace(data.view().rows[0], session=data.NEXT), *data.view().rows[1:])
    assert reduce(attached, data.view(rows=rows)).chart_key != attached.chart_key


def test_a_chart_of_which_there_is_none_is_asked_for_again_when_another_reason_is_known(attached: State) -> None:
    def because(why: str) -> State:
        row = Row("AAPL", why=why)
        return reduce(attached, data.view(rows=(row, *data.view().rows[1:])))

    assert because("no bars yet").chart_key != because("Yahoo cannot be reached").chart_key


def test_a_price_within_the_session_asks_for_no_chart(attached: State) -> None:
    rows = (replace(data.view().rows[0], close=1.0, change_pct=2.0), *data.view().rows[1:])
    assert reduce(attached, data.view(rows=rows)).chart_key == attached.chart_key


def test_a_refused_chart_says_why_only_for_the_selected_symbol(attached: State) -> None:
    assert reduce(attached, NoChart("AAPL", "no bars")).no_chart == "no bars"
    assert reduce(attached, NoChart("IBM", "no bars")).no_chart is None


def test_a_loss_is_not_hidden_by_what_was_there_to_be_read_but_by_what_is_said_after_it(attached: State) -> None:
    lost = after(attached, Said("this is now"), Lost("the engine is gone"))
    assert lost.notice is None
    assert after(lost, Said("not done"), Lost("still gone")).notice == "not done"


def test_a_loss_keeps_what_was_seen(attached: State) -> None:
    state = after(attached, Lost("gone"), Connecting("again"))
    assert (state.link, state.view, state.words) == ("lost", attached.view, "gone")
    assert state.chart_key is None


def test_the_range_stops_at_both_ends(attached: State) -> None:
    assert after(attached, *[Ranged(1)] * 9).range == "max"
    assert after(attached, *[Ranged(-1)] * 9).range == "1D"


def test_the_newest_open_alarm_is_explained_until_one_is_chosen(attached: State) -> None:
    assert attached.alarm
    assert attached.alarm.id == 5
    chosen = reduce(attached, Moved(2, "feed")).alarm
    assert chosen
    assert chosen.id == 3
    assert after(attached, Chosen(1), Moved(9, "feed")).chosen == 1


def test_a_refusal_stays_until_it_is_read(attached: State) -> None:
    state = reduce(attached, Refusal("no \x1b[31msuch thing"))
    assert (state.notice, state.refused) == ("no  [31msuch thing", True)
    assert reduce(state, Read()).notice is None


def test_a_removed_symbol_is_remembered_with_its_place(attached: State) -> None:
    state = reduce(attached, Removed("IBM", 2))
    assert state.removed == Removed("IBM", 2)


def with_new(state: State) -> State:
    rows = (*data.view().rows, data.row("BRK-B"))
    change = difference(data.view(), data.view(rows=rows))
    assert change
    return reduce(state, change)


def test_an_added_row_is_selected_once_it_is_there(attached: State) -> None:
    assert with_new(after(attached, Adding())).selected == "BRK-B"


def test_an_added_row_is_selected_once(attached: State) -> None:
    state = after(with_new(after(attached, Adding())), Selected("AAPL"))
    assert after(state, data.view(rows=data.view().rows), Changed()).selected == "AAPL"


def test_a_row_that_another_screen_added_is_not_selected(attached: State) -> None:
    assert with_new(attached).selected == "AAPL"


def test_an_added_row_is_not_hidden_by_a_filter(attached: State) -> None:
    state = with_new(after(attached, Found("aapl"), Adding()))
    assert (state.selected, state.find) == ("BRK-B", "")


@pytest.mark.parametrize("event", [Moved(1), Selected("GOOG"), Refusal("it is on the list already")])
def test_who_went_on_or_was_refused_is_not_taken_to_the_next_new_row(attached: State, event: object) -> None:
    state = after(attached, Adding(), event)
    assert with_new(state).selected == state.selected


def test_what_was_put_back_is_not_put_back_again(attached: State) -> None:
    without = data.view(rows=data.view().rows[:2])
    state = after(attached, Removed("IBM", 2), without, data.view())
    assert state.removed is None


def test_a_change_before_the_removed_row_has_gone_does_not_forget_it(attached: State) -> None:
    state = after(attached, Removed("IBM", 2), data.view())
    assert state.removed == Removed("IBM", 2)


def test_what_was_taken_off_a_list_is_not_put_on_another(attached: State) -> None:
    other = replace(data.view().watchlist, name="other")
    state = after(attached, Removed("IBM", 2), data.view(watchlist=other))
    assert state.removed is None
    assert "u puts it back" in (state.notice or "")


def test_the_running_training_comes_before_a_queued_one(attached: State) -> None:
    jobs = (replace_job(8, "queued"), replace_job(9, "running"), replace_job(3, "done"))
    job = reduce(attached, data.view(jobs=jobs)).job
    assert job
    assert job.id == 9


def replace_job(number: int, state: str) -> object:
    return replace(data.JOB, id=number, state=state)


def test_an_unknown_event_changes_nothing(attached: State) -> None:
    assert reduce(attached, object()) is attached  # type: ignore[arg-type]


def test_reduce_leaves_the_state_it_was_given_alone(attached: State) -> None:
    before = replace(attached)
    after(attached, Moved(1), Resorted(), Found("i"), Lost("gone"), View)
    assert attached == before


HITS = (SearchHit("NVDA", "NVIDIA", "NASDAQ", "equity"), SearchHit("NVD.DE", "NVIDIA", "Xetra", "equity"))


def sought(text: str, *events: object) -> State:
    return after(State(), Sought(text), *events)


def test_what_was_found_is_kept_for_the_text_that_was_asked(attached: State) -> None:
    state = sought("nvidia", Searching("nvidia"), Matched("nvidia", HITS))
    assert state.seeking
    assert (state.seeking.asked, state.seeking.hits) == (True, HITS)


def test_an_answer_for_other_letters_is_dropped() -> None:
    state = sought("nv", Searching("nv"), Sought("nvi"), Matched("nv", HITS))
    assert state.seeking
    assert (state.seeking.asked, state.seeking.hits) == (False, None)


def test_an_answer_after_the_line_was_closed_is_dropped() -> None:
    assert sought("nv", Sought(None), Matched("nv", HITS)).seeking is None


def test_enter_takes_the_text_until_a_line_is_picked() -> None:
    found = sought("nvda", Matched("nvda", HITS))
    assert found.seeking
    assert found.seeking.symbol == "NVDA"
    picked = after(found, Picked(1), Picked(1), Picked(1)).seeking
    assert picked
    assert picked.symbol == "NVD.DE"
    back = after(found, Picked(1), Picked(-1)).seeking
    assert back
    assert back.index is None


def test_a_name_that_can_be_no_symbol_takes_the_first_found() -> None:
    found = sought("삼성", Matched("삼성", (SearchHit("005930.KS", "삼성전자", "KRX", "equity"),)))
    assert found.seeking
    assert found.seeking.symbol == "005930.KS"
    assert sought("삼성").seeking
    assert after(found, Picked(-1)).seeking == found.seeking


def test_a_name_with_nothing_found_adds_nothing() -> None:
    state = sought("no such name", Matched("no such name"))
    assert state.seeking
    assert state.seeking.symbol == ""


@pytest.mark.parametrize(("text", "asked"), [("a", False), ("ap", True), ("삼", True), ("BRK.B", True), (" a ", False)])
def test_one_letter_is_not_looked_for(text: str, asked: bool) -> None:
    seeking = sought(text).seeking
    assert seeking
    assert seeking.worth_asking is asked


def test_a_korean_list_is_offered_red_rises_once() -> None:
    state = reduce(State(offer_red_up=True), market.korean_view())
    assert "R shows rises in red" in (state.notice or "")
    assert after(state, Read(), market.korean_view()).notice is None


def test_a_mixed_list_is_offered_nothing() -> None:
    assert reduce(State(offer_red_up=True), market.two_exchanges()).notice is None
    assert reduce(State(offer_red_up=True), data.view(rows=())).notice is None
    assert reduce(State(offer_red_up=False), market.korean_view()).notice is None


def test_hiding_amounts_is_a_switch(attached: State) -> None:
    assert after(attached, Hidden()).private
    assert not after(attached, Hidden(), Hidden()).private


def test_a_chart_within_days_is_asked_for_again_with_each_bar_of_its_own() -> None:
    def key(*events: object, later: float = 0.0) -> object:
        quoted = replace(market.quoted(data.row("AAPL"), 1.0), price_at=data.NOW + later)
        return after(State(), data.live_view(rows=(quoted,)), *events).chart_key

    day = [Ranged(-1)] * 4
    assert key(*day, later=310) != key(*day)
    assert key(*day, later=20) == key(*day)
    assert key(later=86_400) == key()
