"""Sorted days, and which of them stand among others."""

import numpy as np
import numpy.typing as npt

from engine.core.bars import DateArray


def among(days: DateArray, others: DateArray) -> npt.NDArray[np.bool_]:
    """(N,) whether each day is one of `others`, which are sorted; several times as fast as numpy's own search."""
    if not len(others) or not len(days):
        return np.zeros(len(days), dtype=np.bool_)
    if len(days) == len(others) and bool((days == others).all()):
        return np.ones(len(days), dtype=np.bool_)
    numbers = others.view(np.int64)
    wanted = days.view(np.int64)
    at = np.minimum(np.searchsorted(numbers, wanted), len(numbers) - 1)
    found: npt.NDArray[np.bool_] = numbers[at] == wanted
    return found
