"""Splits and dividends, read out of the jumps between close and adjusted close.

The adjusted close of a row may be on any scale, and a vendor rescales the past with every action; only the ratio of two
neighbours says something, and it says it for good: nothing here looks further than from one row to the one before.
"""

from fractions import Fraction

import numpy as np
import numpy.typing as npt

from engine.core.bars import Action, DateArray, FloatArray, as_date

# what vendors themselves compute with: single precision leaves this much in a ratio of four numbers
_FLOAT_NOISE = 1e-6
# a file that drops closing zeros writes 27.5 for 27.50: some rows before tell how fine it really is
_ROWS_OF_DECIMALS = 5
_HALF_UNIT = np.array([0.5 * 10.0**-places for places in range(41)])


def _simple_ratios() -> FloatArray:
    up = {Fraction(new) for new in range(2, 101)}
    up |= {Fraction(new, old) for old in range(2, 6) for new in range(old + 1, 11)}
    down = {1 / ratio for ratio in up if ratio >= Fraction(5, 4)}
    return np.array(sorted(map(float, up | down)))


_RATIOS = _simple_ratios()


def derive(
    sessions: DateArray,
    close: FloatArray,
    adjusted: FloatArray,
    close_places: npt.NDArray[np.int64],
    adjusted_places: npt.NDArray[np.int64],
) -> tuple[Action, ...]:
    """The actions with which the total return from row to row is the ratio of the adjusted closes.

    All arrays are (T,), oldest first; close is above zero; a row whose adjusted is NaN has no action, nor is it a
    neighbour. `*_places` are the decimals each number was written with. For neighbours s < t let
    r = (adj(t) / adj(s)) / (close(t) / close(s)). An r within the rounding of the four numbers is no action. One near a
    simple ratio, of 6:5 and more or 4:5 and less, is a split of exactly that ratio. What remains is a dividend,
    adj(t) / adj(s) * close(s) / split - close(t), below zero where the adjusted close says that holders paid.
    """
    known = np.flatnonzero(np.isfinite(adjusted) & (adjusted > 0))
    day, price, level = sessions[known], close[known], adjusted[known]
    growth = level[1:] / level[:-1]
    jump = growth / (price[1:] / price[:-1])
    noise = _rounding(price, close_places[known]) + _rounding(level, adjusted_places[known]) + _FLOAT_NOISE
    return tuple(
        _action(
            day[row + 1], float(price[row + 1]), float(price[row] * growth[row]), float(jump[row]), float(noise[row])
        )
        for row in np.flatnonzero(np.abs(jump - 1) > noise)
    )


def _rounding(values: FloatArray, places: npt.NDArray[np.int64]) -> FloatArray:
    """(T-1,) how far the ratio of neighbours may be off, because each is rounded to its decimals."""
    padded = np.concatenate([np.zeros(_ROWS_OF_DECIMALS - 1, np.int64), np.clip(places, 0, len(_HALF_UNIT) - 1)])
    finest = np.lib.stride_tricks.sliding_window_view(padded, _ROWS_OF_DECIMALS).max(axis=1)[1:]
    off: FloatArray = _HALF_UNIT[finest] * (1 / values[1:] + 1 / values[:-1])
    return off


def _action(day: np.datetime64, close: float, worth: float, jump: float, noise: float) -> Action:
    """The action behind one jump; `worth` is what a share of the day before has become, in money."""
    split = _split(jump, noise)
    paid = worth / split - close if abs(jump / split - 1) > noise else 0.0
    return Action(ex_date=as_date(day), split=split, dividend=paid, known_at=as_date(day))


def _split(jump: float, noise: float) -> float:
    ratio = float(_RATIOS[int(np.argmin(np.abs(jump / _RATIOS - 1)))])
    # a dividend may fall on the day of a split; whole ratios are common enough to be believed from further away
    whole = ratio.is_integer() or abs(1 / ratio - round(1 / ratio)) < 1e-9
    return ratio if abs(jump / ratio - 1) <= max(noise, 0.03 if whole else 0.01) else 1.0
