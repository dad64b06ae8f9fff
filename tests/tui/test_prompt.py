"""The line to type in: its hint leaves room for what is typed."""

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from tui.app import WhipsawApp


def seen(pilot: Pilot[str]) -> tuple[int, str]:
    """Cells to type in, and the hint beside them."""
    line = pilot.app.screen.query_one(Input)
    return line.size.width, str(pilot.app.screen.query_one("#prompt-hint", Static).content)


async def opened(pilot: Pilot[str], *keys: str) -> None:
    await pilot.pause(0.3)
    await pilot.press(*keys)
    await pilot.pause(0.3)


@pytest.mark.parametrize("key", ["a", "slash"])
@pytest.mark.parametrize("size", [(60, 15), (80, 24), (120, 40)], ids=str)
async def test_an_empty_line_has_room_to_type_in(app: WhipsawApp, key: str, size: tuple[int, int]) -> None:
    async with app.run_test(size=size) as pilot:
        await opened(pilot, key)
        assert seen(pilot)[0] > 12


async def test_a_hint_that_does_not_fit_loses_whole_pieces_and_keeps_the_way_out(app: WhipsawApp) -> None:
    async with app.run_test(size=(60, 15)) as pilot:
        await opened(pilot, "a")
        assert seen(pilot)[1] == "↓ picks · Enter adds · Esc leaves "


async def test_a_hint_comes_back_with_a_wider_terminal(app: WhipsawApp) -> None:
    async with app.run_test(size=(60, 15)) as pilot:
        await opened(pilot, "a")
        await pilot.resize_terminal(120, 40)
        await pilot.pause(0.3)
        assert seen(pilot)[1].startswith("a name is looked for · ")


async def test_a_hint_gives_way_while_a_long_text_is_typed(app: WhipsawApp) -> None:
    async with app.run_test(size=(60, 15)) as pilot:
        await opened(pilot, "a", *"berkshire hathaway inc class b new york")
        width, hint = seen(pilot)
        assert width > 40
        assert hint == ""
