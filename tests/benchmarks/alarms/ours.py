"""The product's own detectors on a made-up world: scored, calibrated on its clean years, and decided."""

from collections.abc import Sequence

import numpy as np

from engine.core.bars import FloatArray
from engine.core.budget import Budget
from engine.core.calibration import Calibrations, calibrate_kinds
from engine.core.features import features
from engine.core.panel import Listed, on_list
from engine.core.pool import LEFT_OUT
from engine.core.scored import Scored, score
from tests.benchmarks.alarms.measures import openings
from tests.benchmarks.alarms.standin import outlooks
from tests.benchmarks.alarms.worlds import World


def scored(of: World, budget: Budget, seed: int) -> list[Scored]:
    """Every kind's scores of every ticker beside the list of all, with the forecaster of no skill."""
    symbols = {each.symbol for each in of.histories}
    tickers = on_list([Listed.of(each) for each in of.histories], symbols, symbols)
    said = outlooks(of.histories, seed)
    return [
        score(features(each.history, outlook, None, each.returns, each.index), budget)
        for each, outlook in zip(tickers, said, strict=True)
    ]


def calibrated(tickers: Sequence[Scored], budget: Budget, first: int, end: int) -> Calibrations:
    """Thresholds from rows `first` to before `end` of all tickers."""
    return calibrate_kinds([_rows(ticker, first, end + LEFT_OUT) for ticker in tickers], budget)


def opened(tickers: Sequence[Scored], calibrations: Calibrations, start: int) -> list[dict[str, list[int]]]:
    """By ticker and kind, the rows from `start` on at which an episode opens."""
    return [
        {
            kind: [start + row for row in openings(ticker.scores[kind][start:], of.pool.quiet, of.watch.score)]
            for kind, of in calibrations[ticker.symbol].items()
        }
        for ticker in tickers
    ]


def single(tickers: Sequence[Scored], calibrations: Calibrations, budget: Budget) -> list[FloatArray]:
    """One score a ticker: -log10 of the smallest p over the kinds, each over its weight (a weighted Bonferroni)."""
    made = []
    for ticker in tickers:
        own = calibrations[ticker.symbol]
        rarities = [
            -np.log10(_p(ticker.scores[kind], of.pool.scores) / budget.weight(kind)) for kind, of in own.items()
        ]
        made.append(np.max(rarities, axis=0))
    return made


def _p(scores: FloatArray, pool: FloatArray) -> FloatArray:
    past = np.sort(pool, axis=None)
    past = past[: len(past) - np.count_nonzero(np.isnan(past))]
    beyond = len(past) - np.searchsorted(past, scores, side="left")
    return np.where(np.isnan(scores), 1.0, (1 + beyond) / (len(past) + 1))


def _rows(ticker: Scored, first: int, end: int) -> Scored:
    scores = {kind: scores[first:end] for kind, scores in ticker.scores.items()}
    return Scored(ticker.features.rows(first, end), scores, ticker.asset)
