"""One calendar cut for all tickers: train, validation, calibration, and the sessions held out from everything.

    ─── train ───────────────────────────┤ validation ┤ calibration ┤ gate (40) ┤

Purged between blocks (Lopez de Prado, Advances in Financial Machine Learning, 2018, section 7.4): a row belongs to a
block only if its farthest target comes before the next block begins.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.core.bars import DateArray
from engine.core.presets.preset import GATE_SESSIONS
from engine.errors import TooShort

VALIDATION, CALIBRATION = 0.1, 0.3
"""Shares of the sessions before the gate. The tails of the bands need most: a twentieth of the rows makes each."""

LEAST, MOST_VALIDATION, MOST_CALIBRATION = 30, 252, 1008
"""Sessions of either, whatever the share."""

LEAST_TRAINED = 60

MIN_SESSIONS = LEAST_TRAINED + 2 * LEAST + GATE_SESSIONS
MIN_ROWS = 63 + 29 + MIN_SESSIONS
"""Rows before the first one that has a whole window of inputs, then those to be cut."""


@dataclass(frozen=True, slots=True)
class Blocks:
    """The first session of each block but the one for training, which begins with the first row."""

    validation: np.datetime64
    calibration: np.datetime64
    gate: np.datetime64

    def train(self, made: DateArray, target: DateArray) -> npt.NDArray[np.bool_]:
        """(N,) which rows are for training: `made` is a row's session, `target` that of its farthest target."""
        return self._between(None, self.validation, made, target)

    def validate(self, made: DateArray, target: DateArray) -> npt.NDArray[np.bool_]:
        """(N,) which rows say when to stop."""
        return self._between(self.validation, self.calibration, made, target)

    def calibrate(self, made: DateArray, target: DateArray) -> npt.NDArray[np.bool_]:
        """(N,) which rows say how wide the bands are."""
        return self._between(self.calibration, self.gate, made, target)

    @staticmethod
    def _between(
        first: np.datetime64 | None, end: np.datetime64, made: DateArray, target: DateArray
    ) -> npt.NDArray[np.bool_]:
        begun = np.ones(len(made), np.bool_) if first is None else made >= first
        return np.asarray(begun & (target < end))  # an unknown target, NaT, is before nothing


def cut(sessions: DateArray) -> Blocks:
    """The cut of these sessions, sorted and unique. Raises TooShort."""
    if len(sessions) < MIN_SESSIONS:
        raise TooShort(
            f"{len(sessions)} sessions with all inputs are known, the model needs {MIN_SESSIONS}",
            do="fetch more history",
        )
    gate = len(sessions) - GATE_SESSIONS
    calibration = gate - min(max(int(CALIBRATION * gate), LEAST), MOST_CALIBRATION)
    validation = calibration - min(max(int(VALIDATION * gate), LEAST), MOST_VALIDATION)
    return Blocks(sessions[validation], sessions[calibration], sessions[gate])
