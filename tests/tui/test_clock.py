"""Ages are those of the clock, whatever has held up the screen meanwhile."""

from tests.tui import data
from tests.tui.fakes import FakeClient, FakeEngines
from tui.app import WhipsawApp
from tui.widgets.status_bar import StatusBar

SLEPT = 3 * 3600.0


async def test_after_the_machine_has_slept_ages_are_right_with_whatever_comes_first() -> None:
    now = [data.NOW]
    app = WhipsawApp(FakeEngines(FakeClient(data.live_view())), now=lambda: now[0], depth="truecolor", environ={})
    async with app.run_test(size=(160, 40)) as pilot:
        await pilot.pause(0.2)
        told = app.screen.query_one(StatusBar)
        assert "3h" not in told.render_line(0).text
        now[0] += SLEPT
        await pilot.press("j")
        await pilot.pause(0.2)
        assert "3h" in told.render_line(0).text


async def test_no_timer_waits_longer_for_the_minute_than_a_moment(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    waits: list[float] = []
    app = WhipsawApp(FakeEngines(FakeClient(data.live_view())), now=lambda: data.NOW, depth="truecolor", environ={})
    set_timer = app.set_timer
    monkeypatch.setattr(app, "set_timer", lambda delay, *rest, **more: waits.append(delay) or set_timer(9, *rest))
    async with app.run_test() as pilot:
        await pilot.pause(0.2)
    assert waits and max(waits) <= 5
