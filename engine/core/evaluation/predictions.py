"""What is forecast and what came of it, row by row: the one table that all forecasters are held against.

A row is one symbol, one session after whose close a forecast is made, and one horizon. `Cases` are the questions with
their answers as history gave them; `Predictions` add what one forecaster said. Forecasters that answer the same cases
are aligned by construction, by session and never by index.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.core.bars import DateArray, FloatArray
from engine.core.forecast import TAUS
from engine.errors import DataError

BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]
Keep = slice | BoolArray | npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Cases:
    """N rows, all arrays (N,); raises DataError if their lengths differ.

    `symbol` is a row's place in `symbols`, the list that all tables of one evaluation share. `made_at` is the session
    whose close is known last, `target` the session that the forecast is for, `horizon` the sessions between in the
    symbol's own rows. `realised` is the total log return from the one to the other; `sigma` the EWMA volatility a day
    at `made_at`; `close` the split-adjusted price level there. `shocked` says whether a shock happened in the 20
    sessions up to `made_at`; `naive` is the mean absolute return over the horizon on the symbol's training rows, NaN
    where nobody has said what they are.
    """

    symbols: tuple[str, ...]
    symbol: IntArray
    made_at: DateArray
    target: DateArray
    horizon: IntArray
    realised: FloatArray
    sigma: FloatArray
    close: FloatArray
    shocked: BoolArray
    naive: FloatArray

    def __post_init__(self) -> None:
        if len(lengths := {len(getattr(self, name)) for name in COLUMNS}) > 1:
            raise DataError("Rows that do not belong together", received=f"lengths {sorted(lengths)}")

    def __len__(self) -> int:
        return len(self.made_at)

    def rows(self, keep: Keep) -> "Cases":
        """Only some of the rows."""
        return Cases(self.symbols, *(getattr(self, name)[keep] for name in COLUMNS))

    def of(self, horizon: int) -> "Cases":
        """The rows of one horizon."""
        return self.rows(self.horizon == horizon)

    def measured_by(self, training: "Cases") -> "Cases":
        """The same rows with `naive` from the training rows of each symbol and horizon; NaN where there are none."""
        naive = np.full(len(self), np.nan)
        for symbol, horizon in self.kinds():
            known = training.realised[training.are(symbol, horizon)]
            if len(known):
                naive[self.are(symbol, horizon)] = np.mean(np.abs(known))
        return replace(self, naive=naive)

    def are(self, symbol: int, horizon: int) -> BoolArray:
        """(N,) which rows are of the symbol at this place, and of this horizon."""
        return np.asarray((self.symbol == symbol) & (self.horizon == horizon))

    def kinds(self) -> list[tuple[int, int]]:
        """Each symbol's place and horizon among the rows, once, sorted."""
        both = np.unique(np.stack((self.symbol, self.horizon)), axis=1)
        return [(int(symbol), int(horizon)) for symbol, horizon in both.T]


COLUMNS = tuple(each.name for each in fields(Cases) if each.name != "symbols")


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """What one forecaster said to N cases: log returns over each row's horizon.

    `mean` (N,) is NaN where it names none, `quantiles` (N, 5), at TAUS, are NaN where it has no distribution. Raises
    DataError if the shapes do not fit the cases.
    """

    cases: Cases
    mean: FloatArray
    quantiles: FloatArray

    def __post_init__(self) -> None:
        given, wanted = (self.mean.shape, self.quantiles.shape), ((len(self.cases),), (len(self.cases), len(TAUS)))
        if given != wanted:
            raise DataError(f"Forecasts that do not fit their rows: expected {wanted}", received=str(given))

    def __len__(self) -> int:
        return len(self.cases)

    @property
    def spoken(self) -> BoolArray:
        """(N,) where it names a mean or a whole distribution."""
        return np.asarray(np.isfinite(self.quantiles).all(axis=1) | np.isfinite(self.mean))

    def rows(self, keep: Keep) -> "Predictions":
        """Only some of the rows."""
        return Predictions(self.cases.rows(keep), self.mean[keep], self.quantiles[keep])

    def of(self, horizon: int) -> "Predictions":
        """The rows of one horizon."""
        return self.rows(self.cases.horizon == horizon)


def silent(cases: Cases) -> Predictions:
    """A forecaster that says nothing: all NaN."""
    return Predictions(cases, np.full(len(cases), np.nan), np.full((len(cases), len(TAUS)), np.nan))


def joined(parts: Sequence[Predictions], cases: Cases | None = None) -> Predictions:
    """The rows of several stretches as one table, in their order; `cases` are theirs, joined, where they are at hand.

    Forecasters that share one table of cases take half the memory. Raises DataError if there is no part.
    """
    if not parts:
        raise DataError("No forecasts to join")
    cases = joined_cases([part.cases for part in parts]) if cases is None else cases
    return Predictions(cases, _end_to_end([part.mean for part in parts]), _end_to_end([p.quantiles for p in parts]))


def chosen(named: Mapping[str, Predictions], keep: Keep) -> dict[str, Predictions]:
    """Only some of the rows of forecasters that answer the same cases; what is chosen of these is shared again."""
    cases = next(iter(named.values())).cases.rows(keep)
    return {name: Predictions(cases, each.mean[keep], each.quantiles[keep]) for name, each in named.items()}


def joined_cases(parts: Sequence[Cases]) -> Cases:
    """The rows of several tables as one, in their order. Raises DataError unless they share their symbols."""
    if len(lists := {part.symbols for part in parts}) != 1:
        raise DataError("Tables of different lists cannot be joined", received=f"{len(lists)} lists")
    return Cases(parts[0].symbols, *(_end_to_end([getattr(part, name) for part in parts]) for name in COLUMNS))


def _end_to_end(arrays: Sequence[npt.NDArray[Any]]) -> npt.NDArray[Any]:
    return np.concatenate(list(arrays))
