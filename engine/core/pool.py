"""Past scores of one kind, pooled over the tickers of a group: what a new score is held against."""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import inf

import numpy as np

from engine.core.bars import FloatArray, IntArray
from engine.core.episodes import QUIET_P
from engine.core.ladder import Ladder

LEFT_OUT = 5
"""The newest scores stand outside a pool, or an anomaly would vouch for itself."""

WINDOW = 1_000
"""Sessions a ticker gives to a pool."""

ENOUGH = 5_000
"""A pool smaller than this takes more tickers (core/groups.py), and in the end all its history."""

SESSIONS_A_YEAR = 252

_SAMPLED = 16


@dataclass(frozen=True, eq=False)
class Summary:
    """What is known of a pool without a look at its scores.

    Their count, the quiet level, the scores of at least that in rising order, and ladders that hold.
    """

    count: int
    quiet: float
    highest: Sequence[float]
    ladders: Mapping[int, Ladder]


@dataclass(frozen=True, eq=False)
class Pool:
    """Past scores (N, T): a row a ticker, its sessions in order, the newest on the right; NaN where there was none.

    They are laid side by side when somebody looks at them. `of_unusual` and `ladders` are what core/thresholds.py has
    found of them, by cooldown.
    """

    given: FloatArray | Callable[[], FloatArray]
    summary: Summary | None = None
    of_unusual: dict[int, IntArray] = field(default_factory=dict)

    @cached_property
    def scores(self) -> FloatArray:
        """(N, T) the scores."""
        return self.given() if callable(self.given) else self.given

    @cached_property
    def ladders(self) -> dict[int, Ladder]:
        """By cooldown."""
        return dict(self.summary.ladders) if self.summary else {}

    @cached_property
    def count(self) -> int:
        """How many scores there are."""
        return self.summary.count if self.summary else self.scores.size - int(np.count_nonzero(np.isnan(self.scores)))

    @property
    def width(self) -> int:
        """T, the places a ticker has."""
        return int(self.scores.shape[1])

    @cached_property
    def length(self) -> int:
        """Scores of the longest series: no rarity beyond it can be claimed."""
        return max(np.count_nonzero(~np.isnan(self.scores), axis=1).tolist(), default=0)

    @property
    def ticker_years(self) -> float:
        """How much history there is, over all tickers."""
        return self.count / SESSIONS_A_YEAR

    @cached_property
    def quiet(self) -> float:
        """The highest score whose p is above 0.1: what is higher is unusual."""
        if self.summary:
            return self.summary.quiet
        least = least_beyond(self.count)
        return _highest_but(self.scores.ravel(), least - 1) if least else inf

    @cached_property
    def unusual(self) -> IntArray:
        """(U,) places in `scores`, taken as one row, of those with p of at most 0.1."""
        return np.flatnonzero(self.scores.ravel() > self.quiet)

    @cached_property
    def unusual_scores(self) -> FloatArray:
        """(U,) these scores."""
        return self.scores.ravel()[self.unusual]

    def p(self, score: float) -> float:
        """Share of the pool at least as extreme, the score itself counted in: (1 + #{past >= score}) / (n + 1).

        Valid for exchangeable scores whatever their distribution (Vovk, Gammerman and Shafer 2005, for anomalies
        Laxhammar and Falkman 2015). NaN for NaN.
        """
        if score != score:  # noqa: PLR0124 - only NaN differs from itself
            return score
        return (1 + self._beyond(score)) / (self.count + 1)

    def _beyond(self, score: float) -> int:
        if score <= self.quiet:
            return int(np.count_nonzero(self.scores >= score))
        if self.summary:
            return len(self.summary.highest) - bisect_left(self.summary.highest, score)
        return int(np.count_nonzero(self.unusual_scores >= score))

    def p_values(self, scores: FloatArray) -> FloatArray:
        """(...) the same for many scores; 1 for those that are not unusual, which are not counted out."""
        values, unusual = np.where(np.isnan(scores), np.nan, 1.0), scores > self.quiet
        values[unusual] = [self.p(score) for score in scores[unusual].tolist()]
        return values


def pool(series: Sequence[FloatArray], window: int | None = WINDOW) -> Pool:
    """The pool as of the last session of these scores, one array a ticker; None takes all history."""
    return Pool(aligned(series, window))


def aligned(series: Sequence[FloatArray], window: int | None = WINDOW) -> FloatArray:
    """(N, T) the last scores of each ticker side by side, the newest of all left out; NaN before the first."""
    longest = max((len(each) for each in series), default=0) - LEFT_OUT
    length = max(longest if window is None else min(longest, window), 0)
    block = np.full((len(series), length), np.nan)
    for row, each in zip(block, series, strict=True):
        past = each[max(len(each) - LEFT_OUT - length, 0) : max(len(each) - LEFT_OUT, 0)]
        row[length - len(past) :] = past
    return block


def least_beyond(count: int) -> int:
    """How many scores of `count` must be at least as extreme for a p above 0.1."""
    least = max(int(QUIET_P * (count + 1)) - 2, 0)
    while (1 + least) / (count + 1) <= QUIET_P:
        least += 1
    return least


def _highest_but(scores: FloatArray, before: int) -> float:
    """The highest of scores but for so many; a sample says from which one on to look."""
    sample = scores[::_SAMPLED]
    sampled = len(sample) - int(np.count_nonzero(np.isnan(sample)))
    place = int(sampled * (1 - 1.5 * QUIET_P))
    floor = np.partition(sample, place)[place] if sampled else np.nan  # NaN come last
    high = scores[scores >= floor]
    if len(high) <= before:
        high = scores[~np.isnan(scores)]
    place = len(high) - 1 - before
    return float(np.partition(high, place)[place])
