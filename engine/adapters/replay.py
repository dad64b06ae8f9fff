"""Another source's history, played as if it happened now: nothing after the replay's session can be seen."""

import logging
from bisect import bisect_right
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from threading import Lock

import numpy as np

from engine.core.bars import History, as_date
from engine.core.quality import DataNote
from engine.errors import BadRequest, EmptyHistory, EngineError
from engine.ports import PriceSource, Profile, SourceState

log = logging.getLogger(__name__)


class ReplaySource:
    """A source whose clock is a session of history, moved on by `advance`.

    Its sessions are all dates on which one of `symbols` has a bar. It begins at the last of them on or before `start`,
    or at the first one there is; paused where `pause_file` is there, which `pause` makes and removes. Histories are
    loaded once. Safe to use from several threads. Raises EmptyHistory if no symbol has a bar, or the inner source's
    error if that says why.
    """

    name = "replay"

    def state(self) -> SourceState:
        return SourceState(self.name)

    def refused(self, symbol: str) -> tuple[DataNote, ...]:
        return ()  # of a session still to come nothing may be said

    def profile(self, symbol: str) -> Profile | None:
        return self._inner.profile(symbol)

    def __init__(self, inner: PriceSource, symbols: Sequence[str], start: date, pause_file: Path | None = None) -> None:
        self._inner = inner
        self._lock = Lock()
        self._loaded: dict[str, History | EngineError] = {}
        self._sessions = _union([self._load(symbol) for symbol in symbols])
        self._at = max(0, bisect_right(self._sessions, start) - 1)
        self._pause_file = pause_file
        self._paused = pause_file is not None and pause_file.exists()

    # --- PriceSource ---

    def symbols(self) -> tuple[str, ...]:
        """Every symbol the inner source holds, sorted."""
        return self._inner.symbols()

    def history(self, symbol: str, start: date | None = None, end: date | None = None) -> History:
        """The bars and actions from `start` to `end`, none of them after the replay's session, whatever `end` is.

        Raises EmptyHistory if there is no bar up to then, and whatever the inner source raised for the symbol.
        """
        now = self.session
        loaded = self._load(symbol)
        if isinstance(loaded, EngineError):
            raise loaded.with_traceback(None)
        until = now if end is None else min(now, end)
        seen = loaded.upto(until)
        if not len(seen):
            raise EmptyHistory(f"no bars up to {until}", received=symbol)
        return seen if start is None else seen.since(start)

    # --- ReplayControl ---

    @property
    def session(self) -> date:
        """The session played last."""
        return self._sessions[self._at]

    @property
    def ended(self) -> bool:
        """Whether no session is left."""
        return self._at == len(self._sessions) - 1

    @property
    def paused(self) -> bool:
        """Whether it was told to stand still, by this process or by one before it."""
        return self._paused

    def pause(self, *, paused: bool) -> None:
        """Stand still, or go on, in the next process too; where that cannot be kept, the log says so."""
        with self._lock:
            self._paused = paused
            if self._pause_file is None:
                return
            try:
                if paused:
                    self._pause_file.touch()
                else:
                    self._pause_file.unlink(missing_ok=True)
            except OSError as error:
                log.warning("whether the replay is paused cannot be kept: %s", error)

    def place(self) -> tuple[int, int]:
        """The session's number within its calendar year, from 1, and how many sessions of that year the data have."""
        at = self._at
        year = self._sessions[at].year
        before = bisect_right(self._sessions, date(year - 1, 12, 31))
        return at - before + 1, bisect_right(self._sessions, date(year, 12, 31)) - before

    def advance(self) -> date:
        """Play the next session. Raises BadRequest when none is left."""
        with self._lock:
            if self.ended:
                raise BadRequest("the replay has ended", received=str(self.session), do="Start it from an earlier date")
            self._at += 1
            return self.session

    def _load(self, symbol: str) -> History | EngineError:
        with self._lock:
            if symbol not in self._loaded:
                try:
                    self._loaded[symbol] = self._inner.history(symbol)
                except EngineError as error:
                    self._loaded[symbol] = error
            return self._loaded[symbol]


def _union(loaded: list[History | EngineError]) -> tuple[date, ...]:
    histories = [each for each in loaded if isinstance(each, History)]
    if not any(map(len, histories)):
        for error in loaded:
            if isinstance(error, EngineError):
                raise error
        raise EmptyHistory("nothing to replay: no symbol has a bar")
    return tuple(as_date(day) for day in np.unique(np.concatenate([history.sessions for history in histories])))
