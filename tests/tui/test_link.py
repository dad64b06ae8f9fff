"""The link: attaches, delivers, asks, and comes back."""

import asyncio

import pytest

from engine.errors import BadRequest, UnknownWatchlist, Unreachable
from engine.protocol import (
    Acknowledge,
    AddSymbol,
    Attach,
    Changed,
    GetChart,
    Removed,
    RemoveSymbol,
    ShowList,
    Stop,
    Train,
)
from tests.tui import data
from tests.tui.conftest import build
from tests.tui.fakes import FakeClient, FakeEngines, never
from tui import link as linking
from tui.app import WhipsawApp
from tui.events import Connecting, Event, Lost, NoChart, Refusal, Said
from tui.link import Link
from tui.screens.watch import Watch


class Following:
    """A link that runs, and all that it has said."""

    def __init__(self, connect: object, attach: Attach | None = None) -> None:
        self.events: list[Event] = []
        self._news = asyncio.Event()
        self.link = Link(connect, attach or Attach(), self._deliver)  # type: ignore[arg-type]

    async def __aenter__(self) -> "Following":
        self.task = asyncio.create_task(self.link.run())
        await self.turn()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)

    async def turn(self) -> None:
        """Let everything that can happen now happen."""
        for _ in range(20):
            await asyncio.sleep(0)

    async def until(self, kind: type, count: int = 1) -> None:
        """Wait for so many events of a kind."""
        while sum(isinstance(event, kind) for event in self.events) < count:
            self._news.clear()
            await self._news.wait()

    def _deliver(self, event: Event) -> None:
        self.events.append(event)
        self._news.set()


@pytest.fixture
def client() -> FakeClient:
    return FakeClient(data.view())


async def test_it_attaches_to_what_it_was_told(client: FakeClient) -> None:
    attach = Attach("sample", (), 0.2)
    async with Following(FakeEngines(client), attach) as following:
        assert client.asked == [attach]
        assert following.events == [Connecting("starting the engine…"), client.view]


async def test_it_delivers_changes_in_their_order(client: FakeClient) -> None:
    first, second = Changed(gone_alarms=(1,)), Changed(gone_alarms=(2,))
    async with Following(FakeEngines(client)) as following:
        client.say(first)
        client.say(second)
        await following.turn()
        assert following.events[-2:] == [first, second]


async def test_a_lost_engine_is_said_and_another_one_attached(client: FakeClient) -> None:
    other = FakeClient(data.live_view())
    async with Following(FakeEngines(client, other)) as following:
        client.die()
        await asyncio.wait_for(following.until(type(other.view), 2), 3)
        assert client.closed
        assert [event for event in following.events if isinstance(event, Lost)] == [
            Lost("the engine is gone; starting it again…")
        ]
        assert following.events[-1] == other.view


async def test_it_tries_again_until_an_engine_answers(client: FakeClient) -> None:
    engines = FakeEngines(client)
    engines.refuse = 3
    async with Following(engines) as following:
        await asyncio.wait_for(following.until(type(client.view)), 3)
        losses = [event for event in following.events if isinstance(event, Lost)]
        assert len(losses) == 3
        assert "whipsaw engine run shows why" in losses[0].words


