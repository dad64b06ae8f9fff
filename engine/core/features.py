"""What the detectors read: one aligned set of series a ticker, each value from rows up to its own session."""

from dataclasses import dataclass

import numpy as np

from engine.core.bars import DateArray, FloatArray, History, as_date, split_factor
from engine.core.forecast import TAUS, Outlook
from engine.core.index import own_part, unknown
from engine.core.momentum import in_sigmas
from engine.core.series import COLUMNS, Windows, table
from engine.core.volatility import before, ratio

_AT = {name: number for number, name in enumerate(COLUMNS)}


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """Series of one ticker, all (T,) and aligned with `sessions`; NaN where there are too few rows before.

    Several tickers can stand side by side, (T, N): then nobody reads `close` or `sessions`. `close` is split-adjusted
    as of the last session; `table` (T, F) holds the series (engine.core.series). `index` is what the list did
    (engine.core.index); where it is NaN, a ticker's own part is its whole move. `mean` is the forecast made at each row
    for the next session, `ahead` (T, H, 5) are the quantiles for each of `horizons`, in sessions, of which one is the
    next, as log returns; NaN where there is none.
    """

    symbol: str
    sessions: DateArray
    close: FloatArray
    table: FloatArray
    index: FloatArray
    mean: FloatArray
    ahead: FloatArray
    horizons: tuple[int, ...]
    windows: Windows

    def __len__(self) -> int:
        return len(self.table)

    def rows(self, start: int, end: int) -> "Features":
        """Rows from `start` to before `end`, as views: nothing is computed again."""
        part = slice(start, end)
        return Features(
            self.symbol,
            self.sessions[part],
            self.close[part],
            self.table[part],
            self.index[part],
            self.mean[part],
            self.ahead[part],
            self.horizons,
            self.windows,
        )

    @property
    def listed(self) -> bool:
        """Whether it has a list, beside which it has a part of its own."""
        return bool(np.isfinite(self.index).any())

    @property
    def returns(self) -> FloatArray:
        """Total log returns."""
        return self._column("returns")

    @property
    def sigma(self) -> FloatArray:
        """EWMA volatility a day, known at the close."""
        return self._column("sigma")

    @property
    def z(self) -> FloatArray:
        """The return in sigmas as they were known the session before."""
        return ratio(self.returns, before(self.sigma, 1))

    @property
    def momentum(self) -> FloatArray:
        """Log return over the trend's window."""
        return self._column("momentum")

    @property
    def momentum_z(self) -> FloatArray:
        """The same in sigmas of a random walk as long; NaN where sigma is 0."""
        return in_sigmas(self.momentum, self.sigma, self.windows.trend)

    @property
    def beta(self) -> FloatArray:
        """How far the ticker goes along with its list, known the session before."""
        return self._column("beta")

    @property
    def own(self) -> FloatArray:
        """The log return beside the list: what the list does not make of it."""
        return own_part(self.returns, self.beta, self.index)

    @property
    def own_sigma(self) -> FloatArray:
        """EWMA volatility a day of that, known at the close; NaN of a price that has not moved at all."""
        return np.where(self.sigma > 0, self._column("own_sigma"), np.nan)

    @property
    def own_z(self) -> FloatArray:
        """The return beside the list in its sigmas as they were known the session before."""
        return ratio(self.own, before(self.own_sigma, 1))

    @property
    def earlier(self) -> FloatArray:
        """Log return beside the list over the stretch before the last move."""
        return self._column("earlier")

    @property
    def volatility_short(self) -> FloatArray:
        """Mean deviation of a day over the shock's window."""
        return self._column("volatility_short")

    @property
    def volatility_long(self) -> FloatArray:
        """The same over the long window before it."""
        return self._column("volatility_long")

    @property
    def volatility_ratio(self) -> FloatArray:
        """The former over the latter."""
        return ratio(self.volatility_short, self.volatility_long)

    @property
    def rsi(self) -> FloatArray:
        """Wilder's RSI over 14 sessions, of log returns, from 0 to 100; NaN before the first move."""
        rise, fall = self._column("rise"), self._column("fall")
        return ratio(100.0 * rise, rise + fall)

    @property
    def histogram(self) -> FloatArray:
        """MACD 12/26 of the log level less its average over 9, in sigmas."""
        return ratio(self._column("fast") - self._column("slow") - self._column("signal"), self.sigma)

    @property
    def drift_up(self) -> FloatArray:
        """One-sided CUSUM of clipped z beside the list, upwards."""
        return self._column("drift_up")

    @property
    def drift_down(self) -> FloatArray:
        """The same downwards."""
        return self._column("drift_down")

    @property
    def log_volume(self) -> FloatArray:
        """Log of volume in shares as they were before the first split; NaN where there is none."""
        return self._column("log_volume")

    @property
    def usual_volume(self) -> FloatArray:
        """The median that log volume is compared with."""
        return self._column("usual")

    @property
    def volume_deviation(self) -> FloatArray:
        """How far log volume usually is from it."""
        return self._column("deviation")

    @property
    def quantiles(self) -> FloatArray:
        """(T, 5) the forecast's quantiles for the next session."""
        return self.ahead[..., self.horizons.index(1), :]

    def _column(self, name: str) -> FloatArray:
        return self.table[..., _AT[name]]


def features(
    history: History,
    outlook: Outlook | None = None,
    windows: Windows | None = None,
    returns: FloatArray | None = None,
    index: FloatArray | None = None,
) -> Features:
    """The features of a history, with the forecast for the next session where there is a model.

    `returns` are its log returns, where somebody knows them already; `index` (T,) is what its list did.
    """
    windows = windows or Windows()
    index = unknown(len(history)) if index is None else index
    return assembled(history, table(history, windows, returns, index), index, outlook or silent(len(history)), windows)


def assembled(history: History, rows: FloatArray, index: FloatArray, outlook: Outlook, windows: Windows) -> Features:
    """The features of a history whose table is known."""
    return Features(
        symbol=history.symbol,
        sessions=history.sessions,
        close=_levels(history),
        table=rows,
        index=index,
        mean=outlook.mean,
        ahead=outlook.quantiles,
        horizons=outlook.horizons,
        windows=windows,
    )


def silent(rows: int) -> Outlook:
    """What is said of so many rows where there is no model."""
    return Outlook((1,), np.full(rows, np.nan), np.full((rows, 1, len(TAUS)), np.nan))


def _levels(history: History) -> FloatArray:
    if not any(action.split != 1.0 for action in history.actions):
        return history.close
    return history.close * split_factor(history, as_date(history.sessions[-1]))
