"""The engine's end of the wire: commands in; a snapshot, then deltas out, as fast as each screen wants and can.

A screen that is slow or dead holds up its own session only: what it misses meanwhile is one delta when it reads again.
"""

import asyncio
import logging
import os
import socket
import struct
import sys
from http import HTTPStatus
from pathlib import Path

import msgspec
from websockets.asyncio.server import Server, ServerConnection, unix_serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request as Handshake
from websockets.http11 import Response

from engine.board import Visitor
from engine.desk import Desk
from engine.errors import BadRequest, EngineError, ForeignSocket, Unreachable, VersionMismatch
from engine.home import APP
from engine.protocol import (
    VERSION,
    Changed,
    Done,
    Explain,
    GetChart,
    GetModels,
    Inspect,
    Message,
    Progressed,
    Refused,
    Request,
    Search,
    difference,
    encode,
)

log = logging.getLogger(__name__)

MAX_FRAME = 16 * 1024 * 1024
_QUESTIONS = (GetChart, Explain, GetModels, Inspect, Search)
"""What screens ask by themselves at each change: its answer must not bring the next change before its time."""


class _Envelope(msgspec.Struct):
    """What can be read of a request whatever its version."""

    id: int = 0
    version: int = 0


_requests = msgspec.json.Decoder(Request)
_envelopes = msgspec.json.Decoder(_Envelope)


async def serve(desk: Desk, path: Path, rate: float) -> Server:
    """Listen on a socket in a folder of mode 0700; only this user may connect. Raises ForeignSocket."""
    await asyncio.to_thread(_make_room, path)
    return await unix_serve(
        lambda connection: Session(desk, connection, rate).run(),
        str(path),
        process_request=_own_user_only,
        compression=None,
        max_size=MAX_FRAME,
    )


def _make_room(path: Path) -> None:
    try:
        prepare_folder(path)
        path.unlink(missing_ok=True)
    except OSError as error:
        raise Unreachable(
            f"no socket can be made in {path.parent}: {error.strerror or error}",
            do="set XDG_RUNTIME_DIR to a folder of your own, or unset it",
        ) from error


def prepare_folder(path: Path) -> None:
    """Make the socket's folder, for this user alone. Raises ForeignSocket if another one has it."""
    folder = path.parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    above = folder.parent.parent  # ours too where it stands in the common folder for temporary files
    for each in (folder, folder.parent, *([above] if above.name.startswith(APP) else [])):
        if each.stat().st_uid != os.getuid():
            raise ForeignSocket(
                f"{each} belongs to another user", received=f"uid {each.stat().st_uid}", do="use another --home"
            )
        each.chmod(0o700)


def _own_user_only(connection: ServerConnection, _request: Handshake) -> Response | None:
    end = connection.transport.get_extra_info("socket")
    if peer_uid(end) == os.getuid():
        return None
    return connection.respond(HTTPStatus.FORBIDDEN, "this engine belongs to another user\n")


def peer_uid(end: socket.socket) -> int:
    """Who is at the other end of a Unix socket."""
    if sys.platform == "darwin":
        answer = end.getsockopt(0, 1, struct.calcsize("IIh16I"))  # LOCAL_PEERCRED: struct xucred
        return int(struct.unpack("IIh16I", answer)[1])
    answer = end.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return int(struct.unpack("3i", answer)[1])


class Session:
    """One connection."""

    def __init__(self, desk: Desk, connection: ServerConnection, rate: float) -> None:
        self._desk = desk
        self._connection = connection
        self._rate = rate
        self._visitor = Visitor()
        self._dirty = asyncio.Event()
        self._urgent = asyncio.Event()
        self._outbox: asyncio.Queue[Message] = asyncio.Queue()

    async def run(self) -> None:
        """Serve until the other end is gone; the jobs it asked for go on."""
        forget = self._desk.boards.listen(self._dirty.set)
        self._desk.boards.visitors.arrive(self._visitor)
        workers = (asyncio.create_task(self._push()), asyncio.create_task(self._post()))
        for worker in workers:
            worker.add_done_callback(self._worker_ended)
        commands: set[asyncio.Task[None]] = set()
        try:
            async for frame in self._connection:
                task = asyncio.create_task(self._answer(frame))
                commands.add(task)
                task.add_done_callback(commands.discard)
        except ConnectionClosed:
            pass
        finally:
            forget()
            self._desk.boards.visitors.depart(self._visitor)
            ending = (*workers, *commands)
            for task in ending:
                task.cancel()
            await asyncio.gather(*ending, return_exceptions=True)

    def _worker_ended(self, worker: asyncio.Task[None]) -> None:
        """A session that cannot speak any more is closed, so that its screen notices and attaches again."""
        if worker.cancelled():
            return
        if not isinstance(worker.exception(), ConnectionClosed):
            log.error("a session failed", exc_info=worker.exception())
        self._connection.transport.close()

    async def _answer(self, frame: str | bytes) -> None:
        asked = False
        try:
            request = _decoded(frame)
            asked = isinstance(request.command, _QUESTIONS)
            answer = await self._carried_out(request)
        except EngineError as error:
            answer = Refused(_number(frame), error.kind, error.message, error.received, error.do)
        except Exception:
            log.exception("a command failed")
            answer = Refused(_number(frame), "error", "an unexpected fault in the engine", None, "its log tells more")
        self._outbox.put_nowait(answer)
        if not asked:
            self._urgent.set()
            self._dirty.set()

    async def _carried_out(self, request: Request) -> Message:
        result = await self._desk.carry_out(
            request.command, self._visitor, lambda item: self._outbox.put_nowait(Progressed(request.id, item))
        )
        return Done(request.id, result)

    # --- out: one queue, so that progress, answers and deltas arrive in their order ---

    async def _post(self) -> None:
        while True:
            frame = encode(await self._outbox.get())
            await self._connection.send(frame, text=True)
            self._visitor.bytes += len(frame)
            self._outbox.task_done()

    async def _push(self) -> None:
        while True:
            await self._dirty.wait()
            self._dirty.clear()
            self._urgent.clear()
            changed = self._changes()
            if changed is None:
                continue
            self._outbox.put_nowait(changed)
            await self._outbox.join()
            await self._pause(1 / (self._visitor.rate or self._rate))

    def _changes(self) -> Changed | None:
        if self._visitor.board is None or self._visitor.sent is None:
            return None
        view = self._desk.view(self._visitor)
        changed = difference(self._visitor.sent, view)
        self._visitor.sent = view
        return changed

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._urgent.wait()
        except TimeoutError:
            return


def _decoded(frame: str | bytes) -> Request:
    try:
        version = _envelopes.decode(frame).version
    except msgspec.DecodeError as error:
        raise BadRequest("that is not a request", received=str(error)) from error
    if version != VERSION:
        raise VersionMismatch(
            f"the engine speaks version {VERSION} of the protocol",
            received=f"version {version}",
            do="restart the older end: `whipsaw engine stop`, then start again",
        )
    try:
        return _requests.decode(frame)
    except msgspec.DecodeError as error:
        raise BadRequest("the engine does not know this command", received=str(error)) from error


def _number(frame: str | bytes) -> int:
    try:
        return _envelopes.decode(frame).id
    except msgspec.DecodeError:
        return 0