async def test_the_waits_grow_to_five_seconds(client: FakeClient, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    real = asyncio.sleep

    async def noted(seconds: float) -> None:
        waits.append(seconds)
        await real(0)

    engines = FakeEngines(client)
    engines.refuse = 9
    monkeypatch.setattr(linking.asyncio, "sleep", noted)
    following = Following(engines)
    task = asyncio.create_task(following.link.run())
    while client.view not in following.events:
        await real(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert waits[:8] == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]


async def test_a_refused_list_is_said_in_words() -> None:
    client = FakeClient(data.view(), lambda _: UnknownWatchlist("no list of that name", received="smaple"))
    async with Following(FakeEngines(client), Attach("smaple")) as following:
        assert following.events[-1] == Lost("no list of that name (received: smaple)")


async def test_after_a_loss_it_comes_back_to_the_list_that_was_shown(client: FakeClient) -> None:
    other = FakeClient(data.view())
    async with Following(FakeEngines(client, other), Attach("sample", (), 0.2)) as following:
        await following.link.ask(ShowList("us-megacaps"))
        client.die()
        await asyncio.wait_for(following.until(type(client.view), 3), 3)
        assert other.asked == [Attach("us-megacaps", (), 0.2)]


async def test_a_refusal_is_delivered_in_words() -> None:
    refusal = BadRequest("that cannot be", received="7", do="try 8")
    client = FakeClient(data.view(), lambda command: refusal if isinstance(command, Acknowledge) else None)
    async with Following(FakeEngines(client)) as following:
        await following.link.ask(Acknowledge(7))
        assert following.events[-1] == Refusal("that cannot be (received: 7). try 8")


async def test_an_engine_that_went_away_meanwhile_is_told_as_the_screen_deals_with_it() -> None:
    gone = Unreachable("the engine went away", do="it is started again by the next command")
    client = FakeClient(data.view(), lambda command: gone if isinstance(command, Train) else None)
    async with Following(FakeEngines(client)) as following:
        await following.link.ask(Train())
        assert following.events[-1] == Refusal("the engine went away before this was done; it is started again")


async def test_a_refused_chart_goes_to_the_chart() -> None:
    refusal = BadRequest("no bars")
    client = FakeClient(data.view(), lambda command: refusal if isinstance(command, GetChart) else None)
    async with Following(FakeEngines(client)) as following:
        await following.link.ask(GetChart("FB"))
        assert following.events[-1] == NoChart("FB", "no bars")


async def test_an_answer_is_delivered(client: FakeClient) -> None:
    async with Following(FakeEngines(client)) as following:
        await following.link.ask(RemoveSymbol("IBM"))
        assert following.events[-1] == Removed("IBM", 2)


async def test_an_added_symbol_that_is_spelt_otherwise_is_told_as_it_stands_on_the_list(client: FakeClient) -> None:
    client.notes = ("BRK.B is written BRK-B here",)
    async with Following(FakeEngines(client)) as following:
        await following.link.ask(AddSymbol("BRK.B"))
        assert following.events[-1] == Said("BRK.B is written BRK-B here · it is on the list")


async def test_asking_without_an_engine_is_refused() -> None:
    async with Following(never) as following:
        await following.link.ask(Acknowledge(1))
        assert isinstance(following.events[-1], Refusal)


async def test_the_screen_keeps_what_it_showed_and_is_whole_again(client: FakeClient) -> None:
    other = FakeClient(data.live_view())
    engines = FakeEngines(client, other)
    app = WhipsawApp(engines, now=lambda: data.NOW, depth="truecolor", environ={})
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        await pilot.pause()
        engines.refuse = 1
        client.die()
        await pilot.pause(0.05)
        watch = app.screen
        assert isinstance(watch, Watch)
        assert (watch.state.link, watch.state.view) == ("lost", client.view)
        await pilot.pause(0.6)
        assert (watch.state.link, watch.state.view) == ("attached", other.view)


async def test_a_dead_engine_under_a_question_leaves_the_screen_alive() -> None:
    refusal = BadRequest("the engine went away")
    client = FakeClient(data.view(), lambda command: refusal if isinstance(command, RemoveSymbol) else None)
    app = build(client)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        await pilot.press("d")
        await pilot.pause()
        assert app.is_running


async def test_an_engine_that_was_told_to_stop_is_asked_nothing_more(client: FakeClient) -> None:
    async with Following(FakeEngines(client)) as following:
        assert await following.link.stop()
        await following.link.ask(GetChart("FB"))
        assert client.asked[-1] == Stop()


async def test_an_engine_that_is_only_being_attached_is_stopped_too(client: FakeClient) -> None:
    there = asyncio.Event()

    async def slowly() -> FakeClient:
        await there.wait()
        return client

    async with Following(slowly) as following:
        stopping = asyncio.create_task(following.link.stop())
        await following.turn()
        there.set()
        assert await stopping
        assert client.asked == [Attach(), Stop()]


async def test_an_engine_that_stops_before_its_answer_is_read_counts_as_stopped_and_is_not_started_again() -> None:
    gone = Unreachable("the engine went away")
    client = FakeClient(data.view(), lambda command: gone if isinstance(command, Stop) else None)
    engines = FakeEngines(client)
    async with Following(engines) as following:
        assert await following.link.stop()
        client.die()
        await asyncio.wait_for(following.task, 3)
        assert engines.connected == 1
        assert not any(isinstance(event, Lost) for event in following.events)


async def test_without_an_engine_in_time_none_was_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linking, "PATIENCE", 0.01)
    async with Following(never) as following:
        assert not await following.link.stop()
