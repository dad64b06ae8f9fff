"""Pictures of the Symbol screen, compared with those that were looked at and found good."""

from collections.abc import Awaitable, Callable

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot

from engine.errors import UnknownSymbol
from engine.protocol import Command, Explain, GetChart, Result, View
from tests.tui import charting, data, market
from tests.tui.conftest import build
from tests.tui.fakes import FakeClient
from tests.tui.test_looks import still
from tests.tui.test_symbol_keys import whole
from tui.app import WhipsawApp
from tui.palettes import CONTRAST, LIGHT, SAFE

Compare = Callable[..., bool]
Answers = Callable[[Command], Result | UnknownSymbol | None]


def app_of(view: View | None = None, answers: Answers = whole, **other: object) -> WhipsawApp:
    return build(FakeClient(view or data.view(), answers), **other)


def opened(*keys: str) -> Callable[[Pilot[str]], Awaitable[None]]:
    """Waits until the list is there, opens the screen, presses keys, waits for what follows."""

    async def run(pilot: Pilot[str]) -> None:
        await still(pilot)
        for key in ("2", *keys):
            await pilot.press(key)
            await still(pilot)

    return run


@pytest.mark.parametrize("size", [(200, 60), (120, 40), (120, 18), (100, 24), (80, 24), (70, 50), (60, 15)], ids=str)
def test_every_size_is_useful(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(app_of(), terminal_size=size, run_before=opened())


KEYS: dict[str, tuple[str, ...]] = {
    "candles": ("c",),
    "bands": ("i",),
    "panels": ("c", "i", "i"),
    "cursor": ("x", "h", "h", "h"),
    "near": ("c", "plus", "plus", "plus", "h"),
    "one_month": ("c", "left_square_bracket", "left_square_bracket"),
    "five_years": ("c", "right_square_bracket", "right_square_bracket"),
    "kinds": ("tab", "j", "j", "j"),
}


@pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=str)
@pytest.mark.parametrize("name", KEYS)
def test_every_key_leaves_a_calm_screen(snap_compare: Compare, name: str, size: tuple[int, int]) -> None:
    assert snap_compare(app_of(), terminal_size=size, run_before=opened(*KEYS[name]))


def short(command: Command) -> Result | None:
    """A ticker that began to trade yesterday."""
    if isinstance(command, Explain):
        why = "1 session of history, 756 are needed"
        return charting.explanation(command.symbol, scored=False, why=why, kinds=(), word=None)
    if not isinstance(command, GetChart):
        return None
    columns = dict.fromkeys(("open", "high", "low", "volume"), (None,))
    return data.chart("AAPL", forecast=None, markers=(), sessions=(data.TODAY,), close=(127.83,), **columns)


def closes_alone(command: Command) -> Result | None:
    """A source without open, high and low, and a list of faults in its data."""
    if not isinstance(command, GetChart):
        return None
    chart = charting.chart(command.symbol)
    unknown = (None,) * len(chart.close)
    return replace(chart, open=unknown, high=unknown, low=unknown, volume=unknown, notes=market.NOTES)


def nothing(command: Command) -> Result | UnknownSymbol | None:
    """A symbol of which nothing is stored."""
    asked = isinstance(command, GetChart | Explain)
    return UnknownSymbol("no bars of AAPL are stored yet", do="a refresh fetches them") if asked else None


STATES: dict[str, Callable[[], WhipsawApp]] = {
    "live": lambda: app_of(data.live_view()),
    "no_data": lambda: app_of(data.live_view(alarms=()), nothing),
    "too_short": lambda: app_of(data.view(rows=(data.row("AAPL", scored=False, why="too short"),), alarms=()), short),
    "closed_only": lambda: app_of(data.view(alarms=data.alarms()[3:]), closes_alone),
    "korean": lambda: app_of(market.korean_view()),
    "empty_list": lambda: app_of(data.view(rows=(), alarms=())),
}


@pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=str)
@pytest.mark.parametrize("name", STATES)
def test_every_state_of_the_data_is_clear(snap_compare: Compare, name: str, size: tuple[int, int]) -> None:
    assert snap_compare(STATES[name](), terminal_size=size, run_before=opened())


def test_a_range_within_days_has_its_own_clock(snap_compare: Compare) -> None:
    app = app_of(data.live_view())
    keys = ("left_square_bracket",) * 4
    assert snap_compare(app, terminal_size=(120, 40), run_before=opened(*keys, "x", "h", "h"))


@pytest.mark.parametrize("theme", [LIGHT, CONTRAST, SAFE])
def test_the_other_themes_read_as_well(snap_compare: Compare, theme: str) -> None:
    assert snap_compare(app_of(theme=theme), terminal_size=(120, 40), run_before=opened("c", "i"))


@pytest.mark.parametrize("style", ["c", "i"])
def test_ascii_alone_reads_as_well(snap_compare: Compare, style: str) -> None:
    assert snap_compare(app_of(glyphs="ascii"), terminal_size=(120, 40), run_before=opened(style))


@pytest.mark.parametrize("style", ["c", "i"])
def test_no_colour_reads_as_well(snap_compare: Compare, monkeypatch: pytest.MonkeyPatch, style: str) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(app_of(), terminal_size=(120, 40), run_before=opened(style))
