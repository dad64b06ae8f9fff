"""Training on a cluster of two workers on this machine; mostly with a stand-in for the trainer."""

import asyncio
import os
import signal
import sys
from contextlib import asynccontextmanager

import pytest
from distributed import LocalCluster

from engine.adapters.trainer import ClusterTrainer, ProcessTrainer
from engine.core.fitting import Epoch
from engine.errors import DataError, TrainingError
from engine.training.start import initial_weights
from tests.engine.adapters.trainers import STAND_IN, News, gone
from tests.engine.training.jobs import job, same, study
from tests.fakes import FakeTrainer


@pytest.fixture
def cluster(tmp_path):
    """A scheduler and so many workers, on the loopback alone."""
    return lambda workers, **settings: started(workers, local_directory=str(tmp_path), **settings)


@asynccontextmanager
async def started(workers, **settings):
    async with LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        host="127.0.0.1",
        protocol="tcp://",
        dashboard_address="127.0.0.1:0",
        asynchronous=True,
        **settings,
    ) as one:
        yield one


@pytest.fixture
def stand_in(tmp_path):
    """The command of a trainer that behaves as told."""
    script = tmp_path / "stand_in.py"
    script.write_text(STAND_IN)
    return lambda *behaviour: (sys.executable, "-P", str(script), *behaviour)


@pytest.fixture
def hangs_once(stand_in, tmp_path):
    """The command of a trainer that has to be ended from outside, but only the first one; and that one's pid, later."""
    marker = tmp_path / "first"
    return stand_in("hangs once", str(marker)), lambda: int(marker.read_text())


async def test_a_job_comes_back_from_the_cluster_with_its_weights_and_epochs(cluster, stand_in):
    async with cluster(1, processes=False) as one:
        trainer, news = ClusterTrainer(one.scheduler_address, FakeTrainer(), command=stand_in("answers")), News()
        fitted = await trainer.fit(job(), news)
        worker = one.workers[0].address
    assert same(fitted.weights, initial_weights(job()))
    assert news.phases == [
        f"connecting to the cluster at {one.scheduler_address}",
        f"waiting for a worker of the cluster at {one.scheduler_address}",
        f"starting TensorFlow on {worker}",
        "building the network",
    ]
    assert [item.epoch for item in news if isinstance(item, Epoch)] == [1]


async def test_a_worker_that_is_killed_costs_the_job_nothing_but_time(cluster, hangs_once):
    command, first_pid = hangs_once
    async with cluster(2, processes=True) as two:
        trainer, news = ClusterTrainer(two.scheduler_address, FakeTrainer(), command=command), News()
        fitting = asyncio.create_task(trainer.fit(job(), news))
        await news.begun.wait()
        first = next(nanny for nanny in two.workers.values() if news.phases[2].endswith(f" {nanny.worker_address}"))
        os.kill(first.pid, signal.SIGKILL)
        fitted = await fitting
        await gone(first_pid())
    assert same(fitted.weights, initial_weights(job()))
    assert news.phases[4].startswith("a worker was lost, beginning anew: starting TensorFlow on ")
    assert news.phases[4].split()[-1] != news.phases[2].split()[-1]


async def test_a_cancel_ends_the_trainer_on_the_worker_and_the_next_job_is_taken(cluster, hangs_once):
    command, first_pid = hangs_once
    async with cluster(1, processes=False) as one:
        trainer, news = ClusterTrainer(one.scheduler_address, FakeTrainer(), command=command), News()
        fitting = asyncio.create_task(trainer.fit(job(), news))
        await news.begun.wait()
        fitting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await fitting
        await gone(first_pid())
        assert await trainer.fit(job(), News())


async def test_closing_ends_a_running_job_in_words(cluster, hangs_once):
    command, first_pid = hangs_once
    async with cluster(1, processes=False) as one:
        trainer, news = ClusterTrainer(one.scheduler_address, FakeTrainer(), command=command), News()
        fitting = asyncio.create_task(trainer.fit(job(), news))
        await news.begun.wait()
        await trainer.close()
        with pytest.raises(TrainingError, match="engine is stopping"):
            await fitting
        with pytest.raises(TrainingError, match="engine is stopping"):
            await trainer.fit(job(), news)
        await gone(first_pid())


