"""The alarms of a home: what sessions do to them, and what people say of them."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from threading import Lock
from typing import TypeAlias

from engine.core.attention import wakes
from engine.core.bars import DateArray
from engine.core.data_faults import data_faults
from engine.core.episodes import (
    COOLDOWN,
    DATA_FAULT,
    Change,
    Episode,
    Verdict,
    dropped,
    forming,
    settled,
    whose,
    withdrawn,
)
from engine.core.features import Features
from engine.core.grading import due
from engine.core.missed import Missed, missed
from engine.core.quality import DataNote
from engine.errors import BadRequest
from engine.ports import AlarmRecord, Calendar, Clock, Store
from engine.unwatched import Held, Unwatched

SNOOZE = 5
"""Sessions that a snooze lasts if nothing else is said."""

Decide: TypeAlias = Callable[[Mapping[str, Episode]], list[Change]]
"""What a session does to the last episode of each kind."""


@dataclass(frozen=True, slots=True)
class Sitting:
    """One ticker, or a list's market by its own symbol, as a session left it.

    `expected` is the newest session it should have; `session` the one it was scored on, None if it was not, and then
    nothing is decided; `faults` are the notes on its newest bars where those are set aside. `over` says why no later
    one will be scored either, in words.
    """

    symbol: str
    expected: date | None
    session: date | None
    decide: Decide
    faults: Sequence[DataNote] = ()
    over: str | None = None


@dataclass(frozen=True, slots=True)
class Forming:
    """What the forming bar of a running session says of a ticker, or of a list's market by its own symbol.

    `since` counts the sessions from an opening to that one.
    """

    symbol: str
    verdict: Verdict
    since: Callable[[date], int]
    cooldown: int = COOLDOWN

    def change(self, known: Sequence[AlarmRecord]) -> Change | None:
        """What it does to its ticker's episodes."""
        of = [record.episode for record in known if record.episode.kind == self.verdict.kind]
        last = next((episode for episode in reversed(of) if not episode.provisional), None)
        raised = next(
            (episode for episode in of if episode.provisional and episode.opened == self.verdict.session), None
        )
        change = forming(last, raised, self.verdict, self.since(last.opened) if last else 0, self.cooldown)
        return _named(change, self.symbol) if change else None


