"""A ticker scored on what the list leaves of its moves and of its volume; its ranges are not known then.

Asked for where an alarm of the market stands open, and of few kinds: each series is made when a kind reads it.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from engine.core.bars import FloatArray
from engine.core.features import Features
from engine.core.index import beta_of, own_part, unknown
from engine.core.market import Market
from engine.core.scored import Scored
from engine.core.series import COLUMNS, clipped, cusum, going_on, summed
from engine.core.volatility import ewma_sigma


def residual(ticker: Scored, market: Market, kinds: Collection[str]) -> Scored:
    """A ticker with some kinds scored on what is left of it; those that score its own part anyway stay as they are."""
    known, left = ticker.features, _left(ticker.features, market)
    asked = [name for name in kinds if not (ticker.kinds[name].own and known.listed)]
    given = {each.name: getattr(known, each.name) for each in fields(Features)}
    sigma = known.table[:, COLUMNS.index("own_sigma")] if known.listed else ewma_sigma(left)
    alone = _Left(
        **given | {"index": unknown(len(known))},
        left=left,
        market=market,
        made={"sigma": sigma, "own_sigma": sigma},
    )
    return replace(ticker, scores={**ticker.scores, **{name: ticker.kinds[name].score(alone) for name in asked}})


def _left(known: Features, market: Market) -> FloatArray:
    """Its own part, if it has one already; else what the market's mean return leaves."""
    if known.listed:
        return known.own
    index = market.on(known.sessions, market.returns)
    return own_part(known.returns, beta_of(known.returns, index, len(known)), index)


@dataclass(frozen=True, slots=True, eq=False)
class _Left(Features):
    """Features whose returns are `left` of those in the table."""

    left: FloatArray
    market: Market
    made: dict[str, FloatArray]

    def _column(self, name: str) -> FloatArray:
        if name not in self.made:
            names = next((each for each in _MAKE if name in each), ())
            self.made.update(zip(names, _MAKE[names](self), strict=True) if names else {name: self._plain(name)})
        return self.made[name]

    def _plain(self, name: str) -> FloatArray:
        return Features._column(self, name)

    def summed(self, window: int, ago: int = 0) -> FloatArray:
        """What is left over a window that ended so many sessions ago."""
        return summed(self.left, window, len(self.left), ago)

    def mean_size(self, window: int, ago: int = 0) -> FloatArray:
        """The mean size of a day's in such a window."""
        return summed(np.abs(self.left), window, len(self.left), ago) / window

    def busy(self) -> FloatArray:
        """Log volume less what is more than usual of the whole list's."""
        return self._plain("log_volume") - np.nan_to_num(self.market.on(self.sessions, self.market.volume))

    def sums(self) -> list[FloatArray]:
        """Both CUSUMs."""
        return cusum(clipped(self.left, self.sigma, np.full((), np.nan)), None)


_MAKE: Mapping[tuple[str, ...], Callable[[_Left], Sequence[FloatArray]]] = {
    ("returns",): lambda of: [of.left],
    ("beta",): lambda of: [np.ones(len(of.left))],
    ("log_volume",): lambda of: [of.busy()],
    ("momentum",): lambda of: [of.summed(of.windows.trend)],
    ("earlier",): lambda of: [of.summed(of.windows.before, of.windows.move)],
    ("volatility_short",): lambda of: [of.mean_size(of.windows.shock)],
    ("volatility_long",): lambda of: [of.mean_size(of.windows.long, of.windows.shock)],
    ("rise", "fall", "fast", "slow", "signal"): lambda of: going_on(np.nan_to_num(of.left), None),
    ("drift_up", "drift_down"): lambda of: of.sums(),
}
"""How columns are made, those that come together."""
