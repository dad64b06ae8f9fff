"""Bring the store up to date with the source, one symbol at a time, several at once."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from engine.core.faults import OF_THE_SOURCE
from engine.core.quality import DataNote
from engine.core.symbols import normal
from engine.errors import EmptyHistory, EngineError, Fault, SourceError, UnknownSymbol
from engine.gate import Gate, left_out
from engine.ports import Clock, Coverage, PriceSource, Profile, Store
from engine.protocol import Fetched
from engine.services.refresh.rounds import Rounds

REREAD = timedelta(days=7)
"""The last week is read again: sources correct their newest bars."""
ASKED_AGAIN = 6 * 3600.0
"""Seconds after which a symbol is asked for again though nothing is missing."""
MINUTE, DAY = 60.0, 86_400.0

_FAULTS: dict[str, Fault] = {UnknownSymbol.kind: "unknown", EmptyHistory.kind: "empty"}

Say = Callable[[Fetched], None]


@dataclass(frozen=True, slots=True)
class Standing:
    """Why those of a list fail whose last fetch did, in words, and when the source last gave any of it."""

    failing: tuple[str, ...]
    last_success: float | None


class Refresh:
    """Fetch what is missing; a symbol that fails says why and leaves the others alone.

    It has threads of its own: a source that hangs holds up nobody but itself. `close` waits for them; a source that can
    let go of its callers is closed first.
    """

    def __init__(self, source: PriceSource, store: Store, gate: Gate, clock: Clock, at_once: int) -> None:
        self._source = source
        self._store = store
        self._gate = gate
        self._clock = clock
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="fetch")
        self._rounds = Rounds()
        self._profiles: dict[str, Profile] = {}
        self._closed = False

    async def __call__(
        self,
        symbols: Sequence[str],
        say: Say = lambda _: None,
        start: date | None = None,
        end: date | None = None,
        *,
        force: bool = False,
    ) -> tuple[Fetched, ...]:
        """One `Fetched` a symbol, in their order; each is also said as soon as it is known.

        What is being fetched already is not asked for again: it is waited for, and said then.

        A symbol that the source did not know is asked for again a day later; with `force`, which is for a person who
        asks for that very symbol, a minute later. Raises SourceError once stopped.
        """
        if self._closed:
            raise SourceError("the engine is stopping")

        async def fetched(own: Sequence[str]) -> Mapping[str, Fetched]:
            return await self._round(own, say, start, end, force=force)

        done, joined = await self._rounds.joined(symbols, (start, end, force), fetched)
        for symbol in joined:
            say(done[symbol])
        return tuple(done[symbol] for symbol in symbols)

    def due(self, symbols: Sequence[str]) -> tuple[str, ...]:
        """Those there may be something new of; it blocks.

        A source without a budget is asked for all of them. Of another only what lacks a completed session, failed, or
        was not asked for a while: sources correct their newest bars.
        """
        if self._source.state().allowed is None:
            return tuple(symbols)
        return tuple(symbol for symbol in symbols if self._is_due(symbol))

    def standing(self, symbols: Sequence[str]) -> Standing:
        """How these symbols stand, whoever fetched them; it blocks."""
        known = [self._store.coverage(symbol) for symbol in symbols]
        return Standing(
            failing=tuple(each.error for each in known if each.error),
            last_success=max((each.fetched_at for each in known if each.fetched_at is not None), default=None),
        )

    def unknown(self, symbols: Sequence[str]) -> tuple[str, ...]:
        """Those that the source does not know; it blocks."""
        return tuple(symbol for symbol in symbols if self._store.coverage(symbol).fault == "unknown")

    async def _round(
        self, symbols: Sequence[str], say: Say, start: date | None, end: date | None, *, force: bool
    ) -> dict[str, Fetched]:
        """Fetch these; whoever was turned away while another tried whether the source answers is tried again."""
        loop = asyncio.get_running_loop()

        async def one(symbol: str) -> Fetched:
            fetched = await loop.run_in_executor(self._threads, self._fetch, symbol, start, end, force)
            if fetched.status != "failed":
                say(fetched)
            return fetched

        done = {each.symbol: each for each in await asyncio.gather(*(one(symbol) for symbol in symbols))}
        turned_away = await asyncio.to_thread(self._turned_away, tuple(done.values()))
        done |= {each.symbol: each for each in await asyncio.gather(*(one(symbol) for symbol in turned_away))}
        for each in done.values():
            if each.status == "failed":
                say(each)
        return done

    def _is_due(self, symbol: str) -> bool:
        known = self._store.coverage(symbol)
        if known.error or known.last is None or known.fetched_at is None or not known.whole:
            return True
        completed = self._gate.completed(symbol)
        lacks = completed is not None and known.last < completed
        return lacks or not 0 <= self._clock.now() - known.fetched_at < ASKED_AGAIN

    def _turned_away(self, done: Sequence[Fetched]) -> list[str]:
        """Who was turned away while another tried whether the source answers again, if it does."""
        failed = [each.symbol for each in done if each.status == "failed"]
        if not failed or len(failed) == len(done) or self._source.state().retry_at is not None:
            return []
        return [symbol for symbol in failed if self._store.coverage(symbol).fault in OF_THE_SOURCE]

    def stop(self) -> None:
        """Begin nothing more, and write nothing more about what fails from now on."""
        self._closed = True
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def close(self) -> None:
        """Stop, and wait for what is under way: afterwards the store may be closed."""
        self.stop()
        await asyncio.to_thread(self._threads.shutdown)
        await self._rounds.close()

    def _fetch(self, symbol: str, start: date | None, end: date | None, force: bool) -> Fetched:
        known = self._store.coverage(symbol)
        if self._known_unknown(known, force=force):
            return _failed(symbol, known, known.error or "")
        whole = start is None and end is None
        start, end = _joined(known, start, end)
        try:
            history, refused = self._gate.accept(self._source.history(symbol, start, end))
        except EngineError as error:
            return _failed(symbol, known, self._remember(symbol, known, error))
        now = self._clock.now()
        new = self._store.add_bars(history, self._source.name, now, whole=whole)
        self._introduce(symbol, now)
        notes = (*self._source.refused(symbol), *refused)
        self._judge(symbol, notes, new)
        stored = self._store.coverage(symbol)
        status: Literal["fresh", "updated"] = "updated" if new else "fresh"
        return Fetched(symbol, status, stored.bars, stored.first, stored.last, why=left_out(notes))

    def _known_unknown(self, known: Coverage, *, force: bool) -> bool:
        """Whether a source whose requests are counted said lately that it does not know the symbol."""
        if known.fault != "unknown" or known.failed_at is None or self._source.state().allowed is None:
            return False
        return 0 <= self._clock.now() - known.failed_at < (MINUTE if force else DAY)

    def _remember(self, symbol: str, known: Coverage, error: EngineError) -> str:
        """Keep why a symbol failed, and say it."""
        fault = error.fault if isinstance(error, SourceError) else _FAULTS.get(error.kind, "other")
        now, why = self._clock.now(), _beside(symbol, error)
        if fault == "unknown":
            why = self._gone(known, now) or f"{why}{_spelling(symbol)}"
        # a source that is down says nothing about a symbol it did not know: that one is still asked for once a day
        elsewhere = fault in OF_THE_SOURCE and known.fault == "unknown"
        if not (self._closed or elsewhere):
            self._store.fetch_failed(symbol, self._source.name, why, fault=fault, failed_at=now)
        return (known.error or why) if elsewhere else why

    def _gone(self, known: Coverage, now: float) -> str | None:
        """What is said of a symbol with bars once its source has not known it on two days; one answer proves little."""
        said = f"{self._source.name} no longer knows it, and said so on two days: it may have been delisted"
        again = known.fault == "unknown" and known.failed_at is not None and now - known.failed_at >= DAY
        return said if known.bars and (again or known.error == said) else None

    def _judge(self, symbol: str, refused: Sequence[DataNote], new: int) -> None:
        """Keep what was refused, and what the gate finds in bars that are new."""
        if refused:
            self._store.add_notes(symbol, refused)
        if new:
            self._gate.judged(symbol)

    def _introduce(self, symbol: str, now: float) -> None:
        """Keep what the source says of a symbol where it is new."""
        profile = self._source.profile(symbol)
        if profile and self._profiles.get(symbol) != profile:
            self._store.add_profile(profile, now)
            self._profiles[symbol] = profile


def _beside(symbol: str, error: EngineError) -> str:
    """What went wrong, where the symbol it went wrong with is said already."""
    return str(EngineError(error.message, do=error.do) if error.received == symbol else error)


def _spelling(symbol: str) -> str:
    """How a symbol that is not known may have been meant."""
    _, explained = normal(symbol)
    return f"; {explained}" if explained else ""


def _failed(symbol: str, known: Coverage, why: str) -> Fetched:
    return Fetched(symbol, "failed", known.bars, known.first, known.last, why=why)


def _joined(known: Coverage, start: date | None, end: date | None) -> tuple[date | None, date | None]:
    """The stretch to ask for: a hole between it and what is stored would pass for the move of one day."""
    if known.first is None or known.last is None:
        return start, end
    if start is None and end is None:
        return (known.last - REREAD if known.whole else None), None
    if start is not None:
        start = min(start, known.last - REREAD)
    if end is not None:
        end = max(end, known.first)
    return start, end
