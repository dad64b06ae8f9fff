"""What alarms are worth where it is known what happened: false episodes, recall and delay by type of event.

An alarm is the opening of an episode, whatever it leads to. It finds an event if it opens from the event's first
session to some sessions after its last (worlds.py); an episode that was open before finds nothing. Every other one is
false, those in a run-up and in the wake of an event among them.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from engine.core.bars import FloatArray
from engine.core.episodes import COOLDOWN, QUIET_SESSIONS
from tests.benchmarks.alarms.worlds import TYPES, YEAR, Event, Type


def openings(scores: FloatArray, quiet: float, threshold: float) -> list[int]:
    """Rows on which an episode opens, by the rule of core/episodes.py; a score up to `quiet` has a p above 0.1."""
    calm = scores <= quiet
    runs = np.convolve(calm, np.ones(QUIET_SESSIONS, np.int_), "valid") == QUIET_SESSIONS
    ends = (np.flatnonzero(runs) + QUIET_SESSIONS - 1).tolist()
    crossings = np.flatnonzero(scores >= threshold).tolist()
    opened, place = [], 0
    while place < len(crossings):
        row = crossings[place]
        opened.append(row)
        end = bisect_left(ends, row + QUIET_SESSIONS)
        if end == len(ends):
            break
        place = bisect_left(crossings, max(ends[end] + 1, row + COOLDOWN), place)
    return opened


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one detector did: `false` episodes by kind in so many ticker-years; delays of what was found, by type."""

    years: float
    false: dict[str, int]
    expected: dict[Type, int]
    delays: dict[Type, list[int]] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        """False episodes a ticker and year, over all kinds together."""
        return sum(self.false.values()) / self.years

    def recall(self, of: Type) -> float:
        """The share of events of a type that were found."""
        return len(self.delays[of]) / self.expected[of] if self.expected[of] else float("nan")

    def delay(self, of: Type) -> float:
        """The median of sessions from an event's first to the first alarm, of those found."""
        return float(np.median(self.delays[of])) if self.delays[of] else float("nan")


def outcome(opened: Sequence[dict[str, list[int]]], events: Sequence[Event], sessions: int) -> Outcome:
    """Of the rows on which each ticker's episodes opened, by kind; `sessions` are those of all tickers together."""
    first: dict[Event, int] = {}
    false = dict.fromkeys(next(iter(opened), {}), 0)
    for ticker, kinds in enumerate(opened):
        own = [event for event in events if event.ticker == ticker]
        for kind, rows in kinds.items():
            for row in rows:
                met = next((event for event in own if event.first <= row <= event.until), None)
                if met is None:
                    false[kind] += 1
                else:
                    first[met] = min(first.get(met, row), row)
    delays = {of: [row - event.first for event, row in first.items() if event.type == of] for of in TYPES}
    expected = {of: sum(event.type == of for event in events) for of in TYPES}
    return Outcome(sessions / YEAR, false, expected, delays)


def together(outcomes: Iterable[Outcome]) -> Outcome:
    """Several worlds as one."""
    every = list(outcomes)
    return Outcome(
        sum(each.years for each in every),
        {kind: sum(each.false[kind] for each in every) for kind in every[0].false},
        {of: sum(each.expected[of] for each in every) for of in TYPES},
        {of: [delay for each in every for delay in each.delays[of]] for of in TYPES},
    )
