"""The trainer as a process of its own: started on the first job, kept warm for a while, ended by a cancel.

Jobs and weights travel as .npz files in a working folder, everything else as lines of JSON.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from engine.adapters.trainer.child import COMMAND, Child, Event, failure
from engine.adapters.trainer.files import in_thread, read, working_folder, write
from engine.adapters.trainer.request import Listener, Request, news, to_fit, to_fit_garch, to_tune
from engine.core.bars import FloatArray
from engine.core.evaluation.garch import Garch
from engine.core.fitting import Epoch, FitJob, Fitted
from engine.core.tuning import Found, Study, Trial
from engine.errors import TrainingError

Progress = Callable[[str | Epoch], None]
Trials = Callable[[str | Epoch | Trial], None]
T = TypeVar("T")


class ProcessTrainer:
    """Fits banks in a child process, one job at a time: a Trainer.

    `folder` is for working files and nothing else; what an earlier engine left there is removed. `keep_warm` is how
    long the child stays after its last job, in seconds. `command` starts it.
    """

    def __init__(self, folder: Path, *, keep_warm: float = 300.0, command: Sequence[str] = COMMAND) -> None:
        self._folder = folder
        self._keep_warm = keep_warm
        self._command = command
        self._turn = asyncio.Lock()
        self._child: Child | None = None
        self._endings: set[asyncio.Task[None]] = set()
        self._retirement: asyncio.TimerHandle | None = None
        self._closed = False

    async def fit(self, job: FitJob, progress: Progress) -> Fitted:
        return await self._carried_out(to_fit(job), progress)

    async def fit_garch(self, returns: Sequence[FloatArray], progress: Progress) -> tuple[Garch | None, ...]:
        return await self._carried_out(to_fit_garch(returns), progress)

    async def tune(self, study: Study, job: FitJob, progress: Trials) -> Found:
        while (found := await self._carried_out(to_tune(study, job), progress)).trials < study.trials:
            study = replace(study, reset=False)
            async with self._turn:
                await self._end()
        return found

    async def _carried_out(self, request: Request[T], progress: Listener) -> T:
        """Have one request answered at a time."""
        async with self._turn:
            self._stay()
            try:
                with working_folder(self._folder) as work:
                    return await self._answered(request, work, progress)
            except OSError as error:
                raise TrainingError(f"The trainer cannot use its working files: {error}") from error
            finally:
                self._stay_for(self._keep_warm)

    async def close(self) -> None:
        self._closed = True
        self._stay()
        self._dismiss()
        async with self._turn:
            if self._endings:
                await asyncio.wait(self._endings)

    async def _answered(self, request: Request[T], work: Path, progress: Listener) -> T:
        given, result = work / "job.npz", work / "result.npz"
        await in_thread(lambda: write(given, request))
        end = await self._converse({**request.header, "input": str(given), "output": str(result)}, progress)
        if error := failure(end):
            raise error
        return await in_thread(lambda: read(result, request))

    async def _converse(self, line: Mapping[str, Any], progress: Listener) -> Event:
        """Have the child do it, and give its last word; a child that is left in the middle of a job is ended."""
        if self._child and not self._child.alive:
            await self._end()
        try:
            child = self._child or await self._start(progress)
            return await child.carry_out(line, lambda event: progress(news(event)))
        except BaseException as error:
            await self._end()
            if isinstance(error, TrainingError):
                self._require_open()
            raise

    async def _start(self, progress: Listener) -> Child:
        self._require_open()
        progress("starting TensorFlow")
        self._child = await Child.start(self._command)
        self._require_open()
        await self._child.hear()  # that it is ready
        progress("building the network")
        return self._child

    def _require_open(self) -> None:
        if self._closed:
            raise TrainingError("The trainer has been closed: the engine is stopping")

    async def _end(self) -> None:
        """End the child; that goes on even when the one who waits for it is cancelled once more."""
        if ending := self._dismiss():
            await asyncio.shield(ending)

    def _dismiss(self) -> "asyncio.Task[None] | None":
        if self._child is None:
            return None
        ending = asyncio.get_running_loop().create_task(self._child.end())
        self._child = None
        self._endings.add(ending)
        ending.add_done_callback(self._endings.discard)
        return ending

    def _stay(self) -> None:
        if self._retirement:
            self._retirement.cancel()

    def _stay_for(self, seconds: float) -> None:
        if not self._closed:
            self._retirement = asyncio.get_running_loop().call_later(seconds, self._dismiss)
