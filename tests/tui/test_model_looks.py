"""Pictures of the model screen, compared with those that were looked at and found good."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot

from engine.protocol import Models, View
from tests.tui import data, modelling
from tests.tui.conftest import build
from tests.tui.fakes import FakeClient
from tests.tui.test_looks import still
from tui.app import WhipsawApp

Compare = Callable[..., bool]


def app_with(models: Models | None, **other: object) -> WhipsawApp:
    view: View = data.view(**({"jobs": modelling.jobs()} | other))
    return build(FakeClient(view, lambda command: models if type(command).__name__ == "GetModels" else None))


def on_the_model_screen(*keys: str) -> Callable[[Pilot[str]], Awaitable[None]]:
    """Waits until the models are there, presses keys, waits for what follows."""

    async def run(pilot: Pilot[str]) -> None:
        await still(pilot)
        await pilot.press("3")
        await still(pilot)
        await pilot.press(*keys)
        await still(pilot)

    return run


@pytest.mark.parametrize("size", [(200, 60), (120, 40), (80, 24), (70, 50), (60, 15)], ids=str)
def test_every_size_is_useful(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(app_with(modelling.models()), terminal_size=size, run_before=on_the_model_screen())


STATES: dict[str, tuple[Models, dict[str, Any], tuple[str, ...]]] = {
    "no_models": (Models(()), {"jobs": ()}, ()),
    "rejected": (modelling.models(), {"jobs": ()}, ("k",)),
    "only_a_record": (replace(modelling.models(), plot=None, why="its weights are gone"), {"jobs": ()}, ("G",)),
    "expired": (
        Models((modelling.card(14, status="expired", age_sessions=63, expires_in=0),), modelling.plot()),
        {"jobs": ()},
        (),
    ),
    "rolling_back": (modelling.models(), {"jobs": ()}, ("B",)),
    "queue": (modelling.models(), {}, ("tab", "j")),
}


@pytest.mark.parametrize("name", STATES)
def test_every_state_of_the_models_is_clear(snap_compare: Compare, name: str) -> None:
    models, other, keys = STATES[name]
    assert snap_compare(app_with(models, **other), terminal_size=(120, 40), run_before=on_the_model_screen(*keys))
