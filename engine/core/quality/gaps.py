"""Sessions without a row: the close before them stands in, forward only, and not for long."""

from dataclasses import replace

import numpy as np

from engine.core.bars import DateArray, FloatArray, History
from engine.core.quality.bars import BoolArray
from engine.core.quality.days import among

LONGEST = 3
"""Sessions in a row that are filled."""


def missing(history: History, sessions: DateArray, aside: DateArray) -> tuple[DateArray, DateArray]:
    """Sessions after the first row that have none: those to be filled, and those that are not.

    Not filled is what is too far from the last row, or has a session between that is `aside`: its row may not be used,
    and says that the close before may not hold any more.
    """
    if not len(history) or not len(sessions):
        return sessions[:0], sessions[:0]
    absent = ~among(sessions, history.sessions) & ~among(sessions, aside) & (sessions > history.sessions[0])
    if not bool(absent.any()):
        return sessions[:0], sessions[:0]
    # how many missing sessions since the last row, this one included
    days = sessions[absent]
    rows_before = np.searchsorted(history.sessions, days)
    nth = np.arange(len(days)) - np.searchsorted(rows_before, rows_before) + 1
    doubted = np.searchsorted(aside, days) > np.searchsorted(aside, history.sessions[rows_before - 1])
    fill = (nth <= LONGEST) & ~doubted
    return days[fill], days[~fill]


def filled(history: History, days: DateArray) -> tuple[History, BoolArray]:
    """The history with rows of those days: the close before, as traded on that day, no volume, no other price.

    The second is (T,), true at the new rows. A split between the two closes takes the price with it.
    """
    source = np.searchsorted(history.sessions, days) - 1
    order = np.argsort(np.concatenate((history.sessions, days)), kind="stable")
    blank = np.full(len(days), np.nan)
    close = history.close[source] / _splits_between(history, history.sessions[source], days)

    def column(known: FloatArray, new: FloatArray) -> FloatArray:
        return np.concatenate((known, new))[order]

    whole = replace(
        history,
        sessions=np.concatenate((history.sessions, days))[order],
        open=column(history.open, blank),
        high=column(history.high, blank),
        low=column(history.low, blank),
        close=column(history.close, close),
        volume=column(history.volume, np.zeros(len(days))),
    )
    new = np.concatenate((np.zeros(len(history), np.bool_), np.ones(len(days), np.bool_)))
    return whole, new[order]


def _splits_between(history: History, after: DateArray, until: DateArray) -> FloatArray:
    factor = np.ones(len(until))
    for action in history.actions:
        day = np.datetime64(action.ex_date, "D")
        factor[(after < day) & (day <= until)] *= action.split
    return factor
