"""The engine's own state."""

import asyncio

from engine.board import Visitor
from engine.desk.means import Handlers, Means, Say
from engine.protocol import (
    CancelJob,
    DismissJob,
    EngineStatus,
    GetStatus,
    Ok,
    Stop,
)


async def _status(means: Means, _command: GetStatus, _visitor: Visitor, _: Say) -> EngineStatus:
    status = await asyncio.to_thread(means.boards.overall)
    return EngineStatus(status, means.jobs.all, means.boards.uptime)


async def _cancel(means: Means, command: CancelJob, _visitor: Visitor, _: Say) -> Ok:
    means.jobs.cancel(command.job)
    return Ok()


async def _dismiss(means: Means, command: DismissJob, _visitor: Visitor, _: Say) -> Ok:
    await means.jobs.dismiss(command.job)
    return Ok()


async def _stop(means: Means, _command: Stop, _visitor: Visitor, _: Say) -> Ok:
    means.stop()
    return Ok()


HANDLERS: Handlers = {
    GetStatus: _status,
    CancelJob: _cancel,
    DismissJob: _dismiss,
    Stop: _stop,
}
