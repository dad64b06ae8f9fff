"""Whose past a score is held against: of each kind the tickers of one group (core/groups.py), and the market alone."""

from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np

from engine.core.bars import FloatArray
from engine.core.groups import merged, terciles, typical_volatilities
from engine.core.pool import ENOUGH, Pool, aligned, pool
from engine.core.scored import Scored


class Pools(Protocol):
    """The pools of a list as of its last session."""

    def of_kinds(self, scored: Sequence[Scored], kinds: Sequence[str]) -> list[dict[str, Pool]]:
        """By place in the list, the pool of each kind; none where nobody of the ticker's class has a score."""
        ...

    def of_market(self, scores: FloatArray) -> Pool:
        """All of the market's own past."""
        ...


class Afresh:
    """Each looks at all of its scores, whatever was asked before."""

    def of_kinds(self, scored: Sequence[Scored], kinds: Sequence[str]) -> list[dict[str, Pool]]:
        """Of all sizes of list."""
        typical = typical_volatilities([ticker.features.sigma for ticker in scored])
        parts = terciles([ticker.asset for ticker in scored], typical)
        pools: list[dict[str, Pool]] = [{} for _ in scored]
        for kind in kinds:
            for members, made in _of_kind([ticker.scores[kind] for ticker in scored], parts):
                for place in members if made.count else ():
                    pools[place][kind] = made
        return pools

    def of_market(self, scores: FloatArray) -> Pool:
        """A pool of one series."""
        return pool([scores], None)


AFRESH: Pools = Afresh()


def _of_kind(
    series: Sequence[FloatArray], parts: Sequence[Sequence[Sequence[int]]]
) -> Iterator[tuple[list[int], Pool]]:
    """The pools of one kind, with their members' places."""
    for own in parts:
        order = [place for part in own for place in part]
        block = aligned([series[place] for place in order])
        counts = np.count_nonzero(~np.isnan(block), axis=1)
        first, starts = 0, np.cumsum([0, *(len(part) for part in own[:-1])])
        for members in merged(own, np.add.reduceat(counts, starts).tolist()):
            made = Pool(block[first : first + len(members)])
            first += len(members)
            yield members, made if made.count >= ENOUGH else pool([series[place] for place in members], None)
