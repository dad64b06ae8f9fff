"""VUS-PR: the volume under the surface of range-based precision and recall over all thresholds and buffers.

Paparrizos et al., Volume Under the Surface, PVLDB 15(11), 2022. For a buffer of l sessions each event is lengthened on
both sides by l // 2 sessions, whose label falls off as sqrt(1 - d / l); recall is what of the labels' sum (the mean of
the plain and the lengthened) is found, times the share of events of which anything is found. At 250 ranks of the score
precision and recall make a curve; the volume is the mean of the areas under it for l = 0 to `most`.

The package aeon has the measure too, but fits no environment with this project's pandas: `check_vus.py` runs both on
the same series, and they agree to 1e-15. What an event's last session gives to its buffer is as there.
"""

import numpy as np
import numpy.typing as npt

from engine.core.bars import FloatArray

MOST = 20
"""The longest buffer, in sessions: a month around an event."""

RANKS = 250


def vus_pr(events: npt.NDArray[np.bool_], scores: FloatArray, most: int = MOST) -> float:
    """The volume of one series: (T,) true on an event's sessions, (T,) scores without NaN, higher is rarer."""
    order = np.argsort(-scores, kind="stable")
    falling = scores[order]
    thresholds = falling[np.linspace(0, len(scores) - 1, RANKS, dtype=np.int_)]
    chosen = np.searchsorted(-falling, -thresholds, side="right")
    areas = []
    for buffer in range(most + 1):
        labels = _lengthened(events, buffer)
        found = np.append(0.0, np.cumsum(labels[order]))[chosen]
        highest = np.sort([scores[start:end].max() for start, end in _runs(labels > 0)])
        existing = 1 - np.searchsorted(highest, thresholds, side="left") / len(highest)
        recall = np.minimum(found / ((events.sum() + labels.sum()) / 2), 1) * existing
        areas.append(_area(recall, found / chosen))
    return float(np.mean(areas))


def _area(recall: FloatArray, precision: FloatArray) -> float:
    recall, precision = np.append(0.0, recall), np.append(1.0, precision)
    return float(np.sum(np.diff(recall) * (precision[1:] + precision[:-1]) / 2))


def _lengthened(events: npt.NDArray[np.bool_], buffer: int) -> FloatArray:
    labels = events.astype(np.float64)
    if buffer <= 1:
        return labels
    reach = buffer // 2
    for start, end in _runs(events):
        before = np.arange(max(start - reach, 0), start)
        after = np.arange(end, min(end - 1 + reach, len(labels)))
        labels[before] += np.sqrt(1 - (start - before) / buffer)
        labels[after] += np.sqrt(1 - (after - (end - 1)) / buffer)
    return np.minimum(labels, 1.0)


def _runs(marked: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First row and the row after the last of each run."""
    edges = np.diff(np.concatenate(([False], marked, [False])).astype(np.int8))
    return list(zip(np.flatnonzero(edges == 1).tolist(), np.flatnonzero(edges == -1).tolist(), strict=True))
