"""The product's own detectors on a made-up world: scored, calibrated on its clean years, and decided."""

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np

from engine.core.bars import FloatArray
from engine.core.budget import Budget
from engine.core.calibration import Calibrations, calibrate_kinds
from engine.core.features import features
from engine.core.market import market_of, residual
from engine.core.pool import LEFT_OUT
from engine.core.scored import Scored, score
from tests.benchmarks.alarms.measures import openings
from tests.benchmarks.alarms.standin import outlooks
from tests.benchmarks.alarms.worlds import World


def scored(of: World, budget: Budget, seed: int) -> list[Scored]:
    """Every kind's scores of every ticker, with the forecaster of no skill."""
    said = outlooks(of.histories, seed)
    return [score(features(history, each), budget) for history, each in zip(of.histories, said, strict=True)]


def on_residuals(tickers: Sequence[Scored], budget: Budget, kinds: Collection[str]) -> list[Scored]:
    """The same, with some kinds scored on what the list's market leaves of each ticker, on every session."""
    market = market_of([ticker.features for ticker in tickers])
    assert market is not None
    made = []
    for ticker in tickers:
        own = residual(ticker, market, budget).scores
        scores = {kind: own[kind] if kind in kinds else plain for kind, plain in ticker.scores.items()}
        made.append(replace(ticker, scores=scores))
    return made


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
