"""The job table: the queue, how long it will take, the curves, and what is offered again after a crash."""

import asyncio
import logging
import threading

import msgspec
import pytest

from engine.adapters.store import SqliteStore
from engine.errors import BadRequest, Cancelled, StoreError
from engine.jobs import JobTable
from engine.protocol import Evaluate, Train, TrainProgress
from tests.registries import Now


@pytest.fixture
def store(tmp_path):
    store = SqliteStore(tmp_path)
    yield store
    store.close()


@pytest.fixture
async def jobs(store):
    clock = Now()
    jobs = JobTable(store, clock, lambda: None)
    jobs.clock = clock
    yield jobs
    await jobs.close()


class Held:
    """Work that goes on when it is told to."""

    def __init__(self):
        self.began, self.end, self.report = asyncio.Event(), asyncio.Event(), None

    async def __call__(self, report):
        self.report = report
        self.began.set()
        await self.end.wait()


def epoch(number, loss=1.0, val_loss=None):
    return TrainProgress(number, 10, loss, val_loss)


async def queued(jobs, title, command=None):
    """A training that was asked for, and its work."""
    held, known = Held(), {job.id for job in jobs.all}
    task = asyncio.create_task(jobs.run("train", title, held, command))
    async with asyncio.timeout(20):
        while {job.id for job in jobs.all} <= known:
            await asyncio.sleep(0)
    return held, task


async def test_trainings_wait_in_the_order_they_came_and_move_up(jobs):
    first, one = await queued(jobs, "one")
    await first.began.wait()
    second, two = await queued(jobs, "two")
    await queued(jobs, "three")
    assert [(job.title, job.state, job.position) for job in jobs.all] == [
        ("three", "queued", 2), ("two", "queued", 1), ("one", "running", None),
    ]  # fmt: skip
    first.end.set()
    await one
    await second.began.wait()
    assert [(job.title, job.position) for job in jobs.all][:2] == [("three", 1), ("two", None)]
    second.end.set()
    await two


async def test_one_that_waits_is_cancelled_and_the_others_move_up(jobs):
    first, _ = await queued(jobs, "one")
    await first.began.wait()
    _, two = await queued(jobs, "two")
    await queued(jobs, "three")
    jobs.cancel(2)
    with pytest.raises(Exception, match="two was cancelled"):
        await two
    assert [(job.title, job.state, job.position) for job in jobs.all][:2] == [
        ("three", "queued", 1), ("two", "cancelled", None),
    ]  # fmt: skip


async def test_the_time_that_is_left_comes_from_the_epochs_so_far_without_the_first(jobs):
    held, _ = await queued(jobs, "one")
    await held.began.wait()
    held.report("starting TensorFlow")
    assert jobs.all[0].eta_seconds is None
    jobs.clock.at += 30
    held.report("fitting")
    for seconds, number, left in ((8, 1, 72), (2, 2, 16), (2, 3, 14)):
        jobs.clock.at += seconds
        held.report(epoch(number))
        assert (jobs.all[0].eta_seconds, jobs.all[0].reported) == (left, jobs.clock.at)


async def test_the_curves_grow_with_the_epochs_and_begin_anew_with_another_training(jobs):
    held, _ = await queued(jobs, "one")
    await held.began.wait()
    held.report(epoch(1, 0.9, 0.8))
    held.report(epoch(2, 0.7, 0.6))
    assert (jobs.all[0].losses, jobs.all[0].val_losses) == ((0.9, 0.7), (0.8, 0.6))
    held.report("fitting it once more, on all rows")
    held.report(epoch(1, 0.5))
    assert (jobs.all[0].losses, jobs.all[0].val_losses) == ((0.5,), (None,))


# --- after a crash ---

TRAIN = Train(("AAA", "BBB"))


async def crashed(store, command=TRAIN):
    """The job table of the next engine, after one that ended while a job ran."""
    store.start_job("train", "train AAA BBB", msgspec.json.encode(command).decode())
    jobs = JobTable(store, Now(), lambda: None)
    await jobs.recover()
    return jobs


async def test_an_interrupted_job_is_offered_again_with_what_began_it(store):
    jobs = await crashed(store)
    (job,) = jobs.all
    assert (job.state, job.again, job.error) == ("interrupted", True, "the engine ended while it ran")
    assert jobs.interrupted(job.id) == TRAIN


async def test_it_is_offered_until_it_is_run_again(store):
    await crashed(store)
    jobs = JobTable(store, Now(), lambda: None)
    await jobs.recover()
    held, task = await queued(jobs, "train AAA BBB", TRAIN)
    assert [(job.id, job.state) for job in jobs.all] == [(2, "queued")]
    held.end.set()
    await task
    third = JobTable(store, Now(), lambda: None)
    await third.recover()
    assert third.all == ()


