"""How a forecast's quantiles are corrected by the errors that were made with them, and go on being corrected.

Split conformal, one side at a time (Romano, Patterson & Candes, NeurIPS 2019): with e = (y - q) / s the errors of a
quantile q on rows that the weights have not seen, the corrected quantile is q + s * Q(level), Q being the empirical
quantile function of e. Its level begins at the quantile's own tau, and after the last calibrated row it follows what
came (adaptive conformal inference, Gibbs & Candes, NeurIPS 2021): with a the share of outcomes that may lie beyond,
a(t+1) = a(t) + GAMMA * (a* - miss(t)).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.core.bars import FloatArray
from engine.core.forecast import TAUS

LEVELS = np.linspace(0.005, 0.995, 199)
"""The levels at which a ladder of errors is kept; between them it is read as a straight line."""

GAMMA = 0.002
"""Smaller than the 0.005 of Gibbs & Candes's experiments: on prices before 2008 that cost more pinball than it gave."""

LEAST, MOST = 0.005, 0.5
"""How far the share beyond may go: never to a band without end, never across the middle."""

_LOWER = np.array(TAUS) < 0.5
_SHARE = np.minimum(TAUS, 1.0 - np.array(TAUS))
_PACE = np.where(np.array(TAUS) == 0.5, 0.0, 1.0)  # the middle is no bound


def ladder(errors: FloatArray) -> FloatArray:
    """(..., 199) the empirical quantiles of errors (N, ...) at LEVELS; NaN where none is known.

    The plotting position is (n + 1) level, which makes the coverage hold for the next error too if errors are
    exchangeable (Vovk, Gammerman & Shafer, Algorithmic Learning in a Random World, 2005). NaN are left out.
    """
    shape = errors.shape[1:]
    columns = errors.reshape(len(errors), -1).T if errors.size else np.empty((int(np.prod(shape)), 0))
    steps = [
        np.quantile(known, LEVELS, method="weibull") if len(known) else np.full(len(LEVELS), np.nan)
        for known in (column[np.isfinite(column)] for column in columns)
    ]
    return np.array(steps).reshape(*shape, len(LEVELS))


def offset(steps: FloatArray, level: FloatArray) -> FloatArray:
    """(...) the value of each ladder (..., 199) at its own level (...), which is kept within LEVELS."""
    return _Ladders(steps).at(level)


class _Ladders:
    """Ladders (..., 199), to be read many times."""

    def __init__(self, steps: FloatArray) -> None:
        self._values = np.ascontiguousarray(steps).reshape(-1)
        self._first = np.arange(0, self._values.size, len(LEVELS)).reshape(steps.shape[:-1])

    def at(self, level: FloatArray) -> FloatArray:
        """The values at levels of a shape that the ladders' own can be broadcast to."""
        place = (np.clip(level, LEVELS[0], LEVELS[-1]) - LEVELS[0]) / (LEVELS[1] - LEVELS[0])
        below = np.minimum(place.astype(np.intp), len(LEVELS) - 2)
        low, high = (self._values[self._first + below + step] for step in (0, 1))
        return np.asarray(low + (place - below) * (high - low))


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """What a model said of one ticker before any correction, and what came.

    `quantiles` (T, H, 5) are log returns at TAUS for each horizon, `scale` (T, H) the EWMA sigma over as many sessions,
    `returns` (T,) the log returns that came; `ladder` (H, 5, 199) the errors on the calibrated rows, in scales;
    `calibrated` is how many rows from the first those lie in.
    """

    quantiles: FloatArray
    scale: FloatArray
    returns: FloatArray
    ladder: FloatArray
    calibrated: int


def bands(said: Sequence[Said], horizons: Sequence[int]) -> tuple[FloatArray, ...]:
    """(T, H, 5) each ticker's quantiles, corrected and in rising order; NaN where nothing was said.

    Calibrated rows are corrected at the levels of TAUS. From there on a row's levels have followed the outcomes that
    are known at its close: that of a forecast h sessions ahead is, h sessions later. Rows without forecast or outcome
    change nothing.
    """
    if not said:
        return ()
    steps = _together([one.ladder for one in said])
    fixed = np.broadcast_to(steps.at(np.broadcast_to(TAUS, said[0].ladder.shape[:-1])), (len(said), len(horizons), 5))
    corrected = [_fixed(one, at) for one, at in zip(said, fixed, strict=True)]
    for known, one, after in zip(corrected, said, _adapted(said, steps, horizons), strict=True):
        known[one.calibrated :] = after[: len(known) - one.calibrated]
    return tuple(corrected)


