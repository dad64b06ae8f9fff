"""The app on a scripted engine, on a clock that stands, in a loop that waits for no timer."""

import asyncio
from collections.abc import Callable, Iterator, Mapping

import pytest

from engine.protocol import View
from tests.tui import data
from tests.tui.fakes import FakeClient, FakeEngines
from tests.tui.leaping import LeapingLoop, LeapingLoops, now
from tui.app import WhipsawApp


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Each test of the screen runs in a loop whose clock leaps."""
    return {"leaping": LeapingLoop}


@pytest.fixture(autouse=True)
def clocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Textual goes by the loop's time; that the processor rests is known when the loop's time passes."""
    monkeypatch.setattr("textual._time.get_time", now)
    monkeypatch.setattr("textual._wait.monotonic", now)
    monkeypatch.setattr("textual._wait.process_time", lambda: 0.0)


@pytest.fixture
def snap_compare(snap_compare: Callable[..., bool]) -> Iterator[Callable[..., bool]]:
    """Pictures are taken in such a loop, too."""
    before = asyncio.get_event_loop_policy()
    asyncio.set_event_loop_policy(LeapingLoops())
    yield snap_compare
    asyncio.set_event_loop_policy(before)


@pytest.fixture
def engine() -> FakeClient:
    """The sample on a day of September 2008."""
    return FakeClient(data.view())


@pytest.fixture
def app(engine: FakeClient) -> WhipsawApp:
    """The app attached to that engine."""
    return build(engine)


@pytest.fixture
def app_of() -> Callable[[View], WhipsawApp]:
    """The app attached to an engine with that view."""
    return lambda view: build(FakeClient(view))


def build(*clients: FakeClient, **other: object) -> WhipsawApp:
    """An app in true colour at data.NOW."""
    return WhipsawApp(FakeEngines(*clients), now=lambda: data.NOW, **({"depth": "truecolor", "environ": {}} | other))  # type: ignore[arg-type]
