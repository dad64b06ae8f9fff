"""What is known of the tickers of each list, from one scan to the next.

A ticker is scored beside its list, so that each list keeps its own; what a model says of a ticker is the same on every
list, and is heard once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from engine.core.index import Index, index_of
from engine.core.known import Known, known
from engine.core.models import TrainedModel
from engine.core.panel import Listed, Panel, same_rows
from engine.core.series import Windows
from engine.core.stream import Kept

MODELS_KEPT = 2
"""Models of which what is known of a ticker is kept: the one in charge, and another that a scan of an earlier day
asked."""

NO_MODEL = 0

OfModels: TypeAlias = Sequence[tuple[TrainedModel | None, Panel]]
"""The tickers of each model, or of none."""


@dataclass(slots=True)
class _List:
    """One list: who makes its index, the bars that it was made of, and what is known of each ticker by model."""

    members: frozenset[str]
    index: Index | None = None
    bars: Mapping[str, Listed] = field(default_factory=dict)
    tickers: dict[str, dict[int, Known]] = field(default_factory=dict)

    def take(self, members: frozenset[str], bars: Mapping[str, Listed]) -> dict[str, int | None]:
        """Go on to these bars, with the index that the members make; how many of each one's bars are as they were."""
        same = {symbol: _same(self.bars.get(symbol), each) for symbol, each in bars.items()}
        unchanged = _unchanged(self, members, bars, same)
        makers = [bars[symbol] for symbol in sorted(members)]
        self.index = index_of([each.history.sessions for each in makers], [each.returns for each in makers], unchanged)
        self.members, self.bars = members, bars
        return same

    def keep(self, model: int, newest: Known) -> None:
        """Keep what is known with a model; those that were not asked for longest are let go."""
        of = self.tickers.setdefault(newest.kept.listed.symbol, {})
        of.pop(model, None)
        of[model] = newest
        while len(of) > MODELS_KEPT:
            del of[next(iter(of))]


class Remembered:
    """Lists by name, and one that somebody picked by hand. One caller at a time."""

    def __init__(self) -> None:
        self._lists: dict[str | None, _List] = {}

    def after(
        self,
        name: str | None,
        members: frozenset[str],
        stocks: frozenset[str],
        groups: OfModels,
        windows: Windows | None = None,
    ) -> dict[str, Kept]:
        """Features and scores of these tickers by symbol, the `stocks` beside the index that the `members` make.

        What is known is kept under the list's name; a list without one goes on with what is known of one of the same
        members.
        """
        here, found = self._list(name, members), dict[str, Kept]()
        bars = here.bars
        same = here.take(members, {each.symbol: each for _, group in groups for each in group})
        for model, group in groups:
            number = model.record.id if model else NO_MODEL
            panel = tuple(each.beside(here.index) if each.symbol in stocks else each for each in group)
            before = [self._before(here, each.symbol, number) for each in panel]
            seen = [
                same[each.symbol] if _is_of(one, bars.get(each.symbol)) else None
                for one, each in zip(before, panel, strict=True)
            ]
            for newest in known(model, panel, before, windows, seen):
                here.keep(number, newest)
                found[newest.kept.listed.symbol] = newest.kept
        if name is not None:
            here.tickers = {symbol: each for symbol, each in here.tickers.items() if symbol in found}
        return found

    def models(self, symbol: str) -> list[int]:
        """The models with which anything is known of a ticker."""
        return sorted({number for each in self._lists.values() for number in each.tickers.get(symbol, {})})

    def _list(self, name: str | None, members: frozenset[str]) -> _List:
        if name is None:
            alike = (each for each in self._lists.values() if each.members == members)
            return next(alike, None) or self._lists.setdefault(None, _List(members))
        return self._lists.setdefault(name, _List(members))

    def _before(self, here: _List, symbol: str, model: int) -> Known | None:
        """What is known of a ticker with a model: on this list if anywhere, with the most that was heard on any."""
        own = here.tickers.get(symbol, {}).get(model)
        every = [one for each in self._lists.values() if (one := each.tickers.get(symbol, {}).get(model))]
        most = max(every, key=lambda one: len(one.kept.listed), default=None)
        if own is None or most is None or len(own.kept.listed) == len(most.kept.listed):
            return own or most
        return Known(most.heard, own.kept)


def _is_of(one: Known | None, listed: Listed | None) -> bool:
    """Whether it is known of just these bars."""
    return one is not None and listed is not None and one.kept.listed.history is listed.history


def _same(one: Listed | None, other: Listed) -> int | None:
    return None if one is None else same_rows(one, other)


def _unchanged(
    of: _List, members: frozenset[str], bars: Mapping[str, Listed], same: Mapping[str, int | None]
) -> Index | None:
    """The sessions of its index before the first one on which any of its members has other bars than it had."""
    if of.index is None or members != of.members:
        return None
    changed = [
        sessions[same[symbol] or 0]
        for symbol in members
        for sessions in (of.bars[symbol].history.sessions, bars[symbol].history.sessions)
        if len(sessions) > (same[symbol] or 0)
    ]
    return of.index.until(np.min(changed)) if changed else of.index
