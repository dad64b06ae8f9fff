"""The keys of the feed, and what the terminal is told, on a running app."""

from collections.abc import Callable
from datetime import date

import pytest
from msgspec.structs import replace

from engine.protocol import View
from tests.tui import data
from tests.tui.conftest import build
from tests.tui.fakes import FakeClient
from tests.tui.test_keys import SIZE, press, seen, settle, text
from tests.tui.test_symbol_keys import text_of
from tui.app import WhipsawApp
from tui.messages import Happened
from tui.reduce import reduce
from tui.screens.symbol import SymbolScreen
from tui.state import State
from tui.widgets.alarm_feed import AlarmFeed

FEED = ("tab", "tab")


def heard(app: WhipsawApp) -> list[str]:
    """What is written to the terminal from now on."""
    told: list[str] = []
    assert app._driver
    app._driver.write = told.append  # type: ignore[method-assign, assignment]
    return told


@pytest.mark.parametrize(
    ("keys", "words"),
    [("f", "alerts only"), ("ff", "AAPL"), ("fff", "volatility shock"), ("ffff", "unseen"), ("fffff", "Alarms ─")],
)
async def test_the_filter_stands_in_the_title(app: WhipsawApp, keys: str, words: str) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, *keys)
        assert words in text(app, "#feed").splitlines()[0]


async def test_escape_shows_all_alarms(app: WhipsawApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "f", "escape")
        assert seen(app).narrowing.by == "all"


async def test_in_the_feed_escape_leaves_the_filter_of_the_list(app: WhipsawApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "slash", "g", "enter", "f", *FEED, "escape")
        assert (seen(app).narrowing.by, seen(app).find) == ("all", "g")


async def test_an_empty_filter_says_which_key_shows_all(app_of: Callable[[View], WhipsawApp]) -> None:
    app = app_of(data.view(alarms=(data.reversal(4, "GOOG"),)))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "f")
        assert "no such alarm · Esc shows all 1" in text(app, "#feed")


async def test_enter_in_the_feed_opens_the_ticker_at_the_session_of_its_alarm(app: WhipsawApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, *FEED, "j", "j", "j", "enter")
        await pilot.pause(0.15)
        await settle(pilot)
        assert isinstance(app.screen, SymbolScreen)
        assert (app.screen.state.selected, app.screen.state.look.cursor) == ("IBM", 10)


async def test_what_the_alarm_at_the_cursor_rests_on_stands_beside_the_chart_though_a_newer_one_is_over_too(
    app_of: Callable[[View], WhipsawApp],
) -> None:
    older, newer = date(2008, 9, 3), date(2008, 9, 10)
    app = app_of(
        data.view(
            alarms=(
                data.alarm(9, "IBM", kind="drift", opened=newer, state="closed", closed=newer),
                data.reversal(2, "IBM", opened=older, state="closed", closed=newer),
            )
        )
    )
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, *FEED, "j", "enter")
        await pilot.pause(0.15)
        await settle(pilot)
        told = text_of(app, "#evidence")
        assert "predicted reversal  03 Sep" in told
        assert "p 0.011 of 1,045 scores" in told
        assert "drift" not in told


async def test_enter_on_an_alarm_of_the_market_says_that_it_has_no_chart(app_of: Callable[[View], WhipsawApp]) -> None:
    app = app_of(data.view(alarms=(data.alarm(8, "MARKET"),)))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, *FEED, "enter")
        assert seen(app).notice == "MARKET is no ticker of this list, so it has no chart"


async def test_a_new_alert_rings_once_and_is_counted_in_the_title(engine: FakeClient, app: WhipsawApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        told = heard(app)
        engine.become(replace(engine.view, alarms=(data.alarm(6, "IBM", kind="drift"), *data.alarms())))
        await settle(pilot)
        assert [each for each in told if each == "\a" or "]2;" in each] == ["\a", "\x1b]2;whipsaw (3)\x1b\\"]


async def test_the_title_is_not_sent_again_while_the_count_stays(engine: FakeClient, app: WhipsawApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        told = heard(app)
        engine.become(replace(engine.view, rows=engine.view.rows[:3]))
        await settle(pilot)
        assert len(seen(app).rows) == 3
        assert not [each for each in told if "]2;" in each]


async def test_what_was_there_at_attaching_does_not_ring(engine: FakeClient) -> None:
    app = build(engine, notices="both", environ={"TERM": "xterm-kitty"})
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        told = heard(app)
        app.post_message(Happened(data.view(alarms=(data.alarm(6, "IBM"), *data.alarms()))))
        await settle(pilot)
        assert seen(app).feed[0].id == 6
        assert not [each for each in told if each == "\a" or "]99;" in each]


async def test_what_the_terminal_is_told_counts_as_sent(app: WhipsawApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        before = app._meter.sent
        app._write("\x1b]2;whipsaw (9)\x1b\\")
        assert app._meter.sent - before == 17


@pytest.mark.parametrize("width", range(60, 200))
def test_why_an_alarm_was_raised_never_touches_the_frame(width: int) -> None:
    feed = AlarmFeed()
    feed.state = reduce(State(now=data.NOW), data.view())
    lines = ["".join(words for words, _ in line) for line in feed.paint(width, 12)]
    assert lines[-3].startswith("│ Why AAPL?")
    assert all(line.endswith(" │") for line in lines[-3:-1])
