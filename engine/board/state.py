"""The engine's own state, as every screen shows it beside its list."""

import os
from collections.abc import Callable
from datetime import date
from importlib.metadata import version

import msgspec
from msgspec.structs import replace

from engine.board.board import Board
from engine.board.standing import undated
from engine.ports import Clock, PriceSource, ReplayControl, SourceState
from engine.protocol import Feed, Live, Model, ReplayClock, Status


class EngineState:
    """How it does now, whatever the list; `changed` is called whenever that is another."""

    def __init__(
        self, clock: Clock, source: PriceSource, replay: ReplayControl | None, *, home: str, named: str
    ) -> None:
        """`named` is the source by the words of the settings."""
        self._clock = clock
        self._source = source
        self._replay = replay
        self.changed: Callable[[], None] = lambda: None
        self.status = Status(version("whipsaw"), os.getpid(), home, named, clock.now())

    @property
    def uptime(self) -> float:
        """Seconds since the engine started."""
        return round(self._clock.now() - self.status.started, 1)

    @property
    def source_state(self) -> SourceState:
        """How the source does by its own account."""
        return self._source.state()

    def set_live(self, live: Live) -> None:
        """How live quotes come; the rows may have changed with it."""
        self.status = replace(self.status, live=live)
        self.changed()

    def set_feed(self, feed: Feed) -> None:
        """How the source did the last time."""
        self.status = replace(self.status, feed=self._paced(feed))
        self.changed()

    def set_notice(self, words: str | None) -> None:
        """One sentence on what keeps the engine from its work."""
        self.status = replace(self.status, notice=words)
        self.changed()

    def set_replay(self, state: str, speed: float) -> None:
        """Where the replay's clock stands."""
        if self._replay:
            index, sessions = self._replay.place()
            clock = msgspec.convert(
                {"session": self._replay.session, "index": index, "sessions": sessions, "speed": speed, "state": state},
                ReplayClock,
            )
            self.status = replace(self.status, replay=clock)
            self.changed()

    def beside(self, board: Board, living: Board, screens: int) -> Status:
        """As a screen shows it that looks at a board; how the source does is of now, which `living` tells."""
        return replace(
            self.status if board.as_of is None else undated(self.status),
            feed=self._paced(living.feed),
            second=living.second,
            market=next(iter(board.markets), None),
            markets=board.markets,
            holdings=board.holdings,
            alarms=board.tally,
            session=board.session,
            as_of=board.as_of,
            sessions=board.stretch.sessions,
            first=board.stretch.first,
            model=board.model,
            screens=screens,
        )

    def overall(self, board: Board | None, *, model: Model | None, session: date | None, screens: int) -> Status:
        """As it is told whatever the list, with the markets of a board that is watched."""
        status = replace(self.status, model=model, session=session, screens=screens)
        if board is None:
            return replace(status, feed=self._paced(status.feed))
        feed, market = self._paced(board.feed), next(iter(board.markets), None)
        return replace(status, feed=feed, second=board.second, market=market, markets=board.markets)

    def _paced(self, feed: Feed) -> Feed:
        """With the requests it has left, and the pause it takes."""
        state = self._source.state()
        return replace(feed, retry_at=state.retry_at, used=state.used, allowed=state.allowed)
