"""Pools that go on from session to session: of what is known only what fell out is taken, and what came in put to it.

They come out as if each had looked at all of its scores (core/pooling.py), which a replay has no time for.
"""

from array import array
from bisect import bisect_left, insort
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import inf, isnan, nan

import numpy as np

from engine.core.bars import FloatArray
from engine.core.episodes import QUIET_P
from engine.core.groups import merged, terciles
from engine.core.market import NAME
from engine.core.pool import ENOUGH, LEFT_OUT, WINDOW, Pool, Summary, aligned, least_beyond, pool
from engine.core.scored import Scored

_AT_ONCE = 32
"""Rows of a series up to which going on is quicker than sorting all anew."""

_KEPT = 64
"""Groups whose scores are kept in order; tickers go to and fro between neighbouring ones."""


@dataclass(slots=True)
class _Series:
    """One ticker's scores of one kind (T,) as far as they go."""

    scores: FloatArray
    rows: int = 0
    before: "array[int]" = field(default_factory=lambda: array("q", [0]))
    """How many are known before each row, and before the next one."""

    def go_on(self, scores: FloatArray) -> None:
        """To the rows it has now. Raises ValueError where these are fewer."""
        if len(scores) < self.rows:
            raise ValueError(f"{len(scores)} rows after {self.rows}: a pool goes on, never back")
        self.scores = scores
        if not self.rows:
            self.before, self.rows = array("q", [0, *np.cumsum(~np.isnan(scores)).tolist()]), len(scores)
        for row in range(self.rows, len(scores)):
            self.before.append(self.before[-1] + (not isnan(scores.item(row))))
        self.rows = len(scores)

    def known(self, window: int | None, left_out: int = LEFT_OUT) -> int:
        """How many of its last scores are known."""
        first, end = _span(self.rows, window, left_out)
        return self.before[end] - self.before[first]


@dataclass(slots=True)
class _Sorted:
    """The highest of each one's last scores, in rising order: `window` of them, but for the newest `left_out`."""

    window: int | None
    left_out: int
    share: float
    """Of the known scores so many are kept at first; from then on those from the lowest of them up."""

    lowest: float = -inf
    scores: list[float] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)
    """Which rows of each they are."""

    def go_on(self, series: Sequence[_Series]) -> float:
        """Take in that each one has these rows now; gives the highest score that came in or fell out."""
        before, self.spans = self.spans, [_span(each.rows, self.window, self.left_out) for each in series]
        moves = list(zip(series, before, self.spans, strict=False))
        if not moves or any(now[1] - then[1] > _AT_ONCE for _, then, now in moves):
            self.begin(series)
            return inf
        fell = [each.scores.item(row) for each, then, now in moves for row in range(then[0], now[0])]
        came = [each.scores.item(row) for each, then, now in moves for row in range(then[1], now[1])]
        return self._changed(_known(fell), _known(came))

    def _changed(self, fell: Sequence[float], came: Sequence[float]) -> float:
        for score in fell:
            if score >= self.lowest:
                del self.scores[bisect_left(self.scores, score)]
        for score in came:
            if score >= self.lowest:
                insort(self.scores, score)
        return max(*fell, *came, -inf, -inf)

    def begin(self, series: Sequence[_Series]) -> None:
        """From nothing."""
        recent = [each.scores[first:end] for each, (first, end) in zip(series, self.spans, strict=True)]
        beside = np.concatenate(recent)
        known = beside[~np.isnan(beside)]
        if self.share < 1 and len(known):
            place = int(len(known) * (1 - self.share))
            self.lowest = float(np.partition(known, place)[place])
        self.scores = np.sort(known[known >= self.lowest]).tolist()


def _known(scores: Sequence[float]) -> list[float]:
    return [score for score in scores if not isnan(score)]


def _span(rows: int, window: int | None, left_out: int) -> tuple[int, int]:
    """The rows of a series that are looked at, from its first to before its last."""
    end = max(rows - left_out, 0)
    return 0 if window is None else max(end - window, 0), end


