"""Years of made-up prices with events at known places, version 0.

40 tickers over 10 years of 252 sessions. A return is 0.6 times a common and 0.8 times an own GARCH(1,1) path with
Student's t of 5 degrees of freedom (omega 2e-6, alpha .08, beta .90), so that sigma, its unconditional deviation, is
1 % a day. The first four years are clean; then each ticker has one event a year, its type and place drawn by lot.

The bar around a return is made so that detectors which read ranges and volume have something to read. A t is a normal
with a variance of its own each day (m = 3 / chi2(5)); that variance, 0.36 s2 m of the common and 0.64 s2 m of the own
path, is spread over the night (a fifth) and the session, whose high and low are those of a Brownian bridge between
open and close. A jump comes overnight or in the middle of the session, by lot. Log volume is an AR(1) of its own plus
half the log of the day's deviation, the jump included: what a calm market's volume says of a big move, and no more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from engine.core.bars import DateArray, FloatArray, History

Type: TypeAlias = Literal["crash", "reversal", "volatility", "jump"]
TYPES: tuple[Type, ...] = ("crash", "reversal", "volatility", "jump")

YEAR = 252
TICKERS, YEARS, CLEAN_YEARS = 40, 10, 4
OMEGA, ALPHA, BETA, FREEDOM = 2e-6, 0.08, 0.90, 5
SIGMA = float(np.sqrt(OMEGA / (1 - ALPHA - BETA)))
COMMON, OWN = 0.6, 0.8
BURN_IN = 500
NIGHT = 0.2
"""The share of a day's variance between the close and the next open."""

RUN_UP = 40
LENGTH = {"crash": 8, "reversal": 25, "volatility": 15, "jump": 1}
GRACE = {"crash": 5, "reversal": 5, "volatility": 5, "jump": 3}
"""Sessions after an event's last in which an alarm still counts."""

MARGIN = 10
"""Sessions at both ends of a year without an event."""


@dataclass(frozen=True, slots=True)
class Event:
    """What was put into a ticker's series: expected from row `first` to `last`; its run-up began at row `begins`."""

    type: Type
    ticker: int
    begins: int
    first: int
    last: int
    severity: float = 1.0

    @property
    def until(self) -> int:
        """The last row on which an alarm may open and count."""
        return self.last + GRACE[self.type]


@dataclass(frozen=True, slots=True, eq=False)
class Paths:
    """Daily log returns (T, N), the variance that each day had, and what jumped overnight and within the session."""

    returns: FloatArray
    variance: FloatArray
    overnight: FloatArray
    within: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """Bars of all tickers and the events in them."""

    histories: tuple[History, ...]
    events: tuple[Event, ...]


def world(seed: int, *, tickers: int = TICKERS, years: int = YEARS, clean_years: int = CLEAN_YEARS) -> World:
    """The world of a seed; with `years` equal to `clean_years` there is no event in it."""
    random = np.random.default_rng(seed)
    paths = calm(random, tickers, years * YEAR)
    events = planned(random, tickers, range(clean_years, years))
    for event in events:
        strike(paths, event, random)
    return World(bars(random, paths, weekdays(years * YEAR)), tuple(events))


def calm(random: np.random.Generator, tickers: int, rows: int) -> Paths:
    """Paths without an event."""
    variance = np.full(tickers + 1, SIGMA**2)
    returns, day = np.empty((rows, tickers + 1)), np.empty((rows, tickers + 1))
    for row in range(-BURN_IN, rows):
        mixed = variance * (FREEDOM - 2) / random.chisquare(FREEDOM, tickers + 1)
        r = np.sqrt(mixed) * random.standard_normal(tickers + 1)
        if row >= 0:
            returns[row], day[row] = r, mixed
        variance = OMEGA + ALPHA * r**2 + BETA * variance
    total = COMMON * returns[:, :1] + OWN * returns[:, 1:]
    spread = COMMON**2 * day[:, :1] + OWN**2 * day[:, 1:]
    return Paths(total, spread, np.zeros_like(total), np.zeros_like(total))


