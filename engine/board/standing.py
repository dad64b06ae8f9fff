"""How sources and markets stand, as the screen is told."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from msgspec.structs import replace

from engine.core.episodes import DATA_FAULT, MARKET
from engine.ports import Calendar, List, SourceState
from engine.protocol import Alarm, AlarmTally, Feed, KindGrades, Market, Status
from engine.services.crosscheck import Checked
from engine.services.refresh import Standing
from engine.services.watch import PRICE_ALERT


def first(before: Feed, standing: Standing, tickers: int) -> Feed:
    """How the source does with a list of so many."""
    failing = standing.failing
    return replace(
        before,
        state="failing" if len(failing) == tickers else "partly" if failing else "ok",
        last_success=standing.last_success,
        error=failing[0] if failing else None,
        failed=len(failing),
    )


def second(before: Feed, checked: Sequence[Checked], state: SourceState, now: float) -> Feed:
    """The same of the source beside it."""
    failed = [each for each in checked if each.why]
    none_came = len(failed) == len(checked)
    return replace(
        before,
        state="failing" if none_came else "partly" if failed else "ok",
        last_success=before.last_success if none_came else now,
        error=failed[0].why if failed else None,
        failed=len(failed),
        retry_at=state.retry_at,
        used=state.used,
        allowed=state.allowed,
    )


ENOUGH = 10
"""Graded alarms from which a precision says something."""


def tally(
    alarms: Sequence[Alarm],
    since: date | None,
    budgeted: float,
    grades: Mapping[str, KindGrades],
    no_market: str | None = None,
) -> AlarmTally:
    """What is open, and how many episodes of the list's tickers opened from a session on, of so many budgeted.

    And how many of those before turned out right, over all kinds; and why it has no market, where it has none.
    """
    counted = (
        alarm
        for alarm in alarms
        if not (alarm.provisional or alarm.state == "withdrawn" or alarm.kind in _OUTSIDE or alarm.symbol == MARKET)
    )
    return AlarmTally(
        open=sum(alarm.state == "open" for alarm in alarms),
        this_year=sum(since is None or alarm.opened >= since for alarm in counted),
        budgeted=budgeted,
        precision=_share(grades, lambda of: float(of.hits)),
        base_rate=_share(grades, lambda of: of.alarms * (of.base_rate or 0.0)),
        kinds=dict(grades),
        no_market=no_market,
    )


def _share(grades: Mapping[str, KindGrades], part: Callable[[KindGrades], float]) -> float | None:
    """Of all graded alarms; None while they are few."""
    count = sum(each.alarms for each in grades.values())
    return sum(map(part, grades.values())) / count if count >= ENOUGH else None


_OUTSIDE = (PRICE_ALERT, DATA_FAULT)


def undated(now: Status) -> Status:
    """The engine's state without what is of this moment alone: the replay's clock, and what is amiss."""
    return replace(now, replay=None, notice=None)


def unopened(exchanges: Sequence[Market]) -> tuple[Market, ...]:
    """Exchanges by their names and zones alone."""
    return tuple(replace(each, open=False, until=None, early=False, since=None) for each in exchanges)


def markets(of: List, calendar: Calendar, now: float) -> tuple[Market, ...]:
    """All exchanges of a list, the first ticker's first. It may build calendars: call it in a thread."""
    exchanges = dict.fromkeys(calendar.exchange(ticker.symbol) for ticker in of.tickers)
    hours = ((exchange, calendar.hours(exchange, now)) for exchange in exchanges)
    return tuple(
        Market(each.name, each.open, each.until, each.early, each.zone, exchange, each.since)
        for exchange, each in hours
    )
