"""The trainer's process: how it is started, kept, ended and outlived; mostly with a stand-in without TensorFlow."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE
from contextlib import asynccontextmanager

import numpy as np
import pytest

from engine.adapters.trainer import COMMAND, ProcessTrainer
from engine.core.evaluation import garch_fit
from engine.core.fitting import Epoch, Fitted
from engine.errors import DataError, TrainingError
from engine.training.start import initial_weights
from tests.engine.adapters.trainers import STAND_IN, News, alive
from tests.engine.training.jobs import job, same


@pytest.fixture
def stand_in(tmp_path):
    """A trainer on the stand-in, which behaves as told; closed at the end of the test."""
    script = tmp_path / "stand_in.py"
    script.write_text(STAND_IN)

    @asynccontextmanager
    async def start(behaviour="answers", **settings):
        trainer = ProcessTrainer(tmp_path / "work", command=(sys.executable, "-P", str(script), behaviour), **settings)
        try:
            yield trainer
        finally:
            await trainer.close()
        assert not list((tmp_path / "work").iterdir())

    return start


def pid_of(trainer):
    return trainer._child._process.pid


async def test_a_job_comes_back_with_its_weights_and_epochs(stand_in):
    async with stand_in() as trainer:
        news = News()
        fitted = await trainer.fit(job(), news)
    assert same(fitted.weights, initial_weights(job()))
    assert fitted.seconds == 0.5
    assert news.phases == ["starting TensorFlow", "building the network"]
    assert [item.epoch for item in news if isinstance(item, Epoch)] == [1]


async def test_a_warm_process_takes_the_next_job_without_a_word(stand_in):
    async with stand_in() as trainer:
        await trainer.fit(job(), News())
        pid, news = pid_of(trainer), News()
        await trainer.fit(job(), news)
        assert (pid_of(trainer), news.phases) == (pid, [])


async def test_jobs_wait_for_each_other(stand_in):
    async with stand_in() as trainer:
        results = await asyncio.gather(*(trainer.fit(job(seed=seed), News()) for seed in range(3)))
    assert [same(one.weights, initial_weights(job(seed=seed))) for seed, one in enumerate(results)] == [True] * 3


async def test_a_process_that_is_not_wanted_any_more_leaves(stand_in):
    async with stand_in(keep_warm=0.0) as trainer:
        await trainer.fit(job(), News())
        process = trainer._child._process
        await process.wait()
        assert trainer._child is None
        await trainer.fit(job(), News())


@pytest.mark.parametrize("behaviour", ["never ends", "is deaf to requests"])
async def test_a_cancel_ends_the_process_and_the_next_job_gets_another(stand_in, behaviour, monkeypatch):
    monkeypatch.setattr("engine.adapters.trainer.child.GRACE", 0.2)
    async with stand_in(behaviour) as trainer:
        news = News()
        for _ in range(2):
            fitting = asyncio.create_task(trainer.fit(job(), news))
            await news.begun.wait()
            news.begun.clear()
            pid = pid_of(trainer)
            fitting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await fitting
            assert not alive(pid)
    assert news.phases == ["starting TensorFlow", "building the network"] * 2


async def test_a_cancel_while_the_process_starts_leaves_nothing_behind(stand_in):
    async with stand_in() as trainer:
        started = asyncio.Event()
        fitting = asyncio.create_task(trainer.fit(job(), lambda _: started.set()))
        await started.wait()
        fitting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await fitting
        assert trainer._child is None


@pytest.mark.parametrize(
    ("number", "words"),
    [(signal.SIGKILL, "killed .SIGKILL., as the system does when memory"), (signal.SIGSEGV, "SIGSEGV")],
)
async def test_a_killed_process_fails_the_job_in_words_and_the_next_one_works(stand_in, number, words):
    async with stand_in("never ends") as trainer:
        news = News()
        fitting = asyncio.create_task(trainer.fit(job(), news))
        await news.begun.wait()
        os.kill(pid_of(trainer), number)
        with pytest.raises(TrainingError, match=words):
            await fitting
        trainer._command = (*trainer._command[:-1], "answers")
        assert await trainer.fit(job(), News())


async def test_a_process_killed_between_jobs_is_replaced(stand_in):
    async with stand_in() as trainer:
        await trainer.fit(job(), News())
        process = trainer._child._process
        process.kill()
        await process.wait()
        assert await trainer.fit(job(), News())


async def test_a_process_that_breaks_tells_its_last_words_without_control_characters(stand_in):
    async with stand_in("breaks at once") as trainer:
        with pytest.raises(TrainingError, match=r"status 1 \(received: RuntimeError: no \[31mTensorFlow here\)"):
            await trainer.fit(job(), News())


async def test_a_process_that_falls_silent_fails_the_job(stand_in, monkeypatch):
    monkeypatch.setattr("engine.adapters.trainer.child.GRACE", 0.2)
    async with stand_in("falls silent") as trainer:
        with pytest.raises(TrainingError, match="closed its output"):
            await trainer.fit(job(), News())


async def test_a_flood_on_standard_error_blocks_nothing(stand_in):
    async with stand_in("talks a lot") as trainer:
        assert await trainer.fit(job(), News())


async def test_a_refused_job_keeps_its_kind_of_error_and_the_process(stand_in):
    async with stand_in("refuses") as trainer:
        with pytest.raises(DataError, match=r"Bad rows \(received: NaN\). Mend them"):
            await trainer.fit(job(), News())
        assert trainer._child.alive


async def test_a_damaged_result_is_no_model(stand_in):
    async with stand_in("writes rubbish") as trainer:
        with pytest.raises(TrainingError, match="result cannot be used"):
            await trainer.fit(job(), News())


async def test_a_listener_that_fails_ends_the_job_and_not_the_trainer(stand_in):
    def broken(item):
        if isinstance(item, Epoch):
            raise ZeroDivisionError

    async with stand_in() as trainer:
        with pytest.raises(ZeroDivisionError):
            await trainer.fit(job(), broken)
        assert await trainer.fit(job(), News())


async def test_closing_ends_a_running_job_in_words(stand_in):
    async with stand_in("never ends") as trainer:
        news = News()
        fitting = asyncio.create_task(trainer.fit(job(), news))
        await news.begun.wait()
        await trainer.close()
        with pytest.raises(TrainingError, match="engine is stopping"):
            await fitting
        with pytest.raises(TrainingError, match="engine is stopping"):
            await trainer.fit(job(), news)


async def test_a_folder_that_cannot_be_used_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(TrainingError, match="cannot use its working files"):
        await ProcessTrainer(tmp_path / "file" / "work").fit(job(), News())


async def test_what_a_dead_engine_left_is_removed(stand_in, tmp_path):
    left = tmp_path / "work" / "job-left"
    left.mkdir(parents=True)
    (left / "job.npz").write_text("")
    async with stand_in() as trainer:
        await trainer.fit(job(), News())
        assert not left.exists()


LONG = {"epochs": 100_000}


async def fit_and_cancel(folder):
    """A job and a GARCH model for the real trainer, and a second job that is cancelled in its midst."""
    trainer, news, later = ProcessTrainer(folder), News(), News()
    fitted = await trainer.fit(job(), news)
    pid = pid_of(trainer)
    returns = np.random.default_rng(0).standard_t(5, 400) / 100
    assert await trainer.fit_garch([returns, returns[:10]], news) == (garch_fit.fit(returns), None)
    assert pid_of(trainer) == pid
    fitting = asyncio.create_task(trainer.fit(job(**LONG), later))
    await later.begun.wait()
    fitting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await fitting
    assert not alive(pid)
    assert not list(folder.iterdir())
    epochs = [item for item in news if isinstance(item, Epoch)]
    np.testing.assert_allclose([item.loss for item in epochs], [item.loss for item in fitted.history], rtol=1e-6)
    return fitted.weights


async def fit_and_leave(folder):
    """The same two jobs for a process of our own, whose input ends in the midst of the second."""
    process = await asyncio.create_subprocess_exec(*COMMAND, stdin=PIPE, stdout=PIPE, stderr=DEVNULL)
    for name, one in (("first", job()), ("second", job(**LONG))):
        request = {"input": str(folder / f"{name}.npz"), "output": str(folder / f"{name}-out.npz")}
        np.savez(request["input"], **one.to_arrays())
        process.stdin.write(json.dumps(request | {"kind": "fit", "hyper": one.hyper.to_header()}).encode() + b"\n")
    events = []
    while not events or events[-1].get("epochs") != LONG["epochs"]:
        events.append(json.loads(await process.stdout.readline()))
    process.stdin.close()
    assert await asyncio.wait_for(process.wait(), 20) == 0
    assert [event["event"] for event in events] == ["ready", "epoch", "epoch", "epoch", "done", "epoch"]
    with np.load(folder / "first-out.npz") as arrays:
        return Fitted.from_arrays(arrays).weights


@pytest.mark.timeout(300)  # TensorFlow starts twice
async def test_two_real_trainers_give_the_same_bits_and_leave_when_cancelled_or_alone(tmp_path):
    one, other = await asyncio.gather(fit_and_cancel(tmp_path / "work"), fit_and_leave(tmp_path))
    assert same(one, other)
