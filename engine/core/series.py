"""The series that detectors read, as columns of a table: a row is made of the rows before it and the one just before.

What never forgets (an EWMA, a CUSUM) stands in the table as it was at each row, so that the next row goes on from
there; all else looks back over a stretch. So a new session costs the same whatever stands before it, for one ticker
or for many side by side. What three of the kinds score is the ticker's own part, what the list leaves of its moves
(engine.core.index): its sigma, its return over the stretch before the last move, and its CUSUM.
"""

from dataclasses import dataclass

import numpy as np

from engine.core.bars import FloatArray, History, log_returns
from engine.core.index import WINDOW, beta_of, own_part, unknown
from engine.core.indicators import FAST, SIGNAL, SLOW
from engine.core.volatility import BLOCK, DECAY, before, daily_variance, ewma_sigma, rolling_mean, smoothed
from engine.core.volumes import log_volume, usual_volume, weekdays

COLUMNS = (
    "returns", "variance", "log_volume", "beta", "sigma", "own_sigma", "momentum", "earlier", "volatility_short",
    "volatility_long", "rise", "fall", "fast", "slow", "signal", "drift_up", "drift_down", "usual", "deviation",
)  # fmt: skip
"""The columns of a table, in order."""

RSI = 13 / 14
"""What Wilder's averages over 14 sessions keep of themselves."""

SLACK = 0.15
"""Of the CUSUM, in sigmas a session: half of the smallest drift that it is to find (Page, Biometrika 41, 1954)."""

FORGETS = 0.95
"""What is kept of a CUSUM each session: without it, a drift that ended weeks ago would hide the one against it."""

CLIP = 3.0
"""One session counts no more than this towards a drift: a jump is none."""


