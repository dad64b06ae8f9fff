"""Each key by what is asked of the engine, or by what is then seen."""

from collections.abc import Callable
from typing import get_args

import pytest
from msgspec.structs import replace
from textual.events import Key
from textual.pilot import Pilot
from textual.widgets import OptionList

from engine.errors import UnknownSymbol
from engine.protocol import (
    Acknowledge,
    AddSymbol,
    Attach,
    CancelJob,
    Changed,
    Command,
    GetChart,
    GetLists,
    ListsKept,
    ListSummary,
    Mute,
    PauseReplay,
    Refresh,
    RemoveSymbol,
    ShowList,
    Snooze,
    Stop,
    Train,
    Unmute,
    View,
)
from tests.tui import data, market
from tests.tui.conftest import build
from tests.tui.fakes import FakeClient, FakeEngines, never
from tui.app import DETACHED, NOT_STOPPED, STOPPED, WhipsawApp
from tui.events import Said
from tui.keymap import KEYS, Place, footer, hints, keys_on
from tui.messages import Happened
from tui.palettes import CONTRAST, DARK, LIGHT, SAFE
from tui.rebinding import rebound
from tui.screens.help import Help
from tui.screens.watch import Watch
from tui.state import State
from tui.theme import RED_UP

SIZE = (120, 40)
SETTLED = 0.15
"""Longer than a selection has to stand before its chart is asked for."""


async def press(pilot: Pilot[str], *keys: str) -> None:
    await settle(pilot)
    await pilot.press(*keys)
    await settle(pilot)


async def settle(pilot: Pilot[str]) -> None:
    for _ in range(3):
        await pilot.pause()


def seen(app: WhipsawApp) -> State:
    watch = app.screen_stack[0]
    assert isinstance(watch, Watch)
    return watch.state


def text(app: WhipsawApp, selector: str) -> str:
    widget = app.screen_stack[0].query_one(selector)
    return "\n".join(widget.render_line(y).text for y in range(widget.size.height))


@pytest.mark.parametrize(
    ("keys", "selected"),
    [
        (["j"], "GOOG"),
        (["down", "down"], "IBM"),
        (["j", "j", "k"], "GOOG"),
        (["G"], "MSFT"),
        (["G", "g"], "AAPL"),
        (["end", "up"], "IBM"),
        (["pagedown"], "MSFT"),
        (["G", "pageup"], "AAPL"),
    ],
)
async def test_the_selection_moves(app: WhipsawApp, keys: list[str], selected: str) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, *keys)
        assert seen(app).selected == selected


@pytest.mark.parametrize(
    ("keys", "command"),
    [
        (["r"], Refresh()),
        (["T"], Train(symbols=("AAPL",))),
        (["ctrl+t"], Train()),
        (["d"], RemoveSymbol("AAPL")),
        (["j", "d"], RemoveSymbol("GOOG")),
        (["space"], Acknowledge(5)),
        (["z"], Snooze(5)),
        (["m"], Mute(5)),
        (["M"], Mute(5, ticker=True)),
        (["p"], PauseReplay(True)),
        (["a", *"brk.b", "enter"], AddSymbol("BRK.B")),
        (["w", "j", "enter"], ShowList("us-megacaps")),
        (["tab", "tab", "j", "space"], Acknowledge(4)),
        (["colon", *"fetch", "enter"], Refresh()),
        (["ctrl+p", *"this ticker", "enter"], Train(symbols=("AAPL",))),
    ],
)
async def test_a_key_asks_the_engine(engine: FakeClient, app: WhipsawApp, keys: list[str], command: Command) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, *keys)
        await pilot.pause(0.1)
        assert command in engine.asked


@pytest.mark.parametrize(
    ("number", "key", "command"),
    [(7, "space", Acknowledge(7)), (6, "m", Unmute(6)), (6, "M", Unmute(6)), (5, "m", Mute(5)), (4, "z", Snooze(4))],
)
async def test_an_alarm_that_does_not_ring_can_be_made_to(number: int, key: str, command: Command) -> None:
    engine = FakeClient(data.view(alarms=data.quiet_alarms()))
    app = build(engine)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "tab", "tab", *"j" * (9 - number), key)
        assert command in engine.asked


