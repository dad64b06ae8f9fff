"""What exchange_calendars has on record of an exchange; it is imported here alone, when the store has too little."""

import warnings
from functools import cache
from importlib.metadata import version
from typing import Any

import numpy as np

from engine.core.bars import FloatArray
from engine.core.sessions import Recorded

_EARLIEST = "1990-01-01"
# the library records holidays no further back than this
_RECORDED_FROM = {"XTKS": "1997-01-01", "XSHG": "1991-01-01"}


@cache
def made_from() -> str:
    """What `recorded` reads from, and how: kept beside the sessions, it says whether they would be the same again."""
    return f"exchange_calendars {version('exchange_calendars')} from {_EARLIEST}"


def recorded(exchange: str) -> Recorded:
    """Its sessions, from 1990 to about a year ahead of today; half a second to four, most of it for Korea's."""
    import exchange_calendars  # noqa: PLC0415 - half a second, with pandas

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the library's own, against the newest pandas
        found = exchange_calendars.get_calendar(exchange, start=_RECORDED_FROM.get(exchange, _EARLIEST))
        columns = [_seconds(found.schedule[column]) for column in ("open", "break_start", "break_end", "close")]
    return Recorded(found.sessions.to_numpy().astype("datetime64[D]"), np.stack(columns, axis=1))


def _seconds(instants: Any) -> FloatArray:
    """(T,) seconds since the epoch of a column of UTC times, NaN where there is none."""
    naive = instants.dt.tz_convert(None).to_numpy().astype("datetime64[s]")
    return np.where(np.isnat(naive), np.nan, naive.astype(np.float64))
