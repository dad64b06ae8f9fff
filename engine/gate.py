"""Stored bars on their way to whoever scores or shows them: each passes the quality gate."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from threading import Lock

import numpy as np

from engine.core.bars import DateArray, History
from engine.core.groups import Asset, asset_of
from engine.core.market import together
from engine.core.panel import Panel, panel
from engine.core.quality import REVISED, SOURCES_DIFFER, DataNote, Gated, gate, storable
from engine.core.sessions import SETTLING
from engine.core.symbols import quoted_in
from engine.format import money, plain
from engine.ports import Calendar, Clock, Correction, Store

LIMITS = {"XKRX": 0.30}
"""The most a price may move in one session, by exchange: KRX since 2015-06-15, and less before."""

_CORRECTED = "corrected"
_CONTEXT = 20
_VIEWS_KEPT = 4
_WHOLE_KEPT = 100
"""Symbols of which all bars are kept, those looked back at last: some hundred kilobytes each."""
_TOLD = 3
_NO_SESSIONS = np.empty(0, "datetime64[D]")


@dataclass(frozen=True, slots=True)
class _Kept:
    """What was said of one symbol, and of what."""

    key: Hashable
    gated: Gated


class Gate:
    """Reads the store through core/quality. It blocks; safe to call from several threads.

    What was judged is kept until the store gives something else. Without a clock no bar is taken for a future one.
    """

    def __init__(self, store: Store, calendar: Calendar, clock: Clock | None = None) -> None:
        self._store = store
        self._calendar = calendar
        self._clock = clock
        self._lock = Lock()
        self._kept: dict[str, dict[date | None, _Kept]] = {}
        self._keys: dict[str, tuple[int, Hashable]] = {}
        self._whole: dict[str, tuple[Hashable, History]] = {}
        self._sessions: dict[str, tuple[date, date, DateArray]] = {}

    def read(self, symbol: str, upto: date | None = None, last: int | None = None) -> Gated:
        """The usable bars up to a session (None: all), or those among the `last` stored ones, and what was found.

        Of the `last` ones the calendar is not asked, so that a start need not wait for it: gaps are not filled then.
        """
        if last is not None:
            return self._tail(symbol, upto, last)
        key = self._key(symbol)
        with self._lock:
            known = self._kept.get(symbol, {}).get(upto)
        if known is not None and known.key == key:
            return known.gated
        gated = self._judge(symbol, upto, key)
        with self._lock:
            views = self._kept.setdefault(symbol, {})
            views.pop(upto, None)
            while len(views) >= _VIEWS_KEPT:
                views.pop(next(iter(views)))
            views[upto] = _Kept(key, gated)
        return gated

    def panel(self, histories: Sequence[History]) -> Panel:
        """These histories, each beside the market of the exchange it trades on."""
        return panel(histories, [self._calendar.exchange(history.symbol) for history in histories])

    def assets(self, symbols: Iterable[str]) -> dict[str, Asset]:
        """What each symbol stands for, by the last word of its source."""
        profiles = self._store.profiles()
        return {symbol: asset_of(symbol, profiles[symbol].kind if symbol in profiles else "") for symbol in symbols}

    def together(self, symbols: Iterable[str]) -> frozenset[str]:
        """Those of a list that can make a market."""
        return together({symbol: self._calendar.exchange(symbol) for symbol in symbols})

    def accept(self, history: History) -> tuple[History, tuple[DataNote, ...]]:
        """The rows of fetched bars that can be stored, and what is said of the others."""
        return storable(history, self.completed(history.symbol))

    def judged(self, symbol: str) -> Gated:
        """All stored bars judged, and what is found kept in the store: for whoever has just added bars."""
        gated = self.read(symbol)
        there = {(note.session, note.rule) for note in self._store.notes(symbol)}
        if new := [note for note in gated.notes if (note.session, note.rule) not in there]:
            self._store.add_notes(symbol, new)
        return gated

    def _key(self, symbol: str) -> Hashable:
        """What a judgement depends on: asked of the store where anything has been written since it last was."""
        state = self._store.changes()
        with self._lock:
            known = self._keys.get(symbol)
        if known is None or known[0] != state:
            known = state, self._of_store(symbol)
            with self._lock:
                self._keys[symbol] = known
        return known[1], self.completed(symbol)

    def _of_store(self, symbol: str) -> Hashable:
        """Bars are append-only, so that their number and their ends say whether a judgement stands.

        A note of the gate's own changes nothing.
        """
        coverage = self._store.coverage(symbol)
        revised = self._store.corrections(symbol)
        noted = tuple(note for note in self._store.notes(symbol) if _matters(note))
        actions = self._store.bars(symbol, last=1).actions
        revisions = (revised.sessions.tobytes(), revised.close.tobytes())
        return coverage.bars, coverage.first, coverage.last, actions, revisions, noted

    def _bars(self, symbol: str, upto: date | None, key: Hashable) -> History:
        """What is stored up to a session; all of it is kept for whoever looks back at one session after the other."""
        if upto is None:
            return self._store.bars(symbol)
        with self._lock:
            known = self._whole.pop(symbol, None)
        if known is None or known[0] != key:
            known = key, self._store.bars(symbol)
        with self._lock:
            self._whole[symbol] = known
            while len(self._whole) > _WHOLE_KEPT:
                del self._whole[next(iter(self._whole))]
        return known[1].upto(upto)

    def _judge(self, symbol: str, upto: date | None, key: Hashable) -> Gated:
        history = self._bars(symbol, upto, key)
        sessions = self._between(symbol, history)
        notes = [note for note in self._store.notes(symbol) if upto is None or note.session <= upto]
        gated = gate(
            history,
            sessions,
            limit=LIMITS.get(self._calendar.exchange(symbol)),
            weekends=_has_weekends(sessions),
            corrections=self._store.corrections(symbol),
            distrusted=[note.session for note in notes if note.rule == SOURCES_DIFFER],
            completed=self.completed(symbol),
        )
        return _shared(replace(gated, notes=_joined((*gated.notes, *self._corrected(symbol, gated)), notes)))

    def _tail(self, symbol: str, upto: date | None, last: int) -> Gated:
        """The same of the newest bars alone; some more are read, for rules look back."""
        history = self._store.bars(symbol, upto, last + _CONTEXT)
        if not len(history):
            return gate(history)
        first = history.sessions[max(0, len(history) - last)]
        notes = [note for note in self._store.notes(symbol, first.item()) if upto is None or note.session <= upto]
        gated = gate(
            history,
            limit=LIMITS.get(self._calendar.exchange(symbol)),
            weekends=True,
            corrections=self._store.corrections(symbol),
            distrusted=[note.session for note in notes if note.rule == SOURCES_DIFFER],
        )
        keep = gated.history.sessions >= first
        told = (*gated.notes, *self._corrected(symbol, gated))
        found = tuple(note for note in told if note.session >= first.item())
        return Gated(gated.history.rows(keep), gated.repaired[keep], _joined(found, notes), gated.filled[keep])

    def _corrected(self, symbol: str, gated: Gated) -> tuple[DataNote, ...]:
        """What is said of later closes where the first one stands: of one in its place the gate has told already."""
        corrections = self._store.corrected(symbol)
        if not corrections:
            return ()
        profile = self._store.profiles().get(symbol)
        currency = (profile.currency if profile else "") or quoted_in(symbol) or ""
        there = set(gated.history.sessions.tolist())
        told = {note.session for note in gated.notes if note.rule == REVISED}
        return tuple(
            DataNote(each.session, _CORRECTED, "noted", _correction(each, currency))
            for each in corrections
            if each.session in there and each.session not in told
        )

    def _between(self, symbol: str, history: History) -> DateArray:
        """The calendar's sessions from the first bar to the last: what comes after that is not missing yet."""
        if history.first is None or history.last is None:
            return _NO_SESSIONS
        exchange = self._calendar.exchange(symbol)
        start, end, known = self._sessions.get(exchange, (history.first, history.last, _NO_SESSIONS))
        if not len(known) or history.first < start or history.last > end:
            start, end = min(history.first, start), max(history.last, end)
            known = np.array(self._calendar.between(exchange, start, end), "datetime64[D]")
            self._sessions[exchange] = start, end, known
        first, last = history.sessions[0], history.sessions[-1]
        return known[np.searchsorted(known, first) : np.searchsorted(known, last, side="right")]

    def completed(self, symbol: str) -> date | None:
        """The last session where a symbol trades whose close is final; None without a clock."""
        if self._clock is None:
            return None
        return self._calendar.completed(self._calendar.exchange(symbol), self._clock.now() - SETTLING)


