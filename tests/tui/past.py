"""An engine end whose list has a past: it answers with the view of the session it is attached to."""

from datetime import date, timedelta
from itertools import pairwise

from msgspec.structs import replace

from engine.errors import BadRequest, EngineError
from engine.protocol import Attach, Chart, Command, Explain, GetChart, Result, View
from tests.tui import data
from tests.tui.charting import explanation
from tests.tui.fakes import FakeClient

SESSIONS = tuple(day for day, _, _ in data.history("AAPL"))[-30:]
"""The last ones, the newest of which is now."""
FIRST = date(2000, 1, 3)
THEN = SESSIONS[-3]


def view_at(as_of: date | None, now: View | None = None) -> View:
    """The sample after a session; None: now."""
    now = now or data.view()
    known = replace(now.status, sessions=SESSIONS, first=FIRST)
    if as_of is None:
        return replace(now, status=known)
    status = replace(known, as_of=as_of, session=as_of, replay=None)
    alarms = tuple(alarm for alarm in now.alarms if alarm.opened <= as_of)
    return replace(now, status=status, rows=tuple(_row(row.symbol, as_of) for row in now.rows), alarms=alarms)


def _row(symbol: str, as_of: date) -> object:
    closes = [close for day, close, _ in data.history(symbol) if day <= as_of]
    row = data.row(symbol)
    return replace(
        row,
        session=as_of,
        close=closes[-1],
        change_pct=100 * (closes[-1] / closes[-2] - 1),
        spark=tuple(closes[-60:]),
        fetched_at=None,
        forecast=None,
    )


class PastClient(FakeClient):
    """Stands where it was attached to last; what is not stored is refused in words."""

    def __init__(self, now: View | None = None) -> None:
        self.now = now or data.view()
        self.at: date | None = None
        super().__init__(view_at(None, self.now), self._of_the_past)

    @property
    def dates(self) -> list[date | None]:
        """The sessions it was attached to, in their order."""
        return [command.as_of for command in self.asked if isinstance(command, Attach)]

    def _of_the_past(self, command: Command) -> Result | EngineError | None:
        match command:
            case Attach(as_of=day):
                return self._attached(day)
            case GetChart(symbol, span) if span in data.LENGTHS and self.at:
                return self._charted(symbol, span)
            case Explain(symbol) if self.at:
                return replace(explanation(symbol), as_of=self.at, session=self.at)
        return None

    def _attached(self, day: date | None) -> View | EngineError:
        if day and not FIRST <= day <= SESSIONS[-1]:
            return BadRequest(
                "no session is stored of that day", received=f"{day}", do=f"stored are {FIRST} to {SESSIONS[-1]}"
            )
        meant = None if day is None or day >= SESSIONS[-1] else max(each for each in SESSIONS if each <= day)
        self.at = meant
        self.view = view_at(meant, self.now)
        return self.view

    def _charted(self, symbol: str, span: object) -> Chart:
        whole = data.chart(symbol, span)  # type: ignore[arg-type]
        keep = sum(day <= (self.at or day) for day in whole.sessions)
        cut = {name: getattr(whole, name)[:keep] for name in ("sessions", "open", "high", "low", "close", "volume")}
        return replace(whole, **cut, forecast=None, as_of=self.at, markers=())


def weekend() -> date:
    """A day between two of the sessions."""
    return next(day + timedelta(days=1) for day, after in pairwise(SESSIONS) if (after - day).days > 1)
