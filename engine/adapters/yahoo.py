"""Daily history from Yahoo Finance, through yfinance: imported when the first symbol is asked for."""

import logging
import time
import warnings
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from engine.core.bars import Action, DateArray, FloatArray, History, as_date, empty
from engine.errors import EmptyHistory, EngineError, SourceError, UnknownSymbol
from engine.format import plain
from engine.ports import Calendar, Profile, SourceState

log = logging.getLogger(__name__)

Download = Callable[[str, date], Any]
"""A symbol and a first day to a frame as yfinance gives it, up to now; raises whatever yfinance raises."""

_TIMEOUT = 15.0
_LATER = "What is stored stays; it is tried again later"
# by the names of the exceptions, so that curl_cffi, requests and the standard library are told apart alike
_FAULTS = {
    "YFRateLimitError": ("Yahoo takes no more requests for now (429)", "It is tried again later; fewer symbols help"),
    "YFDataException": ("Yahoo Finance is down", _LATER),
    "JSONDecodeError": ("Yahoo's answer was not data", _LATER),
    "IncompleteRead": ("Yahoo's answer was cut short", _LATER),
    "Timeout": ("Yahoo did not answer in time", _LATER),
    "TimeoutError": ("Yahoo did not answer in time", _LATER),
    "SSLError": ("no safe connection to Yahoo", "Check the machine's clock, its certificates and its proxy"),
    "ConnectionError": ("Yahoo cannot be reached", "Check the network and the proxy; what is stored stays"),
    "RequestException": ("Yahoo cannot be reached", "Check the network and the proxy; what is stored stays"),
}


