"""How a person wants to see a chart: its style, what is drawn with it, the part in sight, the cursor."""

from datetime import date
from typing import Final, Literal, TypeAlias, get_args

from msgspec import Struct
from msgspec.structs import replace

from engine.protocol import Chart
from tui.charts.bars import count as count_of
from tui.events import Looked

Style: TypeAlias = Literal["line", "candles"]
With: TypeAlias = Literal["none", "averages", "bands", "panels"]
_WITH: Final[tuple[With, ...]] = get_args(With)
FEWEST = 10
"""Bars that stay in sight however near one looks."""
_STEP = 1.5
"""How much nearer one press of the key looks."""
_PAN = 8
"""Presses that move the chart on by all that is in sight."""


class Look(Struct, frozen=True):
    """Bars are counted from the newest, so that a chart that grows keeps what was looked at."""

    style: Style = "line"
    beside: With = "averages"
    """What is drawn over the price and below it."""
    shown: int | None = None
    """Bars in sight; None: all."""
    back: int = 0
    """Newer bars, right of what is in sight."""
    cursor: int | None = None
    """Newer bars, right of the cursor; None where there is no cursor."""

    def window(self, count: int) -> tuple[int, int]:
        """The first bar in sight of so many, and the one behind the last."""
        end = count - min(self.back, max(count - self._width(count), 0))
        return max(end - self._width(count), 0), end

    def _width(self, count: int) -> int:
        return count if self.shown is None else min(self.shown, count)


def restyled(look: Look) -> Look:
    """Candles for a line, and back."""
    return replace(look, style="line" if look.style == "candles" else "candles")


def beside(look: Look) -> Look:
    """The next of what can be drawn with it."""
    return replace(look, beside=_WITH[(_WITH.index(look.beside) + 1) % len(_WITH)])


def pointed(look: Look, count: int) -> Look:
    """The cursor on the newest bar in sight, or no cursor."""
    return replace(look, cursor=look.back if look.cursor is None and count else None)


def slid(look: Look, by: int, count: int) -> Look:
    """The cursor, or without one the chart, so many steps to the right."""
    first, end = look.window(count)
    if look.cursor is None:
        step = max((end - first) // _PAN, 1)
        return _held(replace(look, back=look.back - by * step), count)
    return _in_sight(replace(look, cursor=max(min(look.cursor - by, count - 1), 0)), count)


def scaled(look: Look, by: int, count: int) -> Look:
    """Nearer (+1) or further away (-1): the cursor, or the newest bar in sight, stays where it is."""
    first, end = look.window(count)
    shown = end - first
    wanted = max(min(round(shown / _STEP**by), count), min(FEWEST, count))
    if wanted == count:
        return replace(look, shown=None, back=0)
    fixed = look.back if look.cursor is None else look.cursor
    share = (fixed - look.back) / max(shown - 1, 1)
    return _held(replace(look, shown=wanted, back=fixed - round(share * (wanted - 1))), count)


def grown(look: Look, newer: int, count: int) -> Look:
    """With so many bars more at the end: who looked at the past still does, the newest stays in sight else."""
    if look.cursor is not None:
        look = replace(look, cursor=min(look.cursor + newer, max(count - 1, 0)))
    kept = _held(replace(look, back=look.back + newer if look.back else 0), count)
    return _in_sight(kept, count)


def at_session(look: Look, chart: Chart, session: date) -> Look:
    """The cursor on the last bar of a session; the same look where the chart does not hold it."""
    drawn = _sessions(chart)
    if session not in drawn:
        return look
    return _in_sight(replace(look, cursor=drawn[::-1].index(session)), len(drawn))


def session_at(look: Look, chart: Chart) -> date | None:
    """The session under the cursor; None where there is no cursor."""
    newest_first = _sessions(chart)[::-1]
    if look.cursor is None or look.cursor >= len(newest_first):
        return None
    return newest_first[look.cursor]


def afresh(look: Look) -> Look:
    """For another ticker or range: all of it in sight, a cursor at its end."""
    return replace(look, shown=None, back=0, cursor=None if look.cursor is None else 0)


def _sessions(chart: Chart) -> list[date]:
    """Those of the bars that are drawn."""
    return [day for day, close in zip(chart.sessions, chart.close, strict=True) if close is not None]


def _held(look: Look, count: int) -> Look:
    """No emptiness on either side."""
    most = 0 if look.shown is None else max(count - look.shown, 0)
    return replace(look, back=max(min(look.back, most), 0))


def _in_sight(look: Look, count: int) -> Look:
    """The part in sight moved as little as shows the cursor."""
    if look.cursor is None or look.shown is None:
        return look
    return _held(replace(look, back=max(min(look.back, look.cursor), look.cursor - look.shown + 1)), count)


def looked(look: Look, event: Looked, count: int) -> Look:
    """The look after what a person did, on a chart of so many bars."""
    match event.what:
        case "style":
            return restyled(look)
        case "beside":
            return beside(look)
        case "cursor":
            return pointed(look, count)
        case "slide":
            return slid(look, event.by, count)
        case "zoom":
            return scaled(look, event.by, count)


def kept(look: Look, before: Chart | None, after: Chart) -> Look:
    """The look at a chart that takes the place of another: the same bars of the same ticker, else all of it."""
    if before is None or (before.symbol, before.range) != (after.symbol, after.range):
        return afresh(look)
    newest = max(_moments(before), default=0.0)
    newer = sum(
        close is not None and moment > newest for moment, close in zip(_moments(after), after.close, strict=True)
    )
    return grown(look, newer, count_of(after))


def _moments(chart: Chart) -> tuple[float, ...]:
    return chart.times or tuple(float(session.toordinal()) for session in chart.sessions)
