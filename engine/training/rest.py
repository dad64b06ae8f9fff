"""Which members rest: early stopping, for each member by itself."""

import numpy as np
import numpy.typing as npt

from engine.core.lstm import Float32Array

Members = npt.NDArray[np.bool_]
"""(K,) true for some of the members."""


class Rest:
    """How long each member has waited for a lower validation loss than its best; with a patience of 0 none ever rests.

    As Keras's EarlyStopping(monitor="val_loss"). A member without validation rows never rests.
    """

    def __init__(self, members: int, patience: int) -> None:
        self._patience = patience
        self._best = np.full(members, np.inf, np.float32)
        self._waited = np.zeros(members, np.int64)

    @property
    def awake(self) -> Members:
        """Those that go on training."""
        return (self._waited < self._patience) | (self._patience == 0)

    def note(self, val_loss: Float32Array) -> Members:
        """Take up an epoch's validation losses (K,), NaN for members that rest; those whose weights are to be kept."""
        judged = self.awake & ~np.isnan(val_loss)
        better = judged & (val_loss < self._best)
        self._best[better] = val_loss[better]
        self._waited[judged] += 1
        self._waited[better] = 0
        return better | (self.awake & (self._patience == 0)) | (self.awake & np.isnan(val_loss))