class YahooSource:
    """Completed daily bars as traded: Yahoo's prices come split-adjusted to today, so later splits are taken out.

    Prices are in the currency that Yahoo quotes, sessions in the exchange's time zone. yfinance keeps its cache in
    `cache_folder`. Safe to call from several threads.
    """

    name = "yahoo"

    def state(self) -> SourceState:
        return SourceState(self.name)

    def profile(self, symbol: str) -> Profile | None:
        return None

    def __init__(
        self,
        cache_folder: Path,
        calendar: Calendar,
        *,
        history_years: int = 20,
        download: Download | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._calendar = calendar
        self._span = timedelta(days=round(365.25 * history_years))
        self._download = download or _YFinance(cache_folder)
        self._now = now

    def symbols(self) -> tuple[str, ...]:
        """Nothing: Yahoo's symbols cannot be listed."""
        return ()

    def history(self, symbol: str, start: date | None = None, end: date | None = None) -> History:
        """The bars from `start` (by default so many years ago) to `end`, of completed sessions only.

        None if no session has been completed since `start`. Raises UnknownSymbol, EmptyHistory, SourceError.
        """
        completed = self._calendar.completed(self._calendar.exchange(symbol), self._now())
        last = completed if end is None else min(end, completed)
        first = last - self._span if start is None else start
        if first > last:
            return empty(symbol)
        try:
            # always up to now: a split after `end` is in the prices before it as well
            history = _history(symbol, self._download(symbol, first), first, last)
        except EngineError:
            raise
        except Exception as error:
            log.info("%s could not be fetched", plain(symbol), exc_info=error)
            raise _fault(symbol, error) from None
        if not len(history):
            raise EmptyHistory(f"Yahoo has no bars of {plain(symbol)} from {first} to {last}")
        return history


class _YFinance:
    """The library itself, set up on its first use: quiet, and its cache in a folder of its own."""

    def __init__(self, cache_folder: Path) -> None:
        self._folder = cache_folder
        self._lock = Lock()
        self._ready = False

    def __call__(self, symbol: str, start: date) -> Any:
        self._set_up()
        import yfinance  # noqa: PLC0415 - a second, with pandas

        try:
            ticker = yfinance.Ticker(symbol)
            return ticker.history(start=start, interval="1d", auto_adjust=False, actions=True, timeout=_TIMEOUT)
        except Exception:
            # it would give the same error again from its cache, for as long as the process lives
            yfinance.data.YfData().cache_get.cache_clear()
            raise

    def _set_up(self) -> None:
        with self._lock:
            if self._ready:
                return
            import yfinance  # noqa: PLC0415

            self._folder.mkdir(parents=True, exist_ok=True)
            yfinance.set_tz_cache_location(str(self._folder))
            yfinance.config.debug.hide_exceptions = False
            # without a handler its lines would go to the terminal, and tear the screen
            logging.getLogger("yfinance").addHandler(logging.NullHandler())
            warnings.filterwarnings("ignore", module="yfinance")
            self._ready = True


def _history(symbol: str, frame: Any, first: date, last: date) -> History:
    """A frame of yfinance's as bars as traded, of the rows from `first` to `last` that have a price."""
    days: DateArray = frame.index.tz_localize(None).to_numpy().astype("datetime64[D]")
    values = {name: frame[name].to_numpy(dtype=np.float64, na_value=np.nan) for name in frame.columns}
    splits = np.where(values["Stock Splits"] > 0, values["Stock Splits"], 1.0)
    later = _later_splits(splits)
    dividends = np.nan_to_num(values["Dividends"]) * later
    close = values["Close"]
    within = (days >= np.datetime64(first, "D")) & (days <= np.datetime64(last, "D"))
    keep = within & np.isfinite(close) & (close > 0)
    acted = np.flatnonzero(within & ((splits != 1) | (dividends != 0)))
    return History(
        symbol=symbol,
        sessions=days[keep],
        **{name.lower(): _digits(values[name] * later)[keep] for name in ("Open", "High", "Low", "Close")},
        volume=(values["Volume"] / later)[keep],
        actions=tuple(_action(days[row], splits[row], _digits(dividends)[row]) for row in acted),
    )


def _later_splits(splits: FloatArray) -> FloatArray:
    """(T,) the product of all splits after each row."""
    onward = np.cumprod(splits[::-1])[::-1]
    return np.append(onward[1:], 1.0)


def _digits(values: FloatArray) -> FloatArray:
    """The values with seven digits: Yahoo keeps prices in single precision, what follows was never traded."""
    size = np.floor(np.log10(np.abs(values), where=np.abs(values) > 0, out=np.zeros_like(values)))
    scale = 10.0 ** (6 - size)
    rounded: FloatArray = np.round(values * scale) / scale
    return rounded


def _action(day: np.datetime64, split: float, dividend: float) -> Action:
    return Action(ex_date=as_date(day), split=float(split), dividend=float(dividend), known_at=as_date(day))


def _fault(symbol: str, error: Exception) -> EngineError:
    """Any fault of the library, in words."""
    unknown = UnknownSymbol("Yahoo knows no such symbol", received=plain(symbol), do="Check how Yahoo writes it: BRK-B")
    kinds = [kind.__name__ for kind in type(error).__mro__]
    status = getattr(getattr(error, "response", None), "status_code", None)
    if status == 404 or kinds[0] == "YFTzMissingError":
        return unknown
    if kinds[0] == "YFPricesMissingError":
        return _missing(symbol, getattr(error, "yahoo_reason", None), unknown)
    if "HTTPError" in kinds and status is not None:
        return SourceError(f"Yahoo answered with an error (status {status})", received=plain(symbol), do=_LATER)
    what, do = next((_FAULTS[kind] for kind in kinds if kind in _FAULTS), ("Yahoo's answer could not be read", _LATER))
    return SourceError(what, received=plain(symbol), do=do)


def _missing(symbol: str, reason: str | None, unknown: UnknownSymbol) -> EngineError:
    """Why there are no prices, by what Yahoo itself said about it."""
    said = plain(reason or "").lower()
    if "no data found" in said or "not found" in said:
        return unknown
    if not said or "doesn't exist" in said:
        return EmptyHistory(f"Yahoo has no bars of {plain(symbol)} for these dates")
    return SourceError("Yahoo answered with an error", received=f"{plain(symbol)}: {said[:80]}", do=_LATER)
