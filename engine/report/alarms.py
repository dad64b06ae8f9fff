"""Alarms on record and what happened to them, in words."""

from engine import format as fmt
from engine.alarm_words import named
from engine.protocol import Alarm, AlarmHistory, AlarmList, AlarmStep


def listed(item: AlarmList) -> str:
    """A line an alarm."""
    return "\n".join(_alarm(alarm) for alarm in item.alarms) or "no alarm is on record"


def history(item: AlarmHistory) -> str:
    """An alarm, and a line a step."""
    return "\n".join((_alarm(item.alarm), *map(_step, item.steps)))


def _alarm(alarm: Alarm) -> str:
    closed = f" to {alarm.closed}" if alarm.closed else ""
    told = (
        fmt.plain(alarm.words),
        f"of the list {fmt.plain(alarm.watchlist)}" if alarm.watchlist else "",
        "" if alarm.p is None else fmt.rarity(alarm.rarity_days, rarer=alarm.rarer),
        "confirmed over the whole list" if alarm.confirmed else "",
        "provisional until the close" if alarm.provisional else "",
        f"decided after {alarm.found}" if alarm.found else "",
        f"snoozed until {alarm.snoozed_until}" if alarm.state == "snoozed" else alarm.state,
        fmt.plain(alarm.dropped or ""),
    )
    return (
        f"{alarm.id:>4}  {alarm.opened}{closed}  {alarm.tier:<6} {fmt.fit(fmt.plain(alarm.symbol), 8)} "
        f"{named(alarm.kind)}: {' · '.join(part for part in told if part)}"
    )


def _step(step: AlarmStep) -> str:
    at = "" if step.at is None else f"{fmt.local(step.at, ''):%Y-%m-%d %H:%M:%S} UTC"
    p = "" if step.p is None else f"p {step.p:.2g}"
    return f"      {step.session}  {at:<23}  {step.event:<12}  {step.tier:<6}  {p:<9}  {fmt.plain(step.words)}".rstrip()
