"""The engine's screen and the two that have nothing to offer yet: what they show, and what their keys ask for."""

from collections.abc import Awaitable, Callable

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot

from engine.protocol import (
    CancelJob,
    Feed,
    Inspect,
    Inspection,
    Live,
    LogLine,
    Refresh,
    RetryJob,
    Seat,
    StoreSize,
    View,
)
from tests.tui import data, modelling
from tests.tui.conftest import build
from tests.tui.fakes import FakeClient
from tests.tui.test_keys import SIZE, press, settle
from tests.tui.test_looks import still
from tui.app import WhipsawApp
from tui.events import Ticked
from tui.meter import Meter
from tui.reduce import reduce
from tui.state import State

Compare = Callable[..., bool]
LINES = tuple(
    LogLine(data.NOW - 600 + 7 * number, level, f"engine.{origin}", words)
    for number, (level, origin, words) in enumerate(
        [
            ("info", "server", "listening on a socket"),
            ("info", "services.refresh", "asked for 12 symbols"),
            ("warning", "adapters.yahoo", "429 for AAPL, a pause of 40 s"),
            ("error", "schedule", "the schedule stumbled: OSError(28, 'No space left on device')"),
        ]
        * 9
    )
)
SEEN = Inspection(
    uptime_s=7_530.0,
    memory=203_000_000,
    store=StoreSize(41_300_000, 18_200_000_000, symbols=12, models=14, alarms=41),
    seats=(
        Seat(data.NOW - 7_200, "us-megacaps", 1.0, 1_830_000, own=True),
        Seat(data.NOW - 60, "sample", 0.2, 12_400, own=False),
    ),
    log=LINES,
)
FAILING = Feed(
    "failing", data.NOW - 3_000, "429, too many requests", None, data.NOW + 125, failed=3, used=912, allowed=1_800
)


def app_with(view: View | None = None) -> WhipsawApp:
    return build(client(view))


def text(app: WhipsawApp, selector: str) -> str:
    """What a pane of the screen on top shows."""
    widget = app.screen.query_one(selector)
    return "\n".join(widget.render_line(y).text for y in range(widget.size.height))


def client(view: View | None = None) -> FakeClient:
    return FakeClient(view or data.live_view(), lambda command: SEEN if isinstance(command, Inspect) else None)


def on(screen: str, *keys: str) -> Callable[[Pilot[str]], Awaitable[None]]:
    """Goes to a screen and presses keys there, waiting for what follows."""

    async def run(pilot: Pilot[str]) -> None:
        await still(pilot)
        await pilot.press(screen)
        await still(pilot)
        await pilot.press(*keys)
        await still(pilot)

    return run


@pytest.mark.parametrize("size", [(200, 60), (120, 40), (80, 24), (60, 15)], ids=str)
def test_every_size_of_the_engine_screen_is_useful(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(app_with(), terminal_size=size, run_before=on("6"))


def test_a_source_that_fails_says_why_and_when_it_is_asked_again(snap_compare: Compare) -> None:
    view = data.live_view()
    live = Live("lost", data.NOW - 400, data.NOW + 30, "the line was cut")
    view = replace(view, status=replace(view.status, feed=FAILING, live=live), jobs=modelling.jobs())
    assert snap_compare(app_with(view), terminal_size=SIZE, run_before=on("6", "k"))


@pytest.mark.parametrize("screen", ["4", "5"])
def test_what_is_not_offered_is_said_calmly(snap_compare: Compare, screen: str) -> None:
    assert snap_compare(app_with(), terminal_size=SIZE, run_before=on(screen))


async def test_the_engine_is_asked_when_its_screen_comes_and_each_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = client()
    app = build(engine)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert not engine.asked_for(Inspect)
        await on("6")(pilot)
        assert len(engine.asked_for(Inspect)) == 1
        monkeypatch.setattr(app, "_now", lambda: data.NOW + 61)
        app._tick()
        await still(pilot)
        assert len(engine.asked_for(Inspect)) == 2


async def test_what_was_sent_is_read_each_time_the_screen_comes() -> None:
    app = app_with()
    async with app.run_test(size=SIZE) as pilot:
        await on("6", "1")(pilot)
        app._meter.sent = 4_300
        await on("6")(pilot)
        assert "4.30 kB sent" in text(app, "#process")


async def test_a_minute_that_was_not_seen_whole_has_no_figure() -> None:
    app = app_with()
    async with app.run_test(size=SIZE) as pilot:
        await on("6")(pilot)
        shown = text(app, "#process")
        assert "sent" in shown
        assert "minute" not in shown and "/min" not in shown


async def test_what_was_sent_in_the_last_whole_minute_is_told_when_the_clock_tells_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = app_with()
    async with app.run_test(size=SIZE) as pilot:
        await on("6")(pilot)
        for minute, sent in ((1, 900), (2, 5_200)):
            app._meter.sent = sent
            monkeypatch.setattr(app, "_now", lambda at=data.NOW + 60 * minute: at)
            app._tick()
            await still(pilot)
        assert "kB sent · 4.3" in text(app, "#process")


MINUTE = 60_000 * 60.0


@pytest.mark.parametrize(
    ("ticks", "lately"),
    [
        ([(30, 13)], None),
        ([(30, 13), (60, 500)], None),
        ([(30, 13), (60, 500), (120, 900)], 400),
        ([(60, 500), (90, 700), (120, 900)], 400),
        ([(60, 500), (120, 900), (600, 1_000)], None),
        ([(60, 500), (120, 900), (600, 1_000), (660, 1_100)], None),
        ([(60, 500), (120, 900), (600, 1_000), (660, 1_100), (720, 1_300)], 200),
    ],
)
def test_only_a_minute_seen_from_its_beginning_to_its_end_has_a_figure(
    ticks: list[tuple[int, int]], lately: int | None
) -> None:
    state = State(now=MINUTE)
    for at, sent in ticks:
        state = reduce(state, Ticked(MINUTE + at, sent))
    assert (state.sent, state.lately) == (ticks[-1][1], lately)


async def test_the_log_scrolls_and_stays_within_its_lines() -> None:
    app = app_with()
    async with app.run_test(size=SIZE) as pilot:
        await on("6", "k", "k")(pilot)
        assert "2 newer below" in text(app, "#log")
        await press(pilot, "G")
        assert "newest last" in text(app, "#log")


async def test_keys_of_jobs_work_there_too() -> None:
    jobs = tuple(replace(job, again=job.state == "interrupted") for job in modelling.jobs())
    engine = client(replace(data.live_view(), jobs=jobs))
    app = build(engine)
    async with app.run_test(size=SIZE) as pilot:
        await on("6", "r", "C")(pilot)
        assert len(engine.asked_for(Refresh)) == 1
        assert len(engine.asked_for(CancelJob)) == 1
        assert not engine.asked_for(RetryJob)


async def test_escape_goes_back_to_the_list() -> None:
    app = app_with()
    async with app.run_test(size=SIZE) as pilot:
        for screen in "456":
            await on(screen, "escape")(pilot)
            assert len(app.screen_stack) == 1


def test_the_meter_counts_bytes_not_characters() -> None:
    written: list[str] = []
    meter = Meter()
    write = meter.through(written.append)
    write("abc")
    write("▲")
    assert (meter.sent, written) == (6, ["abc", "▲"])
