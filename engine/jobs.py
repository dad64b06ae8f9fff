"""The job table: what runs in the background, how far it is, and how it is cancelled.

One training runs at a time; quick jobs run beside it. A job belongs to the engine, not to the screen that asked for it:
it goes on when that screen is gone.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias, TypeVar

import msgspec

from engine.errors import BadRequest, Cancelled, EngineError
from engine.ports import Clock, Store
from engine.protocol import Job, JobKind, JobState, TrainProgress

T = TypeVar("T")

Report: TypeAlias = Callable[[str | TrainProgress], None]

KEPT = 20
"""Ended jobs that are still shown."""

log = logging.getLogger(__name__)


class JobTable:
    """Every job of this engine, newest first."""

    def __init__(self, store: Store, clock: Clock, changed: Callable[[], None]) -> None:
        self._store = store
        self._clock = clock
        self._changed = changed
        self._training = asyncio.Lock()
        self._jobs: dict[int, Job] = {}
        self._tasks: dict[int, asyncio.Task[Any]] = {}
        self.ended: Callable[[], None] = lambda: None
        """Called when a job has ended and is no longer counted as running."""

    async def recover(self) -> None:
        """Take over the jobs that an earlier engine left running, as interrupted."""
        for record in await asyncio.to_thread(self._store.interrupted):
            kind = msgspec.convert(record.kind, JobKind)
            self._put(Job(record.id, kind, record.title, "interrupted", error="the engine ended while it ran"))

    @property
    def all(self) -> tuple[Job, ...]:
        """Newest first."""
        return tuple(sorted(self._jobs.values(), key=lambda job: job.id, reverse=True)[:KEPT])

    @property
    def busy(self) -> bool:
        """Whether any job waits or runs."""
        return bool(self._tasks)

    @property
    def training(self) -> bool:
        """Whether a training waits or runs."""
        return any(self._jobs[number].kind == "train" for number in self._tasks)

    async def run(self, kind: JobKind, title: str, work: Callable[[Report], Awaitable[T]]) -> T:
        """Carry out a job and give its result. Raises what it raised, or Cancelled."""
        number = await asyncio.to_thread(self._store.start_job, kind, title)
        self._put(Job(number, kind, title, "queued"))
        task = asyncio.create_task(self._supervised(number, kind, work))
        self._tasks[number] = task
        task.add_done_callback(lambda _: self._ended(number))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if task.cancelled():
                raise Cancelled(f"{title} was cancelled") from None
            raise

    def cancel(self, number: int) -> None:
        """Stop a job that waits or runs. Raises BadRequest if it does neither."""
        if number not in self._tasks:
            raise BadRequest("no job of that number is running", received=str(number))
        self._tasks[number].cancel()

    async def close(self) -> None:
        """Cancel everything and wait until it is gone."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _supervised(self, number: int, kind: JobKind, work: Callable[[Report], Awaitable[T]]) -> T:
        state: JobState = "failed"
        error: str | None = None
        try:
            if kind == "train":
                async with self._training:
                    result = await self._started(number, work)
            else:
                result = await self._started(number, work)
            state = "done"
        except asyncio.CancelledError:
            state = "cancelled"
            raise
        except EngineError as failure:
            error = str(failure)
            raise
        except Exception as failure:
            log.exception("job %d failed", number)
            error = f"an unexpected fault: {failure!r}; the log tells more"
            raise EngineError(error) from failure
        finally:
            await asyncio.to_thread(self._store.end_job, number, state)
            self._change(number, state=state, error=error, ended=self._clock.now())
        return result

    async def _started(self, number: int, work: Callable[[Report], Awaitable[T]]) -> T:
        self._change(number, state="running", started=self._clock.now())
        return await work(lambda news: self._report(number, news))

    def _ended(self, number: int) -> None:
        del self._tasks[number]
        self.ended()

    def _report(self, number: int, news: str | TrainProgress) -> None:
        if isinstance(news, str):
            self._change(number, phase=news)
        else:
            self._change(
                number,
                phase=f"epoch {news.epoch} of {news.epochs}",
                epoch=news.epoch,
                epochs=news.epochs,
                loss=news.loss,
                val_loss=news.val_loss,
            )

    def _change(self, number: int, **fields: object) -> None:
        self._put(msgspec.structs.replace(self._jobs[number], **fields))

    def _put(self, job: Job) -> None:
        self._jobs[job.id] = job
        self._changed()
