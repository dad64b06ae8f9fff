"""The rows of all tickers below each other: what the network reads at each, and what came after it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.core.bars import DateArray, FloatArray
from engine.core.conformal import standing
from engine.core.inputs import inputs
from engine.core.momentum import outcomes
from engine.core.panel import Listed, Panel
from engine.core.volatility import ewma_sigma

HORIZONS = (1, 5, 10)
"""Sessions ahead."""


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Rows of a panel, ticker after ticker, each ticker's oldest first.

    `inputs` (R, F) as engine.core.inputs gives them, `targets` (R, H) the log return over each horizon in EWMA sigmas
    known at the row, times the root of the horizon; NaN where either is unknown. `whole` (R,) says at which rows a
    window ends that is known throughout and crosses no ticker's boundary. `made` (R,) is the row's session, `until`
    that of its farthest target, NaT where that is still to come.
    """

    inputs: FloatArray
    targets: FloatArray
    whole: npt.NDArray[np.bool_]
    made: DateArray
    until: DateArray

    @property
    def sessions(self) -> DateArray:
        """The sessions at which somebody has a whole window, sorted and unique."""
        return np.unique(self.made[self.whole])


def stack(panel: Panel, window: int) -> Rows:
    """The rows of these tickers."""
    known = inputs(panel)
    return Rows(
        inputs=np.concatenate(known),
        targets=np.concatenate([targets(listed) for listed in panel]),
        whole=np.concatenate([whole(values, window) for values in known]),
        made=np.concatenate([listed.history.sessions for listed in panel]),
        until=np.concatenate([_until(listed.history.sessions) for listed in panel]),
    )


def scale(listed: Listed) -> FloatArray:
    """(T, H) EWMA sigma known at each row, over each horizon."""
    return np.asarray(ewma_sigma(listed.returns)[:, None] * standing(HORIZONS))


def targets(listed: Listed) -> FloatArray:
    """(T, H) what came, in those units; NaN where sigma is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        came = outcomes(listed.returns, HORIZONS) / scale(listed)
    return np.where(np.isfinite(came), came, np.nan)


def whole(values: FloatArray, window: int) -> npt.NDArray[np.bool_]:
    """(T,) at which rows of one ticker's inputs (T, F) a window ends that is known throughout."""
    count = np.cumsum(np.isfinite(values).all(axis=1), dtype=np.int64)
    count[window:] -= count[:-window].copy()
    return np.asarray(count == window)


def _until(sessions: DateArray) -> DateArray:
    ahead, until = max(HORIZONS), np.full(len(sessions), np.datetime64("NaT"), "datetime64[D]")
    until[: max(len(sessions) - ahead, 0)] = sessions[ahead:]
    return until
