"""The engine's own state."""

import asyncio

from engine.board import Visitor
from engine.desk.means import Handlers, Means, Say
from engine.protocol import (
    AlarmList,
    CancelJob,
    DismissJob,
    EngineStatus,
    GetStatus,
    ListAlarms,
    Ok,
    Stop,
)


async def _alarms(means: Means, command: ListAlarms, _visitor: Visitor, _: Say) -> AlarmList:
    return AlarmList(await asyncio.to_thread(means.watch.alarms, None, command.since))


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
    ListAlarms: _alarms,
    GetStatus: _status,
    CancelJob: _cancel,
    DismissJob: _dismiss,
    Stop: _stop,
}
