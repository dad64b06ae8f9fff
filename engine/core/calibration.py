"""From a score to how rare it is: conformal p-values against pools of past scores, and thresholds that keep a budget.

The budget is counted in episodes, not in days, since slow scores cluster: a threshold is the lowest at which, as at
every higher one, the pool itself would have held no more episodes than allowed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil, inf
from typing import TypeAlias

from engine.core.budget import Budget, Rate
from engine.core.episodes import COOLDOWN, Tier
from engine.core.pool import SESSIONS_A_YEAR, Pool
from engine.core.pooling import AFRESH, Pools
from engine.core.scored import Scored
from engine.core.thresholds import episodes, ladder


@dataclass(frozen=True, slots=True)
class Threshold:
    """The score from which a tier is reached, and its p; `needs` scores would resolve it where `has` are too few."""

    score: float
    p: float
    needs: int = 0
    has: int = 0


@dataclass(frozen=True, eq=False)
class _Steps:
    """A pool's thresholds by how many episodes they allow, up to the most that is asked of it; found when needed."""

    pool: Pool
    most: int
    cooldown: int

    @cached_property
    def scores(self) -> Sequence[float]:
        """As engine.core.thresholds.ladder has them."""
        return ladder(self.pool, self.most, self.cooldown)


@dataclass(frozen=True, eq=False)
class Calibration:
    """A pool with the thresholds of both tiers; on most sessions no score comes near them, and nobody asks."""

    pool: Pool
    rate: Rate
    steps: _Steps

    @property
    def cooldown(self) -> int:
        """Sessions from one episode to the next, at least."""
        return self.steps.cooldown

    @cached_property
    def watch(self) -> Threshold:
        """That of the lower tier."""
        return _threshold(self.steps, self.rate.watch)

    @cached_property
    def alert(self) -> Threshold:
        """That of the higher one."""
        return _threshold(self.steps, self.rate.alert)

    def p(self, score: float) -> float:
        """How often a score at least as extreme is to be expected; NaN for NaN."""
        return self.pool.p(score)

    def tier(self, score: float) -> Tier | None:
        """The tier a score reaches; thresholds are unusual themselves."""
        if not self.unusual(score):
            return None
        if score >= self.alert.score:
            return "alert"
        return "watch" if score >= self.watch.score else None

    def unusual(self, score: float) -> bool:
        """Whether its p is at most 0.1."""
        return score > self.pool.quiet

    def rarity(self, score: float) -> tuple[float, bool]:
        """Sessions per episode at least that extreme, for one ticker; True marks a bound, the pool's own length.

        A score that is not unusual is of every session.
        """
        if not self.unusual(score):
            return 1.0, False
        count = episodes(self.pool, score, self.cooldown)
        sessions = self.pool.count / count if count else inf
        return (sessions, False) if sessions <= self.pool.length else (float(self.pool.length), True)


Calibrations: TypeAlias = Mapping[str, Mapping[str, Calibration]]
"""By symbol, then by kind: those that are on for it, and have a past."""


def calibrate(pool: Pool, rates: Sequence[Rate], cooldown: int = COOLDOWN) -> list[Calibration]:
    """For each rate the thresholds that would have given at most so many episodes a ticker and year."""
    most = max((_allowed(pool, max(rate.watch, rate.alert)) for rate in rates), default=0)
    steps = _Steps(pool, most, cooldown)
    return [Calibration(pool, rate, steps) for rate in rates]


def calibrate_kinds(
    scored: Sequence[Scored], budget: Budget, pools: Pools = AFRESH
) -> dict[str, dict[str, Calibration]]:
    """Each ticker's kinds against the past of its group in the list, with their shares of its budget."""
    by_place = pools.of_kinds(scored, [kind.name for kind in budget.enabled])
    rates = _rates(scored, by_place, budget)
    wanted: dict[Pool, set[Rate]] = {}
    for own, shares in zip(by_place, rates, strict=True):
        for kind, rate in shares.items():
            wanted.setdefault(own[kind], set()).add(rate)
    made = {
        pool: dict(zip(asked, calibrate(pool, list(asked), budget.cooldown), strict=True))
        for pool, asked in wanted.items()
    }
    return {
        ticker.symbol: {kind: made[own[kind]][rate] for kind, rate in shares.items()}
        for ticker, own, shares in zip(scored, by_place, rates, strict=True)
    }


def _rates(scored: Sequence[Scored], pools: Sequence[Mapping[str, Pool]], budget: Budget) -> list[dict[str, Rate]]:
    """Each ticker's share by kind; tickers that nothing is different for share one."""
    known: dict[tuple[str, ...], dict[str, Rate]] = {}
    found = []
    for ticker, own in zip(scored, pools, strict=True):
        key = (ticker.symbol if ticker.symbol in budget.overrides else "", *own)
        found.append(known.get(key) or known.setdefault(key, budget.shares(ticker.symbol, own)))
    return found


def _allowed(pool: Pool, a_year: float) -> int:
    return int(pool.ticker_years * a_year + 1e-9)


def _threshold(steps: _Steps, a_year: float) -> Threshold:
    pool, allowed = steps.pool, _allowed(steps.pool, a_year)
    if not allowed:
        return Threshold(inf, 0.0, needs=ceil(SESSIONS_A_YEAR / a_year) if a_year else 0, has=pool.count)
    score = steps.scores[allowed]
    return Threshold(score, pool.p(score) if score < inf else 0.0)
