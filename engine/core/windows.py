"""Windows over a series, and the split of a series by time."""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from engine.core.bars import FloatArray


def windows(values: FloatArray, length: int) -> FloatArray:
    """(T - length + 1, length): each row's own window, the row itself last.

    T values give T - length training pairs and one live window, the last.
    """
    if len(values) < length:
        return np.empty((0, length))
    return sliding_window_view(values, length)


@dataclass(frozen=True, slots=True)
class Split:
    """How many of a series' pairs are for training, validation and test, in this order of time."""

    train: int
    validation: int
    test: int


def split(pairs: int, train: float = 0.64, validation: float = 0.16) -> Split:
    """Cut by time, the remainder to the test block."""
    for_training = int(pairs * train)
    for_validation = int(pairs * (train + validation)) - for_training
    return Split(for_training, for_validation, pairs - for_training - for_validation)
