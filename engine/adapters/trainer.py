"""The trainer as a process of its own: started on the first job, kept warm for a while, ended by a cancel.

Jobs and weights travel as .npz files in a working folder, everything else as lines of JSON; engine/training/__main__.py
says which. The child leaves when its standard input ends, so that it cannot outlive the engine.
"""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import sys
import tempfile
import zipfile
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

import engine
from engine.core.bars import FloatArray
from engine.core.evaluation.garch import Garch
from engine.core.evaluation.garch_fit import Arrays, packed, unpacked
from engine.core.fitting import Epoch, FitJob, Fitted
from engine.errors import DataError, TrainingError, from_wire

COMMAND = (sys.executable, "-P", "-m", "engine.training")
LINE_LIMIT = 1 << 24  # bytes; asyncio's own 64 KiB would not hold the losses of some thousand members
LAST_WORDS = 4096  # bytes of standard error that are remembered
GRACE = 2.0  # seconds that the child has to leave before it is killed

Progress = Callable[[str | Epoch], None]
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
        self._child: _Child | None = None
        self._endings: set[asyncio.Task[None]] = set()
        self._retirement: asyncio.TimerHandle | None = None
        self._closed = False

    async def fit(self, job: FitJob, progress: Progress) -> Fitted:
        request = {"kind": "fit", "hyper": job.hyper.to_header()}
        return await self._carried_out(request, job.to_arrays, Fitted.from_arrays, progress)

    async def fit_garch(self, returns: Sequence[FloatArray], progress: Progress) -> tuple[Garch | None, ...]:
        return await self._carried_out({"kind": "garch"}, lambda: packed(returns), unpacked, progress)

    async def _carried_out(
        self, request: dict[str, Any], given: Callable[[], Arrays], result: Callable[[Arrays], T], progress: Progress
    ) -> T:
        """Send arrays beside a request, and read the arrays of its result; one request at a time."""
        async with self._turn:
            self._stay()
            try:
                with _working_folder(self._folder) as work:
                    return await self._exchanged(work, request, given, result, progress)
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

    async def _exchanged(
        self,
        work: Path,
        request: dict[str, Any],
        given: Callable[[], Arrays],
        result: Callable[[Arrays], T],
        progress: Progress,
    ) -> T:
        there, back = work / "job.npz", work / "result.npz"
        await _in_thread(lambda: _write(there, given()))
        end = await self._converse({**request, "input": str(there), "output": str(back)}, progress)
        if end["event"] == "failed":
            raise from_wire(end["kind"], end["message"], end["received"], end["do"])
        return await _in_thread(lambda: _read(back, result))

    async def _converse(self, request: dict[str, Any], progress: Progress) -> dict[str, Any]:
        """Have the child do it, and give its last word; a child that is left in the middle of a job is ended."""
        if self._child and not self._child.alive:
            await self._end()
        try:
            child = self._child or await self._start(progress)
            await child.tell(request)
            while (event := await child.hear())["event"] == "epoch":
                progress(Epoch.from_header(event))
        except BaseException as error:
            await self._end()
            if isinstance(error, TrainingError):
                self._require_open()
            raise
        return event

    async def _start(self, progress: Progress) -> "_Child":
        self._require_open()
        progress("starting TensorFlow")
        self._child = await _Child.start(self._command)
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


class _Child:
    """A running trainer process: lines to it, lines from it, and how it ended."""

    def __init__(self, process: Process) -> None:
        if not (process.stdin and process.stdout and process.stderr):
            raise ValueError("a child without pipes can neither be told nor heard")
        self._process = process
        self._input, self._output, self._errors = process.stdin, process.stdout, process.stderr
        self._last_words = b""
        self._listening = asyncio.get_running_loop().create_task(self._listen())

    @classmethod
    async def start(cls, command: Sequence[str]) -> "_Child":
        """Start the process, with this very engine on its path."""
        path = [str(Path(engine.__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, path))}
        return cls(
            await asyncio.create_subprocess_exec(
                *command, stdin=PIPE, stdout=PIPE, stderr=PIPE, limit=LINE_LIMIT, env=environment
            )
        )

    @property
    def alive(self) -> bool:
        """Whether it is not known to have ended."""
        return self._process.returncode is None

    async def tell(self, request: dict[str, Any]) -> None:
        """Send a line; if nobody reads it any more, `hear` says why."""
        with contextlib.suppress(ConnectionError):
            self._input.write(json.dumps(request).encode() + b"\n")
            await self._input.drain()

    async def hear(self) -> dict[str, Any]:
        """The next event. Raises TrainingError if the process has ended instead."""
        line = await self._output.readline()
        if not line.endswith(b"\n"):
            raise await self._obituary()
        event: dict[str, Any] = json.loads(line)
        return event

    async def end(self) -> None:
        """End the process, whatever it does, and wait until it is gone."""
        self._input.close()
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()
        if not await self._gone_within(GRACE):
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
        await self._process.wait()
        await self._listening

    async def _listen(self) -> None:
        """Read standard error to its end, or a full pipe would stop the child."""
        while chunk := await self._errors.read(LAST_WORDS):
            self._last_words = (self._last_words + chunk)[-LAST_WORDS:]

    async def _gone_within(self, seconds: float) -> bool:
        try:
            await asyncio.wait_for(self._process.wait(), seconds)
        except TimeoutError:
            return False
        return True

    async def _obituary(self) -> TrainingError:
        if not await self._gone_within(GRACE):
            return TrainingError("The trainer closed its output without a result")
        await self._listening
        return _why_it_ended(self._process.returncode or 0, self._last_words.decode(errors="replace"))


def _why_it_ended(status: int, last_words: str) -> TrainingError:
    lines = [line for line in last_words.splitlines() if line.strip()]
    last = "".join(letter for letter in lines[-1] if letter.isprintable()).strip() if lines else None
    if status == -signal.SIGKILL:
        return TrainingError(
            "The trainer was killed (SIGKILL), as the system does when memory runs out",
            do="Train again, with fewer tickers if it happens once more",
        )
    if status < 0:
        received = None if status == -signal.SIGTERM else last
        return TrainingError(f"The trainer was ended by {_signal_name(-status)}", received=received, do="Train again")
    return TrainingError(f"The trainer ended by itself with status {status}", received=last)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


@contextlib.contextmanager
def _working_folder(parent: Path) -> Iterator[Path]:
    """A new folder for one job, removed afterwards together with what an engine that died left behind."""
    parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    for left in parent.glob("job-*"):
        shutil.rmtree(left, ignore_errors=True)
    work = Path(tempfile.mkdtemp(prefix="job-", dir=parent))
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _write(path: Path, arrays: Arrays) -> None:
    np.savez(path, **dict[str, Any](arrays))


def _read(path: Path, result: Callable[[Arrays], T]) -> T:
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return result(dict(arrays))
    except (ValueError, EOFError, zipfile.BadZipFile, DataError) as error:
        raise TrainingError(f"The trainer's result cannot be used: {error}") from error


async def _in_thread(work: Callable[[], T]) -> T:
    """Do blocking work in a thread; a cancel waits for its end, so that nobody writes into a removed folder."""
    task = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise
