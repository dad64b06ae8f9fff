"""The engine's own state."""

import asyncio

from engine.board import Visitor
from engine.desk.means import Handlers, Means, Say
from engine.format import plain
from engine.interpreter import resident
from engine.logbook import newest
from engine.protocol import (
    CancelJob,
    DismissJob,
    EngineStatus,
    GetStatus,
    Inspect,
    Inspection,
    LogLine,
    Ok,
    Seat,
    Stop,
    StoreSize,
)


async def _status(means: Means, _command: GetStatus, _visitor: Visitor, _: Say) -> EngineStatus:
    status = await asyncio.to_thread(means.boards.overall)
    return EngineStatus(status, means.jobs.all, means.boards.state.uptime)


async def _inspect(means: Means, _command: Inspect, visitor: Visitor, _: Say) -> Inspection:
    size = await asyncio.to_thread(means.size)
    rate = means.rate
    return Inspection(
        uptime_s=means.boards.state.uptime,
        memory=await asyncio.to_thread(resident),
        store=StoreSize(size.bytes, size.free, size.symbols, size.models, size.alarms),
        seats=tuple(
            Seat(each.since, each.board.list.name, each.rate or rate, each.bytes, each is visitor)
            for each in means.boards.visitors
            if each.board
        ),
        log=tuple(LogLine(line.at, line.level, line.origin, plain(line.words)) for line in newest()),
    )


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
    Inspect: _inspect,
    CancelJob: _cancel,
    DismissJob: _dismiss,
    Stop: _stop,
}
