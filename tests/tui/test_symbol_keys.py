"""Each key of the Symbol screen by what is asked of the engine, or by how the chart is then looked at."""

import asyncio
from collections.abc import Callable

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot

from engine.protocol import (
    Acknowledge,
    CancelJob,
    Command,
    Explain,
    GetChart,
    Mute,
    PauseReplay,
    Refresh,
    Result,
    Snooze,
    Train,
    View,
)
from tests.tui import charting, data
from tests.tui.conftest import build
from tests.tui.fakes import FakeClient
from tests.tui.leaping import now
from tests.tui.test_keys import SETTLED, SIZE, press, seen, settle
from tui.app import WhipsawApp
from tui.charts.look import Look
from tui.charts.whole import Drawn, draw
from tui.events import Looked
from tui.messages import Happened
from tui.screens.symbol import SymbolScreen
from tui.screens.watch import Watch
from tui.spans import Spans
from tui.stage import SETTLE
from tui.widgets.symbol_chart import SymbolChart


def whole(command: Command) -> Result | None:
    """Charts with all that can be drawn."""
    known = isinstance(command, GetChart) and command.range in data.LENGTHS
    return charting.chart(command.symbol, command.range) if known else None


def engine_of(view: View) -> FakeClient:
    return FakeClient(view, whole)


@pytest.fixture
def engine() -> FakeClient:
    return engine_of(data.view())


async def opened(app: WhipsawApp, pilot: Pilot[str], *keys: str) -> None:
    """The screen with its chart and its kinds, after these keys."""
    await press(pilot, "2")
    while seen(app).chart is None or seen(app).explanation is None:
        await pilot.pause(SETTLED)
    await press(pilot, *keys)


def text_of(app: WhipsawApp, selector: str) -> str:
    widget = app.screen.query_one(selector)
    return "\n".join(widget.render_line(y).text for y in range(widget.size.height))


@pytest.mark.parametrize("key", ["2", "enter"])
async def test_a_key_opens_it_and_escape_goes_back(app: WhipsawApp, key: str) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, key)
        assert isinstance(app.screen, SymbolScreen)
        await press(pilot, "escape")
        assert isinstance(app.screen, Watch)
        assert app.focused is app.screen.query_one("#table")


async def test_it_asks_for_the_chart_and_for_what_the_kinds_say(engine: FakeClient, app: WhipsawApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot)
        assert {GetChart("AAPL", "6M"), Explain("AAPL")} <= set(engine.asked)
        assert "volatility shock" in text_of(app, "#detectors")


async def test_what_the_kinds_say_is_asked_again_when_an_alarm_changes_and_the_chart_is_not(
    engine: FakeClient, app: WhipsawApp
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot)
        charts = len(engine.asked_for(GetChart))
        first, *others = data.alarms()
        engine.become(data.view(alarms=(replace(first, state="acknowledged"), *others)))
        while len(engine.asked_for(Explain)) < 2:
            await pilot.pause(SETTLED)
        assert len(engine.asked_for(GetChart)) == charts


@pytest.mark.parametrize(
    ("keys", "command"),
    [
        (["r"], Refresh()),
        (["T"], Train(symbols=("AAPL",))),
        (["ctrl+t"], Train()),
        (["space"], Acknowledge(5)),
        (["j", "space"], Acknowledge(4)),
        (["z"], Snooze(5)),
        (["m"], Mute(5)),
        (["M"], Mute(5, True)),
        (["p"], PauseReplay(True)),
        (["right_square_bracket"], GetChart("AAPL", "1Y")),
        (["left_square_bracket"], GetChart("AAPL", "3M")),
        (["j"], GetChart("GOOG", "6M")),
        (["G"], GetChart("MSFT", "6M")),
        (["G", "k"], Explain("IBM")),
        (["pagedown"], Explain("MSFT")),
    ],
)
async def test_a_key_asks_the_engine(engine: FakeClient, app: WhipsawApp, keys: list[str], command: Command) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot, *keys)
        while command not in engine.asked:
            await pilot.pause(SETTLED)


async def test_a_running_training_is_cancelled() -> None:
    engine = engine_of(data.view(jobs=(data.JOB,)))
    app = build(engine)
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot, "C")
        assert CancelJob(7) in engine.asked


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (["c"], {"style": "candles"}),
        (["c", "c"], {"style": "line"}),
        (["i"], {"beside": "bands"}),
        (["i", "i", "i"], {"beside": "none"}),
        (["x"], {"cursor": 0}),
        (["x", "x"], {"cursor": None}),
        (["x", "h", "h", "l"], {"cursor": 1}),
        (["x", "left", "left", "right"], {"cursor": 1}),
        (["x", "l"], {"cursor": 0}),
        (["plus"], {"shown": 84, "back": 0}),
        (["equals_sign", "minus"], {"shown": None}),
        (["plus", "h"], {"shown": 84, "back": 10}),
        (["plus", "h", "l"], {"shown": 84, "back": 0}),
        (["h"], {"shown": None, "back": 0}),
    ],
)
async def test_a_key_changes_how_the_chart_is_looked_at(
    app: WhipsawApp, keys: list[str], expected: dict[str, object]
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot, *keys)
        look = seen(app).look
        assert {name: getattr(look, name) for name in expected} == expected


