"""A list walked forward: what is known before each test block, and what is said to each of its rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.core.bars import FloatArray, History
from engine.core.evaluation import baselines
from engine.core.evaluation.folds import Fold, Plan, folds
from engine.core.evaluation.garch import Garch, before_test, garch
from engine.core.evaluation.metrics import DRIFT, EWMA, GARCH, PERSISTENCE, RIDGE
from engine.core.evaluation.predictions import Cases, Predictions, silent
from engine.core.evaluation.ridge import ridge
from engine.core.evaluation.series import Series, calendar, cases, observed
from engine.core.forecast import Outlook
from engine.core.inputs import inputs
from engine.core.panel import Panel


@dataclass(frozen=True, slots=True, eq=False)
class Walk:
    """The tickers of a list, their series, every row of them, and the folds: all in the same order of symbols.

    `inputs` are what the pooled network reads of each, (T, F) as engine.core.inputs gives them.
    """

    panel: Panel
    series: tuple[Series, ...]
    inputs: tuple[FloatArray, ...]
    every: Cases
    folds: tuple[Fold, ...]

    def cut(self, plan: Plan) -> "Walk":
        """The same list with other folds. Raises TooShort."""
        return replace(self, folds=folds(calendar(self.series), plan))

    def known(self, fold: Fold) -> list[History]:
        """What a model may be trained on: rows and actions before the test block, from the training block's first on.

        A history without a row there comes empty.
        """
        before = [listed.history.upto(fold.known_to) for listed in self.panel]
        return [each.rows(each.sessions >= fold.train.first) for each in before]

    def seen(self, fold: Fold) -> list[History]:
        """The histories up to the end of the test block, from their first rows on: what forecasts are made on."""
        last = fold.test.end - np.timedelta64(1, "D")
        return [listed.history.upto(last.astype(object)) for listed in self.panel]

    def asked(self, fold: Fold) -> Cases:
        """The rows of the test block, with the scale of their training rows."""
        return fold.tested(self.every).measured_by(fold.training(self.every))

    def read(self, of: Cases) -> FloatArray:
        """(N, F) the inputs at the session of each row."""
        features = np.full((len(of), self.inputs[0].shape[1]), np.nan)
        for place, (series, values) in enumerate(zip(self.series, self.inputs, strict=True)):
            rows = np.flatnonzero(of.symbol == place)
            features[rows] = values[np.searchsorted(series.sessions, of.made_at[rows])]
        return features

    def before_test(self, fold: Fold) -> list[FloatArray]:
        """The returns of each symbol that GARCH is fitted on."""
        return [before_test(each, fold) for each in self.series]


def walk(panel: Panel, plan: Plan) -> Walk:
    """Cut a list's histories into folds. Raises TooShort, or DataError of an empty list."""
    series = tuple(observed(listed.history) for listed in panel)
    return Walk(panel, series, inputs(panel), cases(series), folds(calendar(series), plan))


def answered(to: Cases, histories: Sequence[History], outlooks: Sequence[Outlook]) -> Predictions:
    """What a model said to each row, by session: NaN for a symbol, a horizon or a session that it says nothing of."""
    said = silent(to)
    places = {symbol: place for place, symbol in enumerate(to.symbols)}
    for history, outlook in zip(histories, outlooks, strict=True):
        for number, horizon in enumerate(outlook.horizons):
            rows = np.flatnonzero(to.are(places[history.symbol], horizon))
            at = np.searchsorted(history.sessions, to.made_at[rows])
            said.quantiles[rows] = outlook.quantiles[at, number]
            said.mean[rows] = outlook.mean[at] if horizon == 1 else np.nan
    return said


def references(of: Walk, fold: Fold, asked: Cases, models: Mapping[str, Garch | None]) -> dict[str, Predictions]:
    """What the baselines say to the rows of a test block; `models` are those of GARCH, by symbol.

    They learn from all rows before it, as a model that is fitted once more on all rows does.
    """
    before = fold.before(of.every)
    blocks = (fold.training(of.every), fold.validating(of.every), fold.calibrating(of.every), asked)
    return {
        PERSISTENCE: baselines.persistence(before, asked),
        DRIFT: baselines.drift(before, asked),
        EWMA: baselines.ewma(before, asked),
        GARCH: garch(models, of.series, asked),
        RIDGE: ridge(*blocks, of.read),
    }
