"""Rules that judge a bar's level against the one before it, splits taken out: wrong unit, missing split, limit.

A real fall can look like a split that nobody told of. Such a row is set aside; when the new level has stood three
sessions it is taken for a move, from that session on: the rows before stay aside, for on their day nobody could know. A
wrong unit is never taken for a move.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.core.bars import DateArray, FloatArray, History, as_date, split_factor

STANDS = 3
"""Sessions a new level has to stand to be a move."""

_SPLITS = np.log([1.5, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 25, 30, 40, 50])
# what the market does on the day of a split: of the splits in the sample, up to 9.9 %
_SPLIT_DAY = 0.1
_UNIT = math.log(100)
# a limit price is rounded to a tick
_TICK = 0.005
_CRASH = 5.0
_CRASH_ROWS = 20
_FEWEST_ROWS = 10

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Jump:
    """A row whose level is not to be believed, or has just been: `accepted` as a move."""

    row: int
    rule: str
    words: str
    accepted: bool = False


def find(history: History, rows: Rows, sessions: DateArray, aside: DateArray, limit: float | None) -> list[Jump]:
    """The jumps among `rows` of a history, oldest first.

    `sessions` is the calendar's, `aside` are sessions set aside before and no longer in the history, `limit` is the
    exchange's for one session's move (0.3 for 30 %).
    """
    judge = _Judge(history, rows, sessions, aside, limit)
    suspects = judge.suspects()
    found: list[Jump] = []
    passed = 0
    for start in suspects:
        if start > passed:
            stretch = list(judge.stretch(int(start), {jump.row for jump in found}))
            found += [jump for jump in stretch if isinstance(jump, Jump)]
            passed = next((at for at in stretch if isinstance(at, int)), len(rows))
    return found


class _Judge:
    """One history's levels, and what is thought of the step from one to another."""

    def __init__(
        self, history: History, rows: Rows, sessions: DateArray, aside: DateArray, limit: float | None
    ) -> None:
        self._history = history
        self._rows = rows
        self._sessions = sessions
        self._aside = aside
        self._limit = limit
        splits = split_factor(history, as_date(history.sessions[0])) if len(history) else np.ones(0)
        self._levels: FloatArray = np.log(history.close * splits)

    def suspects(self) -> Rows:
        """Positions in `rows` whose step from the one before is large enough for any rule."""
        smallest = float(_SPLITS[0]) - _SPLIT_DAY
        if self._limit is not None:
            smallest = min(smallest, math.log1p(self._limit))
        return np.flatnonzero(np.abs(np.diff(self._levels[self._rows])) > smallest) + 1

    def stretch(self, start: int, before: set[int]) -> Iterator[Jump | int]:
        """Jumps from a position on; at last the position of the first row that is believed again, if there is one."""
        reference = int(self._rows[start - 1])
        first = previous = -1
        rule = ""
        for at in range(start, len(self._rows)):
            row = int(self._rows[at])
            if previous < 0 or not self._stays(row, previous, reference):
                rule, first = self._rule(reference, row, before), row
            if not rule:
                yield at
                return
            if not self._in_another_unit(reference, row, rule) and self._stood(reference, first, row) >= STANDS:
                yield Jump(row, "move accepted", f"taken for a move: the new level has stood {STANDS} sessions", True)
                yield at
                return
            yield Jump(row, rule, self._words(rule, reference, row))
            previous = row

    def _in_another_unit(self, reference: int, row: int, rule: str) -> bool:
        """Whether the level began a hundredfold away, or the row itself is there."""
        return rule == "wrong unit" or self._unit(float(self._levels[row] - self._levels[reference]))

    @staticmethod
    def _unit(step: float) -> bool:
        return abs(abs(step) - _UNIT) <= _SPLIT_DAY

    def _stays(self, row: int, previous: int, reference: int) -> bool:
        """Whether a row goes on from the level in doubt, and not from the one that was believed."""
        step = self._distance(row, previous)
        return step < float(_SPLITS[0]) - _SPLIT_DAY and step < self._distance(row, reference)

    def _distance(self, row: int, other: int) -> float:
        return abs(float(self._levels[row] - self._levels[other]))

    def _stood(self, reference: int, first: int, row: int) -> int:
        """Sessions since the level is new; those set aside before count, though their rows are not here."""
        days = self._history.sessions
        missing = int(np.sum((self._aside > days[reference]) & (self._aside < days[row])))
        return row - first + 1 + missing

    def _rule(self, reference: int, row: int, before: set[int]) -> str:
        step = float(self._levels[row] - self._levels[reference])
        if self._unit(step):
            return "wrong unit"
        beyond = self._beyond(step, reference, row)
        if beyond is False:
            return ""
        if _split_like(step) and not self._crash(reference, row, before):
            return "split-like"
        return "beyond the limit" if beyond else ""

    def _beyond(self, step: float, reference: int, row: int) -> bool | None:
        """Whether the exchange allows no such move in the sessions between; None where it has no limit."""
        if self._limit is None:
            return None
        # a row that only stands in for a missing session is no day on which the price could be seen
        while reference and np.isnan(self._history.open[reference]) and self._history.volume[reference] == 0:
            reference -= 1
        between = np.searchsorted(self._sessions, self._history.sessions[[reference, row]])
        days = max(1, int(between[1] - between[0]))
        allowed = self._limit + _TICK
        return step > days * math.log1p(allowed) or step < days * math.log1p(-allowed)

    def _crash(self, reference: int, row: int, before: set[int]) -> bool:
        """Whether volume says that the move was traded: shares and money alike are many times the usual.

        A split multiplies the shares and leaves the money; a bad tick leaves the shares.
        """
        volume = self._history.volume
        usual = [each for each in self._rows[self._rows <= reference] if volume[each] > 0 and int(each) not in before]
        if len(usual) < _FEWEST_ROWS or not volume[row] > 0:
            return False
        usual = usual[-_CRASH_ROWS:]
        money = self._history.close * volume
        return bool(volume[row] >= _CRASH * np.median(volume[usual]) and money[row] >= _CRASH * np.median(money[usual]))

    def _words(self, rule: str, reference: int, row: int) -> str:
        ratio = math.exp(float(self._levels[row] - self._levels[reference]))
        if rule == "wrong unit":
            return f"price {ratio:.3g} times the one before: another unit?"
        if rule == "split-like":
            return f"split-like ratio {ratio:.2g} without a split"
        return f"moved {100 * (ratio - 1):+.1f} %, beyond the exchange's limit of {100 * (self._limit or 0):.0f} %"


def _split_like(step: float) -> bool:
    """Whether a step is that of a usual split, or larger than that of any."""
    size = abs(step)
    return size > float(_SPLITS[-1]) or bool(np.min(np.abs(_SPLITS - size)) <= _SPLIT_DAY)
