"""What the screens show, kept up to date: one board a list in use, made anew after each session or refresh."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from datetime import date
from functools import partial

from engine.board.board import Board
from engine.board.naming import Naming
from engine.board.notices import DAYS, SETTINGS, Notices
from engine.board.sight import Sight
from engine.board.standing import markets, second, tally, unopened
from engine.board.state import EngineState
from engine.board.visitors import Visitors
from engine.errors import EngineError
from engine.ports import Calendar, Clock, List, ReplayControl, SourceState
from engine.protocol import Feed, Job, Status, View, Watchlist
from engine.rules import Rulebook
from engine.services.crosscheck import Checked
from engine.services.models import ModelCards
from engine.services.watch import Watch


class Boards:
    """The lists in use, by name; whoever listens hears of it whenever something on any of them has changed."""

    def __init__(
        self,
        *,
        calendar: Calendar,
        clock: Clock,
        naming: Naming,
        state: EngineState,
        sight: Sight,
        watch: Watch,
        models: ModelCards,
        replay: ReplayControl | None,
        source: str,
        rules: Rulebook,
        leave: Callable[[Collection[str]], None] = lambda _: None,
    ) -> None:
        """`source` names where prices come from; `leave` is told, in a thread, of what no list watches any more."""
        self._calendar = calendar
        self._clock = clock
        self.naming = naming
        self.state = state
        state.changed = self.touch
        self._sight = sight
        self._watch = watch
        self._models = models
        self._replay = replay
        self._source = source
        self.rules = rules
        self._leave = leave
        self.dress: Callable[[Board], None] = lambda _: None
        """Puts live prices and holdings on a board's rows."""
        self.visitors = Visitors(clock)
        self.scanning = asyncio.Lock()
        """Held while a list is scored after its newest session: scans that decide go one after the other."""
        self._boards: dict[str, Board] = {}
        self._listeners: set[Callable[[], None]] = set()
        self._notices = Notices()

    # --- lists ---

    async def use(self, wanted: List) -> Board:
        """The board of a list; what is new on it shows its last stored bars until it is scored."""
        board = self._boards.setdefault(wanted.name, Board(wanted))
        if not board.rows or board.list != wanted:
            before, board.list = board.list, wanted
            await self._left(before, wanted)
            known = {row.symbol: row for row in board.rows}
            rows = await asyncio.to_thread(self._watch.first_rows, wanted.tickers, self._source)
            board.rows = tuple(known.get(row.symbol, row) for row in rows)
            board.fresh = False
            self.dress(board)
            self.touch()
        return board

    async def _left(self, before: List, now: List) -> None:
        """A list is not what it was: say which of its symbols nobody watches any more."""
        every = [now, *(board.list for board in self._boards.values() if board.list.kept)]
        held = {ticker.symbol for each in every for ticker in each.tickers}
        if gone := {ticker.symbol for ticker in before.tickers} - held:
            await asyncio.to_thread(self._leave, gone)

    @property
    def in_use(self) -> tuple[Board, ...]:
        """Boards that a screen shows."""
        return tuple(board for board in self._boards.values() if board.screens)

    @property
    def followed(self) -> tuple[Board, ...]:
        """Boards that a screen shows as they are now: a replay's clock waits while there is none."""
        return tuple(board for board in self.in_use if board.followed)

    @property
    def watched(self) -> tuple[Board, ...]:
        """Boards that are kept up to date: those in use, and the lists shown before, for the engine outlives screens.

        A replay's clock waits for a screen.
        """
        if self._replay:
            return self.in_use
        return tuple(board for board in self._boards.values() if board.screens or (board.chosen and board.list.kept))

    # --- content ---

    async def update(self, board: Board) -> None:
        """Score the list after its newest stored session, and show it; one at a time, so that the last word stays."""
        async with self.scanning:
            board.take(await asyncio.to_thread(self._sight, board.list))
            self._count(board)
            self.dress(board)
        self._say_notice()

    async def then(self, now: Board, day: date) -> Board | None:
        """How a list stood after the last session up to a day; None where that is the last one, which is now.

        Raises BadRequest where the day lies outside of what is stored.
        """
        session = await asyncio.to_thread(self._sight.meant, now.list, day)
        if session is None:
            return None
        board = Board(now.list, as_of=session, markets=unopened(now.markets))
        board.take(await asyncio.to_thread(self._sight, now.list, session))
        self._count(board)
        return board

    async def update_all(self) -> None:
        """The same for every list that is watched: a model has changed."""
        for board in self.watched:
            await self.update(board)

    def _count(self, board: Board) -> None:
        """Hold a board's alarms against the budget."""
        budgeted = self.rules.of(board.list).budget.of(ticker.symbol for ticker in board.list.tickers)
        told = partial(tally, board.alarms, board.year_from, budgeted, board.grades, board.no_market)
        board.tally = told() if board.list.kept else None

    async def reread_alarms(self) -> None:
        """Show the alarms as the store has them now."""
        async with self.scanning:
            for board in tuple(self._boards.values()):
                board.alarms = await asyncio.to_thread(self._sight.alarms, board.list, board.session)
                self._count(board)
        self.touch()

    def view(self, board: Board, jobs: tuple[Job, ...]) -> View:
        """All that a screen shows of a board; how its source does is the engine's own state, and so of now."""
        living = self._boards.get(board.list.name, board)
        names = tuple(dict.fromkeys((*self.naming.names, board.list.name)))
        shown = Watchlist(board.list.name, board.list.title, names)
        return View(self.state.beside(board, living, self._screens), shown, board.rows, board.alarms, jobs)

    def overall(self) -> Status:
        """The engine's state whatever the list: with the newest model of any. It reads the store."""
        session = max((board.session for board in self._boards.values() if board.session), default=None)
        return self.state.overall(
            next(iter(self.watched), None),
            model=self._models.newest(session),
            session=session,
            screens=self._screens,
        )

    @property
    def _screens(self) -> int:
        return sum(board.screens for board in self._boards.values())

    def set_second(self, board: Board, checked: Sequence[Checked], state: SourceState) -> None:
        """How the second source did with a list's symbols; nothing is said where it has none of them."""
        board.second = second(board.second or Feed(), checked, state, self._clock.now()) if checked else None

    def set_feed(self, board: Board, feed: Feed) -> None:
        """How the source did with a list."""
        board.feed = feed
        self.state.set_feed(feed)

    async def set_market(self) -> None:
        """Open or closed, for every exchange of the lists in use; a replay has a clock of its own."""
        for board in () if self._replay else self.watched:
            board.markets = await asyncio.to_thread(markets, board.list, self._calendar, self._clock.now())
        self.touch()

    # --- what is amiss ---

    def set_days(self, error: EngineError | None) -> None:
        """What is wrong with the user's calendar file; None when that is over."""
        if self._notices.put(DAYS, error):
            self._say_notice()

    def set_settings(self, error: EngineError | None) -> None:
        """What is wrong with the settings' file; None when that is over."""
        if self._notices.put(SETTINGS, error):
            self._say_notice()

    def set_notice(self, board: Board, error: EngineError | None, *, of_file: bool = False) -> None:
        """One sentence on what keeps the engine from its work on a list, or its file from use; None when it is over."""
        self._notices.put((board.list.name, of_file), error)
        self._say_notice()

    def _say_notice(self) -> None:
        of_lists = (said for board in self._boards.values() if (said := board.of_models or board.undecided))
        self.state.set_notice(self._notices.first or next(of_lists, None))

    # --- listeners ---

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call this on every change; gives what ends it."""
        self._listeners.add(listener)
        return lambda: self._listeners.discard(listener)

    def touch(self) -> None:
        """Something changed."""
        for listener in tuple(self._listeners):
            listener()