def _correction(of: Correction, currency: str) -> str:
    close, first = (money(price, currency) for price in (of.close, of.first))
    return f"{plain(of.source)} corrected the close to {close}, first {first}, which stands"


def _has_weekends(sessions: DateArray) -> bool:
    # 1970-01-01 was a Thursday
    return bool(((sessions.astype(np.int64) + 3) % 7 >= 5).any())


def _matters(note: DataNote) -> bool:
    return note.treatment == "refused" or note.rule == SOURCES_DIFFER


def _joined(found: tuple[DataNote, ...], stored: list[DataNote]) -> tuple[DataNote, ...]:
    """What was found now, with what only the store knows: rows that were refused, and the words of who compared."""
    known = {(note.session, note.rule): note for note in found}
    known |= {(note.session, note.rule): note for note in stored if _matters(note)}
    return tuple(known[key] for key in sorted(known))


def _shared(gated: Gated) -> Gated:
    """The same, fit to be given to several callers."""
    history = gated.history
    columns = (history.sessions, history.open, history.high, history.low, history.close, history.volume)
    for values in (*columns, gated.repaired, gated.filled):
        values.flags.writeable = False
    return gated


def left_out(notes: Sequence[DataNote]) -> str | None:
    """What is told of rows that were not taken: how many, and the first of them; None where there are none."""
    if not notes:
        return None
    told = "; ".join(f"{note.session}: {plain(note.words)}" for note in notes[:_TOLD])
    more = f"; and {len(notes) - _TOLD} more" if len(notes) > _TOLD else ""
    return f"{len(notes)} {'row' if len(notes) == 1 else 'rows'} left out: {told}{more}"
