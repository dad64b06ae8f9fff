"""The other end of the wire: find the engine of a home or start one, send commands, hear what changed.

Screens and the command line both use this, and nothing else of the engine but what it re-exports.
"""

import asyncio
import contextlib
import fcntl
import itertools
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct
from websockets.asyncio.client import ClientConnection, unix_connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from engine.errors import (
    AlreadyRunning,
    BadRequest,
    Cancelled,
    EngineError,
    ForeignSocket,
    Unreachable,
    VersionMismatch,
    from_wire,
)
from engine.home import Home, Options
from engine.protocol import Changed, Command, Done, Message, Progress, Progressed, Refused, Request, Result, decode
from engine.protocol import encode as encode_message

__all__ = [
    "AlreadyRunning",
    "BadRequest",
    "Cancelled",
    "Client",
    "EngineError",
    "ForeignSocket",
    "Options",
    "Unreachable",
    "VersionMismatch",
    "connect",
    "gone",
    "own_days",
]

START_SECONDS = 30.0
BETWEEN_TRIES = 0.05
MAX_FRAME = 16 * 1024 * 1024


class Lease(Struct, frozen=True):
    """What a running engine says of itself in its lock file."""

    pid: int
    socket: str
    source: str


def lease(of: Home) -> Lease | None:
    """The lease of the engine that runs, or ran last, on a home."""
    try:
        return msgspec.json.decode(of.lock_file.read_bytes(), type=Lease)
    except (OSError, msgspec.DecodeError):
        return None


async def connect(options: Options, *, start: bool = True) -> "Client":
    """Attach to the engine of a home; start one if there is none and `start` says so.

    Raises Unreachable and its kin, and whatever kept a new engine from starting (StoreError, ConfigError, ...).
    """
    where = options.where
    if (client := await _reach(where)) is not None:
        return client
    if not start:
        raise Unreachable("no engine is running on this home", received=str(where.data), do="`whipsaw engine start`")
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(START_SECONDS):
            while client is None:  # another may be starting, or ending, at this moment: then its lock is in the way
                started = await asyncio.to_thread(_start, options, where)
                client = await _reach(where)
                if client is None and not started:
                    await asyncio.sleep(BETWEEN_TRIES)
            return client
    raise Unreachable("an engine was started but does not answer", do=f"its log is {where.log_file}")


async def _reach(where: Home) -> "Client | None":
    known = await asyncio.to_thread(lease, where)
    if known is None:
        return None
    _own(Path(known.socket))
    try:
        connection = await unix_connect(
            known.socket, "ws://engine/", compression=None, max_size=MAX_FRAME, open_timeout=10
        )
    except InvalidStatus as error:
        if error.response.status_code == HTTPStatus.FORBIDDEN:
            raise ForeignSocket("the engine belongs to another user", received=known.socket) from error
        return None  # it is on its way out
    except (FileNotFoundError, ConnectionRefusedError):
        return None
    except (OSError, TimeoutError, InvalidHandshake) as error:
        raise Unreachable(f"the engine with pid {known.pid} does not answer", received=str(error)) from error
    return Client(connection, known)


async def gone(of: Home) -> None:
    """Wait until the engine of a home has let go of its lock. Raises Unreachable if it does not in time."""
    try:
        async with asyncio.timeout(START_SECONDS):
            while await asyncio.to_thread(_locked, of):
                await asyncio.sleep(BETWEEN_TRIES)
    except TimeoutError:
        raise Unreachable("the engine was told to stop and still runs", do=f"its log is {of.log_file}") from None


def _locked(of: Home) -> bool:
    try:
        with of.lock_file.open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        pass
    return False


def _own(socket: Path) -> None:
    try:
        owner = socket.parent.stat().st_uid
    except OSError:
        return
    if owner != os.getuid():
        raise ForeignSocket("the engine's socket belongs to another user", received=f"{socket.parent}, uid {owner}")


