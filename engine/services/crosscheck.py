"""Hold what the first source said of Korean shares against the exchange's own word, and let that stand in for it."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial

import numpy as np

from engine.core.bars import History
from engine.core.compare import Difference, Tick, differences, krx_tick, lacking
from engine.core.quality import DataNote, usable
from engine.core.symbols import korean_code
from engine.errors import EngineError
from engine.format import money
from engine.ports import Clock, PriceSource, SourceState, Store

RULE = "sources differ"
LAST = 10
"""Sessions compared at most."""

_SAME_SPLIT = timedelta(days=10)
"""Two sources' splits of one ratio that are no further apart are one."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of one symbol: sessions compared, those that differ, bars stored instead; why nothing, if nothing."""

    symbol: str
    compared: int = 0
    differing: int = 0
    filled: int = 0
    why: str | None = None


class CrossCheck:
    """Compare and fill in; a fault of the second source is told and does no harm to what the first one gave."""

    def __init__(
        self,
        second: PriceSource,
        first_name: str,
        store: Store,
        clock: Clock,
        *,
        ready: Callable[[], bool] = lambda: True,
    ) -> None:
        """`ready` is asked, in a thread, whether the second source can be asked at all."""
        self._ready = ready
        self._second = second
        self._first_name = first_name
        self._store = store
        self._clock = clock
        # the last session compared; after a restart they are compared again, which costs no request
        self._upto: dict[str, date] = {}

    async def __call__(self, symbols: Sequence[str]) -> tuple[Checked, ...]:
        """One `Checked` a Korean share among the symbols, in their order; the others are left out."""
        korean = [symbol for symbol in symbols if korean_code(symbol)]
        if not korean:
            return ()
        try:
            if not await asyncio.to_thread(self._ready):
                return ()
        except EngineError as error:
            return tuple(Checked(symbol, why=str(error)) for symbol in korean)
        return tuple([await asyncio.to_thread(self._check, symbol) for symbol in korean])

    async def turns(self, symbols: Sequence[str]) -> tuple[tuple[str, ...], ...]:
        """The Korean shares in the order in which to check them: first those with bars, which takes a few requests.

        Of those without, the second source is asked for a whole year.
        """
        korean = [symbol for symbol in symbols if korean_code(symbol)]
        held = await asyncio.to_thread(lambda: {symbol for symbol in korean if self._store.coverage(symbol).bars})
        first = tuple(symbol for symbol in korean if symbol in held)
        then = tuple(symbol for symbol in korean if symbol not in held)
        return tuple(turn for turn in (first, then) if turn)

    def state(self) -> SourceState:
        """How the second source does by its own account."""
        return self._second.state()

    def _check(self, symbol: str) -> Checked:
        stored = self._store.bars(symbol, last=LAST)
        if not len(stored) and self._store.coverage(symbol).error is None:
            return Checked(symbol, why=f"{self._first_name} was not asked yet")
        try:
            theirs = usable(self._second.history(symbol, stored.first))
        except EngineError as error:
            return Checked(symbol, why=str(error))
        compared = self._unchecked(symbol, stored, theirs)
        found = differences(compared, theirs, _tick(symbol))
        self._store.add_notes(symbol, [self._note(difference) for difference in found])
        if len(compared):
            self._upto[symbol] = max(day for day in (compared.last, self._upto.get(symbol)) if day)
        return Checked(symbol, len(compared), len(found), self._fill(symbol, theirs))

    def _unchecked(self, symbol: str, stored: History, theirs: History) -> History:
        """The stored bars that the second source has as well and that were not compared before."""
        upto = self._upto.get(symbol)
        new = np.isin(stored.sessions, theirs.sessions)
        return stored.rows(new if upto is None else new & (stored.sessions > np.datetime64(upto)))

    def _note(self, difference: Difference) -> DataNote:
        first, second = (money(price, "KRW") for price in (difference.one, difference.other))
        words = f"{self._first_name} says {first}, {self._second.name} says {second}"
        return DataNote(difference.session, RULE, "quarantined", words)

    def _fill(self, symbol: str, theirs: History) -> int:
        """Store the second source's bars of the sessions that the first one did not give."""
        known = self._store.bars(symbol)
        new = lacking(known.sessions, theirs)
        if not len(new):
            return 0
        actions = tuple(action for action in new.actions if not _same_split(action.ex_date, action.split, known))
        filled = self._store.add_bars(
            replace(new, actions=actions), self._second.name, self._clock.now(), fetched=False
        )
        profile = self._second.profile(symbol)
        if profile and symbol not in self._store.profiles():
            self._store.add_profile(profile, self._clock.now())
        return filled


def _tick(symbol: str) -> Tick:
    return partial(krx_tick, kosdaq=symbol.upper().endswith(".KQ"))


def _same_split(day: date, split: float, known: History) -> bool:
    return any(
        abs(action.ex_date - day) <= _SAME_SPLIT and abs(action.split / split - 1) < 0.01 for action in known.actions
    )
