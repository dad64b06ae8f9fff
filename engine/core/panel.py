"""The tickers of a list side by side: each one's bars, and what its market did on the same sessions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from engine.core.bars import DateArray, FloatArray, History, log_returns


@dataclass(frozen=True, slots=True, eq=False)
class Listed:
    """One ticker of a list; `market` (T,) is its market's log return on each of its sessions, NaN where unknown."""

    history: History
    market: FloatArray

    def __len__(self) -> int:
        return len(self.history)

    @property
    def symbol(self) -> str:
        """The ticker's symbol."""
        return self.history.symbol

    def rows(self, keep: slice) -> "Listed":
        """The same with only some of its rows."""
        return Listed(self.history.rows(keep), self.market[keep])


Panel: TypeAlias = tuple[Listed, ...]


def panel(histories: Sequence[History], exchanges: Sequence[str]) -> Panel:
    """These histories, each beside the market of its exchange: the mean log return of those of them that trade there.

    Tickers of another exchange are left out: on the same date it may close later, and would tell of the future.
    """
    markets = {exchange: _Market.of(_trading(histories, exchanges, exchange)) for exchange in sorted(set(exchanges))}
    return tuple(
        Listed(history, markets[exchange].on(history.sessions))
        for history, exchange in zip(histories, exchanges, strict=True)
    )


def _trading(histories: Sequence[History], exchanges: Sequence[str], exchange: str) -> list[History]:
    return [history for history, at in zip(histories, exchanges, strict=True) if at == exchange]


@dataclass(frozen=True, slots=True, eq=False)
class _Market:
    """An exchange's sessions, and the mean return of a group on each of them, NaN where none has one."""

    sessions: DateArray
    mean: FloatArray

    @classmethod
    def of(cls, group: Sequence[History]) -> "_Market":
        longest = max(group, key=len).sessions
        same = all(_place(longest, each.sessions) is not None for each in group)
        sessions = longest if same else np.unique(np.concatenate([each.sessions for each in group]))
        total, count = np.zeros(len(sessions)), np.zeros(len(sessions))
        for each in group:
            returns = log_returns(each)
            known = np.isfinite(returns)
            place = _place(sessions, each.sessions)
            at = np.searchsorted(sessions, each.sessions) if place is None else place
            total[at] += np.where(known, returns, 0.0)
            count[at] += known
        return cls(sessions, np.where(count > 0, total / np.maximum(count, 1), np.nan))

    def on(self, sessions: DateArray) -> FloatArray:
        place = _place(self.sessions, sessions)
        return self.mean[np.searchsorted(self.sessions, sessions) if place is None else place]


def _place(sessions: DateArray, part: DateArray) -> slice | None:
    """Where a part of the sessions stands when it is a stretch of them, which is quick to see; None if it is not."""
    if not len(part):
        return slice(0, 0)
    first = int(np.searchsorted(sessions, part[0]))
    stretch = slice(first, first + len(part))
    return stretch if np.array_equal(sessions[stretch], part) else None


def same_rows(one: Listed, other: Listed) -> int:
    """How many rows from the first on are the same in both, in every column."""
    length = min(len(one), len(other))
    same = np.ones(length, np.bool_)
    for name in ("sessions", "open", "high", "low", "close", "volume"):
        same &= _equal(getattr(one.history, name)[:length], getattr(other.history, name)[:length])
    same &= _equal(one.market[:length], other.market[:length])
    return length if same.all() else int(np.argmin(same))


def _equal(one: npt.NDArray[Any], other: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Where two columns agree, NaN with NaN."""
    return np.asarray((one == other) | ((one != one) & (other != other)))  # noqa: PLR0124 - only NaN differs from itself