@pytest.mark.parametrize(("number", "key"), [(6, "z"), (5, "z"), (10, "z"), (10, "m"), (6, "space")])
async def test_what_cannot_be_done_to_an_alarm_is_said(number: int, key: str) -> None:
    engine = FakeClient(data.view(alarms=(market.price_alert(10, "AAPL"), *data.quiet_alarms())))
    app = build(engine)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "tab", "tab", "g", *"j" * (10 - number), key)
        assert "is chosen" in text(app, "#notice")
        assert not engine.asked_for(Snooze)
        assert not engine.asked_for(Mute)


@pytest.mark.parametrize(
    ("key", "change", "word", "said"),
    [
        ("z", {"state": "snoozed", "snoozed_until": data.NEXT}, "snoozed", "comes back after 5 sessions"),
        ("m", {"state": "muted", "muted": True}, "muted", "no alarm of this kind and ticker rings"),
    ],
)
async def test_a_quiet_alarm_stays_in_the_feed_and_says_so(
    key: str, change: dict[str, object], word: str, said: str
) -> None:
    engine = FakeClient(data.view(alarms=(data.alarm(5, "AAPL"),)))
    app = build(engine)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, key)
        engine.say(Changed(alarms=(data.alarm(5, "AAPL", **change),)))
        await settle(pilot)
        assert word in text(app, "#feed").splitlines()[1]
        assert said in text(app, "#notice")
        assert "0 open" in text(app, "#feed")


async def test_a_removed_symbol_is_put_back_where_it_was(engine: FakeClient, app: WhipsawApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "j", "d")
        await press(pilot, "u")
        assert AddSymbol("GOOG", 1) in engine.asked


@pytest.mark.parametrize("screen", ["2", "3", "4", "5", "6"])
async def test_what_was_taken_off_can_be_put_back_from_every_screen_that_may_say_so(
    engine: FakeClient, app: WhipsawApp, screen: str
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "j", "d", screen, "u")
        assert AddSymbol("GOOG", 1) in engine.asked


async def test_undo_without_a_removal_says_so(engine: FakeClient, app: WhipsawApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "u")
        assert "nothing was taken off" in text(app, "#notice")
        assert not engine.asked_for(AddSymbol)


async def test_a_paused_replay_goes_on() -> None:
    engine = FakeClient(data.view(status=data.status(replay=replace(data.REPLAY, state="paused"))))
    app = build(engine)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "p")
        assert PauseReplay(False) in engine.asked


async def test_a_replay_that_has_ended_says_what_p_can_still_do() -> None:
    engine = FakeClient(data.view(status=data.status(replay=replace(data.REPLAY, state="ended"))))
    app = build(engine)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "p")
        assert "the replay has ended · < goes back" in text(app, "#notice")
        assert not engine.asked_for(PauseReplay)


async def test_a_running_training_is_cancelled() -> None:
    engine = FakeClient(data.view(jobs=(data.JOB,)))
    async with build(engine).run_test(size=SIZE) as pilot:
        await press(pilot, "C")
        assert CancelJob(7) in engine.asked


async def test_finding_filters_while_typing_and_enter_keeps_it(app: WhipsawApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "slash", "g", "o")
        assert [row.symbol for row in seen(app).rows] == ["GOOG"]
        await press(pilot, "enter")
        assert (seen(app).find, len(app.screen.query("#prompt"))) == ("go", 0)


async def test_escape_shows_all_again(app: WhipsawApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "slash", "g", "o", "escape")
        assert len(seen(app).rows) == 4
        assert app.focused is app.screen.query_one("#table")


async def test_letters_typed_into_a_prompt_are_no_commands(engine: FakeClient, app: WhipsawApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "a", *"qTdr?:", "escape")
        assert {type(command) for command in engine.asked} <= {Attach, GetChart}
        assert app.is_running


