"""A list as a whole: its breadth and its equal-weight index, as one kind of alarm; and what that leaves of a ticker.

score(t) = max(|b(t)| / B(t), |r(t) / s(t-1)| / R(t)), with b the breadth, the mean over the tickers of the last five
sessions' return in sigmas as they were before them; r the mean return of the tickers, s its EWMA volatility; B and R
the root mean squares of b and r / s over the year that ended five sessions ago: each against its own history.

What one ticker does alone is no move of the market: b and r are taken with all tickers and without the one that is
farthest out, and the smaller of the two counts, 0 where they point apart. So it is at the close and while a session
runs, live, as of a date and in a replay.

What that leaves of a ticker is its own part (engine.core.index). Three kinds score it on every session; the others are
scored on it where an alarm of the market stands open (engine.core.residual, engine.core.market_first).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.core.bars import DateArray, FloatArray, History, IntArray
from engine.core.detect.kind import Direction, Evidence, Kind, Rule, percent, signed
from engine.core.episodes import MARKET
from engine.core.features import Features, features
from engine.core.index import LEAST, aligned, union
from engine.core.momentum import in_sigmas
from engine.core.pool import LEFT_OUT, SESSIONS_A_YEAR
from engine.core.scored import Scored
from engine.core.volatility import before, ratio, rolling_mean

NAME = "market"

GRADE: Rule = "rough"
"""Its alarm is right where the index is rough afterwards."""

STRETCH = 5

BEYOND = 2.5
"""Sigmas over five sessions from which a ticker is counted as carried away."""


@dataclass(frozen=True, slots=True, eq=False)
class Market:
    """A list's sessions (T,) and what its tickers did on them.

    `returns` is their mean log return, `breadth` their mean five-session z, `tickers` how many have one, `fell` and
    `rose` how many of them are beyond 2.5 sigma, `volume` their mean log volume less its usual; NaN where fewer than
    five tickers trade. `shared` and `shared_breadth` are the first two, as far as no ticker makes them alone.
    """

    sessions: DateArray
    returns: FloatArray
    breadth: FloatArray
    shared: FloatArray
    shared_breadth: FloatArray
    tickers: FloatArray
    fell: FloatArray
    rose: FloatArray
    volume: FloatArray

    @property
    def scored(self) -> Scored:
        """It as a ticker of its own, of the symbol MARKET."""
        index = self._index()
        sigma = before(index.sigma, 1)
        surprise, breadth = in_usual(ratio(self.shared, sigma)), in_usual(self.shared_breadth)
        scores = np.maximum(np.abs(surprise), np.abs(breadth))
        led = np.where(np.abs(breadth) >= np.abs(surprise), breadth, surprise)

        def direction(_: Features, row: int) -> Direction:
            return "down" if led[row] < 0 else "up"

        def evidence(known: Features, row: int) -> Evidence:
            beyond = self.fell if direction(known, row) == "down" else self.rose
            return {
                "tickers": float(self.tickers[row]),
                "beyond": float(beyond[row]),
                "breadth_sigma": float(self.breadth[row]),
                "index_1d_pct": percent(self.returns[row]),
                "index_5d_pct": percent(np.nansum(self.returns[max(row + 1 - STRETCH, 0) : row + 1])),
                "index_sigma": float(self.returns[row] / sigma[row]),
                "direction": direction(known, row),
            }

        kind = Kind(NAME, lambda _: scores, direction, evidence, words, grade=GRADE, forming=False)
        return Scored(index, {NAME: scores}, "fund", {NAME: kind})

    def on(self, sessions: DateArray, values: FloatArray) -> FloatArray:
        """One of its series on the sessions of a ticker; NaN where it has none."""
        return aligned(values, self.sessions, sessions)

    def _index(self) -> Features:
        nothing = np.full(len(self.sessions), np.nan)
        level = 100 * np.exp(np.cumsum(np.nan_to_num(self.returns)))
        return features(History(MARKET, self.sessions, nothing, nothing, nothing, level, nothing))


def words(evidence: Evidence) -> str:
    """One sentence: "the list −3.9 % in 1 d, −9.0 % in 5 d; 9 of 12 tickers fell beyond 2.5 σ"."""
    day, week = (signed(float(evidence[name])) for name in ("index_1d_pct", "index_5d_pct"))
    went = "fell" if evidence["direction"] == "down" else "rose"
    beyond, tickers = (int(float(evidence[name])) for name in ("beyond", "tickers"))
    return f"the list {day} % in 1 d, {week} % in 5 d; {beyond} of {tickers} tickers {went} beyond {BEYOND} σ"


def together(exchanges: Mapping[str, str]) -> frozenset[str]:
    """The symbols that can make a market, of exchanges by symbol: those that trade where most of them do.

    Tickers of another exchange are left out: on the same date it may close later, and would tell of the future.
    """
    count = Counter(exchanges.values())
    most = min(count, key=lambda exchange: (-count[exchange], exchange), default="")
    return frozenset(symbol for symbol, exchange in exchanges.items() if exchange == most)


def lacking(members: int) -> str | None:
    """What keeps so many tickers of an exchange from being a market, in words; None where nothing does."""
    return None if members >= LEAST else f"needs {LEAST} tickers of an exchange, has {members}"


def market_of(members: Sequence[Features]) -> Market | None:
    """The market that tickers of one exchange make; None where they are fewer than five."""
    if len(members) < LEAST:
        return None
    sessions, places = union([known.sessions for known in members])
    returns, breadth, volume = (_Mean.of(len(sessions)) for _ in range(3))
    fell, rose = np.zeros((2, len(sessions)))
    for known, at in zip(members, places, strict=True):
        moved = in_sigmas(rolling_mean(known.returns, STRETCH) * STRETCH, before(known.sigma, STRETCH), STRETCH)
        returns.add(at, known.returns, np.abs(ratio(known.returns, before(known.sigma, 1))))
        breadth.add(at, moved, np.abs(moved))
        volume.add(at, known.log_volume - known.usual_volume)
        fell[at] += moved < -BEYOND
        rose[at] += moved > BEYOND
    return Market(
        sessions=sessions,
        returns=returns.value,
        breadth=breadth.value,
        shared=returns.shared,
        shared_breadth=breadth.shared,
        tickers=breadth.count,
        fell=fell,
        rose=rose,
        volume=volume.value,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Mean:
    """The mean (T,) of tickers that are added one by one, and which value was `farthest` out, by how `far` it was."""

    total: FloatArray
    count: FloatArray
    far: FloatArray
    farthest: FloatArray

    @classmethod
    def of(cls, rows: int) -> "_Mean":
        return cls(*np.zeros((4, rows)))

    def add(self, at: slice | IntArray, values: FloatArray, far: FloatArray | None = None) -> None:
        known = np.isfinite(values)
        self.total[at] += np.where(known, values, 0.0)
        self.count[at] += known
        if far is not None:
            farther = far > self.far[at]
            self.far[at] = np.where(farther, far, self.far[at])
            self.farthest[at] = np.where(farther, values, self.farthest[at])

    @property
    def value(self) -> FloatArray:
        """NaN where it is of fewer than five."""
        return np.where(self.count >= LEAST, self.total / np.maximum(self.count, 1), np.nan)

    @property
    def shared(self) -> FloatArray:
        """The smaller of the mean and the mean without the farthest; 0 where they point apart."""
        whole, others = self.value, (self.total - self.farthest) / np.maximum(self.count - 1, 1)
        smaller = np.where(np.abs(others) < np.abs(whole), others, whole)
        return np.where(whole * others < 0, 0.0, smaller)


def in_usual(values: FloatArray) -> FloatArray:
    """(T,) values in root mean squares of the year that ended five sessions ago; NaN where half of that is unknown."""
    known = np.isfinite(values)
    squares = rolling_mean(np.where(known, values, 0.0) ** 2, SESSIONS_A_YEAR)
    share = rolling_mean(known.astype(np.float64), SESSIONS_A_YEAR)
    usual = np.sqrt(ratio(squares, np.where(share > 0.5, share, np.nan)))
    return ratio(values, before(usual, LEFT_OUT))
