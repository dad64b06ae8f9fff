"""What the screens show, kept up to date: one board a list in use, made anew after each session or refresh."""

import asyncio
import dataclasses
import os
from collections.abc import Callable, Collection, Sequence
from datetime import date
from functools import partial
from importlib.metadata import version

import msgspec

from engine.board.board import Board, Visitor
from engine.board.sight import Sight
from engine.board.standing import markets, second, tally, undated, unopened
from engine.errors import BadRequest, EngineError
from engine.ports import Calendar, Clock, List, PriceSource, ReplayControl, SourceState, Ticker, Watchlists
from engine.protocol import Feed, Job, Live, ReplayClock, Status, View, Watchlist
from engine.rules import Rulebook
from engine.services.crosscheck import Checked
from engine.services.models import ModelCards
from engine.services.watch import Watch

_DAYS = ("", True)
"""The place of a notice on the user's own days among those on lists."""
_SETTINGS = ("", False)
"""That of one on the settings' file."""


class Boards:
    """The lists in use, by name; `changed` is called whenever something on any of them did."""

    def __init__(
        self,
        *,
        calendar: Calendar,
        clock: Clock,
        source: PriceSource,
        watchlists: Watchlists,
        sight: Sight,
        watch: Watch,
        models: ModelCards,
        replay: ReplayControl | None,
        default: str | None,
        currency: str,
        rules: Rulebook,
        home: str,
        named: str,
        leave: Callable[[Collection[str]], None] = lambda _: None,
    ) -> None:
        """`leave` is told, in a thread, of the symbols that no list watches any more."""
        self._calendar = calendar
        self._clock = clock
        self._source = source
        self._watchlists = watchlists
        self._sight = sight
        self._watch = watch
        self._models = models
        self._replay = replay
        self._default = default
        self._currency = currency
        self.rules = rules
        self._leave = leave
        self.dress: Callable[[Board], None] = lambda _: None
        """Puts live prices and holdings on a board's rows."""
        self._boards: dict[str, Board] = {}
        self._listeners: set[Callable[[], None]] = set()
        self._notices: dict[tuple[str, bool], EngineError] = {}
        self.scanning = asyncio.Lock()
        """Held while a list is scored after its newest session: scans that decide go one after the other."""
        self._names: tuple[str, ...] = ()
        self._visitors: dict[Visitor, None] = {}
        self.alone_since: float | None = clock.now()
        """Since when no client is at the other end of the wire; None while one is."""
        self.visited = self.shown = False
        """Whether there ever was a client, and whether there ever was a screen."""
        self.status = Status(version("whipsaw"), os.getpid(), home, named, clock.now())

    # --- lists ---

    def resolve(self, name: str | None, symbols: Sequence[str]) -> List:
        """The list that is meant: these symbols, that name, the default, or all that the source holds.

        It reads files. Raises UnknownWatchlist, ConfigError, BadRequest.
        """
        self._names = self._watchlists.names()
        if symbols:
            unique = tuple(dict.fromkeys(symbol.upper() for symbol in symbols))
            return List(" ".join(unique), " ".join(unique), tuple(Ticker(symbol) for symbol in unique), kept=False)
        if name or self._default:
            return self.in_currency(self._watchlists.read(name or self._default or ""))
        held = self._source.symbols()
        if not held:
            raise BadRequest("there is nothing to watch", do="name symbols, or a list with -w")
        return List(self._source.name, self._source.name, tuple(Ticker(symbol) for symbol in held))

    def in_currency(self, found: List) -> List:
        """The list with the account's currency, where it names none."""
        return found if found.currency else dataclasses.replace(found, currency=self._currency)

    def implied(self, name: str | None, symbols: Sequence[str]) -> bool:
        """Whether the list is whatever the source holds."""
        return not (name or symbols or self._default)

    async def use(self, wanted: List) -> Board:
        """The board of a list; what is new on it shows its last stored bars until it is scored."""
        board = self._boards.setdefault(wanted.name, Board(wanted))
        if not board.rows or board.list != wanted:
            before, board.list = board.list, wanted
            await self._left(before, wanted)
            known = {row.symbol: row for row in board.rows}
            rows = await asyncio.to_thread(self._watch.first_rows, wanted.tickers, self._source.name)
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

    def arrive(self, visitor: Visitor) -> None:
        """A client has come, a screen or a script."""
        visitor.since = self._clock.now()
        self._visitors[visitor] = None
        self.visited, self.alone_since = True, None

    def depart(self, visitor: Visitor) -> None:
        """A client has gone."""
        visitor.leave()
        del self._visitors[visitor]
        self.alone_since = None if self._visitors else self._clock.now()

    @property
    def visitors(self) -> tuple[Visitor, ...]:
        """The clients that are there, the first that came first."""
        return tuple(self._visitors)

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
        status = msgspec.structs.replace(
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
            screens=sum(each.screens for each in self._boards.values()),
        )
        names = tuple(dict.fromkeys((*self._names, board.list.name)))
        shown = Watchlist(board.list.name, board.list.title, names)
        return View(status, shown, board.rows, board.alarms, jobs)

    def overall(self) -> Status:
        """The engine's state whatever the list: with the newest model of any. It reads the store."""
        session = max((board.session for board in self._boards.values() if board.session), default=None)
        model = self._models.newest(session)
        screens = sum(board.screens for board in self._boards.values())
        status = msgspec.structs.replace(self.status, model=model, session=session, screens=screens)
        board = next(iter(self.watched), None)
        if board is None:
            return msgspec.structs.replace(status, feed=self._paced(status.feed))
        feed, market = self._paced(board.feed), next(iter(board.markets), None)
        return msgspec.structs.replace(status, feed=feed, second=board.second, market=market, markets=board.markets)

    @property
    def uptime(self) -> float:
        """Seconds since the engine started."""
        return round(self._clock.now() - self.status.started, 1)

    def set_live(self, live: Live) -> None:
        """How live quotes come; the rows may have changed with it."""
        self.status = msgspec.structs.replace(self.status, live=live)
        self.touch()

    def set_second(self, board: Board, checked: Sequence[Checked], state: SourceState) -> None:
        """How the second source did with a list's symbols; nothing is said where it has none of them."""
        board.second = second(board.second or Feed(), checked, state, self._clock.now()) if checked else None

    def set_feed(self, board: Board, feed: Feed) -> None:
        """How the source did with a list."""
        board.feed = feed
        self.status = msgspec.structs.replace(self.status, feed=self._paced(feed))
        self.touch()

    @property
    def source_state(self) -> SourceState:
        """How the source does by its own account."""
        return self._source.state()

    def _paced(self, feed: Feed) -> Feed:
        """With the requests it has left, and the pause it takes."""
        state = self._source.state()
        return msgspec.structs.replace(feed, retry_at=state.retry_at, used=state.used, allowed=state.allowed)

    def set_replay(self, state: str, speed: float) -> None:
        """Where the replay's clock stands."""
        if self._replay:
            index, sessions = self._replay.place()
            clock = msgspec.convert(
                {"session": self._replay.session, "index": index, "sessions": sessions, "speed": speed, "state": state},
                ReplayClock,
            )
            self.status = msgspec.structs.replace(self.status, replay=clock)
            self.touch()

    async def set_market(self) -> None:
        """Open or closed, for every exchange of the lists in use; a replay has a clock of its own."""
        for board in () if self._replay else self.watched:
            board.markets = await asyncio.to_thread(markets, board.list, self._calendar, self._clock.now())
        self.touch()

    def set_days(self, error: EngineError | None) -> None:
        """What is wrong with the user's calendar file; None when that is over."""
        self._set_fault(_DAYS, error)

    def set_settings(self, error: EngineError | None) -> None:
        """What is wrong with the settings' file; None when that is over."""
        self._set_fault(_SETTINGS, error)

    def _set_fault(self, place: tuple[str, bool], error: EngineError | None) -> None:
        known = self._notices.pop(place, None)
        if error:
            self._notices[place] = error
        if str(known) != str(error):
            self._say_notice()

    def set_notice(self, board: Board, error: EngineError | None, *, of_file: bool = False) -> None:
        """One sentence on what keeps the engine from its work on a list, or its file from use; None when it is over."""
        key = (board.list.name, of_file)
        self._notices.pop(key, None)
        if error:
            self._notices[key] = error
        self._say_notice()

    def _say_notice(self) -> None:
        of_lists = (said for board in self._boards.values() if (said := board.of_models or board.undecided))
        said = next((str(each) for each in self._notices.values()), None) or next(of_lists, None)
        self.status = msgspec.structs.replace(self.status, notice=said)
        self.touch()

    # --- listeners ---

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call this on every change; gives what ends it."""
        self._listeners.add(listener)
        return lambda: self._listeners.discard(listener)

    def touch(self) -> None:
        """Something changed."""
        for listener in tuple(self._listeners):
            listener()
