"""Splits, which KRX does not announce: they show in the number of shares listed and in the price at once."""

import math
from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from engine.core.bars import Action

_NEAR = 0.02
"""How far a ratio of shares may be from n:1, for treasury shares cancelled along with it."""
_MOST = math.log(0.7) - 1e-3, math.log(1.3) + 1e-3
"""A day's move is at most 30 per cent of the base price; in logarithms, with room for a base price that is rounded."""


def splits(rows: Sequence[tuple[date, float, float]]) -> tuple[Action, ...]:
    """The splits between days in sequence, each with its close and its listed shares (NaN where not said).

    A split of n:1, or 1:n for a consolidation, multiplies the shares by n and divides the price by it on the same day,
    but for what the price moved by itself. Shares that are new for money or as a bonus are listed after the price has
    gone down, or without: none of these is a split. A dividend is never seen: KRX does not give any.
    """
    found = ((after[0], _split(before, after)) for before, after in pairwise(rows))
    return tuple(Action(day, split=split, known_at=day) for day, split in found if split is not None)


def _split(before: tuple[date, float, float], after: tuple[date, float, float]) -> float | None:
    ratio = after[2] / before[2] if before[2] > 0 else math.nan
    if not math.isfinite(ratio) or ratio <= 0:
        return None
    whole = round(max(ratio, 1 / ratio))
    if whole < 2 or abs(max(ratio, 1 / ratio) / whole - 1) > _NEAR:
        return None
    split = float(whole) if ratio > 1 else 1 / whole
    return split if _MOST[0] <= math.log(split * after[1] / before[1]) <= _MOST[1] else None