async def test_it_is_offered_until_it_is_dismissed(store):
    jobs = await crashed(store)
    await jobs.dismiss(1)
    assert (jobs.all, store.interrupted()) == ((), ())
    with pytest.raises(BadRequest, match="can be run again"):
        jobs.interrupted(1)


async def test_another_job_leaves_it_where_it_is(store):
    jobs = await crashed(store)
    held, task = await queued(jobs, "evaluate", Evaluate(("AAA",)))
    assert [job.state for job in jobs.all] == ["queued", "interrupted"]
    held.end.set()
    await task


async def test_a_job_that_runs_cannot_be_dismissed(jobs):
    await queued(jobs, "one")
    with pytest.raises(BadRequest, match="no job of that number has ended"):
        await jobs.dismiss(1)


@pytest.mark.parametrize("kept", ['{"type": "Explode"}', "not json"])
async def test_a_command_of_another_version_is_shown_and_not_offered(store, kept):
    store.start_job("train", "train AAA", kept)
    jobs = JobTable(store, Now(), lambda: None)
    await jobs.recover()
    assert [(job.state, job.again) for job in jobs.all] == [("interrupted", False)]


# --- a store that refuses, or takes its time ---


class Stubborn(SqliteStore):
    """A store that takes its time over what it is told to, and refuses it if it shall."""

    def __init__(self, folder):
        super().__init__(folder)
        self.slow, self.full = None, False
        self.reached, self.go = threading.Event(), threading.Event()

    def _wait(self, what):
        if self.slow == what:
            self.reached.set()
            assert self.go.wait(20)

    def start_job(self, kind, title, command):
        number = super().start_job(kind, title, command)
        self._wait("start")
        return number

    def end_job(self, number, state):
        self._wait("end")
        if self.full:
            raise StoreError("the disk is full")
        super().end_job(number, state)


@pytest.fixture
def stubborn(tmp_path):
    store = Stubborn(tmp_path)
    yield store
    store.close()


async def answer(_report):
    """Work that is done at once."""
    return "the answer"


async def test_a_job_whose_end_the_store_refuses_has_ended_all_the_same(stubborn, caplog):
    stubborn.full = True
    jobs = JobTable(stubborn, Now(), lambda: None)
    with caplog.at_level(logging.ERROR):
        assert await jobs.run("train", "one", answer) == "the answer"
    assert (jobs.all[0].state, jobs.busy) == ("done", False)
    assert "the disk is full" in caplog.text


async def test_a_second_cancel_while_the_end_is_kept_leaves_no_job_running(stubborn):
    jobs = JobTable(stubborn, Now(), lambda: None)
    held, task = await queued(jobs, "one")
    await held.began.wait()
    stubborn.slow = "end"
    jobs.cancel(1)
    await asyncio.to_thread(stubborn.reached.wait, 20)
    assert jobs.all[0].state == "cancelled"
    jobs.cancel(1)
    stubborn.go.set()
    with pytest.raises(Cancelled):
        await task
    assert (jobs.all[0].state, jobs.busy, stubborn.interrupted()) == ("cancelled", False, ())


async def test_a_cancel_while_the_end_is_kept_does_not_replace_the_result(stubborn):
    stubborn.slow = "end"
    jobs = JobTable(stubborn, Now(), lambda: None)
    task = asyncio.create_task(jobs.run("train", "one", answer))
    await asyncio.to_thread(stubborn.reached.wait, 20)
    jobs.cancel(1)
    stubborn.go.set()
    assert (await task, jobs.all[0].state) == ("the answer", "done")


async def test_a_job_given_up_before_it_had_its_number_is_not_offered_by_the_next_engine(stubborn):
    stubborn.slow = "start"
    jobs = JobTable(stubborn, Now(), lambda: None)
    task = asyncio.create_task(jobs.run("train", "one", answer, TRAIN))
    await asyncio.to_thread(stubborn.reached.wait, 20)
    task.cancel()
    stubborn.go.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (jobs.all, stubborn.interrupted()) == ((), ())


async def test_a_job_cancelled_before_its_first_step_has_ended(store):
    given_up = asyncio.Event()

    def changed():
        if jobs.all and not given_up.is_set():
            given_up.set()
            asyncio.get_running_loop().call_soon(jobs.cancel, 1)

    jobs = JobTable(store, Now(), changed)
    with pytest.raises(Cancelled):
        await jobs.run("train", "one", answer)
    assert (jobs.all[0].state, store.interrupted()) == ("cancelled", ())
