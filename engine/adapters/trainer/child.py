"""A running trainer process: lines to it, lines from it, and how it ended.

engine/training/__main__.py says which lines. The process leaves when its standard input ends, so that it outlives
neither the engine nor a cluster's worker.
"""

import asyncio
import contextlib
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import engine
from engine.errors import EngineError, TrainingError, from_wire

COMMAND = (sys.executable, "-P", "-m", "engine.training")
LINE_LIMIT = 1 << 24  # bytes; asyncio's own 64 KiB would not hold the losses of some thousand members
LAST_WORDS = 4096  # bytes of standard error that are remembered
GRACE = 2.0  # seconds that the child has to leave before it is killed

LAST = ("done", "failed")
"""Events after which nothing more is said of a job."""

Event: TypeAlias = dict[str, Any]
"""A line of JSON that the trainer said."""


class Child:
    """A trainer process that has been started."""

    def __init__(self, process: Process) -> None:
        if not (process.stdin and process.stdout and process.stderr):
            raise ValueError("a child without pipes can neither be told nor heard")
        self._process = process
        self._input, self._output, self._errors = process.stdin, process.stdout, process.stderr
        self._last_words = b""
        self._listening = asyncio.get_running_loop().create_task(self._listen())

    @classmethod
    async def start(cls, command: Sequence[str]) -> "Child":
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

    async def tell(self, request: Mapping[str, Any]) -> None:
        """Send a line; if nobody reads it any more, `hear` says why."""
        with contextlib.suppress(ConnectionError):
            self._input.write(json.dumps(dict(request)).encode() + b"\n")
            await self._input.drain()

    async def hear(self) -> Event:
        """The next event. Raises TrainingError if the process has ended instead."""
        line = await self._output.readline()
        if not line.endswith(b"\n"):
            raise await self._obituary()
        event: Event = json.loads(line)
        return event

    async def carry_out(self, request: Mapping[str, Any], heard: Callable[[Event], None]) -> Event:
        """Have it do a job: what it says meanwhile goes to `heard`, its last word is given. Raises TrainingError."""
        await self.tell(request)
        while (event := await self.hear())["event"] not in LAST:
            heard(event)
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


def failure(event: Event) -> EngineError | None:
    """What went wrong, if that is the trainer's last word of a job."""
    if event["event"] != "failed":
        return None
    return from_wire(event["kind"], event["message"], event["received"], event["do"])
