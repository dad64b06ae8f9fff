"""How many episodes a pool holds at a threshold, and the lowest thresholds that keep to so many.

The rule is that of core/episodes.py: an episode opened on a row ends after three quiet sessions in a row, all after the
opening, and the next may open some sessions (`cooldown`) after it. When that is depends on the row alone, not on the
threshold.
"""

from bisect import bisect_left, bisect_right, insort
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate
from math import inf

import numpy as np

from engine.core.bars import FloatArray, IntArray
from engine.core.episodes import COOLDOWN, QUIET_SESSIONS
from engine.core.pool import Pool

_AT_FIRST = 4
"""Crossings looked at for each episode allowed: seldom are more needed."""

_DOUBLINGS = 4
"""More of them take longer than the steps they save."""

_NEVER = 1 << 40
"""A place that no series reaches."""


def quiet_ends(scores: FloatArray, unusual_above: float) -> IntArray:
    """Places in scores (N, T), taken as one row, that end three quiet sessions of one series in a row."""
    quiet = scores <= unusual_above
    runs = np.zeros_like(quiet)
    if scores.shape[1] >= QUIET_SESSIONS:
        runs[:, 2:] = quiet[:, 2:] & quiet[:, 1:-1] & quiet[:, :-2]
    return np.flatnonzero(runs)


def reopenings(scores: FloatArray, ends: IntArray, places: IntArray, cooldown: int = COOLDOWN) -> IntArray:
    """Where the next episode may open after one that opened at each of `places`; the end of its series if nowhere."""
    width = scores.shape[1]
    last = (places // width + 1) * width
    at = np.searchsorted(ends, places + QUIET_SESSIONS)
    end = np.append(ends, scores.size)[at]
    opens: IntArray = np.where(end < last, np.minimum(np.maximum(end + 1, places + cooldown), last), last)
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
    if cooldown not in of.kept:
        opens = reopenings(of.scores, quiet_ends(of.scores, of.quiet), of.unusual, cooldown)
        of.kept[cooldown] = np.searchsorted(of.unusual, opens)
    return of.kept[cooldown]


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


def ladder(of: Pool, most: int, cooldown: int = COOLDOWN) -> list[float]:
    """(most + 1,) by count of episodes, the lowest score at which the pool, as at every higher score, holds no more.

    Only unusual scores are looked at; infinity where none of them keeps to the count.
    """
    if not most or not len(of.unusual):
        return [inf] * (most + 1)
    looked_at = _AT_FIRST * most
    while (found := _ladder(of, most, looked_at, cooldown)) is None:
        looked_at *= 4
    return found


def _ladder(of: Pool, most: int, looked_at: int, cooldown: int) -> list[float] | None:
    """The ladder from so many crossings, and those that tie with the last of them; None if it needs more."""
    places, scores = _highest(of, looked_at)
    series, at = np.divmod(places, of.width)
    over = reopenings(of.scores, quiet_ends(of.scores, of.quiet), places, cooldown) - series * of.width
    over[over == of.width] = _NEVER
    first = at.min(initial=_NEVER)
    columns = (series, at - first, over - first, scores)
    return _walked(tuple(column.tobytes() for column in columns), most, len(places) == len(of.unusual))


@lru_cache(maxsize=256)
def _walked(columns: tuple[bytes, ...], most: int, whole: bool) -> list[float] | None:
    """The same from each crossing's ticker, place, reopening and score, highest first; `whole` says there are no more.

    From one session to the next a pool's crossings seldom change: kept, they are not walked again.
    """
    by_ticker: dict[int, _Series] = {}
    lowest, worst, count = [inf] * (most + 1), 0, 0
    *whole_numbers, last = columns
    scores = np.frombuffer(last).tolist()
    tickers, places, over = (np.frombuffer(column, np.intp).tolist() for column in whole_numbers)
    following = [*scores[1:], np.nan]
    for ticker, place, after, score, then in zip(tickers, places, over, scores, following, strict=True):
        count += by_ticker.setdefault(ticker, _Series()).cross(place, after)
        if score == then:
            continue
        worst = max(worst, count)
        if worst > most:
            break
        lowest[worst] = score
    else:
        if not whole:
            return None
    return list(accumulate(lowest, min))


def _highest(of: Pool, count: int) -> tuple[IntArray, FloatArray]:
    """Places and scores of the highest, in falling order, with all that tie with the last of them."""
    places, scores = of.unusual, of.unusual_scores
    if count < len(scores):
        keep = scores >= np.partition(scores, len(scores) - count)[len(scores) - count]
        places, scores = places[keep], scores[keep]
    order = np.argsort(-scores, kind="stable")
    return places[order], scores[order]
