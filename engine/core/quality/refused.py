"""Rows that cannot be stored: a store holds one bar a session, each with a price."""

from dataclasses import replace
from datetime import date

import numpy as np
import numpy.typing as npt

from engine.core.bars import History, as_date
from engine.core.quality.notes import FUTURE, DataNote

BoolArray = npt.NDArray[np.bool_]


def storable(history: History, completed: date | None = None) -> tuple[History, tuple[DataNote, ...]]:
    """The rows that can be stored, oldest first, one a session, and what is said of the others.

    `completed` is the last completed session: rows after it are refused; None where that is not known.
    """
    ordered = history
    if not bool((history.sessions[1:] >= history.sessions[:-1]).all()):
        ordered = _sorted(history)
    found = {
        "no close": (no_close(ordered), "no close"),
        "not positive": (not_positive(ordered), "a close of zero or less"),
        FUTURE: (in_the_future(ordered, completed), f"dated after the last completed session, {completed}"),
    }
    bad = np.logical_or.reduce([mask for mask, _ in found.values()])
    found["duplicate"] = (duplicate(ordered, bad), "a second bar of the same session")
    bad |= found["duplicate"][0]
    if not bool(bad.any()):
        return ordered, ()
    notes = [
        DataNote(as_date(ordered.sessions[row]), rule, "refused", words)
        for rule, (mask, words) in found.items()
        for row in np.flatnonzero(mask)
    ]
    return ordered.rows(~bad), tuple(sorted(set(notes), key=lambda note: (note.session, note.rule)))


def usable(history: History) -> History:
    """The rows that can be stored, whatever day it is."""
    return storable(history)[0]


def no_close(history: History) -> BoolArray:
    """(T,) rows without a close: often the newest, while its session is not over."""
    return ~np.isfinite(history.close)


def not_positive(history: History) -> BoolArray:
    """(T,) rows whose close is zero or less."""
    with np.errstate(invalid="ignore"):
        return np.isfinite(history.close) & (history.close <= 0)


def in_the_future(history: History, completed: date | None) -> BoolArray:
    """(T,) rows after the last completed session."""
    if completed is None:
        return np.zeros(len(history), dtype=np.bool_)
    return history.sessions > np.datetime64(completed, "D")


def duplicate(history: History, bad: BoolArray) -> BoolArray:
    """(T,) rows of a session that an earlier row, not bad itself, has already."""
    again = np.zeros(len(history), dtype=np.bool_)
    rows = np.flatnonzero(~bad)
    again[rows[1:]] = history.sessions[rows[1:]] == history.sessions[rows[:-1]]
    return again


def _sorted(history: History) -> History:
    order = np.argsort(history.sessions, kind="stable")
    columns = ("sessions", "open", "high", "low", "close", "volume")
    return replace(history, **{name: getattr(history, name)[order] for name in columns})
