"""What the pooled network reads of a ticker: some twenty numbers a session, none of which knows a later one.

All are made of total-return log returns r, ranges, gaps and volumes, so that no later split or dividend changes them,
and have the ticker's own EWMA sigma s (engine.core.volatility) as their unit, so that tickers can be pooled. A return
goes in winsorised at 6 sigma of the session before, w, and what is measured in sigmas at the same bounds; s itself and
whoever else looks at returns see them as they are.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.core.bars import FloatArray, History, as_date, split_factor
from engine.core.panel import Listed
from engine.core.volatility import DECAY, WARM_UP, smoothed

NAMES = (
    "return_1", "return_5", "return_21", "return_63", "macd", "macd_histogram", "rsi", "down_share",
    "range_1", "volatility_1", "volatility_5", "volatility_22", "volatility_ratio", "volatility_long",
    "gap", "volume", "market_1", "market_5", "market_volatility", "market_long", "has_range", "has_volume",
)  # fmt: skip
"""The columns of `inputs`, in order."""

FORMULAS = 1
"""Changes whenever a formula here does: a model trained on others must not be given these."""

MASKED = {"range_1": "has_range", "gap": "has_range", "volume": "has_volume"}
"""Inputs that not every history has, each with the column that says whether this one does."""

FIRST = 63
"""Returns that must be known before a row has inputs."""

LONG = 252

MEMORY = 450
"""Rows before a row from which its inputs come out as from all rows, within 1e-9: 0.94^450 is 8e-13."""

SIGNAL_MEMORY = 120
"""The same of MACD's signal alone: 0.8^120 is 2e-12."""

BOUND = 6.0
FLOOR = 0.1
TICKERS_AT_ONCE = 64


def inputs(panel: Sequence[Listed], starts: Sequence[int] | None = None) -> tuple[FloatArray, ...]:
    """(T - start, F) for each ticker from its start on, columns as in NAMES; a row with NaN anywhere is NaN as a whole.

    Let S(n) be the sum of w over n sessions, V(n) the mean over n of a day's variance, half from w^2, half from gap and
    range (engine.core.volatility.daily_variance), M the same as w and s for the list's market. Then

    - return_n = S(n) / (s sqrt(n));
    - macd = (EMA12 - EMA26 of the sum of all w) / s, macd_histogram = (that - its EMA9) / s (Appel 1979);
    - rsi = (u - d) / (u + d), u and d the means of rises and falls, each day 1/14 (Wilder 1978), from -1 to 1;
    - down_share = EWMA(.94) of w^2 where w < 0, over s^2, less 1/2: falls raise volatility more (Black 1976);
    - range_1 = ln(ln(H/L) / (2 sqrt(ln 2) s)) (Parkinson 1980);
    - volatility_n = ln(V(n) / s^2) / 2 for 1, 5, 22 sessions (Corsi, J. Fin. Econometrics 7, 2009), volatility_ratio =
      ln(V(5) / V(60 before them)) / 2, volatility_long = the same as volatility_n over up to 252 sessions;
    - gap = (r - ln(C/O)) / s; volume = z of ln(volume, split-adjusted) over 63 sessions;
    - market_1, market_5, market_volatility (5 sessions), market_long: as those of the ticker, of the market's returns.

    Ratios are kept above a tenth. Without open, high and low, range_1, gap and has_range are 0, without volume volume
    and has_volume; without a market its four are. NaN where 63 returns are not yet known, where the return is not, and
    where s is 0.
    """
    known, starts = list[FloatArray](), [0] * len(panel) if starts is None else starts
    for first in range(0, len(panel), TICKERS_AT_ONCE):
        part = slice(first, first + TICKERS_AT_ONCE)
        known += _together([_Columns.of(*each) for each in zip(panel[part], starts[part], strict=True)])
    return tuple(known)


def memory(listed: Listed, row: int) -> int:
    """The row from which on a ticker's bars must be known for its inputs at a row to come out as from all of them.

    Where a close is missing among those, it is the first row.
    """
    begin = max(row - MEMORY, 0)
    return begin if np.isfinite(listed.history.close[begin:row].sum()) else 0  # a sum is quick, and NaN where one is


