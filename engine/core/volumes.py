"""What volume is usual of a session: by its weekday, for some are always busier than others."""

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from engine.core.bars import DateArray, FloatArray, History

LEAST = 20
"""Sessions with a volume below which nothing is called usual."""

CONSISTENT = 1.4826
"""Makes the median absolute deviation of a normal distribution its standard deviation."""


_Rows = npt.NDArray[np.intp]


def log_volume(history: History, start: int = 0) -> FloatArray:
    """(T - start,) log of volume in shares as they were before the first split; NaN where there is no volume."""
    volume = history.volume[start:] / _shares(history, start)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(volume > 0, np.log(volume), np.nan)


def _shares(history: History, start: int) -> FloatArray:
    """What one share from before the first split has become."""
    shares = np.ones(len(history) - start)
    for action in history.actions:
        if action.split != 1.0:
            shares[history.sessions[start:] >= np.datetime64(action.ex_date, "D")] *= action.split
    return shares


def weekdays(sessions: DateArray) -> FloatArray:
    """The day of the week of each session, Monday 0."""
    # 1970-01-01 was a Thursday
    return np.asarray((sessions.astype("datetime64[D]").astype(np.int64) + 3) % 7, np.float64)


def usual_volume(volume: FloatArray, days: FloatArray, window: int, start: int = 0) -> FloatArray:
    """(T - start, 2) median and deviation of log volume (T,) on the same weekday among the `window` sessions before.

    Where those are fewer than 20, on all days of the `window` sessions before; NaN where those are fewer, too. The
    deviation is 1.4826 times the median absolute deviation (Hampel, JASA 69, 1974).
    """
    usual = np.full((len(volume) - start, 2), np.nan)
    if not np.isfinite(volume).any():
        return usual
    for day in np.unique(days[start:]):
        rows = np.flatnonzero(days == day)
        asked = rows[rows >= start]
        usual[asked - start] = _of_rows_before(volume, rows, asked, window)
    few = np.flatnonzero(np.isnan(usual[:, 0])) + start
    usual[few - start] = _of_rows_before(volume, np.arange(len(volume)), few, window)
    return usual


def usual_on(volume: FloatArray, days: FloatArray, day: FloatArray) -> FloatArray:
    """(N, 2) the same for one session of many tickers, from the log volumes (window, N) and days of those before."""
    usual = _median_and_deviation(np.where(days == day, volume, np.nan).T)
    few = np.flatnonzero(np.isnan(usual[:, 0]))
    usual[few] = _median_and_deviation(volume[:, few].T)
    return usual


def _of_rows_before(volume: FloatArray, rows: _Rows, asked: _Rows, window: int) -> FloatArray:
    """Of some rows, by those among `rows` that stand at most `window` before."""
    first, end = np.searchsorted(rows, asked - window), np.searchsorted(rows, asked)
    widest = int((end - first).max(initial=0))
    if not widest:
        return np.full((len(asked), 2), np.nan)
    padded = np.concatenate((np.full(widest, np.nan), volume[rows]))
    before = sliding_window_view(padded, widest)[end]  # what stands before the row: the last of them just before it
    in_reach = np.arange(widest) >= widest - (end - first)[:, None]
    return _median_and_deviation(np.where(in_reach, before, np.nan))


def _median_and_deviation(values: FloatArray) -> FloatArray:
    """(N, 2) of the values (N, W) that are not NaN; NaN where they are fewer than 20."""
    median = _median(values)
    return np.stack((median, CONSISTENT * _median(np.abs(values - median[:, None]))), axis=-1)


def _median(values: FloatArray) -> FloatArray:
    ordered, count = np.sort(values, axis=-1), np.isfinite(values).sum(axis=-1)  # NaN comes last
    middles = np.stack((np.maximum(count - 1, 0) // 2, count // 2), axis=-1)
    median = np.take_along_axis(ordered, np.minimum(middles, values.shape[-1] - 1), axis=-1).mean(axis=-1)
    return np.where(count >= LEAST, median, np.nan)
