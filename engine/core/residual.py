"""Tickers scored on what the list leaves of their moves and of their volume; their ranges are not known then.

Asked for where an alarm of the market stands open, and of few kinds: each series is made when a kind reads it, of
tickers of the same sessions side by side.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from engine.core.bars import FloatArray
from engine.core.features import Features
from engine.core.index import beta_of, own_part, unknown
from engine.core.market import Market
from engine.core.scored import BY_NAME, Scored
from engine.core.series import clipped, cusum, going_on, summed
from engine.core.volatility import ewma_sigma

BESIDE = 32
"""Tickers side by side at most: with more, their series leave the processor's cache."""


def residuals(tickers: Sequence[Scored], market: Market, kinds: Collection[str]) -> list[Scored]:
    """The tickers with some kinds scored on what is left; those that score a ticker's own part anyway stay as they are.

    In the order of `tickers`.
    """
    return [each for group in _alike(tickers) for each in _scored(group, market, kinds)]


def _alike(tickers: Sequence[Scored]) -> Iterator[list[Scored]]:
    """Neighbours of the same sessions, horizons and windows, with a list or without, so many at most."""
    group: list[Scored] = []
    for each in tickers:
        if group and (len(group) == BESIDE or not _same(group[0].features, each.features)):
            yield group
            group = []
        group.append(each)
    if group:
        yield group


def _same(one: Features, other: Features) -> bool:
    same = (one.horizons, one.windows, one.listed) == (other.horizons, other.windows, other.listed)
    return same and np.array_equal(one.sessions, other.sessions)


def _scored(group: Sequence[Scored], market: Market, kinds: Collection[str]) -> Iterator[Scored]:
    every = [each.features for each in group]
    asked = [BY_NAME[name] for name in kinds if not (BY_NAME[name].own and every[0].listed)]
    alone = _Left.of(every, market, forecasts=any(kind.leans for kind in asked))
    made = {kind.name: np.ascontiguousarray(kind.score(alone).T) for kind in asked}
    for at, ticker in enumerate(group):
        yield replace(ticker, scores={**ticker.scores, **{name: scores[at] for name, scores in made.items()}})


def _left(known: Features, market: Market) -> FloatArray:
    """Its own part, if it has one already; else what the market's mean return leaves."""
    if known.listed:
        return known.own
    index = market.on(known.sessions, market.returns)
    return own_part(known.returns, beta_of(known.returns, index, len(known)), index)


@dataclass(frozen=True, slots=True, eq=False)
class _Left(Features):
    """Features of tickers side by side (T, N) whose returns are `left` of those of each."""

    left: FloatArray
    market: Market
    each: Sequence[Features]
    made: dict[str, FloatArray]

    @classmethod
    def of(cls, every: Sequence[Features], market: Market, *, forecasts: bool) -> "_Left":
        """Tickers of the same sessions, with what was forecast of them where somebody reads it."""
        first = every[0]
        given = {each.name: getattr(first, each.name) for each in fields(Features)}
        given["index"] = unknown(len(first))[:, None]
        if forecasts:
            given |= {name: np.stack([getattr(each, name) for each in every], axis=1) for name in ("mean", "ahead")}
        left = np.stack([_left(each, market) for each in every], axis=1)
        return cls(**given, left=left, market=market, each=every, made={})

    def _column(self, name: str) -> FloatArray:
        if name not in self.made:
            names = next((each for each in _MAKE if name in each), ())
            self.made.update(zip(names, _MAKE[names](self), strict=True) if names else {name: self.plain(name)})
        return self.made[name]

    def plain(self, name: str) -> FloatArray:
        """A column as it is in the tables."""
        return np.stack([Features._column(each, name) for each in self.each], axis=1)

    def summed(self, window: int, ago: int = 0) -> FloatArray:
        """What is left over a window that ended so many sessions ago."""
        return summed(self.left, window, len(self.left), ago)

    def mean_size(self, window: int, ago: int = 0) -> FloatArray:
        """The mean size of a day's in such a window."""
        return summed(np.abs(self.left), window, len(self.left), ago) / window

    def volatility(self) -> FloatArray:
        """EWMA volatility of what is left; of an own part it is known."""
        if self.each[0].listed:
            return self.plain("own_sigma")
        return np.stack([ewma_sigma(left) for left in self.left.T], axis=1)

    def busy(self) -> FloatArray:
        """Log volume less what is more than usual of the whole list's."""
        more = np.nan_to_num(self.market.on(self.sessions, self.market.volume))
        return self.plain("log_volume") - more[:, None]

    def sums(self) -> list[FloatArray]:
        """Both CUSUMs."""
        return cusum(clipped(self.left, self._column("sigma"), np.full(len(self.each), np.nan)), None)


_MAKE: Mapping[tuple[str, ...], Callable[[_Left], Sequence[FloatArray]]] = {
    ("returns",): lambda of: [of.left],
    ("beta",): lambda of: [np.ones(of.left.shape)],
    ("log_volume",): lambda of: [of.busy()],
    ("sigma", "own_sigma"): lambda of: [of.volatility()] * 2,
    ("momentum",): lambda of: [of.summed(of.windows.trend)],
    ("earlier",): lambda of: [of.summed(of.windows.before, of.windows.move)],
    ("volatility_short",): lambda of: [of.mean_size(of.windows.shock)],
    ("volatility_long",): lambda of: [of.mean_size(of.windows.long, of.windows.shock)],
    ("rise", "fall", "fast", "slow", "signal"): lambda of: going_on(np.nan_to_num(of.left), None),
    ("drift_up", "drift_down"): lambda of: of.sums(),
}
"""How columns are made, those that come together."""
