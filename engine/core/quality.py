"""Which rows may be scored: one that may not is left out of the view, never altered, never lost from the store."""

from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from engine.core.bars import History

Treatment: TypeAlias = Literal["repaired", "quarantined", "refused", "noted"]


@dataclass(frozen=True, slots=True)
class DataNote:
    """What the gate found of one session: which rule, what it did about it, and in words."""

    session: date
    rule: str
    treatment: Treatment
    words: str


@dataclass(frozen=True, slots=True, eq=False)
class Gated:
    """A history that may be scored: its usable rows, which of them (T,) are repaired, and what was found in all."""

    history: History
    repaired: npt.NDArray[np.bool_]
    notes: tuple[DataNote, ...] = ()


def gate(history: History) -> Gated:
    """The rows whose close is a positive, finite number, the first of each session."""
    known = usable(history)
    return Gated(known, np.zeros(len(known), dtype=np.bool_))


def usable(history: History) -> History:
    """The rows whose close is a positive, finite number, the first of each session."""
    with np.errstate(invalid="ignore"):
        good = np.isfinite(history.close) & (history.close > 0)
    good[1:] &= history.sessions[1:] != history.sessions[:-1]
    return history if bool(good.all()) else history.rows(good)