async def test_a_line_that_is_typed_can_be_edited(engine: FakeClient, app: WhipsawApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "a", *"amxd", "left", "backspace", "end", "backspace", "home", "x", "enter")
        assert engine.asked_for(AddSymbol) == [AddSymbol("XAM")]


async def test_tab_goes_round_the_panes(app: WhipsawApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        order = []
        for _ in range(4):
            order.append(app.focused.id if app.focused else None)
            await press(pilot, "tab")
        assert order == ["table", "chart", "feed", "table"]
        await press(pilot, "shift+tab")
        assert app.focused
        assert app.focused.id == "table"


async def test_brackets_change_the_range_and_ask_for_its_chart(engine: FakeClient, app: WhipsawApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "right_square_bracket")
        while GetChart("AAPL", "1Y") not in engine.asked:
            await pilot.pause(SETTLED)
        await settle(pilot)
        assert seen(app).chart
        assert seen(app).chart.range == "1Y"


async def test_a_held_key_asks_for_one_chart(
    engine: FakeClient, app: WhipsawApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        while not engine.asked_for(GetChart):
            await pilot.pause(SETTLED)
        # long enough for three keys on a busy machine
        monkeypatch.setattr("tui.stage.SETTLE", 1.0)
        for _ in range(3):
            app.simulate_key("j")
        await pilot.pause(1.5)
        assert engine.asked_for(GetChart) == [GetChart("AAPL", "6M"), GetChart("MSFT", "6M")]


async def test_s_offers_every_column_to_sort_by(app: WhipsawApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "s")
        picker = app.screen.query_one("#picker", OptionList)
        assert "rarity" in str(picker.get_option_at_index(picker.highlighted or 0).prompt)
        await press(pilot, "g", "home", "enter")
        assert "sort symbol ▴" in text(app, "#table")
        assert app.focused is app.screen.query_one("#table")


async def test_the_key_of_the_orders_moves_on_among_them(app: WhipsawApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "s", "s", "s", "enter")
        assert "sort list ▴" in text(app, "#table")


async def test_capital_s_turns_the_order_round(app: WhipsawApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "j", "S")
        assert "sort rarity ▴" in text(app, "#table")
        assert seen(app).selected == "GOOG"


async def test_a_click_on_a_title_sorts_by_its_column_and_again_turns_it_round(app: WhipsawApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        place = text(app, "#table").splitlines()[1].index("Chg %")
        for words in ("sort chg ▾", "sort chg ▴"):
            await pilot.click("#table", offset=(place, 1))
            await settle(pilot)
            assert words in text(app, "#table")


async def test_v_puts_the_list_under_its_groups_and_back() -> None:
    app = build(FakeClient(market.two_exchanges()))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "v")
        assert "▾ phones  2 ──" in text(app, "#table").splitlines()[2]
        await press(pilot, "v")
        assert "phones  2" not in text(app, "#table")


async def test_a_setting_begins_with_groups() -> None:
    app = build(FakeClient(market.two_exchanges()), grouped=True)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert "▾ phones  2 ──" in text(app, "#table")


async def test_h_folds_the_group_of_the_selected_row_and_l_unfolds_all() -> None:
    app = build(FakeClient(market.two_exchanges()), grouped=True)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "h")
        assert "▸ phones  2 ◆" in text(app, "#table")
        assert seen(app).selected == "GOOG"
        await press(pilot, "l")
        assert "▾ phones  2 ──" in text(app, "#table")


@pytest.mark.parametrize("key", ["v", "h", "l"])
async def test_the_keys_of_groups_say_why_they_do_nothing_on_a_list_without_one(app: WhipsawApp, key: str) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, key)
        assert "no ticker of this list has a group" in (seen(app).notice or "")


async def test_a_click_on_a_heading_folds_it_and_one_on_a_row_below_selects_that() -> None:
    app = build(FakeClient(market.two_exchanges()), grouped=True)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.click("#table", offset=(9, 2))
        await settle(pilot)
        assert "▸ phones  2" in text(app, "#table").splitlines()[2]
        await pilot.click("#table", offset=(9, 6))
        await settle(pilot)
        assert seen(app).selected == "IBM"


