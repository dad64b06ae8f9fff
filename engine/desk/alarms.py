"""What people say of alarms, and what there is to say of them."""

import asyncio
from functools import partial

from engine.board import Visitor
from engine.core.grading import HORIZONS
from engine.core.preview import Counted
from engine.desk.means import Handlers, Means, Say, listed, symbols_of
from engine.errors import BadRequest
from engine.protocol import (
    Acknowledge,
    AlarmHistory,
    AlarmList,
    GetAlarmHistory,
    GetGrades,
    Grades,
    ListAlarms,
    Mute,
    Ok,
    Preview,
    PreviewCount,
    Previewed,
    Snooze,
    Unmute,
)


async def _listed(means: Means, command: ListAlarms, _visitor: Visitor, _: Say) -> AlarmList:
    return AlarmList(await asyncio.to_thread(means.watch.alarms, None, command.since))


async def _grades(means: Means, command: GetGrades, _visitor: Visitor, _: Say) -> Grades:
    if command.horizon not in HORIZONS:
        allowed = ", ".join(map(str, HORIZONS))
        raise BadRequest("alarms are not graded after so many sessions", received=f"{command.horizon}", do=allowed)
    wanted = await listed(means, command)
    rules, symbols = means.boards.rules.of(wanted), symbols_of(wanted)
    told = partial(means.track, symbols, rules, command.horizon, watchlist=wanted.name)
    return Grades(command.horizon, await asyncio.to_thread(told))


async def _preview(means: Means, command: Preview, _visitor: Visitor, _: Say) -> Previewed:
    wanted = await listed(means, command)
    rules, symbols = means.boards.rules, symbols_of(wanted)
    if command.of_list:
        then = rules.of(await asyncio.to_thread(means.lists.with_rules, wanted.name, command.changes))
    else:
        then = rules.instead(command.changes, wanted)
    before, after = [await asyncio.to_thread(means.scan.past_year, symbols, each) for each in (rules.of(wanted), then)]
    return Previewed(wanted.name, before.first, before.last, _count(before), _count(after))


def _count(of: Counted) -> PreviewCount:
    return PreviewCount(of.alarms, dict(of.kinds), of.market)


async def _history(means: Means, command: GetAlarmHistory, _visitor: Visitor, _: Say) -> AlarmHistory:
    return await asyncio.to_thread(means.watch.alarm_history, command.alarm)


async def _said(means: Means, command: Acknowledge | Snooze | Mute | Unmute, _visitor: Visitor, _: Say) -> Ok:
    alarms = means.alarms
    match command:
        case Acknowledge(number):
            deed = partial(alarms.acknowledge, number)
        case Snooze(number, sessions, until):
            deed = partial(alarms.snooze, number, sessions, until)
        case Mute(number, whole):
            deed = partial(alarms.mute, number, whole=whole)
        case Unmute(number):
            deed = partial(alarms.unmute, number)
    await asyncio.to_thread(deed)
    await means.boards.reread_alarms()
    return Ok()


HANDLERS: Handlers = {
    ListAlarms: _listed,
    GetGrades: _grades,
    Preview: _preview,
    GetAlarmHistory: _history,
    Acknowledge: _said,
    Snooze: _said,
    Mute: _said,
    Unmute: _said,
}
