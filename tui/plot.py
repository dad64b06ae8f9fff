"""A price chart as lines of spans: plotext draws the line, the rest is set around it.

From left to right: the sessions, then the next session's forecast in a gutter of its own, then the axis with the last
price boxed. Below: months, or hours and days where bars lie within days, and volume. All is arithmetic on a `Chart` and
a size; nothing here knows a widget.
"""

from collections.abc import Sequence
from datetime import date, datetime

from msgspec import Struct

from engine.format import local, money, width
from engine.protocol import Chart, DataNote, Forecast, Marker
from tui.canvas import Grid, Scale, axis_line, braille, column_of, runs, ticks
from tui.spans import DOUBTFUL, REPAIRED, Spans, mark

_EIGHTHS = " ▁▂▃▄▅▆▇█"
_LABEL = "next session"
_TONES = ("ground", "band90", "band50")
_HEADROOM = 0.07
"""Share of the price range left free above the highest price, for markers and the forecast's label."""


class Bars(Struct, frozen=True):
    """The bars that have a close, with their volumes; `times` only within days, in the exchange's time zone.

    `outside` says of each bar whether it lies before or after the session.
    """

    sessions: tuple[date, ...]
    closes: tuple[float, ...]
    volumes: tuple[float | None, ...]
    times: tuple[datetime, ...] = ()
    outside: tuple[bool, ...] = ()


def bars(chart: Chart, zone: str = "") -> Bars:
    """The part of a chart that can be drawn, its times on that zone's clock."""
    known = [index for index, close in enumerate(chart.close) if close is not None]
    return Bars(
        tuple(chart.sessions[index] for index in known),
        tuple(close for close in chart.close if close is not None),
        tuple(chart.volume[index] for index in known),
        tuple(local(chart.times[index], zone) for index in known) if chart.times else (),
        tuple(chart.phases[index] != "regular" for index in known) if chart.phases else (),
    )


def draw(chart: Chart, columns: int, rows: int, currency: str, zone: str = "") -> list[Spans]:
    """The chart in so many cells; nothing if there is too little to draw, or too little room."""
    drawn = bars(chart, zone)
    volume_rows = _volume_rows(drawn, rows)
    plot_rows = rows - 1 - volume_rows
    if len(drawn.closes) < 2 or plot_rows < 3:
        return []
    scale = _scale(drawn, chart.forecast, plot_rows)
    axis = _axis(scale, drawn.closes[-1], currency)
    free = columns - max(sum(width(text) for text, _ in line) for line in axis)
    gutter = _gutter(free) if chart.forecast else 1
    room = free - gutter
    if room < 8:
        return []
    grid = braille(drawn.closes, scale, room)
    _dim_outside(grid, drawn.outside)
    _mark(grid, drawn, chart.markers)
    below = [(character, "dim") for character in _axis_words(drawn, room, room + gutter).ljust(room)]
    _note(grid[-1], below, drawn, chart.notes)
    fan = _fan(chart.forecast, drawn.closes[-1], scale, gutter)
    plotted = [runs(line + tail) + label for line, tail, label in zip(grid, fan, axis, strict=True)]
    volume = _volume(drawn.volumes, room, volume_rows, columns - room) if volume_rows else []
    return [*plotted, runs(below), *volume]


def _volume_rows(drawn: Bars, rows: int) -> int:
    if rows < 9 or not any(drawn.volumes):
        return 0
    return 1 if rows < 16 else 2 if rows < 40 else 3


def _gutter(free: int) -> int:
    """Cells of the forecast: as wide as its label, or half of it where that would crowd out the past."""
    return len(_LABEL) + 1 if free >= 40 else 6


def _scale(drawn: Bars, forecast: Forecast | None, rows: int) -> Scale:
    prices = [*drawn.closes, *((forecast.q05, forecast.q95) if forecast else ())]
    low, high = min(prices), max(prices)
    span = (high - low) or abs(high) * 0.02 or 1.0
    return Scale(low, high + span * _HEADROOM, rows) if high > low else Scale(low - span, high + span, rows)


def _mark(grid: Grid, drawn: Bars, markers: Sequence[Marker]) -> None:
    """Alarms just above the line; of two in one cell the later stands higher."""
    places = {session: index for index, session in enumerate(drawn.sessions)}
    for marker in markers:
        if marker.session not in places:
            continue
        column = column_of(places[marker.session], len(drawn.sessions), len(grid[0]))
        top = next((y for y, line in enumerate(grid) if line[column][0].strip("\u2800 ")), 0)
        grid[max(top - 1, 0)][column] = (mark(marker.tier, marker.direction), f"{marker.tier} bold")