async def test_w_tells_how_much_is_in_each_list() -> None:
    told = ListsKept((ListSummary("sample", "Sample", 4, 2), ListSummary("us-megacaps", "Megacaps", 20)))
    engine = FakeClient(data.view(), lambda command: told if isinstance(command, GetLists) else None)
    app = build(engine)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "w")
        picker = app.screen.query_one("#picker", OptionList)
        while "2 open" not in str(picker.get_option_at_index(0).prompt):
            await pilot.pause(0.05)
        assert "Megacaps" in str(picker.get_option_at_index(1).prompt)
        await press(pilot, "w", "enter")
        assert ShowList("us-megacaps") in engine.asked


async def test_a_click_picks_another_list(engine: FakeClient, app: WhipsawApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "w")
        await pilot.click("#picker", offset=(6, 2))
        await settle(pilot)
        assert ShowList("us-megacaps") in engine.asked


async def test_a_wrong_expression_is_told_where_it_is_wrong_and_keeps_the_last_good_one(app: WhipsawApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "slash", *"rarity > 60", *"x")
        assert [row.symbol for row in seen(app).rows] == ["AAPL", "GOOG"]
        line = text(app, "#fault")
        assert "▾ 60x is no number; a number like 60 belongs here" in line
        assert line.index("▾") == len(" / rarity > ")
        await press(pilot, "enter")
        assert app.screen.query("#prompt"), "a wrong expression is not taken"
        await press(pilot, "backspace", "enter")
        assert not app.screen.query("#prompt")
        assert not app.screen.query_one("#fault").display
        assert seen(app).find == "rarity > 60"


async def test_escape_leaves_a_wrong_expression_and_shows_all(app: WhipsawApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "slash", *"rarity > 100", *" an", "escape")
        assert len(seen(app).rows) == 4
        assert not app.screen.query_one("#fault").display


async def test_hidden_amounts_are_not_to_be_filtered_by() -> None:
    app = build(FakeClient(market.held_view()))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "P", "slash", *"value > 5000", "enter")
        assert len(seen(app).rows) == 6
        assert "amounts are hidden: P shows them" in text(app, "#fault")


async def test_capital_p_hides_amounts_and_shows_them_again() -> None:
    app = build(FakeClient(market.held_view()))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert "17,064" in text(app, "#table")
        await press(pilot, "P")
        assert "17,064" not in text(app, "#table")
        assert "•••" in text(app, "#table")
        await press(pilot, "P")
        assert "17,064" in text(app, "#table")


async def test_capital_r_turns_rises_red_and_leaves_the_ground(app: WhipsawApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "t", "R")
        assert app.theme == LIGHT + RED_UP
        await press(pilot, "R")
        assert app.theme == LIGHT


async def test_a_setting_opens_with_red_rises() -> None:
    app = build(FakeClient(market.korean_view()), red_up=True)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert app.theme == DARK + RED_UP
        assert not app.screen.query_one("#notice").display


async def test_t_goes_through_the_themes(app: WhipsawApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        seen = [app.theme]
        for _ in range(4):
            await press(pilot, "t")
            seen.append(app.theme)
        assert seen == [DARK, LIGHT, CONTRAST, SAFE, DARK]


async def test_help_names_every_key(app: WhipsawApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "question_mark")
        assert isinstance(app.screen, Help)
        shown = "\n".join(str(each.render()) for each in app.screen.query(".help-column"))
        assert [key.words for key in KEYS if key.words not in shown] == []
        await press(pilot, "escape")
        assert not isinstance(app.screen, Help)


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ((), {"PgDn"}),
        (("pagedown",), {"PgDn", "PgUp"}),
        (("j",), {"PgDn", "PgUp"}),
        (("j", "k"), {"PgDn"}),
        (("G",), {"PgUp"}),
        (("G", "g"), {"PgDn"}),
        (("end", "pageup"), {"PgDn", "PgUp"}),
    ],
)
async def test_help_says_that_there_is_more_and_which_key_shows_it(
    app: WhipsawApp, keys: tuple[str, ...], told: set[str]
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "question_mark", *keys)
        assert {"PgDn", "PgUp"} & set(str(app.screen.query_one("#help-more").render()).split()) == told


