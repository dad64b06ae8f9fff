"""A finding of the quality gate, and how several are told to a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, TypeAlias

Treatment: TypeAlias = Literal["repaired", "quarantined", "refused", "noted"]

SOURCES_DIFFER = "sources differ"
"""The rule of a note that two sources contradict each other on a session: whoever compares them writes it."""

FUTURE = "future"
"""The rule of a bar dated after the last completed session."""

MALFORMED = "malformed"
"""The rule of a file's row that cannot be read."""

REVISED = "revised"
"""The rule of a quarantined bar that a later revision stands for."""

_APART = timedelta(days=5)
"""Findings no further apart than a long weekend are told as one stretch."""


@dataclass(frozen=True, slots=True)
class DataNote:
    """What the gate found of one session: which rule, what it did about it, and in words."""

    session: date
    rule: str
    treatment: Treatment
    words: str


def in_words(notes: Sequence[DataNote]) -> tuple[str, ...]:
    """Each finding with its session, oldest first; the same one of neighbouring sessions is told once.

    >>> halts = [DataNote(date(2018, 4, 30), "halted", "quarantined", "halted: same prices, no volume"),
    ...          DataNote(date(2018, 5, 3), "halted", "quarantined", "halted: same prices, no volume")]
    >>> in_words(halts)
    ('halted: same prices, no volume (2018-04-30 to 05-03)',)
    """
    stretches: list[list[DataNote]] = []
    for note in sorted(notes, key=lambda each: (each.session, each.rule)):
        for stretch in reversed(stretches[-4:]):
            if stretch[-1].words == note.words and note.session - stretch[-1].session <= _APART:
                stretch.append(note)
                break
        else:
            stretches.append([note])
    return tuple(f"{stretch[0].words} ({_span(stretch[0].session, stretch[-1].session)})" for stretch in stretches)


def _span(first: date, last: date) -> str:
    if first == last:
        return f"{first}"
    return f"{first} to {last:%m-%d}" if first.year == last.year else f"{first} to {last}"
