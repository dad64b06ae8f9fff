"""The keys of the model screen by what is asked of the engine, or by what is then seen."""

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot

from engine.protocol import CancelJob, Command, DismissJob, GetModels, Models, RetryJob, RollBack, RolledBack, Train
from tests.tui import data, modelling
from tests.tui.conftest import build
from tests.tui.fakes import FakeClient
from tests.tui.test_looks import still
from tui.app import WhipsawApp
from tui.screens.model import ModelScreen
from tui.screens.watch import Watch
from tui.stage import Stage
from tui.state import State

SIZE = (120, 40)


@pytest.fixture
def engine() -> FakeClient:
    """An engine with models and jobs."""
    return FakeClient(data.view(jobs=modelling.jobs()))


async def press(pilot: Pilot[str], *keys: str) -> None:
    await still(pilot)
    for key in keys:
        await pilot.press(key)
        await still(pilot)


def seen(app: WhipsawApp) -> State:
    assert isinstance(app.screen, Stage)
    return app.screen.state


def lines(app: WhipsawApp, selector: str) -> str:
    widget = app.screen.query_one(selector)
    return "\n".join(widget.render_line(y).text for y in range(widget.size.height))


@pytest.mark.parametrize(
    ("keys", "asked"),
    [
        (["T"], Train(symbols=("AAPL",))),
        (["ctrl+t"], Train()),
        (["C"], CancelJob(11)),
        (["tab", "g", "C"], CancelJob(12)),
        (["tab", "j", "enter"], RetryJob(9)),
        (["tab", "G", "x"], DismissJob(7)),
        (["B", "enter"], RollBack(14)),
        (["k"], GetModels("AAPL", 15)),
        (["right_square_bracket"], GetModels("GOOG", None)),
    ],
)
async def test_a_key_asks_the_engine(app: WhipsawApp, engine: FakeClient, keys: list[str], asked: Command) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "3", *keys)
        assert asked in engine.asked


@pytest.mark.parametrize("keys", [["B", "escape"], ["B", "tab"], ["k", "B", "enter"], ["x"], ["enter"]])
async def test_nothing_is_done_that_was_not_confirmed_or_cannot_be(
    app: WhipsawApp, engine: FakeClient, keys: list[str]
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "3", *keys)
        assert not [one for one in engine.asked if isinstance(one, RollBack | RetryJob | DismissJob)]


async def test_a_roll_back_is_told_in_the_engine_s_words(engine: FakeClient) -> None:
    words = "model #14 is withdrawn; #13 speaks again"
    engine._answers = lambda command: RolledBack(14, 13, words) if isinstance(command, RollBack) else None
    app = build(engine)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "3", "B", "enter")
        assert seen(app).notice == words
        assert seen(app).model is None


async def test_a_roll_back_that_is_confirmed_is_the_one_that_was_asked_about(engine: FakeClient) -> None:
    newer = Models((modelling.card(16), *modelling.models().models))
    app = build(engine)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "3", "B")
        engine._answers = lambda command: newer if isinstance(command, GetModels) else None
        done = [replace(job, state="done", ended=data.NOW) if job.id == 11 else job for job in modelling.jobs()]
        engine.become(replace(engine.view, jobs=tuple(done)))
        await still(pilot)
        card = seen(app).card
        assert card is not None
        assert card.id == 16
        await press(pilot, "enter")
        assert engine.asked_for(RollBack) == [RollBack(14)]


async def test_one_leads_back_to_the_list_and_three_to_the_models(app: WhipsawApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        for key, screen in (
            ("3", ModelScreen),
            ("1", Watch),
            ("3", ModelScreen),
            ("3", ModelScreen),
            ("escape", Watch),
        ):
            await press(pilot, key)
            assert isinstance(app.screen, screen)
        assert len(app.screen_stack) == 1


async def test_models_are_asked_for_again_when_a_job_ends(app: WhipsawApp, engine: FakeClient) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "3")
        before = len(engine.asked_for(GetModels))
        done = [replace(job, state="done", ended=data.NOW) if job.id == 11 else job for job in modelling.jobs()]
        engine.become(replace(engine.view, jobs=tuple(done)))
        await still(pilot)
        assert len(engine.asked_for(GetModels)) == before + 1


async def test_nothing_is_asked_for_models_while_they_are_not_seen(app: WhipsawApp, engine: FakeClient) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "3", "1", "j")
        assert len(engine.asked_for(GetModels)) == 1


async def test_the_loss_follows_the_training_that_runs(app: WhipsawApp, engine: FakeClient) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "3")
        assert "epoch 5" in lines(app, "#losses")
        further = [
            replace(job, losses=modelling.LOSSES[:6], val_losses=modelling.WATCHED[:6]) if job.id == 11 else job
            for job in modelling.jobs()
        ]
        engine.become(replace(engine.view, jobs=tuple(further)))
        await still(pilot)
        assert "epoch 6" in lines(app, "#losses")


async def test_errors_that_an_older_version_measured_in_prices_are_not_shown_as_per_cent() -> None:
    metrics = replace(modelling.METRICS, mse=None, mae=None, mse_persistence=None, mae_persistence=None, mase=None)
    old = Models((modelling.card(14, metrics=metrics),))
    app = build(FakeClient(data.view(), lambda command: old if isinstance(command, GetModels) else None))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "3")
        assert "MAE %       not measured this way" in lines(app, "#card")


async def test_an_error_over_that_of_persistence_is_not_called_mase() -> None:
    models = Models((modelling.card(14),))
    app = build(FakeClient(data.view(), lambda command: models if isinstance(command, GetModels) else None))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "3")
        assert "rMAE 1.00" in lines(app, "#card")
        assert "MASE" not in lines(app, "#card")


async def test_words_from_outside_cannot_steer_the_terminal() -> None:
    bad = Models((modelling.card(14, preset="\x1b[31mred", reason="\x1b]0;title\x07"),), None, "\x1b[2Jgone")
    app = build(FakeClient(data.view(), lambda command: bad if isinstance(command, GetModels) else None))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "3")
        assert "\x1b" not in "".join(lines(app, f"#{pane}") for pane in ("models", "card", "against", "losses"))
