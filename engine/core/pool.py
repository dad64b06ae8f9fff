"""Past scores of one kind, pooled over the tickers of a group: what a new score is held against."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import inf

import numpy as np

from engine.core.bars import FloatArray, IntArray
from engine.core.episodes import QUIET_P

LEFT_OUT = 5
"""The newest scores stand outside a pool, or an anomaly would vouch for itself."""

WINDOW = 1_000
"""Sessions a ticker gives to a pool."""

ENOUGH = 5_000
"""A pool smaller than this takes more tickers (core/groups.py), and in the end all its history."""

SESSIONS_A_YEAR = 252

_SAMPLED = 16


@dataclass(frozen=True, eq=False)
class Pool:
    """Past scores (N, T): a row a ticker, its sessions in order, the newest on the right; NaN where there was none."""

    scores: FloatArray
    kept: dict[int, IntArray] = field(default_factory=dict)
    """What core/thresholds.py has found of it, by cooldown."""

    @cached_property
    def count(self) -> int:
        """How many scores there are."""
        return self.scores.size - int(np.count_nonzero(np.isnan(self.scores)))

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
    def _high(self) -> tuple[IntArray, FloatArray]:
        """Places and scores of at least the highest tenth; a sample says from which score on to look."""
        flat = self.scores.ravel()
        sample = flat[::_SAMPLED]
        known = len(sample) - int(np.count_nonzero(np.isnan(sample)))
        place = int(known * (1 - 1.5 * QUIET_P))
        floor = np.partition(sample, place)[place] if known else np.nan  # NaN come last
        high = np.flatnonzero(flat >= floor)
        if len(high) < _least_beyond(self.count):
            high = np.flatnonzero(~np.isnan(flat))
        return high, flat[high]

    @cached_property
    def quiet(self) -> float:
        """The highest score whose p is above 0.1: what is higher is unusual."""
        least = _least_beyond(self.count)
        if not least:
            return inf
        _, scores = self._high
        place = len(scores) - least
        return float(np.partition(scores, place)[place])

    @cached_property
    def unusual(self) -> IntArray:
        """(U,) places in `scores`, taken as one row, of those with p of at most 0.1."""
        places, scores = self._high
        return places[scores > self.quiet]

    @cached_property
    def unusual_scores(self) -> FloatArray:
        """(U,) these scores."""
        _, scores = self._high
        return scores[scores > self.quiet]

    def p(self, score: float) -> float:
        """Share of the pool at least as extreme, the score itself counted in: (1 + #{past >= score}) / (n + 1).

        Valid for exchangeable scores whatever their distribution (Vovk, Gammerman and Shafer 2005, for anomalies
        Laxhammar and Falkman 2015). NaN for NaN.
        """
        if score != score:  # noqa: PLR0124 - only NaN differs from itself
            return score
        past = self.unusual_scores if score > self.quiet else self.scores
        return (1 + int(np.count_nonzero(past >= score))) / (self.count + 1)

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


def _least_beyond(count: int) -> int:
    """How many scores of `count` must be at least as extreme for a p above 0.1."""
    least = max(int(QUIET_P * (count + 1)) - 2, 0)
    while (1 + least) / (count + 1) <= QUIET_P:
        least += 1
    return least