async def test_help_that_is_all_in_sight_says_nothing_of_more(app: WhipsawApp) -> None:
    async with app.run_test(size=(120, 60)) as pilot:
        await press(pilot, "question_mark")
        assert str(app.screen.query_one("#help-more").render()) == ""


async def test_help_is_scrolled_by_keys_of_ones_own(engine: FakeClient) -> None:
    keys, _ = rebound({"page_next": "f3"})
    app = build(engine, keys=keys)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "question_mark", "f3")
        assert "above" in str(app.screen.query_one("#help-more").render())
        assert "f3" in str(app.screen.query_one("#help-more").render())


async def test_q_detaches_and_leaves_the_engine_alone(engine: FakeClient, app: WhipsawApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "q")
    assert app.return_value == DETACHED
    assert engine.closed
    assert not engine.asked_for(Stop)


async def test_capital_q_stops_the_engine_and_starts_no_other(engine: FakeClient) -> None:
    engines = FakeEngines(engine)
    app = WhipsawApp(engines, now=lambda: data.NOW, depth="truecolor", environ={})
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "Q")
    assert app.return_value == STOPPED
    assert engine.asked[-1] == Stop()
    assert engines.connected == 1


async def test_capital_q_without_an_engine_says_that_none_was_stopped(engine: FakeClient) -> None:
    engines = FakeEngines(engine)
    engines.refuse = 99
    app = WhipsawApp(engines, now=lambda: data.NOW, depth="truecolor", environ={})
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "Q")
    assert app.return_value == NOT_STOPPED


async def test_what_is_asked_without_an_engine_is_refused_in_words() -> None:
    app = WhipsawApp(never, now=lambda: data.NOW, depth="truecolor", environ={})
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "r")
        assert "was not done" in text(app, "#notice")


async def test_a_refusal_stands_above_the_keys_until_the_next_key() -> None:
    refusal = UnknownSymbol("no source knows XYZ", received="XYZ", do="check the spelling")
    engine = FakeClient(data.view(), lambda command: refusal if isinstance(command, AddSymbol) else None)
    app = build(engine)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "a", *"xyz", "enter")
        assert "no source knows XYZ (received: XYZ). check the spelling" in text(app, "#notice")
        await press(pilot, "j")
        assert not app.screen.query_one("#notice").display


async def test_a_click_selects_a_row(app: WhipsawApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.click("#table", offset=(5, 4))
        await settle(pilot)
        assert seen(app).selected == "IBM"


async def test_the_wheel_scrolls_five_hundred_rows(app_of: Callable[[View], WhipsawApp]) -> None:
    app = app_of(data.many(500))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "G")
        assert data.many(500).rows[-1].symbol in text(app, "#table")
        assert "┃" in text(app, "#table").splitlines()[-2]


@pytest.mark.parametrize("place", get_args(Place))
def test_no_two_keys_of_a_screen_are_the_same(place: Place) -> None:
    keys = [name for key in keys_on(place) for name in key.keys.split(",")]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("place", get_args(Place))
def test_the_footer_is_made_of_keys_that_exist(place: Place) -> None:
    assert all(key in KEYS and key.short for key in footer(place))


@pytest.mark.parametrize("rows", [15, 16, 20, 24])
async def test_what_can_be_picked_fits_the_screen_to_its_last_line(app: WhipsawApp, rows: int) -> None:
    async with app.run_test(size=(60, rows)) as pilot:
        await press(pilot, "s", "G")
        picker = app.screen.query_one("#picker", OptionList)
        assert picker.highlighted == picker.option_count - 1
        assert picker.region.bottom <= rows - 1


