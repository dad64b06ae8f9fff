"""Sessions that passed while nobody decided on them: which are decided afterwards, and which lie too far back."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from engine.core.bars import DateArray, as_date

REACH = 20
"""Sessions before the newest that are decided afterwards, at most."""


@dataclass(frozen=True, slots=True)
class Missed:
    """The sessions of a list that passed unwatched: those to decide, and those before them, both oldest first.

    `between` says of each symbol that has some after which session it was decided last, and which is its newest: on
    another exchange that may be an earlier one. Of those too old, `aside` are the ones whose bar was set aside at the
    time, by symbol, and on `seen` somebody was there: another ticker of the list was decided.
    """

    sessions: tuple[date, ...]
    too_old: tuple[date, ...]
    between: Mapping[str, tuple[date, date]]
    aside: Mapping[str, frozenset[date]] = field(default_factory=dict)
    seen: frozenset[date] = frozenset()

    def concern(self, symbol: str, session: date) -> bool:
        """Whether that symbol waits for a decision on that session."""
        since, newest = self.between.get(symbol, (session, session))
        return since < session < newest

    @property
    def words(self) -> str | None:
        """What lies too far back, in words; None where nothing does."""
        aside = frozenset[date]().union(*self.aside.values())
        unwatched = [day for day in self.too_old if day not in aside | self.seen]
        behind = [day for day in self.too_old if day in aside]
        unscored = [day for day in self.too_old if day in self.seen - aside]
        told = (
            _told(unwatched, "passed unwatched"),
            _told(behind, f"came without bars of {_named(self.aside)} that could be believed"),
            _told(unscored, f"came without a score of {_named(self._concerned(unscored))}"),
        )
        return "; ".join(each for each in told if each) or None

    def _concerned(self, sessions: Iterable[date]) -> list[str]:
        days = tuple(sessions)
        return [symbol for symbol in self.between if any(self.concern(symbol, day) for day in days)]


def _told(sessions: Sequence[date], how: str) -> str:
    if not sessions:
        return ""
    first, last, count = sessions[0], sessions[-1], len(sessions)
    stretch = f"{count} sessions from {first} to {last}" if count > 1 else f"the session of {last}"
    return f"{stretch} {how} and no alarm is decided on {'them' if count > 1 else 'it'}"


def _named(symbols: Iterable[str]) -> str:
    first, *others = sorted(symbols) or [""]
    return f"{first} and {len(others)} more" if others else first


def missed(seen: Mapping[str, DateArray], decided: Mapping[str, date]) -> Missed:
    """What passed between the last decision on each symbol and the newest of its sessions `seen`.

    A symbol that was never decided has missed nothing: nobody watched it.
    """
    passed = {symbol: tuple(_between(seen[symbol], since)) for symbol, since in decided.items() if symbol in seen}
    every = sorted({session for each in passed.values() for session in each})
    between = {symbol: (decided[symbol], as_date(seen[symbol][-1])) for symbol, each in passed.items() if each}
    return Missed(tuple(every[-REACH:]), tuple(every[:-REACH]), between)


def _between(sessions: DateArray, since: date) -> Iterator[date]:
    first = int(np.searchsorted(sessions, np.datetime64(since, "D"), side="right"))
    yield from sessions[first:-1].tolist()
