"""A pool's thresholds by how many episodes they allow, and for how long they stay true while the pool goes on."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf

import numpy as np

from engine.core.bars import FloatArray


@dataclass(frozen=True, eq=False)
class Ladder:
    """By count of episodes, the lowest score at which a pool, as at every higher score, holds no more.

    `scores` are the pool's, taken as one row, and `quiet` its quiet level. Those of at least `lowest` were looked at:
    they stand at `places`, and the sessions that end an episode opened there are over at `behind`.
    """

    steps: Sequence[float]
    lowest: float
    scores: FloatArray
    quiet: float
    places: Sequence[int]
    behind: Sequence[int]

    def holds(self, quiet: float, moved: float) -> bool:
        """Whether it is the same at another quiet level, where no higher score than `moved` came in or fell out.

        What was looked at is the same then, and each episode ends where it did. One that had not ended yet may end in
        what came in: nothing there is high enough to open another.
        """
        low, high = self._steady
        return moved < self.lowest and low <= quiet < high

    @cached_property
    def _steady(self) -> tuple[float, float]:
        """From which quiet level on, and below which, the sessions that decide where an episode ends are as quiet."""
        passed = np.zeros(len(self.scores), dtype=np.bool_)
        for place, behind in zip(self.places, self.behind, strict=True):
            passed[place + 1 : behind] = True
        deciding = self.scores[passed]
        low, high = deciding[deciding <= self.quiet], deciding[deciding > self.quiet]
        return float(low.max(initial=-inf)), min(float(high.min(initial=inf)), self.lowest)
