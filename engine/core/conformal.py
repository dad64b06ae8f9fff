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
from engine.core.momentum import outcomes

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
    `calibrated` is how many rows from the first those lie in. Where the rows go on from others, `before` is what was
    said of those, or of as many of them as the longest horizon has sessions, and the returns begin with theirs.
    """

    quantiles: FloatArray
    scale: FloatArray
    returns: FloatArray
    ladder: FloatArray
    calibrated: int
    before: "Band | None" = None


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """Corrected quantiles (T, H, 5) in rising order, NaN where nothing was said, and how their levels stood.

    `shares` (A, H, 5) are what may lie beyond each quantile, of the rows after the calibrated ones, which are the last.
    """

    quantiles: FloatArray
    shares: FloatArray

    def newest(self, rows: int) -> "Band":
        """The last rows alone, but for calibrated ones: those were made before anything was to be followed."""
        rows = min(rows, len(self.shares))
        return Band(self.quantiles[len(self.quantiles) - rows :], self.shares[len(self.shares) - rows :])


def bands(said: Sequence[Said], horizons: Sequence[int]) -> tuple[Band, ...]:
    """Each ticker's quantiles, corrected.

    Calibrated rows are corrected at the levels of TAUS. From there on a row's levels have followed the outcomes that
    are known at its close: that of a forecast h sessions ahead is, h sessions later. Rows without forecast or outcome
    change nothing. Rows that go on from others come out as with those before them.
    """
    if not said:
        return ()
    steps = _together([one.ladder for one in said])
    fixed = np.broadcast_to(steps.at(np.broadcast_to(TAUS, said[0].ladder.shape[:-1])), (len(said), len(horizons), 5))
    corrected = [_fixed(one, at) for one, at in zip(said, fixed, strict=True)]
    banded = []
    for known, one, after, shares in zip(corrected, said, *_adapted(said, steps, horizons), strict=True):
        rows = max(len(known) - one.calibrated, 0)
        known[one.calibrated :] = after[:rows]
        banded.append(Band(known, shares[:rows]))
    return tuple(banded)


def standing(horizons: Sequence[int]) -> FloatArray:
    """(H,) square roots of the horizons: a random walk's scale over so many sessions, in those of one."""
    return np.sqrt(np.asarray(horizons, np.float64))


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


def _adapted(said: Sequence[Said], steps: _Ladders, horizons: Sequence[int]) -> tuple[FloatArray, FloatArray]:
    """(N, R, H, 5) the rows after the calibrated ones, all tickers a row at a time, and the shares (N, R, H, 5)."""
    goes_on = [_GoesOn.of(one, max(horizons)) for one in said]
    lead, longest = max(horizons), max(len(each.quantiles) - each.lead for each in goes_on)
    at = [lead - each.lead for each in goes_on]
    quantiles = _beside([each.quantiles for each in goes_on], at, lead + longest)
    scale = _beside([each.scale for each in goes_on], [lead] * len(said), lead + longest)
    ahead = outcomes(_beside([each.returns for each in goes_on], at, lead + longest), horizons)[..., None]
    share = np.stack([each.share for each in goes_on])
    shares = np.empty((longest, *share.shape))
    for row in range(lead, lead + longest):
        for column, sessions in enumerate(horizons):
            missed = _missed(ahead[row - sessions, :, column], quantiles[row - sessions, :, column])
            share[:, column] = np.clip(share[:, column] + GAMMA * _PACE * missed, LEAST, MOST)
        at_levels = steps.at(np.where(_LOWER, share, 1.0 - share))
        quantiles[row] = _rising(quantiles[row] + scale[row] * at_levels)
        shares[row - lead] = share
    return quantiles[lead:].swapaxes(0, 1), shares.swapaxes(0, 1)


@dataclass(frozen=True, slots=True, eq=False)
class _GoesOn:
    """One ticker's rows after the calibrated ones, behind `lead` rows that are corrected already."""

    lead: int
    quantiles: FloatArray
    scale: FloatArray
    returns: FloatArray
    share: FloatArray

    @classmethod
    def of(cls, said: Said, horizon: int) -> "_GoesOn":
        quantiles, scale = said.quantiles[said.calibrated :], said.scale[said.calibrated :, :, None]
        returns = said.returns[len(said.returns) - len(quantiles) :]
        fresh = np.broadcast_to(_SHARE, said.ladder.shape[:-1])
        if said.before is None or not len(said.before.shares):
            return cls(0, quantiles, scale, returns, fresh)
        before = said.before.newest(horizon)
        lead, share = len(before.shares), before.shares[-1]
        returns = said.returns[len(said.returns) - len(quantiles) - lead :]
        return cls(lead, np.concatenate((before.quantiles, quantiles)), scale, returns, share)


def _beside(columns: Sequence[FloatArray], at: Sequence[int], longest: int) -> FloatArray:
    """(R, N, ...) columns side by side, each from a row of its own on, with NaN where it has none."""
    whole = np.full((longest, len(columns), *columns[0].shape[1:]), np.nan)
    for number, (column, first) in enumerate(zip(columns, at, strict=True)):
        whole[first : first + len(column), number] = column
    return whole


def _missed(outcome: FloatArray, said: FloatArray) -> FloatArray:
    """(N, 5) the share that may lie beyond each quantile, less 1 where the outcome did; 0 where nothing is known."""
    beyond = np.where(_LOWER, outcome < said, outcome > said)
    return np.where(np.isfinite(outcome) & np.isfinite(said), _SHARE - beyond, 0.0)
