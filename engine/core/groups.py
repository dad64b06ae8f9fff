"""Whose scores are held against each other: stocks apart from indices and funds, and each by how much it moves."""

from collections.abc import Sequence
from typing import Literal, TypeAlias

import numpy as np

from engine.core.bars import FloatArray
from engine.core.pool import ENOUGH, WINDOW

Asset: TypeAlias = Literal["stock", "fund"]
"""Of one company, or of many: an index, an ETF, a fund."""

ASSETS: tuple[Asset, ...] = ("stock", "fund")

TERCILES = 3

_OF_MANY = frozenset({"index", "etf", "mutualfund", "fund"})


def asset_of(symbol: str, said: str = "") -> Asset:
    """What a symbol stands for, by its source's word for it; without one, ^ at its head marks an index."""
    return "fund" if said.lower() in _OF_MANY or symbol.startswith("^") else "stock"


def typical_volatilities(sigmas: Sequence[FloatArray]) -> FloatArray:
    """(N,) the (lower) median of each ticker's EWMA volatility over its last 1,000 sessions; NaN without any."""
    length = max((min(len(sigma), WINDOW) for sigma in sigmas), default=0)
    block = np.full((len(sigmas), length), np.nan)
    for row, sigma in zip(block, sigmas, strict=True):
        recent = sigma[-length:] if length else sigma[:0]
        row[length - len(recent) :] = recent
    counts = np.count_nonzero(~np.isnan(block), axis=1)
    middles = np.maximum(counts - 1, 0) // 2
    if not length:
        return np.full(len(sigmas), np.nan)
    block.partition(np.unique(middles), axis=1)  # NaN come last
    medians: FloatArray = block[np.arange(len(block)), middles]
    return medians


def terciles(assets: Sequence[Asset], volatilities: FloatArray) -> list[list[list[int]]]:
    """By class of asset, its tickers in three parts of rising volatility: places in the list; no part is empty.

    Ties go by place; a ticker whose volatility is not known comes last, and gives no scores either.
    """
    order = np.argsort(volatilities, kind="stable").tolist()
    by_asset = [[place for place in order if assets[place] == asset] for asset in ASSETS]
    return [[part.tolist() for part in np.array_split(own, TERCILES) if len(part)] for own in by_asset if own]


def merged(parts: Sequence[Sequence[int]], counts: Sequence[int]) -> list[list[int]]:
    """Parts of one class of asset joined until each has enough scores: the smallest first, with its smaller neighbour.

    `counts` are those of the parts. What is left in one piece may still be too small.
    """
    pieces = [(list(part), count) for part, count in zip(parts, counts, strict=True)]
    while len(pieces) > 1 and min(count for _, count in pieces) < ENOUGH:
        at = min(range(len(pieces)), key=lambda place: pieces[place][1])
        beside = min((place for place in (at - 1, at + 1) if 0 <= place < len(pieces)), key=lambda p: pieces[p][1])
        first, second = sorted((at, beside))
        joined = pieces[first][0] + pieces[second][0], pieces[first][1] + pieces[second][1]
        pieces[first : second + 1] = [joined]
    return [piece for piece, _ in pieces]
