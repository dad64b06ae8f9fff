"""Since when each level is set: what was a price before that does not reach it.

A mark is an instant (seconds since the epoch) where quotes have times within the day. Where they have none (files, a
replay), it is the last stored session when the level was first seen, None until there is one.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from typing import TypeAlias

from engine.core.quotes import DayBar, Levels, Quote, Rule

Key: TypeAlias = tuple[str, Rule, float]
Mark: TypeAlias = float | date | None
Marks: TypeAlias = Mapping[Key, Mark]

_LONGEST_SESSION = 86_400.0


def marks(levels: Iterable[tuple[str, Levels, Mark]], known: Marks) -> Marks:
    """The marks of these levels: the known one where there is one, else the given; of two lists the earlier."""
    found: dict[Key, Mark] = {}
    for symbol, own, new in levels:
        for rule, level in own.rules():
            key = (symbol, rule, level)
            given = known.get(key, new)
            other = found.get(key)
            found[key] = min(given, other) if isinstance(given, float) and isinstance(other, float) else given
    return found


def placed(known: Marks, bars: Mapping[str, DayBar]) -> Marks:
    """The same, with the last stored sessions as the marks of those that have none."""
    return {key: bars[key[0]].session if mark is None and key[0] in bars else mark for key, mark in known.items()}


def for_quote(levels: Levels, quote: Quote, known: Marks) -> Levels:
    """The levels that were set by the time of a quote."""

    def stood(mark: Mark) -> bool:
        return not isinstance(mark, float) or mark <= quote.time

    return levels.only(_those(quote.symbol, levels, known, stood))


def for_session(levels: Levels, bar: DayBar, known: Marks, open_at: Callable[[float], bool]) -> tuple[Levels, Levels]:
    """The levels held against all prices of a session, and those set while it ran, which its close alone can reach.

    `open_at` tells whether its exchange was open at an instant.
    """

    def ahead(mark: Mark) -> bool:
        return bar.at > mark if isinstance(mark, float) else mark is not None and bar.session > mark

    def within(mark: Mark) -> bool:
        return isinstance(mark, float) and 0 < bar.at - mark < _LONGEST_SESSION and open_at(mark)

    held = _those(bar.symbol, levels, known, ahead)
    late = [rule for rule in held if rule in _those(bar.symbol, levels, known, within)]
    return levels.only([rule for rule in held if rule not in late]), levels.only(late)


def _those(symbol: str, levels: Levels, known: Marks, holds: Callable[[Mark], bool]) -> Collection[Rule]:
    return [rule for rule, level in levels.rules() if holds(known.get((symbol, rule, level)))]