def _start(options: Options, where: Home) -> bool:
    """Start an engine in a session of its own, and wait until it says that it listens; False if one runs already."""
    command = [sys.executable, "-P", "-m", "engine", "--detach", *engine_arguments(options)]
    try:
        where.log_file.parent.mkdir(parents=True, exist_ok=True)
        with where.log_file.open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 - our own interpreter, our own module
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log
            )
    except OSError as error:
        raise Unreachable(f"the home {where.data} cannot be used: {error}", do="choose another --home") from error
    try:
        said, _ = process.communicate(timeout=START_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise Unreachable("the engine did not start in time", do=f"its log is {where.log_file}") from None
    return _started(said, where)


def _started(said: bytes, where: Home) -> bool:
    try:
        word: dict[str, Any] = json.loads(said)
    except ValueError:
        raise Unreachable("the engine ended while it started", do=f"its log is {where.log_file}") from None
    if "error" in word:
        failure = from_wire(**word["error"])
        if not isinstance(failure, AlreadyRunning):
            raise failure
        return False
    return True


class OwnDays(Struct, frozen=True):
    """The user's own corrections of exchanges' sessions: how many days, and the file's text, or an example's."""

    days: int
    text: str


async def own_days(options: Options) -> OwnDays:
    """What a home's calendars.toml says, by the engine's own reading, whether or not one runs.

    Raises ConfigError with file, line, key, what was received and what is allowed.
    """
    command = [sys.executable, "-P", "-m", "engine", "--own-days", *engine_arguments(options)]
    process = await asyncio.create_subprocess_exec(
        *command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    said, _ = await process.communicate()
    try:
        word: dict[str, Any] = json.loads(said)
    except ValueError:
        raise Unreachable(f"{options.where.calendars_file} could not be read", do="reinstall whipsaw") from None
    if "error" in word:
        raise from_wire(**word["error"])
    return msgspec.convert(word, OwnDays)


def engine_arguments(options: Options) -> list[str]:
    """The options as arguments of `python -m engine`; a value may begin with a hyphen."""
    arguments = []
    for flag, value in (
        ("--home", options.home),
        ("--sub-home", options.sub_home),
        ("--config", options.config),
        ("--source", options.source),
        ("--log-level", options.log_level),
    ):
        if value is not None:
            arguments.append(f"{flag}={value}")
    arguments += [f"--set={override}" for override in options.overrides]
    if options.resume:
        arguments.append("--resume")
    return arguments


class Client:
    """One connection to an engine."""

    def __init__(self, connection: ClientConnection, lease: Lease) -> None:
        self.lease = lease
        self._connection = connection
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Queue[Message | None]] = {}
        self._changes: asyncio.Queue[Changed | None] = asyncio.Queue()
        self._reader = asyncio.create_task(self._read())

    async def ask(self, command: Command) -> Result:
        """The result of a command; its progress is passed over. Raises what the engine raised, or Unreachable."""
        async for item in self._answers(command):
            if isinstance(item, Done):
                return item.result
        raise Unreachable("the engine went away")

    async def stream(self, command: Command) -> AsyncIterator[Progress | Result]:
        """The progress of a command, then its result. Raises what the engine raised, or Unreachable."""
        async for item in self._answers(command):
            yield item.result if isinstance(item, Done) else item.item

    async def changes(self) -> AsyncIterator[Changed]:
        """What changes in the view after Attach; ends when the engine is gone."""
        while (changed := await self._changes.get()) is not None:
            yield changed

    async def close(self) -> None:
        """Leave; the engine lives on."""
        await self._connection.close()
        await self._reader

    async def _answers(self, command: Command) -> AsyncIterator[Done | Progressed]:
        number = next(self._numbers)
        queue = self._waiting[number] = asyncio.Queue()
        try:
            await self._send(Request(number, command))
            while True:
                message = await queue.get()
                if isinstance(message, Refused):
                    raise from_wire(message.kind, message.message, message.received, message.do)
                if not isinstance(message, Done | Progressed):
                    raise Unreachable("the engine went away", do="it is started again by the next command")
                yield message
                if isinstance(message, Done):
                    return
        finally:
            del self._waiting[number]

    async def _send(self, request: Request) -> None:
        try:
            await self._connection.send(encode_message(request), text=True)
        except ConnectionClosed as error:
            raise Unreachable("the engine went away", do="it is started again by the next command") from error

    async def _read(self) -> None:
        try:
            async for frame in self._connection:
                message = decode(frame)
                if isinstance(message, Changed):
                    self._changes.put_nowait(message)
                elif message.id in self._waiting:
                    self._waiting[message.id].put_nowait(message)
        except (ConnectionClosed, msgspec.DecodeError):
            pass
        finally:
            self._changes.put_nowait(None)
            for queue in self._waiting.values():
                queue.put_nowait(None)