class Alarms:
    """Decides each session once, whatever was restarted in between. It blocks; safe to call from several threads."""

    def __init__(self, store: Store, calendar: Calendar, clock: Clock, held: Held = lambda: None) -> None:
        self._store = store
        self._calendar = calendar
        self._clock = clock
        self._lock = Lock()
        self._unwatched = Unwatched(store.decided, calendar, held)

    # --- what sessions do ---

    def missed(self, seen: Mapping[str, DateArray]) -> Missed:
        """What passed since the last decision on each symbol, by the sessions that it has."""
        decided = {symbol: self._store.decided(symbol) for symbol in seen}
        found = missed(seen, {symbol: session for symbol, session in decided.items() if session})
        if not found.too_old:
            return found
        first, last = found.too_old[0], found.too_old[-1]
        aside = {symbol: self._set_aside(symbol, first) & frozenset(found.too_old) for symbol in found.between}
        there = self._store.decided_on(tuple(seen), first, last)
        return replace(found, aside={symbol: days for symbol, days in aside.items() if days}, seen=there)

    def _set_aside(self, symbol: str, since: date) -> frozenset[date]:
        notes = self._store.notes(symbol, since)
        return frozenset(note.session for note in notes if note.treatment == "quarantined")

    def decide(self, sittings: Iterable[Sitting], *, found: date | None = None) -> None:
        """Apply what a session did; what was decided before stays as it is.

        `found` is the newest session there is, where an earlier one is decided afterwards.
        """
        with self._lock:
            known = _by_symbol(self._store.standing_alarms())
            days: dict[date, tuple[list[str], list[Change]]] = {}
            sat: dict[str, date] = {}
            for sitting in sittings:
                new = self._is_new(sitting.symbol, sitting.session)
                day = self._day(sitting, new=new)
                if day is None:
                    continue
                symbols, changes = days.setdefault(day, ([], []))
                symbols += [sitting.symbol] if new else []
                changes += _changes(sitting, known.pop(sitting.symbol, []), day, new=new)
                sat[sitting.symbol] = day
            if found is None:
                for day, change in self._unwatched.changes(known, sat):
                    days.setdefault(day, ([], []))[1].append(change)
            for day, (symbols, changes) in sorted(days.items()):
                if symbols or changes:
                    self._store.decide(day, symbols, changes, self._clock.now(), found=found)

    def leave(self, symbols: Collection[str]) -> None:
        """Nobody watches these any more: what forming bars raised of them is withdrawn, for no close will decide it."""
        with self._lock:
            for episode in (record.episode for record in self._store.standing_alarms()):
                if episode.provisional and episode.symbol in symbols:
                    change = withdrawn(episode, episode.opened)
                    self._store.decide(episode.opened, (), [change], self._clock.now())

    def grade(self, known: Mapping[str, Features]) -> None:
        """Grade what is due by the last sessions of these tickers; a grade is given once."""
        waiting = (each for each in self._store.ungraded() if each.episode.symbol in known)
        given = [grade for each in waiting for grade in due(each.episode, each.has, known[each.episode.symbol])]
        if given:
            self._store.add_grades(given)

    def form(self, formed: Iterable[Forming]) -> bool:
        """Apply what forming bars say of sessions whose close is not decided yet; True if that changed anything."""
        with self._lock:
            known = _by_symbol(self._store.standing_alarms())
            days: dict[date, list[Change]] = {}
            for each in formed:
                if self._is_new(each.symbol, each.verdict.session):
                    change = each.change(known.get(each.symbol, []))
                    days.setdefault(each.verdict.session, []).extend([change] if change else [])
            for day, changes in sorted(days.items()):
                if changes:
                    self._store.decide(day, (), changes, self._clock.now())
            return any(days.values())

    def _day(self, sitting: Sitting, *, new: bool) -> date | None:
        """The session that a sitting is of; None where it decides nothing."""
        if new:
            return sitting.session
        # whoever took a ticker off may yet put it back within the session
        waits = sitting.over and not self._is_new(sitting.symbol, sitting.expected)
        return None if waits else sitting.expected

    def _is_new(self, symbol: str, session: date | None) -> bool:
        decided = self._store.decided(symbol)
        return session is not None and (decided is None or decided < session)

    # --- what people say ---

    def acknowledge(self, alarm: int) -> None:
        """It has been seen. Raises BadRequest."""
        self._store.acknowledge(alarm, self._clock.now())

    def snooze(self, alarm: int, sessions: int = SNOOZE, until: date | None = None) -> None:
        """It is quiet for so many sessions, or until a date, or until it escalates. Raises BadRequest."""
        episode = self._open(alarm)
        now = max(self._store.decided(episode.symbol) or episode.opened, episode.opened)
        if until is not None and until <= now:
            raise BadRequest("a snooze ends after the last session", received=f"{until}", do=f"name a day after {now}")
        exchange = self._calendar.exchange(whose(episode.symbol)[0])
        self._store.snooze(alarm, until or self._calendar.following(exchange, now, sessions), self._clock.now())

    def mute(self, alarm: int, *, whole: bool = False) -> None:
        """What its ticker and kind (`whole`: its ticker) raises is recorded and does not ring. Raises BadRequest."""
        self._episode(alarm)
        self._store.mute(alarm, self._clock.now(), whole=whole)

    def unmute(self, alarm: int) -> None:
        """It may ring again. Raises BadRequest."""
        self._episode(alarm)
        self._store.unmute(alarm, self._clock.now())

    def _open(self, alarm: int) -> Episode:
        episode = self._episode(alarm)
        if episode.closed is not None:
            raise BadRequest("this alarm is over", received=str(alarm), do="only an open one can be snoozed")
        return episode

    def _episode(self, alarm: int) -> Episode:
        record = self._store.alarm(alarm)
        if record is not None:
            return record.episode
        if any(each.id == alarm for each in self._store.price_alarms()):
            raise BadRequest(
                "a price alert is said once and does not come back",
                received=str(alarm),
                do="acknowledge it, or change its level in the watchlist",
            )
        raise BadRequest("there is no alarm of that number", received=str(alarm), do="`whipsaw alarms` lists them")


def _named(change: Change, symbol: str) -> Change:
    """A change to whom it belongs: the market of a list is kept by the list's name."""
    episode, event = change
    return replace(episode, symbol=symbol), event


def _by_symbol(records: Iterable[AlarmRecord]) -> dict[str, list[AlarmRecord]]:
    found: dict[str, list[AlarmRecord]] = {}
    for record in records:
        found.setdefault(record.episode.symbol, []).append(record)
    return found


def _ended(episode: Episode, day: date, why: str) -> Change:
    return withdrawn(episode, day) if episode.provisional else dropped(episode, day, why)


def _changes(sitting: Sitting, known: Sequence[AlarmRecord], day: date, *, new: bool) -> list[Change]:
    known = [record for record in known if record.episode.opened <= day]
    if sitting.over:
        return [_ended(record.episode, day, sitting.over) for record in known if record.episode.closed is None]
    episodes = [record.episode for record in known if record.episode.kind != DATA_FAULT]
    faults = [record.episode for record in known if record.episode.kind == DATA_FAULT and not record.episode.closed]
    raised = {episode.kind: episode for episode in episodes if episode.provisional}
    if new:
        last = {episode.kind: episode for episode in episodes if not episode.provisional}
        changes = settled(raised, [_named(change, sitting.symbol) for change in sitting.decide(last)], day)
    else:
        changes = [withdrawn(episode, day) for episode in raised.values() if episode.opened < day]
    changes += data_faults(sitting.symbol, faults, sitting.faults, day)
    moved = {(episode.kind, episode.opened) for episode, _ in changes}
    return changes + [
        (record.episode, "woken")
        for record in known
        if record.episode.closed is None
        and wakes(record.attention, day)
        and (record.episode.kind, record.episode.opened) not in moved
    ]