@dataclass(slots=True)
class _Line:
    """The pool of one group, session after session."""

    highest: _Sorted
    last: Pool | None = None

    def pool(self, series: Sequence[_Series], count: int) -> Pool:
        """As of the last rows of these, of which so many are known."""
        moved, least = self.highest.go_on(series), least_beyond(count)
        if least > len(self.highest.scores):
            self.highest.begin(series)
        highest = self.highest.scores[len(self.highest.scores) - least :]
        quiet = highest[0] if least else inf
        ladders = self.last.ladders if self.last else {}
        hold = {cooldown: each for cooldown, each in ladders.items() if each.holds(quiet, moved)}
        self.last = Pool(
            partial(aligned, [each.scores for each in series], self.highest.window),
            Summary(count, quiet, highest, hold),
        )
        return self.last


class Rolling:
    """The pools of one list, as of one session after another.

    Each series that is asked about goes on from the one before; nothing is read behind its last row. Raises ValueError
    for one that has lost rows.
    """

    def __init__(self) -> None:
        self._symbols: list[str] = []
        self._series: dict[str, list[_Series]] = {}
        self._sigmas: list[_Sorted] = []
        self._lines: dict[Hashable, _Line] = {}

    def of_kinds(self, scored: Sequence[Scored], kinds: Sequence[str]) -> list[dict[str, Pool]]:
        """By place in the list, the pool of each kind; none where nobody of the ticker's class has a score."""
        self._begin([ticker.symbol for ticker in scored])
        parts = terciles([ticker.asset for ticker in scored], self._typical_volatilities(scored))
        pools: list[dict[str, Pool]] = [{} for _ in scored]
        for kind in kinds:
            series = self._gone_on(kind, [ticker.scores[kind] for ticker in scored])
            counts = [each.known(WINDOW) for each in series]
            for own in parts:
                for members in merged(own, [sum([counts[place] for place in part]) for part in own]):
                    count = sum([counts[place] for place in members])
                    made = self._group(kind, sorted(members), series, count)
                    for place in members if made.count else ():
                        pools[place][kind] = made
        return pools

    def of_market(self, scores: FloatArray) -> Pool:
        """All of the market's own past."""
        (series,) = self._gone_on(NAME, [scores])
        return self._line(NAME, None).pool([series], series.known(None))

    def _begin(self, symbols: list[str]) -> None:
        """Places in the list are those of the session before, or nothing is known."""
        if symbols != self._symbols:
            self._symbols, self._series, self._lines = symbols, {}, {}
            self._sigmas = [_Sorted(WINDOW, 0, 1.0) for _ in symbols]

    def _gone_on(self, kind: str, scores: Sequence[FloatArray]) -> list[_Series]:
        series = self._series.setdefault(kind, [])
        if not series:
            series += [_Series(rows) for rows in scores]
        for each, rows in zip(series, scores, strict=True):
            each.go_on(rows)
        return series

    def _typical_volatilities(self, scored: Sequence[Scored]) -> FloatArray:
        """As engine.core.groups has them."""
        series = self._gone_on("sigma", [ticker.features.sigma for ticker in scored])
        for known, each in zip(self._sigmas, series, strict=True):
            known.go_on([each])
        ordered = [known.scores for known in self._sigmas]
        return np.array([scores[(len(scores) - 1) // 2] if scores else nan for scores in ordered])

    def _group(self, kind: str, members: Sequence[int], series: Sequence[_Series], count: int) -> Pool:
        own = [series[place] for place in members]
        if count < ENOUGH:
            return pool([each.scores for each in own], None)
        return self._line((kind, *members), WINDOW).pool(own, count)

    def _line(self, key: Hashable, window: int | None) -> _Line:
        line = self._lines.pop(key, None) or _Line(_Sorted(window, LEFT_OUT, 2 * QUIET_P))
        self._lines[key] = line
        if len(self._lines) > _KEPT:
            del self._lines[next(iter(self._lines))]
        return line
