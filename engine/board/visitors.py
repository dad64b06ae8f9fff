"""The clients at the other end of the wire, and what each of them looks at."""

from collections.abc import Iterator
from datetime import date

from engine.board.board import Board
from engine.errors import BadRequest
from engine.ports import Clock
from engine.protocol import View


class Visitor:
    """One connection: the board it shows, if it attached, and that of an earlier session, if it stands at one."""

    def __init__(self) -> None:
        self.since = 0.0
        """When it came, in seconds since the epoch."""
        self.bytes = 0
        """Bytes that were sent to it."""
        self.board: Board | None = None
        self.then: Board | None = None
        self.rate: float | None = None
        self.sent: View | None = None

    def show(self, board: Board, then: Board | None = None) -> None:
        """Turn to another board, or to how it stood `then`."""
        self.leave()
        self.board, self.then = board, then
        board.screens += 1
        board.away += then is not None
        board.chosen = True

    def leave(self) -> None:
        """Show nothing any more."""
        if self.board:
            self.board.screens -= 1
            self.board.away -= self.then is not None
            self.board = self.then = None

    def shown(self) -> Board:
        """The board it shows. Raises BadRequest if it has not attached."""
        if self.board is None:
            raise BadRequest("this needs an attached screen", do="send Attach first")
        return self.board

    @property
    def seen(self) -> Board:
        """What is on its screen: the board, or how it stood. Raises BadRequest if it has not attached."""
        return self.then or self.shown()

    @property
    def as_of(self) -> date | None:
        """The session it stands at; None: now."""
        return self.then.as_of if self.then else None

    def told(self, symbol: str) -> date | None:
        """The newest session of a ticker that it was told of; None without one."""
        rows = self.sent.rows if self.sent else ()
        return next((row.session for row in rows if row.symbol == symbol), None)


class Visitors:
    """Those that are there, the first that came first."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._there: dict[Visitor, None] = {}
        self.alone_since: float | None = clock.now()
        """Since when no client is at the other end of the wire; None while one is."""
        self.visited = self.shown = False
        """Whether there ever was a client, and whether there ever was a screen."""

    def __iter__(self) -> Iterator[Visitor]:
        return iter(tuple(self._there))

    def arrive(self, visitor: Visitor) -> None:
        """A client has come, a screen or a script."""
        visitor.since = self._clock.now()
        self._there[visitor] = None
        self.visited, self.alone_since = True, None

    def depart(self, visitor: Visitor) -> None:
        """A client has gone."""
        visitor.leave()
        del self._there[visitor]
        self.alone_since = None if self._there else self._clock.now()
