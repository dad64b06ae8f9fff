"""What a worker of a cluster does for the engine: it runs the very trainer that the engine runs on its own machine.

Imported on the worker alone.
"""

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from distributed import Worker, WorkerPlugin, get_worker

from engine.adapters.trainer.child import COMMAND, Child, Event, failure
from engine.adapters.trainer.cluster import TOPIC
from engine.adapters.trainer.files import in_thread
from engine.errors import TrainingError


async def carry_out(key: str, given: bytes, line: Mapping[str, Any], command: Sequence[str] | None) -> bytes:
    """The result of a request, both as .npz; `command` starts another trainer than this machine's own.

    When the task is no longer wanted, because of a cancel or because its engine is gone, the trainer is ended at once.
    Raises what the trainer raised, or TrainingError.
    """
    worker = get_worker()

    def say(event: Event) -> None:
        worker.log_event(TOPIC, event | {"key": key})

    say({"event": "begun", "worker": worker.address})
    training = asyncio.create_task(_trained(Path(worker.local_directory), given, line, command or COMMAND, say))
    async with _ended_when_unwanted(worker, key, training):
        try:
            await asyncio.wait([training])
        finally:
            training.cancel()
    if training.cancelled():
        raise TrainingError("The cluster has given this training up")
    return training.result()


async def _trained(
    folder: Path, given: bytes, line: Mapping[str, Any], command: Sequence[str], say: Callable[[Event], None]
) -> bytes:
    with tempfile.TemporaryDirectory(prefix="whipsaw-", dir=folder) as work:
        there, back = Path(work) / "job.npz", Path(work) / "result.npz"
        await in_thread(lambda: there.write_bytes(given))
        child = await Child.start(command)
        try:
            say(await child.hear())  # that it is ready
            end = await child.carry_out({**line, "input": str(there), "output": str(back)}, say)
        finally:
            await asyncio.shield(child.end())
        if error := failure(end):
            raise error
        return await in_thread(back.read_bytes)


class _Watch(WorkerPlugin):
    """Ends the work on a task that the scheduler takes back: by itself a worker would carry it out to its end."""

    def __init__(self, key: str, work: asyncio.Task[bytes]) -> None:
        self._key = key
        self._work = work

    def transition(self, key: Any, start: str, finish: str, **_: Any) -> None:
        """Called in the worker's loop when any task of it goes from one state to the next."""
        if key == self._key and finish == "released" and start in ("executing", "long-running"):
            self._work.cancel()


@contextlib.asynccontextmanager
async def _ended_when_unwanted(worker: Worker, key: str, work: asyncio.Task[bytes]) -> AsyncIterator[None]:
    await worker.plugin_add(_Watch(key, work), name=key, catch_errors=False)
    try:
        yield
    finally:
        await worker.plugin_remove(name=key)
