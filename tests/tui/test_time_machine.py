"""The time machine's keys: where they lead, what is asked for it, what is seen meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot

from engine.errors import BadRequest
from engine.protocol import (
    Attach,
    Changed,
    Explain,
    GetChart,
    PauseReplay,
    Row,
    ShowList,
    Train,
)
from tests.tui import data
from tests.tui.conftest import build
from tests.tui.fakes import FakeClient, FakeEngines
from tests.tui.past import FIRST, SESSIONS, THEN, PastClient, view_at, weekend
from tests.tui.test_keys import SIZE, press, seen, settle, text
from tests.tui.test_link import Following
from tui import travels
from tui.app import WhipsawApp
from tui.events import Arrived, Bound, Played, Read, Stayed, Stepped
from tui.journey import AWAITED, NONE_STORED, Journey, day_of, no_day, stepped, upto
from tui.reduce import reduce
from tui.screens.symbol import SymbolScreen
from tui.state import State


@pytest.fixture
def engine() -> PastClient:
    return PastClient()


@pytest.fixture
def app(engine: PastClient) -> WhipsawApp:
    return build(engine)


async def until(pilot: Pilot[str], holds: Callable[[], object]) -> None:
    """Wait for it."""
    async with asyncio.timeout(20):
        while not holds():
            await pilot.pause(0.01)


async def until_there(pilot: Pilot[str], app: WhipsawApp, as_of: date | None) -> None:
    """Wait until that session is on the screen, and nothing further is on its way."""
    await until(pilot, lambda: seen(app).as_of == as_of and seen(app).journey is None)
    await settle(pilot)


async def go(pilot: Pilot[str], app: WhipsawApp, keys: list[str], as_of: date | None) -> None:
    await press(pilot, *keys)
    await until_there(pilot, app, as_of)


Compare = Callable[..., bool]
BACK, ON = "less_than_sign", "greater_than_sign"


# --- where keys lead ---


@pytest.mark.parametrize(
    ("keys", "there"),
    [
        ([BACK], SESSIONS[-2]),
        ([BACK, BACK, BACK], SESSIONS[-4]),
        ([BACK, BACK, ON], SESSIONS[-2]),
        ([*"J2008-09-05", "enter"], date(2008, 9, 5)),
        ([*"J2008/9/5", "enter"], date(2008, 9, 5)),
        ([*f"J{weekend()}", "enter"], max(day for day in SESSIONS if day < weekend())),
        (["colon", *"session back", "enter"], SESSIONS[-2]),
    ],
)
async def test_a_key_leads_to_a_session(app: WhipsawApp, keys: list[str], there: date) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await go(pilot, app, keys, there)
        assert {row.session for row in seen(app).rows} == {there}


@pytest.mark.parametrize("keys", [["N"], [ON, ON], ["colon", *"back to now", "enter"], [*f"J{SESSIONS[-1]}", "enter"]])
async def test_the_way_back_leads_to_now(app: WhipsawApp, keys: list[str]) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await go(pilot, app, [BACK, BACK], SESSIONS[-3])
        await go(pilot, app, keys, None)
        assert seen(app).view == view_at(None)


async def test_keys_in_a_row_are_one_question_for_the_last_session(engine: PastClient, app: WhipsawApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        for _ in range(8):
            app.action_step(-1)
        assert seen(app).journey == Journey(SESSIONS[-9])
        await until_there(pilot, app, SESSIONS[-9])
        assert engine.dates == [None, SESSIONS[-9]]


async def test_the_screen_says_at_once_where_it_is_going(app: WhipsawApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        app.action_step(-1)
        await settle(pilot)
        assert f"going to {SESSIONS[-2]}" in text(app, "#status") or f"as of {SESSIONS[-2]}" in text(app, "#status")


async def test_the_chart_is_that_of_the_session(engine: PastClient, app: WhipsawApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await go(pilot, app, [BACK, BACK], THEN)
        await until(pilot, lambda: seen(app).chart and seen(app).chart.as_of == THEN)
        assert seen(app).chart.sessions[-1] == THEN
        assert engine.asked[-1] == GetChart("AAPL", "6M")


async def test_the_symbol_screen_steps_too(engine: PastClient, app: WhipsawApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "enter")
        await go(pilot, app, [BACK, BACK], THEN)
        await until(pilot, lambda: seen(app).explanation and seen(app).explanation.as_of == THEN)
        assert isinstance(app.screen, SymbolScreen)
        assert engine.asked[-2:] == [GetChart("AAPL", "6M"), Explain("AAPL")]


async def test_a_date_is_gone_to_from_the_symbol_screen(app: WhipsawApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "enter")
        await go(pilot, app, [*f"J{THEN}", "enter"], THEN)
        assert isinstance(app.screen, SymbolScreen)
        await press(pilot, "J", "escape")
        assert isinstance(app.screen, SymbolScreen)
        assert not app.screen.query("#prompt")


async def test_ranges_and_rows_work_at_a_session_as_they_do_now(engine: PastClient, app: WhipsawApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await go(pilot, app, [BACK, BACK], THEN)
        await press(pilot, "j", "right_square_bracket")
        await until(pilot, lambda: engine.asked[-1] == GetChart("GOOG", "1Y"))


# --- what is said ---


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 15), (200, 60)])
async def test_it_is_always_visible_that_this_is_not_now_and_how_to_come_back(
    app: WhipsawApp, size: tuple[int, int]
) -> None:
    async with app.run_test(size=size) as pilot:
        await go(pilot, app, [BACK, BACK], THEN)
        line = text(app, "#status")
        assert f"as of {THEN}" in line
        assert "N now" in line
        assert "replay" not in line


@pytest.mark.parametrize("place", ["3", "4", "5", "6"])
async def test_every_screen_says_so(app: WhipsawApp, place: str) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await go(pilot, app, [BACK, BACK], THEN)
        await press(pilot, place)
        bar = app.screen.query_one("#status")
        assert f"as of {THEN} close · N now" in bar.render_line(0).text
        await go(pilot, app, ["N"], None)


@pytest.mark.parametrize(
    ("text_typed", "words"),
    [
        ("2008-13-45", f"that is no date (received: 2008-13-45) · type it like 2008-09-15 · stored are {FIRST} to"),
        ("soon", "that is no date (received: soon)"),
        (
            "1999-01-04",
            f"no session is stored of that day (received: 1999-01-04). stored are {FIRST} to {SESSIONS[-1]}",
        ),
        (
            "2031-01-04",
            f"no session is stored of that day (received: 2031-01-04). stored are {FIRST} to {SESSIONS[-1]}",
        ),
    ],
)
async def test_a_bad_date_is_said_with_what_is_stored(app: WhipsawApp, text_typed: str, words: str) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "J", *text_typed, "enter")
        await until(pilot, lambda: seen(app).refused)
        assert words in seen(app).notice
        assert (seen(app).as_of, seen(app).journey) == (None, None)


@pytest.mark.parametrize("key", [ON, "N"])
async def test_at_now_there_is_nothing_further_on(engine: PastClient, app: WhipsawApp, key: str) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, key)
        assert seen(app).notice == "this is now · < goes back"
        assert engine.dates == [None]


async def test_what_the_engine_refuses_at_a_session_is_said(engine: PastClient) -> None:
    class Refusing(PastClient):
        async def ask(self, command: object) -> object:
            if isinstance(command, Train):
                raise BadRequest(f"you are at {self.at}, from where nothing is changed", do="go back to now first")
            return await super().ask(command)  # type: ignore[arg-type]

    app = build(Refusing())
    async with app.run_test(size=SIZE) as pilot:
        await go(pilot, app, [BACK, BACK], THEN)
        await press(pilot, "T")
        await until(pilot, lambda: seen(app).refused)
        assert seen(app).notice == f"you are at {THEN}, from where nothing is changed. go back to now first"


# --- p ---


async def test_p_plays_on_to_now_and_stops_there(app: WhipsawApp, engine: PastClient, monkeypatch: object) -> None:
    monkeypatch.setattr(travels, "PACE", 0.01)  # type: ignore[attr-defined]
    async with app.run_test(size=SIZE) as pilot:
        await go(pilot, app, [BACK] * 3, SESSIONS[-4])
        await press(pilot, "p")
        await until_there(pilot, app, None)
        assert engine.dates[-3:] == [*SESSIONS[-3:]]
        assert not seen(app).playing


async def test_p_again_stops_and_so_does_a_step_by_hand(app: WhipsawApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await go(pilot, app, [BACK] * 9, SESSIONS[-10])
        await press(pilot, "p")
        assert seen(app).playing
        await press(pilot, "p")
        assert not seen(app).playing
        await press(pilot, "p")
        await press(pilot, BACK)
        assert not seen(app).playing


async def test_at_now_p_pauses_the_replay_as_ever(engine: PastClient, app: WhipsawApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "p")
        assert PauseReplay(True) in engine.asked


# --- what rings ---


async def test_an_alarm_that_came_meanwhile_rings_on_the_way_back(engine: PastClient) -> None:
    app = build(engine)
    async with app.run_test(size=SIZE) as pilot:
        await go(pilot, app, [BACK, BACK], THEN)
        written: list[str] = []
        app._write = written.append  # type: ignore[method-assign, assignment]
        engine.now = data.view(alarms=(data.alarm(77, "MSFT"), *engine.now.alarms))
        await go(pilot, app, ["N"], None)
        assert any("\a" in each for each in written)


async def test_an_alarm_of_then_rings_nobody(engine: PastClient) -> None:
    app = build(engine)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        written: list[str] = []
        app._write = written.append  # type: ignore[method-assign, assignment]
        await go(pilot, app, [BACK], SESSIONS[-2])
        await go(pilot, app, [BACK], SESSIONS[-3])
        assert written == []


# --- the link ---


async def test_of_the_sessions_wanted_while_one_is_waited_for_only_the_last_is_asked() -> None:
    there = asyncio.Event()

    class Slow(PastClient):
        async def ask(self, command: object) -> object:
            if isinstance(command, Attach) and command.as_of:
                await there.wait()
            return await super().ask(command)  # type: ignore[arg-type]

    client = Slow()
    async with Following(FakeEngines(client)) as following:
        first = asyncio.create_task(following.link.travel(SESSIONS[-2]))
        await following.turn()
        for back in (3, 4, 5):
            await following.link.travel(SESSIONS[-back])
        there.set()
        await first
        assert client.dates == [None, SESSIONS[-2], SESSIONS[-5]]
        assert following.events[-1] == Arrived()


async def test_after_a_loss_the_screen_comes_back_to_the_session_it_showed() -> None:
    client, other = PastClient(), PastClient()
    async with Following(FakeEngines(client, other), Attach("sample")) as following:
        await following.link.travel(THEN)
        client.die()
        await asyncio.wait_for(following.until(type(client.view), 3), 3)
        assert other.asked == [Attach("sample", as_of=THEN)]


async def test_a_session_that_is_gone_after_a_loss_is_not_asked_for_for_ever() -> None:
    class Young(PastClient):
        def _attached(self, day: date | None) -> object:
            return BadRequest("no session is stored of that day") if day else super()._attached(day)

    client, other = PastClient(), Young()
    async with Following(FakeEngines(client, other)) as following:
        await following.link.travel(THEN)
        client.die()
        await asyncio.wait_for(following.until(type(client.view), 3), 3)
        assert other.dates == [THEN, None]


async def test_without_an_engine_one_stays() -> None:
    following = Following(FakeEngines(FakeClient(data.view())))
    await following.link.travel(THEN)
    assert isinstance(following.events[-1], Stayed)


async def test_another_list_is_shown_at_the_same_session(engine: PastClient, app: WhipsawApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await go(pilot, app, [BACK, BACK], THEN)
        await press(pilot, "w", "j", "enter")
        assert ShowList("us-megacaps") in engine.asked
        assert seen(app).as_of == THEN


# --- state ---


@pytest.fixture
def here() -> State:
    return reduce(State(now=data.NOW), view_at(None))


@pytest.fixture
def then(here: State) -> State:
    charted = reduce(reduce(here, data.chart("AAPL")), view_at(THEN))
    return reduce(charted, Arrived())


def test_a_chart_loses_at_once_what_is_later_than_the_session(then: State) -> None:
    assert then.chart is not None
    assert then.chart.sessions[-1] == THEN
    assert (then.chart.forecast, then.chart.forecasts) == (None, ())
    lengths = {len(column) for column in (then.chart.close, then.chart.volume, then.chart.sessions)}
    assert len(lengths) == 1


def test_a_chart_of_another_session_comes_too_late(then: State) -> None:
    assert reduce(then, data.chart("AAPL")) == then


def test_what_changes_in_the_engine_leaves_the_session(then: State) -> None:
    after = reduce(then, Changed(jobs=(data.JOB,)))
    assert (after.as_of, after.rows) == (THEN, then.rows)


@pytest.mark.parametrize(("by", "there"), [(-1, SESSIONS[-2]), (-5, SESSIONS[-6]), (-1000, SESSIONS[0])])
def test_steps_from_now(here: State, by: int, there: date) -> None:
    assert reduce(here, Stepped(by)).journey == Journey(there)


def test_steps_add_up_while_nothing_has_come(here: State) -> None:
    state = here
    for by in (-1, -1, -1, 1):
        state = reduce(state, Stepped(by))
    assert state.journey == Journey(SESSIONS[-3])


def test_the_first_stored_session_is_said(then: State) -> None:
    assert then.view is not None
    status = view_at(SESSIONS[0]).status
    assert stepped(status, None, -1, "<") == Journey(SESSIONS[0])
    assert stepped(replace(status, first=SESSIONS[0]), None, -1, "<") == f"{SESSIONS[0]} is the first stored session"


@pytest.mark.parametrize(("moved_on", "there"), [(False, Journey(SESSIONS[-2])), (True, None)])
def test_a_step_back_is_taken_once_sessions_are_known_unless_a_key_came_after_it(
    moved_on: bool, there: Journey | None
) -> None:
    asked = reduce(reduce(State(), data.view()), Stepped(-1))
    assert (asked.journey, asked.notice) == (None, AWAITED)
    known = Changed(status={"sessions": SESSIONS})
    assert reduce(reduce(asked, Read()) if moved_on else asked, known).journey == there


BARE = (Row("AAPL", why="no bars yet"), Row("IBM", why="no bars yet"))


@pytest.mark.parametrize("rows", [BARE, ()], ids=["tickers without a bar", "an empty list"])
def test_no_step_back_is_awaited_where_no_session_is_stored(rows: tuple[Row, ...]) -> None:
    asked = reduce(reduce(State(), data.view(rows=rows)), Stepped(-1))
    assert (asked.journey, asked.notice, asked.refused) == (None, NONE_STORED, False)
    assert reduce(asked, Changed(status={"sessions": SESSIONS})).journey is None


def test_a_step_back_is_not_awaited_any_longer_where_another_list_has_no_session() -> None:
    asked = reduce(reduce(State(), data.view()), Stepped(-1))
    assert reduce(asked, data.view(rows=BARE)).notice == NONE_STORED


def test_on_the_way_to_now_one_waits(then: State) -> None:
    state = reduce(reduce(then, Bound(None)), Stepped(-1))
    assert (state.journey, state.notice) == (Journey(None), "on the way to now")


def test_nothing_is_played_at_now(here: State) -> None:
    assert not reduce(here, Played()).playing


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2008-09-15", date(2008, 9, 15)),
        (" 2008.9.5 ", date(2008, 9, 5)),
        ("2008/09/15", date(2008, 9, 15)),
        *(
            (bad, None)
            for bad in ("", "2008", "2008-09", "2008-02-30", "-1-1-1", "２００８-9-1", "99999-1-1", "17.3.08")
        ),
    ],
)
def test_a_typed_day(typed: str, day: date | None) -> None:
    assert day_of(typed) == day


def test_a_text_from_outside_does_not_reach_the_terminal_raw() -> None:
    assert "\x1b" not in no_day("\x1b[31m", None)


def test_a_chart_of_later_sessions_alone_is_none() -> None:
    assert upto(data.chart("AAPL", "1M"), FIRST) is None


# --- how it looks ---


def stepped_back(*keys: str) -> Callable[[Pilot[str]], Awaitable[None]]:
    """Stand at an earlier session, then press these."""

    async def run(pilot: Pilot[str]) -> None:
        assert isinstance(pilot.app, WhipsawApp)
        await go(pilot, pilot.app, [BACK, BACK], THEN)
        await until(pilot, lambda: seen(pilot.app).chart and seen(pilot.app).chart.as_of == THEN)
        await press(pilot, *keys)

    return run


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 15)], ids=str)
def test_an_earlier_session_is_told_from_now_at_a_glance(
    snap_compare: Compare, app: WhipsawApp, size: tuple[int, int]
) -> None:
    assert snap_compare(app, terminal_size=size, run_before=stepped_back())


@pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=str)
def test_a_date_is_typed_in_place_of_the_keys(snap_compare: Compare, app: WhipsawApp, size: tuple[int, int]) -> None:
    assert snap_compare(app, terminal_size=size, run_before=stepped_back("J", *"2008-0"))


@pytest.mark.parametrize("glyphs", ["ascii", "unicode"])
def test_less_of_colours_or_glyphs_tells_it_as_well(
    snap_compare: Compare, engine: PastClient, monkeypatch: pytest.MonkeyPatch, glyphs: str
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(build(engine, glyphs=glyphs), terminal_size=(80, 24), run_before=stepped_back())
