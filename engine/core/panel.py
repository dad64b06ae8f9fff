"""The tickers of a list side by side: each one's bars, and what its market and the list did on the same sessions."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from engine.core.bars import DateArray, FloatArray, History, log_returns
from engine.core.index import Index, aligned, index_of, union, unknown


@dataclass(frozen=True, slots=True, eq=False)
class Listed:
    """One ticker of a list; `market` (T,) is the log return of its model's market on each of its sessions.

    `returns` (T,) are its own (engine.core.bars.log_returns), known once for all who read them; `index` (T,) is what
    the list did (engine.core.index). NaN where unknown.
    """

    history: History
    market: FloatArray
    returns: FloatArray
    index: FloatArray

    @classmethod
    def of(cls, history: History, market: FloatArray | None = None) -> "Listed":
        """A ticker beside its market, alone on its list."""
        nothing = unknown(len(history))
        return cls(history, nothing if market is None else market, log_returns(history), nothing)

    def beside(self, index: Index | None) -> "Listed":
        """The same on a list of that index."""
        return replace(self, index=index.on(self.history.sessions)) if index else self

    def __len__(self) -> int:
        return len(self.history)

    @property
    def symbol(self) -> str:
        """The ticker's symbol."""
        return self.history.symbol

    def rows(self, keep: slice) -> "Listed":
        """The same with only some of its rows."""
        return Listed(self.history.rows(keep), self.market[keep], self.returns[keep], self.index[keep])


Panel: TypeAlias = tuple[Listed, ...]


def panel(histories: Sequence[History], exchanges: Sequence[str]) -> Panel:
    """These histories, each beside the market of its exchange: the mean log return of those of them that trade there.

    Tickers of another exchange are left out: on the same date it may close later, and would tell of the future.
    """
    own = [log_returns(history) for history in histories]
    markets = {}
    for exchange in sorted(set(exchanges)):
        trading = [at for at, where in enumerate(exchanges) if where == exchange]
        markets[exchange] = _Market.of([histories[at].sessions for at in trading], [own[at] for at in trading])
    return tuple(
        Listed(history, markets[exchange].on(history.sessions), returns, unknown(len(history)))
        for history, exchange, returns in zip(histories, exchanges, own, strict=True)
    )


def on_list(tickers: Sequence[Listed], members: Collection[str], stocks: Collection[str]) -> Panel:
    """These tickers on a list, the `stocks` among them beside the index that the `members` make.

    An index or a fund is many companies already: what it does is news of the market, and is not held against it.
    """
    makers = [each for each in tickers if each.symbol in members]
    index = index_of([each.history.sessions for each in makers], [each.returns for each in makers])
    return tuple(each.beside(index) if each.symbol in stocks else each for each in tickers)


@dataclass(frozen=True, slots=True, eq=False)
class _Market:
    """An exchange's sessions, and the mean return of a group on each of them, NaN where none has one."""

    sessions: DateArray
    mean: FloatArray

    @classmethod
    def of(cls, group: Sequence[DateArray], own: Sequence[FloatArray]) -> "_Market":
        sessions, places = union(group)
        total, count = np.zeros(len(sessions)), np.zeros(len(sessions))
        for at, returns in zip(places, own, strict=True):
            known = np.isfinite(returns)
            total[at] += np.where(known, returns, 0.0)
            count[at] += known
        return cls(sessions, np.where(count > 0, total / np.maximum(count, 1), np.nan))

    def on(self, sessions: DateArray) -> FloatArray:
        return aligned(self.mean, self.sessions, sessions)


def same_rows(one: Listed, other: Listed) -> int:
    """How many rows from the first on are the same in both, whatever the list did: every column, and the shares."""
    length = _before_other_actions(one.history, other.history)
    for name in ("sessions", "open", "high", "low", "close", "volume"):
        length = _equal(getattr(one.history, name)[:length], getattr(other.history, name)[:length])
    return _equal(one.market[:length], other.market[:length])


def same_beside(one: Listed, other: Listed, same: int) -> int:
    """How many of the first `same` rows are the same beside the list, too."""
    return _equal(one.index[:same], other.index[:same])


def _before_other_actions(one: History, other: History) -> int:
    """How many rows both have before the first action that only one of them knows."""
    length = min(len(one), len(other))
    if one.actions == other.actions:
        return length
    of_one = [action.ex_date for action in set(one.actions) ^ set(other.actions)]
    return int(np.searchsorted(one.sessions[:length], np.datetime64(min(of_one), "D"))) if of_one else length


def _equal(one: npt.NDArray[Any], other: npt.NDArray[Any]) -> int:
    """How many values of two columns as long agree from the first on, NaN with NaN."""
    if one.tobytes() == other.tobytes():  # which is quick to see
        return len(one)
    same = (one == other) | ((one != one) & (other != other))  # noqa: PLR0124 - only NaN differs from itself
    return len(one) if same.all() else int(np.argmin(same))
