"""An evaluation as the protocol tells it, and as the store keeps it."""

import math
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, timedelta

import msgspec
import numpy as np

from engine.core.bars import FloatArray, as_date
from engine.core.evaluation.folds import Block
from engine.core.evaluation.metrics import Metrics
from engine.core.evaluation.predictions import Predictions
from engine.core.evaluation.summary import Evaluation, FoldResult
from engine.protocol import Drawn, Evaluated, Figures, FoldBlocks, Judged, SymbolFigures

DRAWN = 120
"""Newest sessions whose forecasts are drawn."""


def answer(of: Evaluation, said: Predictions, skipped: Mapping[str, str], seconds: float) -> Evaluated:
    """The answer to a client; what is not known is None."""
    return Evaluated(
        preset=of.preset,
        blocks=tuple(_blocks(each) for each in of.folds),
        start=of.start,
        end=of.end,
        symbols=of.symbols,
        pooled=_figures(of.pooled),
        horizons=_others(of.horizons),
        baselines={name: Judged(_figures(each[1]), _others(each)) for name, each in of.baselines.items()},
        per_symbol={symbol: _of_symbol(each, *of.prices[symbol]) for symbol, each in of.per_symbol.items()},
        gate=of.word,
        skipped=dict(skipped),
        seconds=seconds,
        drawn=tuple(drawn for symbol in of.symbols if (drawn := _drawn(said, symbol))),
    )


def document(of: Evaluated) -> str:
    """The answer as it is kept: JSON, from which it can be made again."""
    return msgspec.json.encode(of).decode()


def _figures(of: Metrics) -> Figures:
    return msgspec.convert(_known(of), Figures)


def _of_symbol(of: Metrics, mse: float, mae: float) -> SymbolFigures:
    return msgspec.convert({**_known(of), "mse_price": _number(mse), "mae_price": _number(mae)}, SymbolFigures)


def _known(of: Metrics) -> dict[str, float | None]:
    return {name: _number(value) for name, value in asdict(of).items()}


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _others(of: Mapping[int, Metrics]) -> dict[str, Figures]:
    return {str(horizon): _figures(each) for horizon, each in of.items() if horizon != 1}


def _blocks(of: FoldResult) -> FoldBlocks:
    fold = of.fold
    return FoldBlocks(
        fold=fold.number,
        train=_stretch(fold.train),
        validation=_stretch(fold.validation),
        calibration=_stretch(fold.calibration),
        test=_stretch(fold.test),
        rows=of.rows,
        pinball_skill_ewma=_number(of.pinball_skill_ewma),
    )


def _stretch(block: Block) -> tuple[date, date]:
    """Its first day and its last."""
    return as_date(block.first), as_date(block.end) - timedelta(1)


def _drawn(said: Predictions, symbol: str) -> Drawn | None:
    """The newest forecasts of one session ahead that a symbol has, in prices."""
    own = said.rows(said.cases.are(said.cases.symbols.index(symbol), 1))
    own = own.rows(np.asarray(np.isfinite(own.quantiles).all(axis=1))).rows(slice(-DRAWN, None))
    if not len(own):
        return None
    close = own.cases.close
    middle = np.where(np.isfinite(own.mean), own.mean, own.quantiles[:, 2])
    return Drawn(
        symbol=symbol,
        sessions=tuple(own.cases.target.tolist()),
        actual=_prices(close, own.cases.realised),
        predicted=_prices(close, middle),
        low=_prices(close, own.quantiles[:, 0]),
        high=_prices(close, own.quantiles[:, -1]),
    )


def _prices(close: FloatArray, returns: FloatArray) -> tuple[float, ...]:
    return tuple((close * np.exp(returns)).tolist())