@dataclass(frozen=True, slots=True)
class Windows:
    """How many sessions the series look back: the trend, and each kind's own.

    `short` is how long RSI and MACD may take to turn; `shock` is whose volatility is compared with that of the `long`
    stretch before it; `move` is the move that may break the trend of the stretch `before` it; `volume` is what usual
    volume is taken from. Raises ValueError outside 2 to 504.
    """

    trend: int = 10
    short: int = 5
    shock: int = 3
    long: int = 60
    move: int = 10
    before: int = 40
    volume: int = 252

    def __post_init__(self) -> None:
        for name in self.__slots__:
            if not 2 <= getattr(self, name) <= 504:
                raise ValueError(f"window {name} of {getattr(self, name)} sessions: from 2 to 504 are possible")

    @property
    def reach(self) -> int:
        """How many rows before a row a kind's score may read."""
        return max(self.short, self.move) + 20

    @property
    def lookback(self) -> int:
        """How many rows before a row its series are made of, beside the one just before it."""
        return max(self.trend, self.shock + self.long, self.move + self.before, self.volume, self.reach, WINDOW)


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What a table is made of, (T,) or (T, N): log returns, a day's variance, log volume, and the list's index.

    `beta` are the first rows of that column which are known already.
    """

    returns: FloatArray
    variance: FloatArray
    log_volume: FloatArray
    index: FloatArray
    beta: FloatArray


def table(
    history: History, windows: Windows, returns: FloatArray | None = None, index: FloatArray | None = None
) -> FloatArray:
    """(T, F) all rows of a ticker, columns as in COLUMNS, each contiguous; `index` (T,) is what its list did."""
    returns = log_returns(history) if returns is None else returns
    index = unknown(len(returns)) if index is None else index
    seen = Seen(returns, daily_variance(history, returns), log_volume(history), index, returns[:0])
    return rows(seen, windows, usual_volume(seen.log_volume, weekdays(history.sessions), windows.volume))


def rows(seen: Seen, windows: Windows, usual: FloatArray, last: FloatArray | None = None) -> FloatArray:
    """(R, ..., F) the table's last R rows, as many as there are of `usual` (R, ..., 2).

    `seen` begins as many rows earlier as the windows look back, or with the first row of all. `last` (..., F) is the
    row before the R; None where there is none, and then the ticker is alone, (T,).
    """
    count = len(usual)
    ahead = seen.returns[len(seen.returns) - count :]
    beta = np.concatenate((seen.beta, beta_of(seen.returns, seen.index, len(seen.returns) - len(seen.beta))))
    own = own_part(seen.returns, beta, seen.index)
    own_sigma = _sigma(own[-count:], "own_sigma", last)
    before_first = np.full(ahead.shape[1:], np.nan) if last is None else last[..., COLUMNS.index("own_sigma")]
    columns = [
        *(column[-count:] for column in (seen.returns, seen.variance, seen.log_volume, beta)),
        _sigma(ahead, "sigma", last),
        own_sigma,
        *_looking_back(seen, own, windows, count),
        *going_on(np.nan_to_num(ahead), last),
        *cusum(clipped(own[-count:], own_sigma, before_first), last),
        usual[..., 0],
        usual[..., 1],
    ]
    made = np.empty((len(COLUMNS), *ahead.shape))
    for number, column in enumerate(columns):
        made[number] = column
    return np.moveaxis(made, 0, -1)


def _sigma(returns: FloatArray, column: str, last: FloatArray | None) -> FloatArray:
    if last is None:
        return ewma_sigma(returns)
    return np.sqrt(smoothed(returns**2, DECAY, last[..., COLUMNS.index(column)] ** 2))


def _looking_back(seen: Seen, own: FloatArray, windows: Windows, count: int) -> list[FloatArray]:
    deviation = np.sqrt(seen.variance)
    return [
        summed(seen.returns, windows.trend, count),
        summed(own, windows.before, count, windows.move),
        summed(deviation, windows.shock, count) / windows.shock,
        summed(deviation, windows.long, count, windows.shock) / windows.long,
    ]


def summed(values: FloatArray, window: int, count: int, ago: int = 0) -> FloatArray:
    """Over a window that ended so many rows ago, at the last `count` rows."""
    needed = values[max(len(values) - count - window - ago + 1, 0) :]
    return (before(rolling_mean(needed, window), ago) * window)[-count:]


def going_on(returns: FloatArray, last: FloatArray | None) -> list[FloatArray]:
    """RSI's means of rises and falls; MACD's averages of the log level, each less the level itself, and its signal."""

    def follow(values: FloatArray, decay: float, column: str) -> FloatArray:
        start = np.zeros(returns.shape[1:]) if last is None else last[..., COLUMNS.index(column)]
        return smoothed(values, decay, start)

    fast, slow = (
        follow(returns * (-decay / (1 - decay)), decay, name) for name, decay in (("fast", FAST), ("slow", SLOW))
    )
    rise, fall = (follow(np.maximum(sign * returns, 0.0), RSI, name) for name, sign in (("rise", 1.0), ("fall", -1.0)))
    return [rise, fall, fast, slow, follow(fast - slow, SIGNAL, "signal")]


def clipped(returns: FloatArray, sigma: FloatArray, before_first: FloatArray) -> FloatArray:
    """Each return in sigmas as they were known before it, clipped; NaN where there was none."""
    known = np.concatenate((before_first[None], sigma[:-1]))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(known > 0, np.clip(returns / known, -CLIP, CLIP), np.nan)


def cusum(z: FloatArray, last: FloatArray | None) -> list[FloatArray]:
    """S(t) = max(0, .95 S(t-1) + z(t) - slack) upwards, and the same of -z; a session without z only forgets.

    A reflected walk is the walk less its lowest point so far; to forget, steps are held in units that grow by 1 / .95 a
    session, anew each block.
    """
    both = []
    for sign, column in ((1.0, "drift_up"), (-1.0, "drift_down")):
        sums = np.empty(z.shape)
        start = np.zeros(z.shape[1:]) if last is None else last[..., COLUMNS.index(column)]
        for at in range(0, len(z), BLOCK):
            block = z[at : at + BLOCK]
            units = (FORGETS ** np.arange(1, len(block) + 1)).reshape(-1, *[1] * (z.ndim - 1))
            walked = np.cumsum(np.where(np.isnan(block), 0.0, sign * block - SLACK) / units, axis=0)
            sums[at : at + BLOCK] = units * (walked - np.minimum(-start, np.minimum.accumulate(walked, axis=0)))
            start = sums[at + len(block) - 1]
        both.append(sums)
    return both
