"""When the screens other than Watch are loaded, and their style is read."""

import subprocess
import sys

import pytest

from tui.app import QUIET, WhipsawApp
from tui.screens.help import Help
from tui.stage import ABOVE

ABOVE_WATCH = ("symbol", "model", "absent", "engine", "help", "palette")
STEPS = len(ABOVE_WATCH) + 2
"""One for each place, Backtest and Trade among them, and one that finds that all are there."""


def loaded_after(code: str) -> set[str]:
    said = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"], capture_output=True, text=True, check=True
    )
    return {each for each in ABOVE_WATCH if f"tui.screens.{each}" in said.stdout.split()}


def test_the_first_frame_waits_for_no_screen_but_watch() -> None:
    assert loaded_after("import tui.app") == set()


def test_all_of_them_are_loaded_one_after_another() -> None:
    assert loaded_after("from tui.stages import loading\nfor _ in loading(): pass") == set(ABOVE_WATCH)


async def test_their_style_is_read_once_nothing_else_is_to_do(app: WhipsawApp) -> None:
    async with app.run_test() as pilot:
        assert not app.stylesheet.has_source(str(ABOVE))
        await pilot.pause(QUIET * (STEPS + 1))
        assert app.stylesheet.has_source(str(ABOVE))


@pytest.mark.parametrize("key", ["2", "3", "6", "question_mark", "colon"])
async def test_a_screen_opened_at_once_has_its_style(app: WhipsawApp, key: str) -> None:
    async with app.run_test() as pilot:
        await pilot.press(key)
        await pilot.pause()
        assert app.stylesheet.has_source(str(ABOVE))


async def test_help_opens_once(app: WhipsawApp) -> None:
    async with app.run_test() as pilot:
        app.action_help()
        await pilot.pause()
        app.action_help()
        await pilot.pause()
        assert [type(screen) for screen in app.screen_stack].count(Help) == 1