def planned(random: np.random.Generator, tickers: int, years: Sequence[int]) -> list[Event]:
    """One event a ticker and year."""
    events = []
    for ticker in range(tickers):
        for year in years:
            kind = TYPES[random.integers(len(TYPES))]
            lead = RUN_UP if kind in ("crash", "reversal") else 0
            room = YEAR - 2 * MARGIN - lead - LENGTH[kind]
            begins = year * YEAR + MARGIN + int(random.integers(room))
            first = begins + lead
            events.append(Event(kind, ticker, begins, first, first + LENGTH[kind] - 1))
    return events


def strike(paths: Paths, event: Event, random: np.random.Generator) -> None:
    """Put an event into the paths."""
    severity = event.severity
    before = slice(event.begins, event.first), event.ticker
    during = slice(event.first, event.last + 1), event.ticker
    if event.type == "crash":
        paths.returns[before] += 0.25 * SIGMA * severity
        swell(paths, during, 1 + severity)
        paths.returns[during] -= 1.5 * SIGMA * severity
    elif event.type == "reversal":
        paths.returns[before] += 0.3 * SIGMA * severity
        paths.returns[during] -= 0.5 * SIGMA * severity
    elif event.type == "volatility":
        swell(paths, during, 1 + 1.5 * severity)
    else:
        jump = 6 * SIGMA * severity * (1 if random.random() < 0.5 else -1)
        paths.returns[during] += jump
        (paths.overnight if random.random() < 0.5 else paths.within)[during] += jump


def swell(paths: Paths, where: tuple[slice, int], factor: float) -> None:
    """Multiply returns and their deviation."""
    paths.returns[where] *= factor
    paths.variance[where] *= factor**2


def weekdays(rows: int, holidays: DateArray | None = None) -> DateArray:
    """So many sessions from 2000 on."""
    off = np.empty(0, "datetime64[D]") if holidays is None else holidays
    return np.busday_offset("2000-01-03", np.arange(rows), roll="forward", holidays=off).astype("datetime64[D]")


def bars(random: np.random.Generator, paths: Paths, sessions: DateArray) -> tuple[History, ...]:
    """Opens, highs, lows and volumes around the returns, from a close of 100 on."""
    shape = paths.returns.shape
    close = np.log(100.0) + np.cumsum(paths.returns, axis=0)
    inside = paths.returns - paths.overnight - paths.within
    gap = NIGHT * inside + np.sqrt(NIGHT * (1 - NIGHT) * paths.variance) * random.standard_normal(shape)
    opened = close - inside - paths.within + gap
    session = (1 - NIGHT) * paths.variance
    middle = (opened + close - paths.within) / 2 + np.sqrt(session) / 2 * random.standard_normal(shape)
    halves = ((opened, middle), (middle + paths.within, close))
    high, low = (
        side * np.maximum(*(_highest(random, side * start, side * end, session / 2) for start, end in halves))
        for side in (1, -1)
    )
    volume = np.exp(_log_volume(random, np.sqrt(paths.variance + (paths.overnight + paths.within) ** 2) / SIGMA))
    prices = [np.exp(each) for each in (opened, high, low, close)]
    return tuple(
        History(f"T{n:02d}", sessions, *(np.ascontiguousarray(each[:, n]) for each in (*prices, volume)))
        for n in range(shape[1])
    )


def _highest(random: np.random.Generator, start: FloatArray, end: FloatArray, variance: FloatArray) -> FloatArray:
    """The highest point of a Brownian bridge between two points."""
    reach = np.sqrt((start - end) ** 2 - 2 * variance * np.log(random.uniform(size=start.shape)))
    return np.asarray((start + end + reach) / 2)


def _log_volume(random: np.random.Generator, deviation: FloatArray) -> FloatArray:
    level, persistence = np.zeros(deviation.shape[1]), 0.7
    shocks = random.normal(0, 0.25, deviation.shape)
    noise = np.empty_like(deviation)
    for row, shock in enumerate(shocks):
        level = persistence * level + shock
        noise[row] = level
    return np.log(1e6) + noise + 0.5 * np.log(deviation)


def labels(events: Sequence[Event], ticker: int, rows: int) -> npt.NDArray[np.bool_]:
    """(T,) true on the rows of a ticker's events, run-up and grace apart."""
    marked = np.zeros(rows, np.bool_)
    for event in events:
        if event.ticker == ticker:
            marked[event.first : event.last + 1] = True
    return marked
