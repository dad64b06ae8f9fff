"""The made-up worlds, measured: ours with the budget as shipped, the rivals at the same realised rate of false ones.

Thresholds are set on clean years; among events the same thresholds give another rate, since run-ups and wakes alarm
too. So what to ask a rival for is found on tuning seeds, where it comes to our own realised rate, and kept on the test
seeds.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context

import numpy as np

from engine.core.bars import FloatArray
from engine.core.budget import Budget
from engine.core.features import features
from tests.benchmarks.alarms import ours
from tests.benchmarks.alarms.measures import Outcome, openings, outcome, together
from tests.benchmarks.alarms.rivals import RIVALS, threshold
from tests.benchmarks.alarms.standin import outlooks
from tests.benchmarks.alarms.vus import vus_pr
from tests.benchmarks.alarms.worlds import CLEAN_YEARS, YEAR, World, labels, world

TUNING, TEST = range(1_000, 1_010), range(30)
GRID = (1.0, 1.4, 1.8, 2.2, 2.6, 3.0)
"""Rates a rival is asked for on the tuning seeds."""

CLEAN = slice(YEAR, CLEAN_YEARS * YEAR)
"""Three of the clean years: in the first, windows fill."""


@dataclass(frozen=True, slots=True)
class Task:
    """What to measure on one seed: budgets of ours and rates to ask rivals for, each by name."""

    seed: int
    budgets: Mapping[str, Budget]
    rates: Mapping[str, Sequence[float]] = field(default_factory=dict)
    volumes: bool = False
    make: Callable[[int], World] = world


@dataclass(frozen=True, slots=True)
class Measured:
    """By detector an outcome for each rate, and the mean VUS-PR over tickers where it was asked for."""

    outcomes: dict[str, list[Outcome]] = field(default_factory=dict)
    volumes: dict[str, float] = field(default_factory=dict)


def measured(task: Task) -> Measured:
    """One seed."""
    of, found = task.make(task.seed), Measured()
    sessions = sum(len(history) - CLEAN.stop for history in of.histories)
    tickers = ours.scored(of, Budget(), task.seed)
    for name, budget in task.budgets.items():
        calibrations = ours.calibrated(tickers, budget, CLEAN.start, CLEAN.stop)
        opened = ours.opened(tickers, calibrations, CLEAN.stop)
        found.outcomes[name] = [outcome(opened, of.events, sessions)]
        if task.volumes:
            found.volumes[name] = volume(of, ours.single(tickers, calibrations, budget))
    said = outlooks(of.histories, task.seed) if task.rates else ()
    plain = [features(history, outlook) for history, outlook in zip(of.histories, said, strict=bool(said))]
    for name, rates in task.rates.items():
        scores = RIVALS[name](plain, CLEAN)
        found.outcomes[name] = [outcome(_opened(name, scores, rate), of.events, sessions) for rate in rates]
        if task.volumes:
            found.volumes[name] = volume(of, scores)
    return found


def _opened(name: str, scores: Sequence[FloatArray], rate: float) -> list[dict[str, list[int]]]:
    found = threshold(scores, CLEAN, rate)
    rows = [openings(each[CLEAN.stop :], found.pool.quiet, found.watch.score) for each in scores]
    return [{name: [CLEAN.stop + row for row in own]} for own in rows]


def volume(of: World, scores: Sequence[FloatArray]) -> float:
    """The mean VUS-PR of the tickers, over the years with events."""
    tested = [_finite(each[CLEAN.stop :]) for each in scores]
    marked = [labels(of.events, place, len(each))[CLEAN.stop :] for place, each in enumerate(scores)]
    return float(np.mean([vus_pr(one, other) for one, other in zip(marked, tested, strict=True)]))


def _finite(scores: FloatArray) -> FloatArray:
    """Where nothing is said, the least that is said."""
    known = np.isfinite(scores)
    return np.where(known, scores, scores[known].min() - 1)


def rates_for(wished: float, tuning: Sequence[Measured]) -> dict[str, float]:
    """By rival the rate to ask for, so that `wished` is realised on the tuning seeds."""
    rates = {}
    for name in RIVALS:
        realised = [together(each.outcomes[name][at] for each in tuning).rate for at in range(len(GRID))]
        rates[name] = float(np.interp(wished, realised, GRID))
    return rates


def run(tasks: Iterable[Task], workers: int = 2) -> list[Measured]:
    """All tasks, on so many processes."""
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        return list(pool.map(measured, tasks))