def standing(horizons: Sequence[int]) -> FloatArray:
    """(H,) square roots of the horizons: a random walk's scale over so many sessions, in those of one."""
    return np.sqrt(np.asarray(horizons, np.float64))


def outcomes(returns: FloatArray, horizons: Sequence[int]) -> FloatArray:
    """(T, H) the log return over the sessions after each row, as many as each horizon; NaN while it is not known."""
    known = np.isfinite(returns)
    level, holes = np.cumsum(np.where(known, returns, 0.0)), np.cumsum(~known)
    ahead = np.full((len(returns), len(horizons)), np.nan)
    for column, sessions in enumerate(horizons):
        rows = max(len(returns) - sessions, 0)
        whole = holes[sessions:] == holes[:rows]
        ahead[:rows, column] = np.where(whole, level[sessions:] - level[:rows], np.nan)
    return ahead


def _together(ladders: Sequence[FloatArray]) -> _Ladders:
    """Everybody's ladders (N, H, 5, 199), or one for all (1, H, 5, 199) where it is the same one."""
    return _Ladders(ladders[0][None] if all(each is ladders[0] for each in ladders) else np.stack(ladders))


def _fixed(said: Said, at: FloatArray) -> FloatArray:
    corrected = np.full(said.quantiles.shape, np.nan)
    known = np.isfinite(said.quantiles[: said.calibrated, :, 0]).any(axis=1)
    if known.any():
        rows = slice(int(known.argmax()), said.calibrated)
        corrected[rows] = _rising(said.quantiles[rows] + said.scale[rows][..., None] * at)
    return corrected


def _rising(quantiles: FloatArray) -> FloatArray:
    """In rising order; seldom are they not."""
    crossed = (quantiles[..., 1:] < quantiles[..., :-1]).any()
    return np.sort(quantiles, axis=-1) if crossed else quantiles


def _adapted(said: Sequence[Said], steps: _Ladders, horizons: Sequence[int]) -> FloatArray:
    """(N, R, H, 5) the rows after the calibrated ones, all tickers a row at a time."""
    longest = max(len(one.returns) - one.calibrated for one in said)
    quantiles, scale, ahead = (
        _after(columns, longest)
        for columns in (
            [one.quantiles[one.calibrated :] for one in said],
            [one.scale[one.calibrated :, :, None] for one in said],
            [outcomes(one.returns[one.calibrated :], horizons)[..., None] for one in said],
        )
    )
    share = np.broadcast_to(_SHARE, quantiles.shape[1:]).copy()
    for row in range(longest):
        for column, sessions in enumerate(horizons):
            if (made := row - sessions) >= 0:
                missed = _missed(ahead[made, :, column], quantiles[made, :, column])
                share[:, column] = np.clip(share[:, column] + GAMMA * _PACE * missed, LEAST, MOST)
        at = steps.at(np.where(_LOWER, share, 1.0 - share))
        quantiles[row] = _rising(quantiles[row] + scale[row] * at)
    return quantiles.swapaxes(0, 1)


def _after(columns: Sequence[FloatArray], longest: int) -> FloatArray:
    """(R, N, ...) columns that begin together, with NaN where one has ended."""
    whole = np.full((longest, len(columns), *columns[0].shape[1:]), np.nan)
    for number, column in enumerate(columns):
        whole[: len(column), number] = column
    return whole


def _missed(outcome: FloatArray, said: FloatArray) -> FloatArray:
    """(N, 5) the share that may lie beyond each quantile, less 1 where the outcome did; 0 where nothing is known."""
    beyond = np.where(_LOWER, outcome < said, outcome > said)
    return np.where(np.isfinite(outcome) & np.isfinite(said), _SHARE - beyond, 0.0)