async def test_a_cluster_that_goes_away_fails_the_job_and_its_trainer_leaves(cluster, hangs_once):
    command, first_pid = hangs_once
    async with cluster(1, processes=False) as one:
        trainer, news = ClusterTrainer(one.scheduler_address, FakeTrainer(), command=command, patience=0.5), News()
        fitting = asyncio.create_task(trainer.fit(job(), news))
        await news.begun.wait()
        await one.close()
        with pytest.raises(TrainingError, match=f"{one.scheduler_address} went away"):
            await fitting
    await gone(first_pid())


async def test_a_cluster_that_is_not_there_is_told_with_its_address(unused_tcp_port):
    trainer = ClusterTrainer(f"tcp://127.0.0.1:{unused_tcp_port}", FakeTrainer(), patience=0.2)
    with pytest.raises(TrainingError, match=f"tcp://127.0.0.1:{unused_tcp_port} does not answer.*trainer.cluster"):
        await trainer.fit(job(), News())


async def test_a_cluster_without_workers_is_waited_for_until_the_job_is_cancelled(cluster):
    async with cluster(0, processes=False) as none:
        waiting = asyncio.Event()

        def heard(item):
            if item.startswith("waiting for a worker"):
                waiting.set()

        fitting = asyncio.create_task(ClusterTrainer(none.scheduler_address, FakeTrainer()).fit(job(), heard))
        await waiting.wait()
        fitting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await fitting


async def test_a_refused_job_keeps_its_kind_of_error(cluster, stand_in):
    async with cluster(1, processes=False) as one:
        trainer = ClusterTrainer(one.scheduler_address, FakeTrainer(), command=stand_in("refuses"))
        with pytest.raises(DataError, match=r"Bad rows \(received: NaN\). Mend them"):
            await trainer.fit(job(), News())


async def test_a_listener_that_fails_ends_the_job_and_its_trainer(cluster, hangs_once):
    def broken(item):
        if isinstance(item, Epoch):
            raise ZeroDivisionError

    command, first_pid = hangs_once
    async with cluster(1, processes=False) as one:
        trainer = ClusterTrainer(one.scheduler_address, FakeTrainer(), command=command)
        with pytest.raises(ZeroDivisionError):
            await trainer.fit(job(), broken)
        await gone(first_pid())


async def test_a_worker_without_whipsaw_says_so_and_lives_on(cluster, tmp_path):
    forgetful = tmp_path / "forgetful.py"
    forgetful.write_text("import sys; sys.modules['engine'] = None")
    async with cluster(1, processes=True, preload=str(forgetful)) as one:
        for _ in range(2):
            with pytest.raises(TrainingError, match=f"{one.scheduler_address} could not .*No module named 'engine"):
                await ClusterTrainer(one.scheduler_address, FakeTrainer()).fit(job(), News())


async def test_an_engine_without_dask_is_told_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "dask", None)
    with pytest.raises(TrainingError, match=r"needs Dask.*whipsaw\[cluster\]"):
        await ClusterTrainer("tcp://127.0.0.1:8786", FakeTrainer()).fit(job(), News())


@pytest.mark.timeout(300)  # TensorFlow starts twice
async def test_a_worker_s_trainer_gives_the_same_bits_as_this_machine_s(cluster, tmp_path):
    one = job(units=(50, 50), features=3)
    async with cluster(1, processes=True) as workers:
        here, there = ProcessTrainer(tmp_path / "work"), ClusterTrainer(workers.scheduler_address, FakeTrainer())
        local, remote = await asyncio.gather(here.fit(one, News()), there.fit(one, News()))
        await here.close()
    assert same(local.weights, remote.weights)


async def test_tuning_stays_on_this_machine_and_says_so():
    here, news = FakeTrainer(), []
    await ClusterTrainer("tcp://127.0.0.1:8786", here).tune(study(), job(), news.append)
    assert here.studies
    assert news[0] == "tuning on this machine, where the trials are kept"
