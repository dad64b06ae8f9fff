"""Years of made-up prices, version 1: rougher, and reported without thresholds.

Against version 0 (worlds.py): volatility does not cluster as GARCH does but switches between a calm (0.7 %) and a
turbulent regime (1.8 % a day), by one Markov chain for the common and one for each own path; tickers lean on the common
factor more or less (0.4 to 0.8); nine holidays a year, after which a session has half as much variance again; each
quarter a ticker reports, and jumps overnight by 3 sigma on average, which is normal and no event; one row in 200 is
missing; and an event's severity is anything from a sixth to twice that of version 0, so that a crash falls by 0.25 to 3
sigma a day.
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from engine.core.bars import FloatArray
from tests.benchmarks.alarms.worlds import (
    CLEAN_YEARS,
    FREEDOM,
    SIGMA,
    TICKERS,
    YEAR,
    YEARS,
    Event,
    Paths,
    World,
    bars,
    planned,
    strike,
    weekdays,
)

CALM, TURBULENT = 0.007, 0.018
LEAVES_CALM, LEAVES_TURBULENT = 0.01, 0.03
QUARTER = 63
REPORT = 3.0
MISSING = 0.005
HOLIDAYS = 9
SEVERITY = (1 / 6, 2.0)


def rougher(seed: int) -> World:
    """The world of a seed."""
    random = np.random.default_rng([seed, 1])
    rows = YEARS * YEAR
    first = weekdays(rows)
    holidays = np.sort(random.choice(first[1:], HOLIDAYS * YEARS, replace=False))
    sessions = weekdays(rows, holidays)
    paths = _calm(random, np.isin(sessions - np.timedelta64(1, "D"), holidays))
    _reports(random, paths)
    low, high = np.log(SEVERITY)
    events = [
        replace(event, severity=float(np.exp(random.uniform(low, high))))
        for event in planned(random, TICKERS, range(CLEAN_YEARS, YEARS))
    ]
    for event in events:
        strike(paths, event, random)
    return _with_gaps(random, World(bars(random, paths, sessions), tuple(events)))


def _calm(random: np.random.Generator, after_holiday: npt.NDArray[np.bool_]) -> Paths:
    rows = len(after_holiday)
    day = _regimes(random, rows) ** 2 * (FREEDOM - 2) / random.chisquare(FREEDOM, (rows, TICKERS + 1))
    day *= np.where(after_holiday, 1.5, 1.0)[:, None]
    r = np.sqrt(day) * random.standard_normal(day.shape)
    common = random.uniform(0.4, 0.8, TICKERS)
    own = np.sqrt(1 - common**2)
    total = common * r[:, :1] + own * r[:, 1:]
    return Paths(total, common**2 * day[:, :1] + own**2 * day[:, 1:], np.zeros_like(total), np.zeros_like(total))


def _regimes(random: np.random.Generator, rows: int) -> FloatArray:
    """(T, N + 1) the deviation of each path's regime, the common one first."""
    turbulent = np.zeros(TICKERS + 1, np.bool_)
    sigma = np.empty((rows, TICKERS + 1))
    for row in range(rows):
        leaves = random.random(TICKERS + 1) < np.where(turbulent, LEAVES_TURBULENT, LEAVES_CALM)
        turbulent ^= leaves
        sigma[row] = np.where(turbulent, TURBULENT, CALM)
    return sigma


def _reports(random: np.random.Generator, paths: Paths) -> None:
    for ticker in range(TICKERS):
        rows = np.arange(int(random.integers(QUARTER)), len(paths.returns), QUARTER)
        jumps = random.normal(0, REPORT * SIGMA * np.sqrt(np.pi / 2), len(rows))
        paths.returns[rows, ticker] += jumps
        paths.overnight[rows, ticker] += jumps


def _with_gaps(random: np.random.Generator, of: World) -> World:
    histories, moved = [], []
    for ticker, history in enumerate(of.histories):
        there = random.random(len(history)) >= MISSING
        there[0] = True
        at = np.cumsum(there) - 1
        histories.append(history.rows(there))
        moved += [_moved(event, at) for event in of.events if event.ticker == ticker]
    return World(tuple(histories), tuple(moved))


def _moved(event: Event, at: npt.NDArray[np.intp]) -> Event:
    """The same event where rows before it, or in it, are missing."""
    begins, first, last = (int(at[row]) for row in (event.begins, event.first, event.last))
    return replace(event, begins=begins, first=first, last=max(last, first))
