"""Ridge regression on the features a model reads: what is left for a network to find beyond a straight line."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from engine.core.bars import FloatArray
from engine.core.evaluation.predictions import Cases, Predictions, silent
from engine.core.forecast import TAUS

PENALTIES = (1e-3, 1e-2, 1e-1, 1.0, 10.0)
"""In units of the number of rows, for standardised features: 1 halves what a feature by itself would say."""

LEAST_ROWS = 100


Read = Callable[[Cases], FloatArray]
"""What was known at each row's `made_at`: rows (N,) to features (N, F), NaN where there are too few rows before."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """Rows beside their features (N, F), none of which is NaN."""

    cases: Cases
    features: FloatArray

    @classmethod
    def of(cls, cases: Cases, read: Read) -> "Seen":
        """The rows whose features are all there."""
        features = read(cases)
        keep = np.asarray(np.isfinite(features).all(axis=1))
        return cls(cases.rows(keep), features[keep])

    @property
    def targets(self) -> FloatArray:
        """(N,) the return in EWMA sigmas."""
        return np.asarray(self.cases.realised / self.cases.sigma)


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A fitted regression on features (N, F): standardise with `centre` and `spread` (F,), then `slope` and `level`."""

    centre: FloatArray
    spread: FloatArray
    slope: FloatArray
    level: float

    def __call__(self, features: FloatArray) -> FloatArray:
        """(N,) what it says, in sigmas."""
        return np.asarray(self.level + ((features - self.centre) / self.spread) @ self.slope)


def ridge(training: Cases, validation: Cases, calibration: Cases, test: Cases, read: Read) -> Predictions:
    """A regression a horizon, on all symbols together, of the return in sigmas.

    Hoerl & Kennard, Technometrics 12 (1970). Fitted on the training rows, with the penalty of the least squared error
    on the validation rows; the quantiles are the mean plus those of its errors on the calibration rows, in sigmas. The
    mean is that of the same penalty, fitted once more on the rows of all three blocks, as the pooled preset does. NaN
    where a feature is missing, and everywhere with fewer than 100 rows to learn from.
    """
    said = silent(test)
    for horizon in np.unique(test.horizon):
        own = [Seen.of(block.of(int(horizon)), read) for block in (training, validation, calibration)]
        if min(len(block.cases) for block in own) < LEAST_ROWS:
            continue
        penalty = _best(own[0], own[1])
        draft, line = _fitted(own[:1], penalty), _fitted(own, penalty)
        errors = own[2].targets - draft(own[2].features)
        rows = np.flatnonzero(test.horizon == horizon)
        z, sigma = line(read(test.rows(rows))), test.sigma[rows]
        said.mean[rows] = sigma * z
        said.quantiles[rows] = sigma[:, None] * (z[:, None] + np.quantile(errors, TAUS))
    return said


def lines(features: FloatArray, targets: FloatArray, penalties: Sequence[float] = PENALTIES) -> list[Line]:
    """The regression at each penalty: (X'X / N + penalty) slope = X'y / N, X standardised, y centred.

    One eigendecomposition of X'X / N serves all penalties, which are above 0. A feature that never changes gets no
    slope.
    """
    centre, spread = features.mean(axis=0), features.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    level, x = float(targets.mean()), (features - centre) / spread
    sizes, axes = np.linalg.eigh(x.T @ x / len(x))
    along = axes.T @ (x.T @ (targets - level) / len(x))
    return [Line(centre, spread, axes @ (along / (sizes + each)), level) for each in penalties]


def _fitted(of: Sequence[Seen], penalty: float) -> Line:
    features, targets = (
        np.concatenate(parts) for parts in zip(*((each.features, each.targets) for each in of), strict=True)
    )
    return lines(features, targets, (penalty,))[0]


def _best(training: Seen, validation: Seen) -> float:
    """The penalty of the least squared error on the validation rows."""
    tried = lines(training.features, training.targets)
    errors = [float(np.mean((validation.targets - line(validation.features)) ** 2)) for line in tried]
    return PENALTIES[int(np.argmin(errors))]