def scaler(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """(F,) mean and standard deviation of rows (N, F) of inputs, each over the rows that have it; 0 and 1 of a mask."""
    there = _there(values)
    count = np.maximum(there.sum(axis=0), 1.0)
    mean = (values * there).sum(axis=0) / count
    deviation = np.sqrt((((values - mean) * there) ** 2).sum(axis=0) / count)
    masks = np.isin(NAMES, list(MASKED.values()))
    return np.where(masks, 0.0, mean), np.where(masks | (deviation < 1e-6), 1.0, deviation)


def standardised(values: FloatArray, mean: FloatArray, deviation: FloatArray) -> FloatArray:
    """Inputs (..., F) as the network has them: in standard deviations, within 6 of them; what is not there is 0."""
    return np.asarray(np.clip((values - mean) / deviation, -BOUND, BOUND) * _there(values))


def _there(values: FloatArray) -> FloatArray:
    there = np.ones(values.shape)
    for name, mask in MASKED.items():
        there[..., NAMES.index(name)] = values[..., NAMES.index(mask)]
    return there


@dataclass(frozen=True, slots=True, eq=False)
class _Columns:
    """A ticker's rows that have a return (R,): which they are, the returns, what was seen beside them; NaN: nothing.

    `kept` (T - start,) says which rows from the start on have one, `before` how many had one before. `volume` is
    split-adjusted as of the last row.
    """

    kept: npt.NDArray[np.bool_]
    before: int
    returns: FloatArray
    open: FloatArray
    high: FloatArray
    low: FloatArray
    close: FloatArray
    volume: FloatArray
    market: FloatArray

    @classmethod
    def of(cls, listed: Listed, start: int) -> "_Columns":
        of, kept = listed.history, np.isfinite(listed.returns)
        before = int(np.count_nonzero(kept[:start]))
        columns = (listed.returns, of.open, of.high, of.low, of.close, _volume(of), listed.market)
        chosen = slice(None) if kept.all() else kept  # a view is quicker to have
        return cls(kept[start:], before, *(column[chosen] for column in columns))


def _volume(of: History) -> FloatArray:
    if not len(of) or all(action.split == 1.0 for action in of.actions):
        return of.volume
    return of.volume / split_factor(of, as_date(of.sessions[-1]))


def _together(tickers: Sequence[_Columns]) -> list[FloatArray]:
    """The inputs of some tickers side by side, (R, N): each begins in the first row, and ends where it ends."""
    longest, first = max(len(ticker.returns) for ticker in tickers), min(ticker.before for ticker in tickers)
    if longest < FIRST:
        return [np.full((len(ticker.kept), len(NAMES)), np.nan) for ticker in tickers]
    opened, high, low, close, volume, market = (
        _side_by_side([getattr(ticker, name) for ticker in tickers], longest, np.nan)
        for name in ("open", "high", "low", "close", "volume", "market")
    )
    returns = _side_by_side([ticker.returns for ticker in tickers], longest, 0.0)
    sigma = _sigma(returns)
    winsorised = _winsorised(returns, sigma)
    with np.errstate(divide="ignore", invalid="ignore"):
        gap, spread = returns - np.log(close / opened), np.log(high / low)
        variance = _variance(winsorised, gap, spread, sigma)
        trend, volatility = _trend(winsorised, sigma, first), _volatility(variance, sigma, first)
        z, has_volume = _beside_volume(volume, first)
        beside = (np.nan_to_num(column) for column in _market(np.nan_to_num(market), first))
        gap, spread, sigma = gap[first:], spread[first:], sigma[first:]
        seen = np.isfinite(gap) & np.isfinite(spread)
        ranged = np.where(seen, _log(spread / (2 * math.sqrt(math.log(2)) * sigma)), 0.0)
        gap = np.where(seen, np.clip(gap / sigma, -BOUND, BOUND), 0.0)
    columns = [*trend, ranged, *volatility, gap, z, *beside, seen.astype(np.float64), has_volume]
    return _apart(np.stack(columns, axis=-1), tickers, first)


def _apart(whole: FloatArray, tickers: Sequence[_Columns], first: int) -> list[FloatArray]:
    """Each one's own rows of what is known side by side from row `first` on."""
    whole[: max(FIRST - 1 - first, 0)] = np.nan
    whole[~np.isfinite(whole).all(axis=-1)] = np.nan
    known = []
    for number, ticker in enumerate(tickers):
        own = whole[ticker.before - first : len(ticker.returns) - first, number]
        if len(own) < len(ticker.kept):
            values = np.full((len(ticker.kept), len(NAMES)), np.nan)
            values[ticker.kept] = own
            own = values
        known.append(own)
    return known


def _side_by_side(columns: Sequence[FloatArray], longest: int, blank: float) -> FloatArray:
    whole = np.full((len(columns), longest), blank)
    for row, column in zip(whole, columns, strict=True):
        row[: len(column)] = column
    return whole.T  # what is summed up lies together


def _sigma(returns: FloatArray) -> FloatArray:
    """EWMA sigma as in engine.core.volatility, of columns without gaps."""
    variance, squares = np.full(returns.shape, np.nan), returns**2
    variance[WARM_UP - 1] = squares[:WARM_UP].mean(axis=0)
    variance[WARM_UP:] = smoothed(squares[WARM_UP:], DECAY, variance[WARM_UP - 1])
    return np.asarray(np.sqrt(variance))


def _winsorised(returns: FloatArray, sigma: FloatArray) -> FloatArray:
    bound = np.full(returns.shape, np.inf)
    bound[1:] = BOUND * np.where(sigma[:-1] > 0, sigma[:-1], np.inf)
    return np.clip(returns, -bound, bound)


def _variance(returns: FloatArray, gap: FloatArray, spread: FloatArray, sigma: FloatArray) -> FloatArray:
    ranged = gap**2 + spread**2 / (4 * math.log(2))
    variance = np.where(np.isfinite(ranged), (returns**2 + ranged) / 2, returns**2)
    return np.minimum(variance, np.where(sigma > 0, (BOUND * sigma) ** 2, np.inf))


def _trend(returns: FloatArray, sigma: FloatArray, first: int) -> list[FloatArray]:
    level, late = np.cumsum(returns, axis=0), max(first - SIGNAL_MEMORY, 0)
    macd = smoothed(level, 11 / 13, level[0], late) - smoothed(level, 25 / 27, level[0], late)
    nothing = np.zeros(returns.shape[1])
    signal = smoothed(macd, 0.8, nothing, first - late)
    rises, falls = (smoothed(np.maximum(sign * returns, 0.0), 13 / 14, nothing, first) for sign in (1.0, -1.0))
    down = smoothed(np.minimum(returns, 0.0) ** 2, DECAY, nothing, first)
    sigma, macd = sigma[first:], macd[first - late :]
    return [
        *(_sum(level, sessions, first) / (sigma * math.sqrt(sessions)) for sessions in (1, 5, 21, 63)),
        macd / sigma,
        (macd - signal) / sigma,
        np.where(rises + falls > 0, (rises - falls) / (rises + falls), 0.0),
        down / sigma**2 - 0.5,
    ]


def _volatility(variance: FloatArray, sigma: FloatArray, first: int) -> list[FloatArray]:
    total, sigma = np.cumsum(variance, axis=0), sigma[first:]
    short, long = _sum(total, 5, first) / 5, _earlier(_sum(total, 60) / 60, 5)[first:]
    return [
        *(_log(np.sqrt(_sum(total, sessions, first) / sessions) / sigma) for sessions in (1, 5, 22)),
        np.where(np.isfinite(long), _log(np.sqrt(short / long)), 0.0),
        _log(np.sqrt(_mean_so_far(total, first)) / sigma),
    ]


def _beside_volume(volume: FloatArray, first: int) -> tuple[FloatArray, FloatArray]:
    """The z of today's volume, and whether there is one."""
    usual = np.nan_to_num(_log_volume(volume[FIRST - 1]))
    late = max(first - FIRST, 0)
    volume, first = _log_volume(volume[late:]), first - late
    there = np.isfinite(volume)
    filled = np.where(there, volume - usual, 0.0)  # near 0, where differences of running sums keep their digits
    count, total, squares = (
        _sum(np.cumsum(values, axis=0), FIRST, first) for values in (there.astype(np.float64), filled, filled**2)
    )
    mean = total / count
    deviation = np.sqrt(np.maximum(squares / count - mean**2, 0.0))
    seen = there[first:] & (count >= FIRST / 3) & (deviation > 1e-6)
    z = np.where(seen, np.clip((filled[first:] - mean) / deviation, -BOUND, BOUND), 0.0)
    return z, seen.astype(np.float64)


def _log_volume(volume: FloatArray) -> FloatArray:
    return np.where(volume > 0, np.log(volume), np.nan)


def _market(returns: FloatArray, first: int) -> list[FloatArray]:
    """The same for all as a rule, and then computed for one."""
    if returns.shape[1] > 1 and (returns == returns[:, :1]).all():
        width = returns.shape[1]
        return [np.broadcast_to(each, (len(each), width)) for each in _market(returns[:, :1], first)]
    sigma = _sigma(returns)
    winsorised = _winsorised(returns, sigma)
    level, total = np.cumsum(winsorised, axis=0), np.cumsum(winsorised**2, axis=0)
    sigma = sigma[first:]
    return [
        winsorised[first:] / sigma,
        _sum(level, 5, first) / (sigma * math.sqrt(5)),
        _log(np.sqrt(_sum(total, 5, first) / 5) / sigma),
        _log(np.sqrt(_mean_so_far(total, first)) / sigma),
    ]


def _earlier(values: FloatArray, sessions: int) -> FloatArray:
    shifted = np.full(values.shape, np.nan)
    shifted[sessions:] = values[: max(len(values) - sessions, 0)]
    return shifted


def _sum(cumulative: FloatArray, sessions: int, first: int = 0) -> FloatArray:
    """Over the last so many sessions of each row from `first` on, from the running sum; NaN while there are fewer."""
    total, late = cumulative[first:].copy(), max(sessions - first, 0)
    total[late:] -= cumulative[first + late - sessions : max(len(cumulative) - sessions, 0)]
    total[: max(sessions - 1 - first, 0)] = np.nan
    return total


def _mean_so_far(cumulative: FloatArray, first: int) -> FloatArray:
    """Over the last 252 sessions, or all where there are fewer, of each row from `first` on."""
    count = np.minimum(np.arange(1, len(cumulative) + 1), LONG)[:, None]
    return np.asarray((cumulative - np.nan_to_num(_earlier(cumulative, LONG))) / count)[first:]


def _log(ratio: FloatArray) -> FloatArray:
    return np.asarray(np.log(np.maximum(ratio, FLOOR)))
