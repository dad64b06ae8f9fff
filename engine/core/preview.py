"""How many alarms a budget would have given in the past year.

Thresholds are those of the first session of each month, from scores before it, and hold for that month: the year is
counted as it would have gone, and no session knows a later one. The episodes are those of core/episodes.py, the market
first as in core/market_first.py; a month before the year lets what was open then be open.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from engine.core.bars import DateArray, as_date
from engine.core.budget import Budget
from engine.core.calibration import Calibration, calibrate, calibrate_kinds
from engine.core.episodes import QUIET_SESSIONS
from engine.core.market import NAME
from engine.core.pool import SESSIONS_A_YEAR, pool
from engine.core.scored import Scored

MONTH = 21

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Counted:
    """Episodes of a stretch by kind, over all tickers; `market` are those of the list as a whole."""

    kinds: Mapping[str, int]
    market: int
    first: date | None
    last: date | None

    @property
    def alarms(self) -> int:
        """All of the tickers."""
        return sum(self.kinds.values())


@dataclass(slots=True)
class _Course:
    """The sessions of one ticker and kind: whether its score reached a tier, and whether it was quiet."""

    days: list[DateArray] = field(default_factory=list)
    over: list[Flags] = field(default_factory=list)
    quiet: list[Flags] = field(default_factory=list)

    def add(self, ticker: Scored, kind: str, rows: slice, by: Calibration) -> None:
        scores = ticker.scores[kind][rows]
        self.days.append(ticker.features.sessions[rows])
        self.over.append(scores >= by.watch.score)
        self.quiet.append(scores <= by.pool.quiet)

    def reached(self) -> dict[np.datetime64, bool]:
        """Whether a tier was reached, by session."""
        return dict(zip(np.concatenate(self.days), np.concatenate(self.over), strict=True)) if self.days else {}


_Courses = dict[tuple[str, str], _Course]


def past_year(
    scored: Sequence[Scored], budget: Budget, market: Scored | None = None, residuals: Sequence[Scored] = ()
) -> Counted:
    """The episodes that would have opened in the last 252 sessions of a list.

    `market` is the list as a ticker of its own, `residuals` its tickers scored on what the market leaves of them.
    """
    sessions = np.unique(np.concatenate([each.features.sessions for each in scored])) if scored else _NO_DAYS
    if not len(sessions):
        return Counted({}, 0, None, None)
    sessions = sessions[-(SESSIONS_A_YEAR + MONTH) :]
    first = sessions[-SESSIONS_A_YEAR:][0]
    months = [sessions[at : at + MONTH] for at in range(0, len(sessions), MONTH)]
    own, left, whole = _Courses(), _Courses(), _Courses()
    for month in months:
        _follow(own, scored, budget, month)
        _follow(left, residuals, budget, month)
        _follow_market(whole, market, budget, month)
    opened, stands = _market(whole, budget.cooldown, first)
    kinds: dict[str, int] = {kind.name: 0 for kind in budget.enabled}
    for (symbol, kind), course in own.items():
        residual = left.get((symbol, kind))
        days, over = np.concatenate(course.days), np.concatenate(course.over)
        if residual is not None and stands:
            carried = residual.reached()
            over = over & np.array([day not in stands or carried.get(day, False) for day in days])
        opened_at = (at for at, _ in episodes(over, np.concatenate(course.quiet), budget.cooldown))
        kinds[kind] += sum(1 for at in opened_at if days[at] >= first)
    return Counted(kinds, opened, as_date(first), as_date(sessions[-1]))


_NO_DAYS = np.empty(0, "datetime64[D]")


def episodes(over: Flags, quiet: Flags, cooldown: int) -> Iterator[tuple[int, int]]:
    """Where each episode opens, and where it is over (len if it is not): by the rule of core/episodes.py."""
    runs = sliding_window_view(quiet, QUIET_SESSIONS).all(axis=-1) if len(quiet) >= QUIET_SESSIONS else quiet[:0]
    ends, crossings = np.flatnonzero(runs) + QUIET_SESSIONS - 1, np.flatnonzero(over)
    place = 0
    while (at := int(np.searchsorted(crossings, place))) < len(crossings):
        opened = int(crossings[at])
        end = int(np.searchsorted(ends, opened + QUIET_SESSIONS))
        over_at = int(ends[end]) if end < len(ends) else len(over)
        yield opened, over_at
        place = max(over_at + 1, opened + cooldown)


def _follow(courses: _Courses, scored: Sequence[Scored], budget: Budget, month: DateArray) -> None:
    starts = [int(np.searchsorted(each.features.sessions, month[0])) for each in scored]
    ends = [int(np.searchsorted(each.features.sessions, month[-1], side="right")) for each in scored]
    known = [each.upto(start) for each, start in zip(scored, starts, strict=True) if start]
    calibrations = calibrate_kinds(known, budget)
    for each, start, end in zip(scored, starts, ends, strict=True):
        for kind, by in calibrations.get(each.symbol, {}).items():
            courses.setdefault((each.symbol, kind), _Course()).add(each, kind, slice(start, end), by)


def _follow_market(courses: _Courses, market: Scored | None, budget: Budget, month: DateArray) -> None:
    if market is None:
        return
    start, end = np.searchsorted(market.features.sessions, month[[0, -1]] + np.array([0, 1])).tolist()
    if start:
        (by,) = calibrate(pool([market.scores[NAME][:start]], None), [budget.market], budget.cooldown)
        courses.setdefault((market.symbol, NAME), _Course()).add(market, NAME, slice(start, end), by)


def _market(courses: _Courses, cooldown: int, first: np.datetime64) -> tuple[int, frozenset[np.datetime64]]:
    """How many alarms of the market opened from a session on, and the sessions after which one stood open."""
    opened, stands = 0, set[np.datetime64]()
    for course in courses.values():
        days = np.concatenate(course.days)
        for at, end in episodes(np.concatenate(course.over), np.concatenate(course.quiet), cooldown):
            opened += int(days[at] >= first)
            stands.update(days[at:end])
    return opened, frozenset(stands)