class Pictures:
    """How many are drawn from now on, and for how long by the loop's clock."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.drawn = 0
        self._began = now()
        monkeypatch.setattr("tui.widgets.symbol_chart.draw", self._counted)

    def _counted(self, drawn: Drawn, look: Look, width: int, height: int) -> list[Spans]:
        self.drawn += 1
        return draw(drawn, look, width, height)

    @property
    def seconds(self) -> float:
        return now() - self._began


async def drawn(app: WhipsawApp, pilot: Pilot[str], patch: pytest.MonkeyPatch, *, times: int) -> Pictures:
    """The pictures that are drawn while the chart is to be shown anew so many times in a row."""
    await opened(app, pilot)
    await pilot.pause(1)
    pictures = Pictures(patch)
    for _ in range(times):
        app.post_message(Happened(Looked("style")))
        await asyncio.sleep(SETTLE / 8)
    return pictures


async def test_two_keys_in_a_row_have_each_their_picture(app: WhipsawApp, monkeypatch: pytest.MonkeyPatch) -> None:
    async with app.run_test(size=SIZE) as pilot:
        assert (await drawn(app, pilot, monkeypatch, times=2)).drawn == 2


async def test_a_held_key_does_not_queue_up_pictures(app: WhipsawApp, monkeypatch: pytest.MonkeyPatch) -> None:
    async with app.run_test(size=SIZE) as pilot:
        pictures = await drawn(app, pilot, monkeypatch, times=30)
        assert 3 <= pictures.drawn <= 4 + pictures.seconds / SETTLE


async def test_further_away_than_all_is_answered_in_words(app: WhipsawApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot, "minus")
        assert "all bars of 6M are in sight" in (seen(app).notice or "")


async def test_the_values_under_the_cursor_stand_over_the_chart(app: WhipsawApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot, "x")
        while "Wed 17 Sep 2008" not in text_of(app, "#whole").splitlines()[1]:
            await pilot.pause(SETTLED)


async def test_tab_goes_from_the_chart_to_the_detectors_where_j_walks_the_kinds(app: WhipsawApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot, "tab", "j", "j", "k")
        assert app.focused is app.screen.query_one("#detectors")
        assert (seen(app).kind, seen(app).selected) == ("momentum_break", "AAPL")
        await press(pilot, "G")
        assert seen(app).kind == "drift"


@pytest.mark.parametrize(
    ("key", "words"),
    [("space", "no open alarm is chosen"), ("C", "no training is running"), ("z", "can be snoozed")],
)
async def test_what_cannot_be_done_is_said(key: str, words: str) -> None:
    app = build(engine_of(data.view(alarms=())))
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot, key)
        assert words in (seen(app).notice or "")


async def test_a_snoozed_alarm_is_said_to_be_snoozed_until_when() -> None:
    snoozed = data.alarm(5, "AAPL", state="snoozed", snoozed_until=data.NEXT)
    app = build(engine_of(data.view(alarms=(snoozed,))))
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot, "z")
        assert "snoozed already, until 18 Sep" in (seen(app).notice or "")


async def test_a_held_key_draws_no_picture_for_each_press(app: WhipsawApp, monkeypatch: pytest.MonkeyPatch) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot, "x")
        await pilot.pause(SETTLED)
        # long enough for all the keys on a busy machine
        monkeypatch.setattr("tui.widgets.symbol_chart.SETTLE", 2.0)
        pictures = counted(monkeypatch)
        for _ in range(20):
            app.simulate_key("h")
        while seen(app).look.cursor != 20:
            await settle(pilot)
        assert len(pictures) <= 2


async def test_the_last_of_many_keys_is_drawn(app: WhipsawApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot, "x", *("h" * 20))
        day = charting.chart().sessions[-21]
        while f"{day:%d %b %Y}" not in text_of(app, "#whole"):
            await pilot.pause(SETTLED)


def counted(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """A list that grows with each picture drawn."""
    pictures: list[object] = []
    draw: Callable[..., list[object]] = SymbolChart._picture

    def drawn(*given: object) -> list[object]:
        pictures.append(given)
        return draw(*given)

    monkeypatch.setattr(SymbolChart, "_picture", drawn)
    return pictures