def _dim_outside(grid: Grid, outside: Sequence[bool]) -> None:
    """The line before and after the sessions, in the colour of what is secondary."""
    count, room = len(outside), len(grid[0])
    for column in range(room if count else 0):
        first = column * count // room
        if all(outside[first : max((column + 1) * count // room, first + 1)]):
            for line in grid:
                line[column] = (line[column][0], "volume")


def _note(floor: list[tuple[str, str]], axis: list[tuple[str, str]], drawn: Bars, notes: Sequence[DataNote]) -> None:
    """What the quality gate found, on the axis; where that has a word, on the plot's floor."""
    places = {session: index for index, session in reversed(list(enumerate(drawn.sessions)))}
    for note in notes:
        if note.session in places:
            column = column_of(places[note.session], len(drawn.sessions), len(floor))
            line = axis if axis[column][0] == " " else floor
            line[column] = (REPAIRED if note.treatment == "repaired" else DOUBTFUL, "watch")


def _fan(forecast: Forecast | None, last: float, scale: Scale, gutter: int) -> Grid:
    """Two tones that widen from the last close to the forecast's quantiles, half a row at a time."""
    fan: Grid = [[(" ", "text")] * gutter for _ in range(scale.rows)]
    if forecast is None:
        return fan
    label = _LABEL if gutter > len(_LABEL) else _LABEL[:4]
    above = max(scale.at(forecast.q95) - 1, 0)
    fan[above] = [(character, "dim") for character in f" {label}".ljust(gutter)]
    for column in range(gutter):
        share = (column + 1) / gutter
        outer, inner = (
            [scale.at(last + (quantile - last) * share, parts=2) for quantile in pair]
            for pair in ((forecast.q95, forecast.q05), (forecast.q75, forecast.q25))
        )
        for row in range(outer[0] // 2, outer[1] // 2 + 1):
            upper, lower = (_tone(half, outer, inner) for half in (2 * row, 2 * row + 1))
            fan[row][column] = (" ", f"text/{upper}") if upper == lower else ("▀", f"{upper}/{lower}")
    return fan


def _tone(half: int, outer: Sequence[int], inner: Sequence[int]) -> str:
    within = (outer[0] <= half <= outer[1]) + (inner[0] <= half <= inner[1])
    return _TONES[within]


def _axis(scale: Scale, last: float, currency: str) -> list[Spans]:
    """Round prices at the right, the last price boxed."""
    labels: dict[int, tuple[str, str]] = {}
    here = scale.at(last)
    for price, text in ticks(scale):
        row = scale.at(price)
        if abs(row - here) > 1:
            labels[row] = (text, "dim")
    labels[here] = (money(last, currency), "text bold/band90")
    cells = max(width(text) for text, _ in labels.values())
    return [axis_line(labels.get(row), cells) for row in range(scale.rows)]


def _axis_words(drawn: Bars, room: int, most: int) -> str:
    """Where hours, days, weeks, months or years begin, as far as the names do not touch."""
    days = (drawn.sessions[-1] - drawn.sessions[0]).days
    if drawn.times:
        periods = [_hour(time) if days == 0 else _day(time) for time in drawn.times]
    else:
        periods = [_period(session, days) for session in drawn.sessions]
    line = ""
    # the first period began before the chart does, but for a day
    previous = () if drawn.times and days else periods[0][0]
    for index, (key, name) in enumerate(periods):
        column = column_of(index, len(periods), room)
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


def _volume(volumes: Sequence[float | None], room: int, rows: int, beside: int) -> list[Spans]:
    """Mean volume a cell, in eighths of a row, under the sessions it belongs to."""
    count = len(volumes)
    means = []
    for column in range(room):
        start = column * count // room
        part = [volume for volume in volumes[start : max((column + 1) * count // room, start + 1)] if volume]
        means.append(sum(part) / len(part) if part else 0.0)
    top = max(means) or 1.0
    heights = [round(mean / top * rows * 8) for mean in means]
    lines: list[Spans] = []
    for row in reversed(range(rows)):
        text = "".join(_EIGHTHS[max(0, min(8, height - row * 8))] for height in heights)
        lines.append([(text, "volume")])
    lines[-1].append(("volume ".rjust(beside) if beside > 7 else "", "dim"))
    return lines
