"""Two sources on one share: where their closes differ by more than a tick, and what one has that the other lacks."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np

from engine.core.bars import DateArray, History, as_date

Tick = Callable[[float, date], float]
"""A price and a session to the smallest step that prices of that size take on that day."""

_ROUNDING = 1e-6
"""The share of a price that a source loses by keeping it in single precision."""

# of KOSPI, KOSDAQ and KONEX alike since 2023-01-25; before, KOSPI's steps grew at other prices, and KOSDAQ's ended at
# 100 won (KRX, trading rules: tick size)
_UNIFIED = date(2023, 1, 25)
_BANDS = ((2_000, 1), (5_000, 5), (20_000, 10), (50_000, 50), (200_000, 100), (500_000, 500), (np.inf, 1_000))
_EARLIER = ((1_000, 1), (5_000, 5), (10_000, 10), (50_000, 50), (100_000, 100), (500_000, 500), (np.inf, 1_000))


@dataclass(frozen=True, slots=True)
class Difference:
    """One session on which two sources name closes that are further apart than one tick."""

    session: date
    one: float
    other: float
    tick: float


def krx_tick(price: float, session: date, *, kosdaq: bool = False) -> float:
    """The tick size of a share on the Korea Exchange, in won.

    >>> [krx_tick(price, date(2024, 1, 2)) for price in (1_999, 2_000, 71_200, 200_000, 500_000)]
    [1.0, 5.0, 100.0, 500.0, 1000.0]
    >>> krx_tick(150_000, date(2023, 1, 20)), krx_tick(150_000, date(2023, 1, 20), kosdaq=True)
    (500.0, 100.0)
    """
    bands = _BANDS if session >= _UNIFIED else _EARLIER
    tick = float(next(step for below, step in bands if price < below))
    return min(tick, 100.0) if kosdaq and session < _UNIFIED else tick


def differences(one: History, other: History, tick: Tick) -> tuple[Difference, ...]:
    """The sessions that both have, oldest first, whose closes differ by more than a tick of the higher one.

    Both as traded. A close that is NaN or not above zero is compared with nothing; what only one has is no difference.
    """
    _, rows, others = np.intersect1d(one.sessions, other.sessions, return_indices=True)
    found = []
    for row, match in zip(rows, others, strict=True):
        session, mine, theirs = as_date(one.sessions[row]), float(one.close[row]), float(other.close[match])
        if not (0 < mine < np.inf and 0 < theirs < np.inf):
            continue
        step = tick(max(mine, theirs), session)
        if abs(mine - theirs) > step + _ROUNDING * max(mine, theirs):
            found.append(Difference(session, mine, theirs, step))
    return tuple(found)


def lacking(have: DateArray, other: History) -> History:
    """What the other has of sessions that are not among those, and its actions of these sessions."""
    new = other.rows(~np.isin(other.sessions, have))
    days = {as_date(session) for session in new.sessions}
    return History(
        new.symbol, new.sessions, new.open, new.high, new.low, new.close, new.volume,
        tuple(action for action in other.actions if action.ex_date in days),
    )  # fmt: skip
