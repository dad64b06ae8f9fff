"""Which rows may be scored: one that may not is left out of the view, never altered, never lost from the store."""

import numpy as np

from engine.core.bars import History


def usable(history: History) -> History:
    """The rows whose close is a positive, finite number, the first of each session."""
    with np.errstate(invalid="ignore"):
        good = np.isfinite(history.close) & (history.close > 0)
    good[1:] &= history.sessions[1:] != history.sessions[:-1]
    return history if bool(good.all()) else history.rows(good)
