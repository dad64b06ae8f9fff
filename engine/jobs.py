"""The job table: what runs in the background, how far it is, and how it is cancelled.

One training runs at a time; quick jobs run beside it. A job belongs to the engine, not to the screen that asked for it:
it goes on when that screen is gone.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

import msgspec

from engine.errors import BadRequest, Cancelled, EngineError, StoreError
from engine.ports import Clock, Store
from engine.protocol import Command, Job, JobKind, JobState, TrainProgress

T = TypeVar("T")
Report: TypeAlias = Callable[[str | TrainProgress], None]

TRAININGS = frozenset({"train", "tune"})
"""Kinds of job of which one runs at a time."""

KEPT = 20
"""Ended jobs that are still shown."""

log = logging.getLogger(__name__)

_commands: msgspec.json.Decoder[Command] = msgspec.json.Decoder(Command)


class JobTable:
    """Every job of this engine, newest first."""

    def __init__(self, store: Store, clock: Clock, changed: Callable[[], None]) -> None:
        self._store = store
        self._clock = clock
        self._changed = changed
        self._training = asyncio.Lock()
        self._jobs: dict[int, Job] = {}
        self._tasks: dict[int, asyncio.Task[Any]] = {}
        self._commands: dict[int, Command] = {}
        self._paces: dict[int, _Pace] = {}
        self.ended: Callable[[], None] = lambda: None
        """Called when a job has ended and is no longer counted as running."""

    async def recover(self) -> None:
        """Take over the jobs that an earlier engine left running, as interrupted."""
        for record in await asyncio.to_thread(self._store.interrupted):
            kind = msgspec.convert(record.kind, JobKind)
            command = _decoded(record.command)
            self._put(
                Job(
                    record.id,
                    kind,
                    record.title,
                    "interrupted",
                    error="the engine ended while it ran",
                    again=command is not None,
                )
            )
            if command is not None:
                self._commands[record.id] = command

    @property
    def all(self) -> tuple[Job, ...]:
        """Newest first."""
        offered = [job for job in self._jobs.values() if job.again]
        newest = sorted(self._jobs.values(), key=lambda job: job.id, reverse=True)[:KEPT]
        shown = {job.id: job for job in (*newest, *offered)}
        return tuple(sorted(shown.values(), key=lambda job: job.id, reverse=True))

    @property
    def busy(self) -> bool:
        """Whether any job waits or runs."""
        return bool(self._tasks)

    @property
    def training(self) -> bool:
        """Whether a training waits or runs."""
        return any(self._jobs[number].kind in TRAININGS for number in self._tasks)

    async def run(
        self, kind: JobKind, title: str, work: Callable[[Report], Awaitable[T]], command: Command | None = None
    ) -> T:
        """Carry out a job and give its result. Raises what it raised, or Cancelled.

        After a crash the next engine offers to carry out `command` again.
        """
        kept = "" if command is None else msgspec.json.encode(command).decode()
        number = await self._numbered(kind, title, kept, command)
        self._put(Job(number, kind, title, "queued"))
        self._queue()
        task = asyncio.create_task(self._supervised(number, kind, work))
        self._tasks[number] = task
        task.add_done_callback(lambda _: self._ended(number))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if task.cancelled():
                if self._jobs[number].state == "queued":  # before its first step
                    await self._end(number, "cancelled")
                raise Cancelled(f"{title} was cancelled") from None
            raise

    def cancel(self, number: int) -> None:
        """Stop a job that waits or runs. Raises BadRequest if it does neither."""
        if number not in self._tasks:
            raise BadRequest("no job of that number is running", received=str(number))
        self._tasks[number].cancel()

    def interrupted(self, number: int) -> Command:
        """What would run an interrupted job again. Raises BadRequest if there is nothing."""
        if number not in self._commands:
            raise BadRequest("no interrupted job of that number can be run again", received=str(number))
        return self._commands[number]

    async def dismiss(self, number: int) -> None:
        """Forget a job that has ended, or was interrupted. Raises BadRequest if it waits or runs, or is not known."""
        if number in self._tasks or number not in self._jobs:
            raise BadRequest("no job of that number has ended", received=str(number), do="cancel it if it runs")
        if self._commands.pop(number, None) is not None:
            await asyncio.to_thread(self._store.end_job, number, "dismissed")
        del self._jobs[number]
        self._changed()

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
            if kind in TRAININGS:
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
            await self._end(number, state, error)
        return result

    async def _numbered(self, kind: JobKind, title: str, kept: str, command: Command | None) -> int:
        """The number of a new job, as the store keeps it; one whose asker leaves meanwhile has ended there too."""
        starting = asyncio.ensure_future(self._begun(kind, title, kept, command))
        if await _left(starting):
            if starting.exception() is None:
                await self._keep_end(starting.result(), "cancelled")
            raise asyncio.CancelledError
        return starting.result()

    async def _begun(self, kind: JobKind, title: str, kept: str, command: Command | None) -> int:
        number = await asyncio.to_thread(self._store.start_job, kind, title, kept)
        for interrupted in [other for other, known in self._commands.items() if known == command]:
            self._commands.pop(interrupted)  # it runs again
            self._jobs.pop(interrupted, None)
            await self._keep_end(interrupted, "dismissed")
        return number

    async def _end(self, number: int, state: JobState, error: str | None = None) -> None:
        """A job has ended: on screen at once, for the store may take its time, or refuse."""
        self._paces.pop(number, None)
        self._change(number, state=state, error=error, ended=self._clock.now(), eta_seconds=None, position=None)
        self._queue()
        await self._keep_end(number, state)

    async def _keep_end(self, number: int, state: str) -> None:
        """Tell the store, even while this task is cancelled; what it refuses changes nothing about the job's result."""
        keeping = asyncio.ensure_future(asyncio.to_thread(self._store.end_job, number, state))
        await _left(keeping)
        try:
            keeping.result()
        except StoreError:
            log.exception("job %d is %s, which cannot be kept", number, state)

    async def _started(self, number: int, work: Callable[[Report], Awaitable[T]]) -> T:
        self._change(number, state="running", started=self._clock.now(), position=None)
        self._queue()
        return await work(lambda news: self._report(number, news))

    def _ended(self, number: int) -> None:
        del self._tasks[number]
        self.ended()

    def _report(self, number: int, news: str | TrainProgress) -> None:
        now = self._clock.now()
        if isinstance(news, str):
            self._paces[number] = _Pace(now)
            self._change(number, phase=news, eta_seconds=None, reported=now)
            return
        pace, job = self._paces.setdefault(number, _Pace(now)), self._jobs[number]
        first = news.epoch == 1  # another training of the same job begins its curves anew
        self._change(
            number,
            phase=f"epoch {news.epoch} of {news.epochs}",
            epoch=news.epoch,
            epochs=news.epochs,
            loss=news.loss,
            val_loss=news.val_loss,
            losses=(*(() if first else job.losses), news.loss),
            val_losses=(*(() if first else job.val_losses), news.val_loss),
            eta_seconds=pace.left(news, now),
            reported=now,
        )

    def _queue(self) -> None:
        """Number those that wait."""
        waiting = sorted(number for number in self._jobs if self._jobs[number].state == "queued")
        for place, number in enumerate(waiting, start=1):
            if self._jobs[number].position != place:
                self._change(number, position=place)

    def _change(self, number: int, **fields: object) -> None:
        self._put(msgspec.structs.replace(self._jobs[number], **fields))

    def _put(self, job: Job) -> None:
        self._jobs[job.id] = job
        self._changed()


@dataclass(slots=True)
class _Pace:
    """How fast epochs follow each other: from the second on the first is left out, in which graphs are built."""

    began: float
    first: float | None = None

    def left(self, news: TrainProgress, now: float) -> float:
        """Seconds until the last epoch is done, at the pace so far."""
        if news.epoch == 1 or self.first is None:
            self.first = now
            each = (now - self.began) / news.epoch
        else:
            each = (now - self.first) / (news.epoch - 1)
        return max(each, 0.0) * (news.epochs - news.epoch)


async def _left(work: asyncio.Future[Any]) -> bool:
    """Wait until `work` is done, even where whoever waits is cancelled meanwhile; gives whether that was so."""
    cancelled = False
    while not work.done():
        try:
            await asyncio.wait({work})
        except asyncio.CancelledError:
            cancelled = True
    return cancelled


def _decoded(command: str) -> Command | None:
    """A command as it was kept; None where there is none, or where this version knows no such command."""
    if not command:
        return None
    try:
        return _commands.decode(command)
    except msgspec.DecodeError as error:
        log.warning("an interrupted job cannot be run again: %s", error)
        return None
