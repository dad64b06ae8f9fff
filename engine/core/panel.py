"""The tickers of a list side by side: each one's bars, and what its market did on the same sessions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from engine.core.bars import FloatArray, History, log_returns


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
    return tuple(
        Listed(history, _on(history, [other for other, at in zip(histories, exchanges, strict=True) if at == exchange]))
        for history, exchange in zip(histories, exchanges, strict=True)
    )


def _on(history: History, group: Sequence[History]) -> FloatArray:
    """(T,) the group's mean return on each session of a history, over those that have one."""
    total, count = np.zeros(len(history)), np.zeros(len(history))
    for other in group:
        returns = log_returns(other)
        known = np.isfinite(returns)
        _, here, there = np.intersect1d(
            history.sessions, other.sessions[known], assume_unique=True, return_indices=True
        )
        total[here] += returns[known][there]
        count[here] += 1
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


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
