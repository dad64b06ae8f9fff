"""Which rows may be scored: one that may not is left out of the view, never altered, never lost from the store."""

import numpy as np

from engine.core.bars import History


def usable(history: History) -> History:
    """The rows whose close is a positive, finite number; other columns that are not become NaN where they are used."""
    with np.errstate(invalid="ignore"):
        good = np.isfinite(history.close) & (history.close > 0)
    return history if bool(good.all()) else history.rows(good)
