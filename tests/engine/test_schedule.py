"""The engine's own initiative: the replay's clock, waiting for a training, and when it ends by itself."""

import asyncio

import pytest

from engine.core.presets.pooled.training import HYPER, REFIT_EPOCHS
from engine.protocol import Attach, PauseReplay, Refresh, Train
from tests.engines import client_of, running, until, write_all
from tests.fakes import FakeTrainer
from tests.worlds import history

SPEED = "replay.speed=100"


async def test_a_replay_trains_its_first_model_then_moves_on_by_itself(tmp_path):
    trainer = FakeTrainer()
    async with running(tmp_path, "replay", SPEED, trainer=trainer), client_of(tmp_path) as client:
        view = await until(await client.ask(Attach()), client, lambda now: now.status.model is not None)
        start = view.status.session
        assert [job.hyper.epochs for job in trainer.jobs] == [HYPER.epochs, REFIT_EPOCHS]
        view = await until(view, client, lambda now: now.status.session > start)
        assert view.status.replay.session == view.status.session


async def test_a_paused_replay_stands_still_and_goes_on_where_it_stood(tmp_path):
    async with running(tmp_path, "replay", SPEED), client_of(tmp_path) as client:
        view = await until(await client.ask(Attach()), client, lambda now: now.status.model is not None)
        await client.ask(PauseReplay(True))
        view = await until(view, client, lambda now: now.status.replay.state == "paused")
        standing = view.status.session
        await client.ask(PauseReplay(False))
        view = await until(view, client, lambda now: now.status.session > standing)
        assert view.status.replay.state == "running"


async def test_a_paused_replay_is_paused_where_it_stood_in_the_next_engine_and_goes_on_from_there(tmp_path):
    async with running(tmp_path, "replay", SPEED), client_of(tmp_path) as client:
        view = await until(await client.ask(Attach()), client, lambda now: now.status.model is not None)
        await client.ask(PauseReplay(True))
        await client.ask(Refresh())
        standing = (await client.ask(Attach())).status.replay.session
    async with running(tmp_path, "replay", SPEED), client_of(tmp_path) as client:
        view = await until(await client.ask(Attach()), client, lambda now: now.status.replay is not None)
        assert (view.status.replay.state, view.status.replay.session) == ("paused", standing)
        await client.ask(PauseReplay(False))
        await until(view, client, lambda now: now.status.replay.session > standing)
    async with running(tmp_path, "replay", SPEED), client_of(tmp_path) as client:
        view = await until(await client.ask(Attach()), client, lambda now: now.status.replay is not None)
        assert view.status.replay.state != "paused"


class Slow(FakeTrainer):
    """Trains at once, or when the test says so."""

    def __init__(self):
        super().__init__()
        self.slow = False
        self.done = asyncio.Event()

    async def fit(self, job, progress):
        if self.slow:
            await self.done.wait()
        return await super().fit(job, progress)


async def test_a_replay_that_waits_for_a_training_says_when_it_is_paused_and_when_it_goes_on(tmp_path):
    trainer = Slow()
    async with running(tmp_path, "replay", SPEED, trainer=trainer), client_of(tmp_path) as client:
        view = await until(await client.ask(Attach()), client, lambda now: now.status.model is not None)
        trainer.slow = True
        training = asyncio.create_task(client.ask(Train(symbols=("AAPL",))))
        view = await until(view, client, lambda now: now.status.replay.state == "training")
        await client.ask(PauseReplay(True))
        for _ in range(3):  # the clock has been looked at since
            await client.ask(Refresh())
        assert (await client.ask(Attach())).status.replay.state == "paused"
        await client.ask(PauseReplay(False))
        await client.ask(Refresh())
        assert (await client.ask(Attach())).status.replay.state == "training"
        trainer.done.set()
        await training


async def test_the_replay_waits_while_a_model_trains(tmp_path):
    trainer = Slow()
    async with running(tmp_path, "replay", SPEED, trainer=trainer), client_of(tmp_path) as client:
        view = await until(await client.ask(Attach()), client, lambda now: now.status.model is not None)
        trainer.slow = True
        training = asyncio.create_task(client.ask(Train(symbols=("AAPL",))))
        view = await until(view, client, lambda now: now.status.replay.state == "training")
        standing = view.status.session
        trainer.done.set()
        trained = await training
        assert trained.symbols == tuple(row.symbol for row in view.rows)
        title = f"train {view.watchlist.name} for AAPL"
        view = await until(view, client, lambda now: any(job.title == title for job in now.jobs))
        view = await until(view, client, lambda now: now.status.replay.state == "running")
        assert view.status.session >= standing


@pytest.mark.parametrize("linger", ["0", "0.001"])
async def test_an_engine_that_nobody_needs_ends_by_itself(tmp_path, linger):
    files = write_all(tmp_path / "files", [history("AAA", 200)])
    async with asyncio.timeout(20), running(tmp_path / "home", f"files:{files}", f"engine.linger={linger}") as engine:
        async with client_of(tmp_path / "home") as client:
            await client.ask(Attach())
        await engine.work


async def test_an_engine_with_a_screen_stays_whatever_the_linger(tmp_path):
    files = write_all(tmp_path / "files", [history("AAA", 300)])
    async with (
        running(tmp_path / "home", f"files:{files}", "engine.linger=0") as engine,
        client_of(tmp_path / "home") as client,
    ):
        view = await until(await client.ask(Attach()), client, lambda now: all(row.scored for row in now.rows))
        assert view.status.screens == 1
        assert not engine.work.done()
