"""The gate: every rule in its order, and what remains."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from engine.core.bars import DateArray, History, as_date
from engine.core.quality import bars, gaps, jumps
from engine.core.quality.bars import BoolArray
from engine.core.quality.days import among
from engine.core.quality.notes import REVISED, SOURCES_DIFFER, DataNote, Treatment, in_words
from engine.core.quality.refused import storable

_LATELY = 5
_NONE = np.empty(0, "datetime64[D]")


@dataclass(frozen=True, slots=True, eq=False)
class Gated:
    """A history that may be scored: its usable rows, which of them (T,) are repaired, and what was found in all.

    `filled` (T,) are those among the repaired that stand for a missing session; the others are later revisions of a
    quarantined bar. `notes` are in the order of sessions.
    """

    history: History
    repaired: BoolArray
    notes: tuple[DataNote, ...] = ()
    filled: BoolArray = field(default_factory=lambda: np.zeros(0, np.bool_))

    @property
    def last(self) -> date | None:
        """The last session that has a bar of its own, None if there is none."""
        own = self.history.sessions[~self.filled] if len(self.filled) else self.history.sessions
        return as_date(own[-1]) if len(own) else None

    @property
    def behind(self) -> tuple[DataNote, ...]:
        """What is quarantined after the last usable bar."""
        last = self.last or date.min
        return tuple(note for note in self.notes if note.treatment == "quarantined" and note.session > last)


def lately(gated: Gated, session: date | None) -> str | None:
    """The newest thing found in the last 5 usable or later days up to a session, in words; None where all is well."""
    if session is None:
        return None
    days = gated.history.sessions[gated.history.sessions <= np.datetime64(session, "D")]
    since = as_date(days[-min(_LATELY, len(days))]) if len(days) else date.min
    found = [note for note in gated.notes if since <= note.session <= session]
    return in_words(found)[-1] if found else None


def gate(
    history: History,
    sessions: DateArray = _NONE,
    *,
    limit: float | None = None,
    weekends: bool = False,
    corrections: History | None = None,
    distrusted: Iterable[date] = (),
    completed: date | None = None,
) -> Gated:
    """The rows that may be scored, with missing sessions filled, and a note a finding.

    `sessions` (S,) datetime64[D] are the calendar's, as far as gaps are to be filled; `limit` is the exchange's for one
    session's move; `weekends` says that it trades then. `corrections` are later revisions: one replaces a quarantined
    bar if it passes itself. `distrusted` are sessions on which sources differ. `completed` is the last completed
    session, None where no row can be a future one. What is said of a row depends on no row after it.
    """
    known, refused = storable(history, completed)
    rules = _Rules(sessions, limit, weekends, np.array(sorted(set(distrusted)), "datetime64[D]"))
    found = _judged(known, rules)
    revised = np.zeros(len(known), np.bool_)
    extra: list[DataNote] = list(refused)
    if corrections is not None and len(corrections) and bool(found.bad.any()):
        known, found, revised, said = _corrected(known, found, rules, corrections)
        extra += said
    good = known if not bool(found.bad.any()) else known.rows(~found.bad)
    return _filled(good, revised[~found.bad], rules, known.sessions[found.bad], [*extra, *found.notes])


@dataclass(frozen=True, slots=True)
class _Rules:
    sessions: DateArray
    limit: float | None
    weekends: bool
    distrusted: DateArray


@dataclass(frozen=True, slots=True)
class _Found:
    """Rows (T,) that are set aside, and all that was found."""

    bad: BoolArray
    notes: list[DataNote]


def _judged(history: History, rules: _Rules) -> _Found:
    found = _Found(np.zeros(len(history), np.bool_), [])
    if not len(history):
        return found

    def apart(mask: BoolArray, rule: str, words: str) -> None:
        new = mask & ~found.bad
        if bool(new.any()):
            found.bad[new] = True
            found.notes.extend(_notes(history, np.flatnonzero(new), rule, "quarantined", words))

    differing = among(history.sessions, rules.distrusted)
    apart(differing, SOURCES_DIFFER, "two sources contradict each other")
    if not rules.weekends:
        apart(bars.on_weekend(history, rules.sessions), "weekend", "a bar of a weekend")
    for rule, find, words in _OF_A_BAR:
        apart(find(history), rule, words)
    _jumps(history, rules, found)
    apart(bars.repeated(history, np.flatnonzero(~found.bad)), "halted", _HALTED)
    holidays = bars.on_holiday(history, rules.sessions) & ~found.bad
    if bool(holidays.any()):
        found.notes.extend(_notes(history, np.flatnonzero(holidays), "holiday", "noted", _HOLIDAY))
    return found


_HALTED = "halted: same prices, no volume"
_HOLIDAY = "a bar of a day that the calendar calls a holiday"
_OF_A_BAR: tuple[tuple[str, Callable[[History], BoolArray], str], ...] = (
    ("not positive", bars.negative_price, "an open, high or low of zero or less"),
    ("high below low", bars.high_below_low, "high below low"),
    ("close outside", bars.close_outside, "close outside high and low"),
    ("halted", bars.not_traded, _HALTED),
)


def _jumps(history: History, rules: _Rules, found: _Found) -> None:
    absent = rules.distrusted[~among(rules.distrusted, history.sessions)]
    for jump in jumps.find(history, np.flatnonzero(~found.bad), rules.sessions, absent, rules.limit):
        found.bad[jump.row] = not jump.accepted
        treatment: Treatment = "noted" if jump.accepted else "quarantined"
        found.notes.append(DataNote(as_date(history.sessions[jump.row]), jump.rule, treatment, jump.words))


def _corrected(
    history: History, found: _Found, rules: _Rules, corrections: History
) -> tuple[History, _Found, BoolArray, list[DataNote]]:
    """Put revisions in the place of quarantined bars, the oldest first, where they pass: each may change what follows.

    Where sources differ, the revision is the other opinion, not the truth.
    """
    revised = np.zeros(len(history), np.bool_)
    notes: list[DataNote] = []
    for at, day in enumerate(corrections.sessions):
        row = int(np.searchsorted(history.sessions, day))
        held = row < len(history) and history.sessions[row] == day and bool(found.bad[row])
        if not held or day in rules.distrusted:
            continue
        trial = _with_row(history, row, corrections, at)
        judged = _judged(trial, rules)
        if not judged.bad[row]:
            was = next((note.words for note in found.notes if note.session == as_date(day)), "")
            words = f"a later revision stands for a quarantined bar ({was})"
            notes.append(DataNote(as_date(day), REVISED, "repaired", words))
            history, found, revised[row] = trial, judged, True
    return history, found, revised, notes


def _with_row(history: History, row: int, other: History, at: int) -> History:
    columns = {}
    for name in ("open", "high", "low", "close", "volume"):
        columns[name] = getattr(history, name).copy()
        columns[name][row] = getattr(other, name)[at]
    return replace(history, **columns)


def _filled(good: History, revised: BoolArray, rules: _Rules, bad: DateArray, notes: list[DataNote]) -> Gated:
    aside = np.union1d(bad, rules.distrusted) if len(rules.distrusted) else bad
    days, lost = gaps.missing(good, rules.sessions, aside)
    new = np.zeros(len(good), np.bool_)
    repaired = revised
    if len(days):
        good, new = gaps.filled(good, days)
        repaired = new.copy()
        repaired[~new] = revised
        notes += [DataNote(as_date(day), "missing", "repaired", "no bar: the close before stands in") for day in days]
    notes += [DataNote(as_date(day), "missing", "noted", "no bar") for day in lost]
    return Gated(good, repaired, tuple(sorted(notes, key=lambda note: (note.session, note.rule))), new)


def _notes(
    history: History, rows: np.ndarray[tuple[int], np.dtype[np.int64]], rule: str, treatment: Treatment, words: str
) -> list[DataNote]:
    return [DataNote(as_date(history.sessions[row]), rule, treatment, words) for row in rows]
