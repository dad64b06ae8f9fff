"""Another session to look at: where a step leads, what a typed day means, what may stay on the screen meanwhile."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date
from typing import Final, TypeVar

from msgspec import Struct
from msgspec.structs import asdict, replace

from engine.format import plain
from engine.protocol import Chart, Overlays, Status

_T = TypeVar("_T")

AWAITED: Final = "the earlier sessions are not read yet · this goes back as soon as they are"
"""While this stands there, a step back is still to be taken."""
NONE_STORED: Final = "no session of this list is stored yet, so there is none to go back to"


class Journey(Struct, frozen=True):
    """On the way to another session; `to` is None where that is now."""

    to: date | None


def stepped(status: Status, journey: Journey | None, by: int, back: str) -> Journey | str:
    """Where so many sessions lead from where one stands or is bound for; in words why they lead nowhere.

    Only sessions that are known already are stepped over: what lies beyond is known with the next answer. `back` is
    the key that goes back.
    """
    here = journey.to if journey else status.as_of
    known = status.sessions
    if here is None and (by > 0 or journey):
        return is_now(back) if journey is None else "on the way to now"
    if not known:
        return AWAITED
    at = len(known) - 1 if here is None else min(bisect_left(known, here), len(known) - 1)
    if at + by < 0 and at == 0 and known[0] == status.first:
        return f"{known[0]} is the first stored session"
    return Journey(known[min(max(at + by, 0), len(known) - 1)])


def is_now(back: str) -> str:
    """What is told where nothing is later; `back` is the key that goes back."""
    return f"this is now · {back} goes back"


def day_of(text: str) -> date | None:
    """A day as people type it: year, month, day, with -, / or . between them; None of anything else."""
    parts = text.strip().replace("/", "-").replace(".", "-").split("-")
    # the eighth of March of the year 17 is nobody's question
    if len(parts) != 3 or len(parts[0]) != 4 or not all(part.isascii() and part.isdigit() for part in parts):
        return None
    try:
        return date(*map(int, parts))
    except (ValueError, OverflowError):
        return None


def no_day(text: str, status: Status | None) -> str:
    """What is told of a text that is no day."""
    last = "now" if status is None or status.as_of or status.session is None else str(status.session)
    stored = f" · stored are {status.first} to {last}" if status and status.first else ""
    return f"that is no date (received: {plain(text.strip()) or 'nothing'}) · type it like 2008-09-15{stored}"


def upto(chart: Chart | None, day: date | None) -> Chart | None:
    """The chart without what is later than a session: it stands until that of the session has come."""
    if chart is None or day is None or not chart.sessions or chart.sessions[-1] <= day:
        return chart
    end = bisect_right(chart.sessions, day)
    if not end:
        return None
    overlays = Overlays(**{name: column[:end] for name, column in asdict(chart.overlays).items()})
    return replace(
        chart,
        **{name: getattr(chart, name)[:end] for name in _COLUMNS},
        overlays=overlays,
        markers=tuple(each for each in chart.markers if each.session <= day),
        notes=tuple(each for each in chart.notes if each.session <= day),
        past=tuple(each for each in chart.past if each.session <= day),
        rsi14=_last(overlays.rsi14),
        macd=_last(overlays.macd),
        ma20=_last(overlays.ma20),
        ma50=_last(overlays.ma50),
        volatility_ratio=None,
        forecast=None,
        forecasts=(),
    )


_COLUMNS = ("sessions", "open", "high", "low", "close", "volume", "times", "phases")


def _last(column: Sequence[_T | None]) -> _T | None:
    return column[-1] if column else None
