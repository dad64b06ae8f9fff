"""The app on a scripted engine, on a clock that stands."""

from collections.abc import Callable

import pytest

from engine.protocol import View
from tests.tui import data
from tests.tui.fakes import FakeClient, FakeEngines
from tui.app import WhipsawApp


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
