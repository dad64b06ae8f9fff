"""The axes: round prices at the right, the last one boxed; hours, days, weeks, months or years below."""

from collections.abc import Callable
from datetime import date, datetime

from engine.format import money, width
from tui.canvas import Scale, axis_line, ticks
from tui.charts.bars import Bars
from tui.spans import Spans

Label = tuple[str, str]
"""A figure and its role."""


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


def days(bars: Bars, at: Callable[[int], int], most: int) -> str:
    """Where hours, days, weeks, months or years begin, as far as the names do not touch."""
    reach = (bars.sessions[-1] - bars.sessions[0]).days
    if bars.times:
        periods = [_hour(time) if reach == 0 else _day(time) for time in bars.times]
    else:
        periods = [_period(session, reach) for session in bars.sessions]
    line = ""
    # the first period began before the chart does, but for a day
    previous = () if bars.times and reach else periods[0][0]
    for index, (key, name) in enumerate(periods):
        column = at(index)
        if key != previous and (column > len(line) or not column) and column + len(name) <= most:
            line = line.ljust(column) + name
        previous = key
    return line


def _hour(time: datetime) -> tuple[tuple[int, ...], str]:
    return (time.day, time.hour), f"{time:%H}:00"


def _day(time: datetime) -> tuple[tuple[int, ...], str]:
    return (time.month, time.day), f"{time:%a %d}"


def _period(session: date, days: int) -> tuple[tuple[int, ...], str]:
    if days <= 45:
        return session.isocalendar()[:2], f"{session:%d %b}"
    if days <= 800:
        january = session.month == 1
        return (session.year, session.month), f"{session:%Y}" if january else f"{session:%b}"
    return (session.year,), f"{session:%Y}"