@pytest.mark.parametrize("key", ["d", "T", "space", "tab", "G"])
async def test_while_something_is_picked_no_key_is_for_the_list_below(
    engine: FakeClient, app: WhipsawApp, key: str
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "w")
        before = len(engine.asked)
        await press(pilot, key)
        assert engine.asked[before:] == []
        assert seen(app).selected == "AAPL"
        assert isinstance(app.focused, OptionList)


def test_hints_that_were_followed_are_the_first_to_give_way_but_for_help_and_the_way_back() -> None:
    usual = [key.id for key in footer("symbol")]
    after = [key.id for key in footer("symbol", used={"help", "back", "slide", "zoom"})]
    assert after[:2] == usual[:2] == ["help", "back"]
    assert set(after[-2:]) == {"slide(-1)", "zoom(1)"}
    assert sorted(after) == sorted(usual)


@pytest.mark.parametrize(
    ("pressed", "followed"), [("right_square_bracket", {"ranged"}), ("s", {"sort"}), ("j", set()), ("1", set())]
)
def test_a_key_follows_the_hint_that_tells_of_it(pressed: str, followed: set[str]) -> None:
    assert hints("watch", pressed) == followed


async def test_a_hint_that_was_followed_makes_room_when_its_screen_is_opened_again(app: WhipsawApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        usual = text(app, "#keys")
        await press(pilot, "s", "escape")
        assert text(app, "#keys") == usual
        await press(pilot, "2", "1")
        assert "sort" in usual
        assert "sort" not in text(app, "#keys")
        assert text(app, "#keys").startswith(" ? help")


async def test_so_it_does_on_the_screens_above_the_list(app: WhipsawApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "2", "x")
        assert "cursor" in app.screen.query_one("#keys").render_line(0).text
        await press(pilot, "1", "2")
        assert "cursor" not in app.screen.query_one("#keys").render_line(0).text


async def test_letters_typed_ahead_of_the_prompt_land_in_it_and_are_no_commands(
    engine: FakeClient, app: WhipsawApp
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        for key in ("a", "d", "D", "N", "Q", "enter"):  # all at once, as a slow link delivers what a hand typed
            app.post_message(Key(key, key if len(key) == 1 else "\r"))
        for _ in range(20):
            await settle(pilot)
        assert engine.asked_for(AddSymbol) == [AddSymbol("DDNQ")]
        assert not engine.asked_for(RemoveSymbol)
        assert app.is_running


async def test_a_line_that_was_ended_in_one_go_with_its_letters_leaves_nothing_open(app: WhipsawApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        for key in ("a", "k", "o", "enter"):
            app.post_message(Key(key, key if len(key) == 1 else "\r"))
        for _ in range(20):
            await settle(pilot)
        assert seen(app).seeking is None


@pytest.mark.parametrize(
    ("keys", "command"),
    [
        (("j", "d"), RemoveSymbol("GOOG")),
        (("G", "T"), Train(symbols=("MSFT",))),
        (("tab", "tab", "j", "space"), Acknowledge(4)),
        (("j", "j", "d"), RemoveSymbol("IBM")),
    ],
)
async def test_keys_that_come_in_one_go_are_obeyed_one_after_the_other(
    engine: FakeClient, app: WhipsawApp, keys: tuple[str, ...], command: Command
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        for key in keys:  # as a slow link delivers what a hand typed
            app.post_message(Key(key, " " if key == "space" else key if len(key) == 1 else None))
        for _ in range(20):
            await settle(pilot)
        assert command in engine.asked


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40)])
async def test_what_is_said_is_said_in_full(app: WhipsawApp, size: tuple[int, int]) -> None:
    words = "model #2 not taken: its pinball loss is 0.8 % worse on 40 sessions (p 0.03) · no skill · IBM: too short"
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        app.screen.post_message(Happened(Said(words)))
        await settle(pilot)
        lines = [line.removeprefix("▌").strip() for line in text(app, "#notice").splitlines()]
        assert " ".join(lines) == words
        await press(pilot, "j")
        assert not app.screen.query_one("#notice").display
