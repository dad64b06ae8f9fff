"""Rows behind which others can be put, again and again, without those that are there being copied."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine.core.bars import FloatArray

SPARE = 64
"""Rows for which there is room when an array is made anew."""


@dataclass(slots=True, eq=False)
class _Room:
    """An array with room behind the rows that somebody has already put there."""

    array: FloatArray
    taken: int


@dataclass(frozen=True, slots=True, eq=False)
class Grown:
    """Rows (T, ...), as a value: nothing that is done with it changes what anybody has seen of it.

    The longer one shares the rows of the shorter one it was made of. Only one caller at a time may lengthen it.
    """

    rows: FloatArray
    _room: _Room

    @classmethod
    def of(cls, rows: FloatArray, order: Literal["C", "F"] = "C") -> "Grown":
        """These rows, copied; by "F" each column lies together, for whoever reads columns."""
        array = np.empty((len(rows) + SPARE, *rows.shape[1:]), order=order)
        array[: len(rows)] = rows
        return cls(array[: len(rows)], _Room(array, len(rows)))

    def upto(self, length: int) -> "Grown":
        """The first rows alone."""
        return Grown(self.rows[:length], self._room)

    def with_rows(self, more: FloatArray) -> "Grown":
        """The same with more rows behind; copied where there is no room, or other rows stand there already."""
        room, end = self._room, len(self.rows) + len(more)
        if not len(more):
            return self
        if room.taken != len(self.rows) or end > len(room.array):
            return Grown.of(np.concatenate((self.rows, more)), "C" if room.array.flags.c_contiguous else "F")
        room.array[len(self.rows) : end] = more
        room.taken = end
        return Grown(room.array[:end], room)
