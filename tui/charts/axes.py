"""The axes: round prices at the right, the last one boxed; hours, days, weeks, months or years below."""

from collections.abc import Callable
from typing import Any, NamedTuple

from engine.format import money, width
from tui.canvas import Scale, axis_line, ticks
from tui.charts.bars import Bars
from tui.spans import Spans

Label = tuple[str, str]
"""A figure and its role."""


def apart(rows: int) -> float:
    """Rows between round prices that leave three figures on a chart of 12 rows, and are calm on a tall one."""
    return min(max(rows / 6, 2), 3)


def prices(scale: Scale, boxed: dict[float, str], currency: str, apart: float = 3) -> dict[int, Label]:
    """Labels by row: round prices, but none beside those that are `boxed`, each in the role given for it."""
    rows = {scale.at(price): (money(price, currency), role) for price, role in boxed.items()}
    around = [(scale.at(price), (text, "dim")) for price, text in ticks(scale, apart)]
    return {row: label for row, label in around if all(abs(row - here) > 1 for here in rows)} | rows


def axis(labels: dict[int, Label], rows: int, cells: int) -> list[Spans]:
    """The lines of an axis whose figures take so many cells."""
    return [axis_line(labels.get(row), cells) for row in range(rows)]


def widest(labels: dict[int, Label]) -> int:
    """Cells of the longest figure."""
    return max((width(text) for text, _ in labels.values()), default=0)


class Period(NamedTuple):
    """What tells a moment's hour, day, week, month or year from the next, and what that is called."""

    key: Callable[[Any], tuple[int, ...]]
    name: Callable[[Any], str]


_HOURS = Period(lambda time: (time.day, time.hour), lambda time: f"{time:%H}:00")
_DAYS = Period(lambda time: (time.month, time.day), lambda time: f"{time:%a %d}")
_WEEKS = Period(lambda day: day.isocalendar()[:2], lambda day: f"{day:%d %b}")
_MONTHS = Period(lambda day: (day.year, day.month), lambda day: f"{day:%Y}" if day.month == 1 else f"{day:%b}")
_YEARS = Period(lambda day: (day.year,), lambda day: f"{day:%Y}")


def days(bars: Bars, at: Callable[[int], int], most: int) -> str:
    """Where hours, days, weeks, months or years begin, as far as the names do not touch."""
    reach = (bars.sessions[-1] - bars.sessions[0]).days
    moments = bars.times or bars.sessions
    period = _period(reach, within_days=bool(bars.times))
    line = ""
    # the first period began before the chart does, but for a day
    previous = () if bars.times and reach else period.key(moments[0])
    for index, moment in enumerate(moments):
        key = period.key(moment)
        if key == previous:
            continue
        previous, column, name = key, at(index), period.name(moment)
        if (column > len(line) or not column) and column + len(name) <= most:
            line = line.ljust(column) + name
    return line


def _period(reach: int, *, within_days: bool) -> Period:
    """The one that suits so many days."""
    if within_days:
        return _DAYS if reach else _HOURS
    return _WEEKS if reach <= 45 else _MONTHS if reach <= 800 else _YEARS
