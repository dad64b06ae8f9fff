"""Daily bars as they were traded, the corporate actions between them, and the two series that are made of both.

Prices are stored as traded, before any later split. Levels are split-adjusted as of a date, for people to look at;
total returns are logarithmic and include splits and dividends: no later action can change them, so models and alarms
use them.
"""

from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
DateArray = npt.NDArray[np.datetime64]
IntArray = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Action:
    """A split or a dividend.

    `split` is new shares for one old (2.0 for two-for-one), `dividend` is money per new share; `known_at` is the day it
    was first known, at the latest its ex-date.
    """

    ex_date: date
    split: float = 1.0
    dividend: float = 0.0
    known_at: date | None = None


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """Daily bars of one symbol, oldest first, one a session, as traded.

    All arrays are (T,); `sessions` is datetime64[D] in the exchange's time zone, prices and volume float64. `close` is
    always there; `open`, `high`, `low`, `volume` are NaN where the source has none.
    """

    symbol: str
    sessions: DateArray
    open: FloatArray
    high: FloatArray
    low: FloatArray
    close: FloatArray
    volume: FloatArray
    actions: tuple[Action, ...] = ()

    def __len__(self) -> int:
        return len(self.sessions)

    def rows(self, keep: slice | npt.NDArray[np.bool_]) -> "History":
        """The same history with only some of its rows; the actions stay."""
        return History(
            self.symbol,
            self.sessions[keep],
            self.open[keep],
            self.high[keep],
            self.low[keep],
            self.close[keep],
            self.volume[keep],
            self.actions,
        )

    def upto(self, session: date) -> "History":
        """The as-of view: rows up to that session, and the actions that had happened and were known by then."""
        end = int(np.searchsorted(self.sessions, np.datetime64(session, "D"), side="right"))
        known = tuple(
            action for action in self.actions if action.ex_date <= session and (action.known_at or session) <= session
        )
        return replace(self.rows(slice(0, end)), actions=known)

    def since(self, session: date) -> "History":
        """Rows and actions from that day on."""
        later = tuple(action for action in self.actions if action.ex_date >= session)
        return replace(self.rows(self.sessions >= np.datetime64(session, "D")), actions=later)

    @property
    def first(self) -> date | None:
        """The first session, None of an empty history."""
        return as_date(self.sessions[0]) if len(self) else None

    @property
    def last(self) -> date | None:
        """The last session, None of an empty history."""
        return as_date(self.sessions[-1]) if len(self) else None


@lru_cache(maxsize=10_000)
def as_date(session: np.datetime64) -> date:
    """A datetime64[D] as a plain date."""
    day = session.astype("datetime64[D]").astype(object)
    assert isinstance(day, date)  # noqa: S101 - numpy's own type for this unit
    return day


def empty(symbol: str) -> History:
    """A history without rows."""
    none = np.empty(0)
    return History(symbol, np.empty(0, "datetime64[D]"), none, none, none, none, none)


def split_factor(history: History, base: date) -> FloatArray:
    """(T,) factors that bring each row's prices to the share count of `base`; divide volume by them.

    With S(t) the product of all splits up to t, the factor is S(t) / S(base): below one before, above one after.
    """
    cumulative = np.ones(len(history))
    if not history.actions:
        return cumulative
    at_base = 1.0
    for action in history.actions:
        if action.split != 1.0:
            cumulative[history.sessions >= np.datetime64(action.ex_date, "D")] *= action.split
            at_base *= action.split if action.ex_date <= base else 1.0
    return cumulative / at_base


def log_returns(history: History) -> FloatArray:
    """(T,) total log returns close to close, splits and dividends included; the first is NaN.

    r(t) = ln(split(t) * (close(t) + dividend(t)) / close(t-1)). An action on a day without a bar counts on the next.
    """
    returns, worth = np.full(len(history), np.nan), history.close
    if history.actions:
        split, dividend = splits_and_dividends(history)
        worth = split * (worth + dividend)
    returns[1:] = np.log(worth[1:] / history.close[:-1])
    return returns


def splits_and_dividends(history: History) -> tuple[FloatArray, FloatArray]:
    """(T,) new shares for one old, 1 where there is no split, and (T,) money a share, 0 where there is no dividend.

    An action on a day without a bar is that of the next one.
    """
    split, dividend = np.ones(len(history)), np.zeros(len(history))
    for action in history.actions:
        row = int(np.searchsorted(history.sessions, np.datetime64(action.ex_date, "D")))
        if row < len(history):
            split[row] *= action.split
            dividend[row] += action.dividend
    return split, dividend
