"""A screen that was gone to before stands there as if it had just been built."""

import gc

import pytest
from textual.pilot import Pilot
from textual.widget import Widget

from engine.protocol import Explain, GetChart, GetModels, Inspect
from tests.tui import data, modelling
from tests.tui.conftest import build
from tests.tui.fakes import FakeClient
from tests.tui.test_keys import SETTLED, SIZE, press, settle
from tui.app import WhipsawApp
from tui.screens.watch import Watch
from tui.widgets.confirm import Confirm

ROUND = ("2", "1", "3", "1", "4", "1", "5", "1", "6", "1", "question_mark", "escape", "slash", "escape", "J", "escape")


def lines(app: WhipsawApp) -> list[str]:
    return [strip.text for strip in app.screen._compositor.render_strips()]


def colours(app: WhipsawApp) -> list[object]:
    return [segment for strip in app.screen._compositor.render_strips() for segment in strip]


async def still(pilot: Pilot[str], *keys: str) -> None:
    await press(pilot, *keys)
    await pilot.pause(2 * SETTLED)
    await settle(pilot)


def alive() -> int:
    gc.collect()
    return sum(isinstance(each, Widget) for each in gc.get_objects())


async def test_going_round_the_screens_leaves_no_widget_behind(app: WhipsawApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, *ROUND, *ROUND)
        before = alive()
        await press(pilot, *ROUND, *ROUND, *ROUND)
        assert alive() <= before


@pytest.mark.parametrize("key", ["2", "3", "6"])
async def test_a_screen_looks_the_second_time_as_it_did_the_first(app: WhipsawApp, key: str) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await still(pilot)
        await still(pilot, key)
        first = lines(app)
        await still(pilot, "tab", "1", key)
        assert lines(app)[:-1] == first[:-1]  # hints that were followed have given way


@pytest.mark.parametrize(("key", "asked"), [("2", GetChart), ("2", Explain), ("3", GetModels), ("6", Inspect)])
async def test_it_asks_again_for_what_it_shows(app: WhipsawApp, engine: FakeClient, key: str, asked: type) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await still(pilot)
        await still(pilot, key, "1")
        before = len(engine.asked_for(asked))
        await still(pilot, key)
        assert len(engine.asked_for(asked)) > before


@pytest.mark.parametrize("key", ["2", "3", "6", "question_mark"])
async def test_it_has_the_layout_of_the_size_that_it_is_shown_in(app: WhipsawApp, engine: FakeClient, key: str) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await still(pilot)
        await still(pilot, key, "escape")
        await pilot.resize_terminal(70, 24)
        await still(pilot, key)
        shown = lines(app)
    fresh = build(FakeClient(engine.view))
    async with fresh.run_test(size=(70, 24)) as pilot:
        await still(pilot)
        await still(pilot, key)
        assert shown == lines(fresh)


@pytest.mark.parametrize("key", ["2", "3", "6", "question_mark"])
async def test_it_has_the_colours_of_a_theme_that_was_chosen_meanwhile(
    app: WhipsawApp, engine: FakeClient, key: str
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await still(pilot)
        await still(pilot, key, "escape", "t", key)
        shown = colours(app)
    fresh = build(FakeClient(engine.view))
    async with fresh.run_test(size=SIZE) as pilot:
        await still(pilot)
        await still(pilot, "t", key)
        assert shown == colours(fresh)


async def test_a_question_that_was_left_open_is_not_there_again() -> None:
    app = build(FakeClient(data.view(jobs=modelling.jobs())))
    async with app.run_test(size=SIZE) as pilot:
        await still(pilot)
        await still(pilot, "3")
        await still(pilot, "B")
        assert app.screen.query(Confirm)
        await still(pilot, "1", "3")
        assert not app.screen.query(Confirm)


async def test_help_begins_at_its_top_again(app: WhipsawApp) -> None:
    async with app.run_test(size=(60, 15)) as pilot:
        await still(pilot)
        await still(pilot, "question_mark")
        top = lines(app)
        await still(pilot, "j", "j")
        assert lines(app) != top
        await still(pilot, "escape", "question_mark")
        assert lines(app) == top


async def test_what_a_screen_covers_is_not_painted(app: WhipsawApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await still(pilot)
        await still(pilot, "2")
        below = app.screen_stack[0]
        assert isinstance(below, Watch)
        assert not below.seen
