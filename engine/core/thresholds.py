"""How many episodes a pool holds at a threshold, and the lowest thresholds that keep to so many.

The rule is that of core/episodes.py: an episode opened on a row ends after three quiet sessions in a row, all after the
opening, and the next may open some sessions (`cooldown`) after it. When that is depends on the row alone, not on the
threshold.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from math import inf, nan

import numpy as np

from engine.core.bars import FloatArray, IntArray
from engine.core.episodes import COOLDOWN, QUIET_SESSIONS
from engine.core.ladder import Ladder
from engine.core.pool import Pool

_AT_FIRST = 4
"""Crossings looked at for each episode allowed: seldom are more needed."""

_DOUBLINGS = 4
"""More of them take longer than the steps they save."""


def quiet_ends(scores: FloatArray, unusual_above: float) -> IntArray:
    """Places in scores (N, T), taken as one row, that end three quiet sessions of one series in a row."""
    quiet = scores <= unusual_above
    runs = np.zeros_like(quiet)
    if scores.shape[1] >= QUIET_SESSIONS:
        runs[:, 2:] = quiet[:, 2:] & quiet[:, 1:-1] & quiet[:, :-2]
    return np.flatnonzero(runs)


def closings(scores: FloatArray, ends: IntArray, places: IntArray) -> IntArray:
    """The places behind what ends an episode that opened at each of `places`; the end of its series if nothing does."""
    width = scores.shape[1]
    at = np.searchsorted(ends, places + QUIET_SESSIONS)
    behind: IntArray = np.minimum(np.append(ends, scores.size)[at] + 1, (places // width + 1) * width)
    return behind


def reopenings(scores: FloatArray, ends: IntArray, places: IntArray, cooldown: int = COOLDOWN) -> IntArray:
    """Where the next episode may open after one that opened at each of `places`; the end of its series if nowhere."""
    return _reopened(scores.shape[1], closings(scores, ends, places), places, cooldown)


def _reopened(width: int, behind: IntArray, places: IntArray, cooldown: int) -> IntArray:
    opens: IntArray = np.minimum(np.maximum(behind, places + cooldown), (places // width + 1) * width)
    return opens


def is_open(scores: FloatArray, quiet: float, threshold: float, cooldown: int = COOLDOWN) -> bool:
    """Whether an episode stands open after the last of a ticker's scores (T,), had the thresholds always been these."""
    crossings = np.flatnonzero(scores >= threshold)
    after = reopenings(scores[None], ends := quiet_ends(scores[None], quiet), crossings, cooldown).tolist()
    at, places = 0, crossings.tolist()
    while at < len(places):
        if not len(ends) or ends[-1] < places[at] + QUIET_SESSIONS:
            return True
        at = bisect_left(places, after[at], at)
    return False


def episodes(of: Pool, threshold: float, cooldown: int = COOLDOWN) -> int:
    """How many episodes a pool holds at a threshold whose p is at most 0.1.

    Behind the last one of a series the next may open where the next series begins: one way leads through all.
    """
    crosses = of.unusual_scores >= threshold
    crossings_before = np.concatenate(([0], np.cumsum(crosses)))
    return _steps(crossings_before[_next_unusual(of, cooldown)[crosses]])


def _steps(following: IntArray) -> int:
    """How many steps lead from the first place through `following` out of it; taken sixteen at once while there are."""
    if not len(following):
        return 0
    jumps = [np.append(following, len(following))]
    for _ in range(_DOUBLINGS):
        jumps.append(jumps[-1][jumps[-1]])
    count = at = 0
    for power, jump in reversed(list(enumerate(jumps))):
        while (then := jump.item(at)) < len(following):
            count, at = count + (1 << power), then
    return count + 1


def _next_unusual(of: Pool, cooldown: int) -> IntArray:
    """(U,) which unusual score is the first where the next episode may open after each: kept with the pool."""
    if cooldown not in of.of_unusual:
        opens = reopenings(of.scores, quiet_ends(of.scores, of.quiet), of.unusual, cooldown)
        of.of_unusual[cooldown] = np.searchsorted(of.unusual, opens)
    return of.of_unusual[cooldown]


@dataclass(slots=True)
class _Series:
    """The crossings of one ticker, and the episodes they make: where each opened, and where the next may."""

    crossings: list[int] = field(default_factory=list)
    reopening: dict[int, int] = field(default_factory=dict)
    opened: list[int] = field(default_factory=list)
    over: list[int] = field(default_factory=list)

    def cross(self, place: int, reopening: int) -> int:
        """One crossing more; gives how many episodes more there are."""
        insort(self.crossings, place)
        self.reopening[place] = reopening
        before = bisect_right(self.opened, place)
        if before and place < self.over[before - 1]:
            return 0
        count = len(self.opened)
        del self.opened[before:], self.over[before:]
        at = bisect_left(self.crossings, place)
        while at < len(self.crossings):
            opened = self.crossings[at]
            self.opened.append(opened)
            self.over.append(self.reopening[opened])
            at = bisect_left(self.crossings, self.over[-1], at)
        return len(self.opened) - count


def ladder(of: Pool, most: int, cooldown: int = COOLDOWN) -> Sequence[float]:
    """(most + 1,) by count of episodes, the lowest score at which the pool, as at every higher score, holds no more.

    Only unusual scores are looked at; infinity where none of them keeps to the count. Kept with the pool.
    """
    known = of.ladders.get(cooldown)
    if known is None or len(known.steps) <= most:
        known = of.ladders[cooldown] = _climbed(of, most, cooldown)
    return known.steps[: most + 1]


def _climbed(of: Pool, most: int, cooldown: int) -> Ladder:
    """The ladder from as few crossings as it needs, and those that tie with the last of them."""
    ends, looked_at = quiet_ends(of.scores, of.quiet), _AT_FIRST * max(most, 1)
    while True:
        places, scores = _highest(of, looked_at)
        behind = closings(of.scores, ends, places)
        columns = places // of.width, places, _reopened(of.width, behind, places, cooldown), scores
        steps, walked = _walked(list(zip(*(column.tolist() for column in columns), strict=True)), most)
        if walked or len(places) == len(of.unusual):
            break
        looked_at *= 4
    lowest = float(scores[walked - 1]) if walked else -inf
    return Ladder(steps, lowest, of.scores.ravel(), of.quiet, places[:walked].tolist(), behind[:walked].tolist())


def _walked(crossings: Sequence[tuple[int, int, int, float]], most: int) -> tuple[list[float], int]:
    """The steps from each crossing's ticker, place, reopening and score, highest first; how many of them were needed.

    0 where more would have been.
    """
    by_ticker: dict[int, _Series] = {}
    lowest, worst, count, needed = [inf] * (most + 1), 0, 0, 0
    for at, ((ticker, place, after, score), (*_, then)) in enumerate(pairwise([*crossings, (0, 0, 0, nan)]), 1):
        count += by_ticker.setdefault(ticker, _Series()).cross(place, after)
        if score == then:
            continue
        worst = max(worst, count)
        if worst > most:
            needed = at
            break
        lowest[worst] = score
    return list(accumulate(lowest, min)), needed


def _highest(of: Pool, count: int) -> tuple[IntArray, FloatArray]:
    """Places and scores of the highest, in falling order, with all that tie with the last of them."""
    places, scores = of.unusual, of.unusual_scores
    if count < len(scores):
        keep = scores >= np.partition(scores, len(scores) - count)[len(scores) - count]
        places, scores = places[keep], scores[keep]
    order = np.argsort(-scores, kind="stable")
    return places[order], scores[order]
