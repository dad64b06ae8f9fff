"""Alarms: listed, graded, told from their first day, acknowledged, snoozed, muted."""

from argparse import Namespace
from collections.abc import Callable

from engine.cli.connection import carried_out
from engine.cli.output import tell
from engine.errors import BadRequest
from engine.protocol import (
    Acknowledge,
    AlarmList,
    Command,
    GetAlarmHistory,
    GetGrades,
    ListAlarms,
    Mute,
    Snooze,
    Unmute,
)


async def alarms(given: Namespace) -> int:
    """Tell of the alarms on record, or do something to those that are named."""
    if given.grades is not None:
        tell(given, await carried_out(given, GetGrades(given.grades, (), given.watchlist)))
        return 0
    if given.history:
        tell(given, await carried_out(given, GetAlarmHistory(given.history)))
        return 0
    deeds: dict[str, Callable[[int], Command]] = {
        "ack": Acknowledge,
        "snooze": lambda number: Snooze(number, given.sessions, given.until),
        "mute": lambda number: Mute(number, given.ticker),
        "unmute": Unmute,
    }
    if (given.what in deeds) != bool(given.ids):
        raise BadRequest(
            "alarms are named by their numbers, after what is done to them",
            received=" ".join((given.what, *map(str, given.ids))),
            do="for example `whipsaw alarms snooze 12 14`; `whipsaw alarms` lists them",
        )
    for number in given.ids:
        await carried_out(given, deeds[given.what](number))
    listed = await carried_out(given, ListAlarms(given.since))
    assert isinstance(listed, AlarmList)  # noqa: S101 - the protocol's own answer
    touched = (alarm for alarm in listed.alarms if alarm.id in given.ids)
    tell(given, AlarmList(tuple(touched)) if given.ids else listed)
    return 0
