"""Was an alarm right? A hit or a miss 5, 10 and 21 sessions after it, by a rule that was fixed before it was raised.

Each kind names its rule (core/detect/kind.py), so that a new kind is still one file:

- onward: the return over the sessions after the alarm goes where the alarm pointed, by more than half a sigma of as
  many sessions, sigma being what was known at the alarm. For a reversal that is against the trend, for a drift on with
  it, for a surprise on in its direction: a surprise that the next sessions take back was noise.
- rough: the realised volatility of the sessions after the alarm is above the upper tercile of that of all stretches as
  long that the ticker had seen by then.

The base rate is how often the same rule, with the same direction and limit, would have been a hit after any session of
the ticker's past up to then: what crying wolf every day would have scored. Precision over base rate is the lift.
"""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from engine.core import market
from engine.core.bars import FloatArray, as_date
from engine.core.detect import KINDS
from engine.core.detect.kind import Direction, Rule
from engine.core.episodes import Episode
from engine.core.features import Features

HORIZONS = (5, 10, 21)
SHOWN = 10
"""The horizon that stands where alarms stand."""

BEYOND = 0.5
TERCILE = 2 / 3
Z95 = 1.959964


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an alarm: `value` against the `limit` that it had to exceed, and how usual that was before."""

    hit: bool
    value: float
    limit: float
    base_rate: float


@dataclass(frozen=True, slots=True)
class Grade:
    """An alarm's outcome so many sessions after it; `graded` is the session on which that was known."""

    symbol: str
    kind: str
    opened: date
    horizon: int
    graded: date
    outcome: Outcome


def due(episode: Episode, has: Collection[int], known: Features) -> list[Grade]:
    """The grades that an episode can have by its ticker's last row, but for the horizons that it `has`.

    None of one that does not count, and of a kind that there is no more.
    """
    rule = _RULE_OF.get(episode.kind)
    row = int(np.searchsorted(known.sessions, np.datetime64(episode.opened, "D")))
    if rule is None or not episode.counted or row >= len(known) or as_date(known.sessions[row]) != episode.opened:
        return []
    came = {
        horizon: grade(rule, episode.direction, known.returns, known.sigma, row=row, horizon=horizon)
        for horizon in HORIZONS
        if horizon not in has
    }
    return [
        Grade(episode.symbol, episode.kind, episode.opened, horizon, as_date(known.sessions[row + horizon]), outcome)
        for horizon, outcome in came.items()
        if outcome is not None
    ]


_RULE_OF: Mapping[str, Rule] = {kind.name: kind.grade for kind in KINDS} | {market.NAME: market.GRADE}


def grade(
    rule: Rule, direction: Direction, returns: FloatArray, sigma: FloatArray, *, row: int, horizon: int
) -> Outcome | None:
    """The outcome of an alarm of `row`, from total log returns and daily sigma, both (T,), up to `row + horizon`.

    Rows after those are not looked at. None where they are not there yet, or the rule cannot be applied: no direction,
    no sigma, a return that is NaN.
    """
    end = row + horizon + 1
    if row < 0 or end > len(returns):
        return None
    outcome = _RULES[rule](direction, returns[:end], sigma[:end], horizon)
    return outcome if outcome and math.isfinite(outcome.value) and math.isfinite(outcome.limit) else None


def _onward(direction: Direction, returns: FloatArray, sigma: FloatArray, horizon: int) -> Outcome | None:
    if direction == "none":
        return None
    with np.errstate(divide="ignore", invalid="ignore"):
        moved = _after(returns, horizon).sum(axis=1) / (sigma[: len(returns) - horizon] * math.sqrt(horizon))
    return _outcome(moved if direction == "up" else -moved, BEYOND)


def _rough(_: Direction, returns: FloatArray, _sigma: FloatArray, horizon: int) -> Outcome | None:
    volatility = np.sqrt((_after(returns, horizon) ** 2).mean(axis=1))
    seen = volatility[:-horizon]
    seen = seen[np.isfinite(seen)]
    return _outcome(volatility, float(np.quantile(seen, TERCILE))) if len(seen) else None


def _after(returns: FloatArray, horizon: int) -> FloatArray:
    """(T - horizon, horizon) the returns after each session that has so many after it."""
    return sliding_window_view(returns[1:], horizon)


def _outcome(values: FloatArray, limit: float) -> Outcome:
    """The last value's, beside all of them."""
    known = values[np.isfinite(values)]
    return Outcome(
        bool(values[-1] > limit), float(values[-1]), limit, float((known > limit).mean()) if len(known) else 0
    )


_RULES: Mapping[Rule, Callable[[Direction, FloatArray, FloatArray, int], Outcome | None]] = {
    "onward": _onward,
    "rough": _rough,
}


@dataclass(frozen=True, slots=True)
class Track:
    """How a kind has done: hits of graded alarms, with a 95 % interval, and the mean base rate; None where unknown."""

    graded: int = 0
    hits: int = 0
    precision: float | None = None
    low: float | None = None
    high: float | None = None
    base_rate: float | None = None
    lift: float | None = None


def track(outcomes: Sequence[Outcome]) -> Track:
    """The record that these outcomes make."""
    if not outcomes:
        return Track()
    count, hits = len(outcomes), sum(each.hit for each in outcomes)
    base = sum(each.base_rate for each in outcomes) / count
    low, high = wilson(hits, count)
    return Track(count, hits, hits / count, low, high, base, hits / count / base if base else None)


def wilson(hits: int, count: int) -> tuple[float, float]:
    """The 95 % score interval of a share (Wilson, JASA 22, 1927); 0 to 1 of nothing.

    >>> [round(end, 3) for end in wilson(8, 21)]
    [0.208, 0.591]
    """
    if not count:
        return 0.0, 1.0
    share, z2 = hits / count, Z95**2
    middle, spread = share + z2 / (2 * count), Z95 * math.sqrt(share * (1 - share) / count + z2 / (4 * count**2))
    return max(0.0, (middle - spread) / (1 + z2 / count)), min(1.0, (middle + spread) / (1 + z2 / count))
