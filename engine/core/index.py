"""What a list does as one, session by session; and what of a ticker's moves is the list's.

The index is the mean of the middle half of the tickers' log returns (the interquartile mean: Tukey, Exploratory Data
Analysis, 1977). A plain mean of few tickers would move with the one among them that jumps, and lay its move at the door
of all others. A ticker's own part is e(t) = r(t) - beta(t-1) x(t), with x the index and beta the ticker's regression on
it over the 252 sessions before, 1 where it has fewer, or less than half of the index's are known: the market model
(Sharpe, Management Science 9, 1963).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.core.bars import DateArray, FloatArray, IntArray
from engine.core.volatility import before, ratio, rolling_mean

LEAST = 5
"""Tickers that make an index, and a market; fewer are only themselves."""

WINDOW = 252
"""Sessions that beta is taken from."""


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """Sessions (T,) and the index's log return on each, NaN where fewer than five tickers have one."""

    sessions: DateArray
    returns: FloatArray

    def on(self, sessions: DateArray) -> FloatArray:
        """Its returns on some sessions, NaN where it has none; where they are a stretch of its own, as a view."""
        return aligned(self.returns, self.sessions, sessions)

    def until(self, session: np.datetime64) -> "Index":
        """Its sessions before one."""
        end = int(np.searchsorted(self.sessions, session))
        return Index(self.sessions[:end], self.returns[:end])

    def followed_by(self, later: "Index") -> "Index":
        """With later sessions behind."""
        sessions, returns = (self.sessions, later.sessions), (self.returns, later.returns)
        return Index(np.concatenate(sessions), np.concatenate(returns))


def index_of(sessions: Sequence[DateArray], returns: Sequence[FloatArray], known: Index | None = None) -> Index | None:
    """The index of tickers of one exchange, of each one's sessions and log returns; None where they are too few.

    `known` are its first sessions, where somebody knows them already: those after them alone are computed.
    """
    if len(sessions) < LEAST:
        return None
    if known is not None and len(known.sessions):
        firsts = [int(np.searchsorted(own, known.sessions[-1], side="right")) for own in sessions]
        later = index_of(_from(sessions, firsts), _from(returns, firsts))
        return known.followed_by(later) if later else None
    days, places = union(sessions)
    beside = np.full((len(sessions), len(days)), np.nan)
    for row, place, each in zip(beside, places, returns, strict=True):
        row[place] = each
    return Index(days, middle(beside.T))


def _from(columns: Sequence[NDArray[Any]], firsts: Sequence[int]) -> list[NDArray[Any]]:
    return [column[first:] for column, first in zip(columns, firsts, strict=True)]


def middle(beside: FloatArray) -> FloatArray:
    """(T,) the mean of the middle half of each row of (T, N), NaN left out; NaN where there are fewer than five."""
    ordered = np.sort(beside, axis=1)  # NaN come last
    count = np.count_nonzero(np.isfinite(ordered), axis=1)
    means = np.full(len(beside), np.nan)
    for many in np.unique(count[count >= LEAST]).tolist():
        rows, out = count == many, many // 4
        means[rows] = ordered[rows, out : many - out].mean(axis=1)
    return means


def beta_of(returns: FloatArray, index: FloatArray, count: int) -> FloatArray:
    """(count, ...) at the last rows of (L, ...) each: the slope as it was known the session before; unknown is 0."""
    needed = slice(max(len(returns) - count - WINDOW, 0), None)
    returns, index = returns[needed], index[needed]
    known = np.isfinite(index)
    x = np.where(known, index, 0.0)
    slope = ratio(rolling_mean(np.nan_to_num(returns) * x, WINDOW), rolling_mean(x * x, WINDOW))
    enough = rolling_mean(known.astype(np.float64), WINDOW) >= 0.5
    slope = before(np.where(enough, slope, np.nan), 1)[len(returns) - count :]
    return np.where(np.isfinite(slope), slope, 1.0)


def unknown(rows: int) -> FloatArray:
    """(rows,) no index at all; it takes no room."""
    return np.broadcast_to(np.nan, rows)


def own_part(returns: FloatArray, beta: FloatArray, index: FloatArray) -> FloatArray:
    """The returns less what the index makes of them; where it is not known, as they are."""
    return returns - beta * np.where(np.isfinite(index), index, 0.0)


def stretch(sessions: DateArray, part: DateArray) -> slice | None:
    """Where a part of the sessions stands when it is a stretch of them, which is quick to see; None if it is not."""
    if not len(part):
        return slice(0, 0)
    first = int(np.searchsorted(sessions, part[0]))
    place = slice(first, first + len(part))
    return place if np.array_equal(sessions[place], part) else None


def union(sessions: Sequence[DateArray]) -> tuple[DateArray, list[slice | IntArray]]:
    """The sessions of any of some tickers, one of them at least, and where each one's own stand among them."""
    longest = max(sessions, key=len)
    places = [stretch(longest, each) for each in sessions]
    if all(place is not None for place in places):
        return longest, [place for place in places if place is not None]
    days = np.unique(np.concatenate(sessions))
    return days, [np.searchsorted(days, each) for each in sessions]


def aligned(values: FloatArray, of: DateArray, sessions: DateArray) -> FloatArray:
    """Values `of` some sessions on others, NaN where they have none; where those are a stretch of them, as a view."""
    if not len(of):
        return np.full(len(sessions), np.nan)
    if (place := stretch(of, sessions)) is not None:
        return values[place]
    at = np.minimum(np.searchsorted(of, sessions), len(of) - 1)
    return np.where(of[at] == sessions, values[at], np.nan)
