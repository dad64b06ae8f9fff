"""The loops: polls or a replay, trainings, and the end."""

import asyncio
import logging
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TypeAlias

from msgspec.structs import replace

from engine import protocol
from engine.board import Board, Boards, first
from engine.checking import SecondOpinions
from engine.errors import EngineError
from engine.jobs import JobTable, Report
from engine.live import LivePrices
from engine.ports import Clock, ReplayControl
from engine.protocol import TrainProgress
from engine.rules import Rulebook
from engine.schedule.pace import Pace
from engine.schedule.upkeep import Upkeep
from engine.schedule.waiting import kept_going, waited
from engine.services.listwatch import ListWatch
from engine.services.refresh import Refresh
from engine.services.retraining import Due, Retraining
from engine.services.train import Outcome, Train

log = logging.getLogger(__name__)

_GLANCE = 30.0
"""Seconds between two looks at the clock on the wall."""
_AFTER_A_PAUSE = 1.0

Say: TypeAlias = Callable[[str | TrainProgress], None]


class Schedule:
    """The engine's own initiative."""

    def __init__(
        self,
        *,
        boards: Boards,
        live: LivePrices,
        lists: ListWatch,
        rules: Rulebook,
        jobs: JobTable,
        refresh: Refresh,
        second: SecondOpinions,
        reload: Callable[[], None],
        trains: Mapping[str, Train],
        preset: str,
        retraining: Retraining,
        clock: Clock,
        replay: ReplayControl | None,
        pace: Pace,
    ) -> None:
        self._boards = boards
        self._live = live
        self._jobs = jobs
        self._refresh = refresh
        self._second = second
        self._trains = trains
        self._preset = preset
        self._retraining = retraining
        self._clock = clock
        self._replay = replay
        self._pace = pace
        self._upkeep = Upkeep(
            boards=boards, live=live, lists=lists, rules=rules, reload=reload, clock=clock, wake=self.wake
        )
        self._wake = asyncio.Event()
        jobs.ended = self.wake
        self._asked: set[tuple[tuple[str, ...], tuple[str, ...], date | None]] = set()
        self._trainings: set[asyncio.Task[None]] = set()
        self._tasks: asyncio.TaskGroup

    # --- what others may ask for ---

    def wake(self) -> None:
        """A screen came, or a list changed: look at once instead of at the next poll."""
        self._live.want()
        self._wake.set()
        self._upkeep.look()

    async def pause(self, *, paused: bool) -> None:
        """Stop the replay's clock, or let it go on."""
        if self._replay:
            await asyncio.to_thread(self._replay.pause, paused=paused)
        self._show_replay()
        self.wake()

    async def refresh(self, board: Board, *, asked: bool = True) -> None:
        """Fetch what a board's list misses, say how the source did, and score it.

        Where nobody `asked`, only what there may be something new of is fetched.
        """
        symbols = [ticker.symbol for ticker in board.list.tickers]
        rates = self._live.rates(board)
        wanted = list(dict.fromkeys((*symbols, *rates)))
        due = wanted if asked else await asyncio.to_thread(self._refresh.due, wanted)
        fetched = {each.symbol: each for each in await self._refresh(due)}
        if self._replay is None and symbols:
            standing = await asyncio.to_thread(self._refresh.standing, symbols)
            self._boards.set_feed(board, first(board.feed, standing, len(symbols)))
        without = await asyncio.to_thread(self._refresh.unknown, rates)
        self._live.refreshed([fetched[rate] for rate in rates if rate in fetched], without)
        await self._boards.update(board)
        if fetched:
            self._second.ask(board)

    async def train(
        self,
        symbols: Sequence[str],
        say: Say,
        start: date | None = None,
        end: date | None = None,
        *,
        title: str = "",
        warm: bool = False,
        preset: str | None = None,
    ) -> Outcome:
        """Train on stored rows, by the preset of the settings unless another is named.

        Every screen shows what the new model says, whether or not the asker still waits.
        """
        chosen = preset or self._preset

        async def work(report: Report) -> Outcome:
            def told(news: str | TrainProgress) -> None:
                report(news)
                say(news)

            outcome = await self._trains[chosen](symbols, told, start, end, warm=warm, asked=preset is not None)
            await self._boards.update_all()
            return outcome

        again = protocol.Train(tuple(symbols), preset=preset, start=start, end=end)
        return await self._jobs.run("train", title or f"train {_named(symbols)}", work, again)

    # --- the loops ---

    async def run(self) -> None:
        """Work until nobody has been there for the linger time."""
        if self._pace.linger_seconds == math.inf and not self._replay:
            await self._begin()
        try:
            await self._work()
        finally:
            await self._second.close()

    async def _work(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            loops = [
                tasks.create_task(self._play(self._replay) if self._replay else self._poll()),
                tasks.create_task(self._upkeep.minutes()),
                tasks.create_task(self._live.run()),
                tasks.create_task(self._upkeep.reread()),
            ]
            await self._until_alone()
            for task in (*loops, *self._trainings):
                task.cancel()

    async def _begin(self) -> None:
        """A server's engine watches its list from its start on, whether or not a screen ever comes."""
        with kept_going("the default list"):
            board = await self._boards.use(await asyncio.to_thread(self._boards.naming.resolve, None, ()))
            board.chosen = True
            self._live.want()

    async def _poll(self) -> None:
        while True:
            for board in self._boards.watched:
                await self._tended(board)
            look = self._next_look()
            for board in self._boards.watched:
                self._boards.set_feed(board, replace(board.feed, next_poll=look))
            await self._rested(look)

    def _next_look(self) -> float:
        """After the usual pause, or as soon as the source takes requests again."""
        now, retry = self._clock.now(), self._boards.state.source_state.retry_at
        usual = now + self._pace.poll_seconds
        return usual if retry is None else min(usual, max(retry, now) + _AFTER_A_PAUSE)

    async def _rested(self, until: float) -> None:
        """Wait by the clock on the wall: a machine that slept in between looks soon after it wakes."""
        while (left := until - self._clock.now()) > 0:
            if await waited(self._wake, min(left, _GLANCE)):
                return

    async def _play(self, replay: ReplayControl) -> None:
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            for board in self._boards.followed:
                await self._tended(board)
            self._show_replay()
            if self._waits or replay.paused or replay.ended or not self._boards.followed:
                await self._wake.wait()
            else:
                await asyncio.sleep(max(0.0, 1 / self._pace.speed - (loop.time() - began)))
                if not (replay.paused or self._jobs.training):
                    await asyncio.to_thread(replay.advance)
            self._wake.clear()

    async def _tended(self, board: Board) -> None:
        """Refresh, score and, where it is due, begin a training; what fails is said and tried again the next time."""
        with self._said(board):
            if not board.fresh:
                await self._boards.update(board)
            await self.refresh(board, asked=False)
            self._show_replay()
            if due := await self._due(board):
                task = self._tasks.create_task(self._trained(board, due))
                self._trainings.add(task)
                task.add_done_callback(self._training_ended)

    async def _trained(self, board: Board, due: Due) -> None:
        with self._said(board):
            title = f"train {board.list.name}: {due.reason}" if due.reason else ""
            await self.train(due.symbols, lambda _: None, title=title, warm=due.warm)

    def _training_ended(self, task: asyncio.Task[None]) -> None:
        self._trainings.discard(task)
        self.wake()

    @contextmanager
    def _said(self, board: Board) -> Iterator[None]:
        try:
            yield
        except EngineError as error:
            log.warning("%s", error)
            self._boards.set_notice(board, error)
        except Exception:
            log.exception("the schedule stumbled")
            self._boards.set_notice(board, EngineError("an unexpected fault", do="the log tells more"))
        else:
            self._boards.set_notice(board, None)

    async def _due(self, board: Board) -> Due | None:
        """What needs a new model now, and why; asked once of a session, so that what failed waits for the next one."""
        if self._jobs.training or self._trainings:
            return None
        symbols = tuple(ticker.symbol for ticker in board.list.tickers)
        asked = (symbols, board.lacks_model, board.session)
        if asked in self._asked:
            return None
        self._asked.add(asked)
        return await asyncio.to_thread(self._retraining.due, *asked)

    def _show_replay(self) -> None:
        """Paused is paused while it would wait for a training, too: the training has its own place on the screen."""
        if self._replay:
            stands = "paused" if self._replay.paused else "training" if self._waits else "running"
            ended = self._replay.ended and not self._waits
            self._boards.state.set_replay("ended" if ended else stands, self._pace.speed)

    @property
    def _waits(self) -> bool:
        """Whether a training holds the replay's clock."""
        return bool(self._jobs.training or self._trainings)

    async def _until_alone(self) -> None:
        while True:
            now, patience = self._clock.now(), self._patience()
            since = None if self._jobs.busy else self._boards.visitors.alone_since
            if since is not None and now - since >= patience:
                return
            await asyncio.sleep(min(1.0, max(patience / 4, 0.05)))

    def _patience(self) -> float:
        if not self._boards.visitors.visited:
            return self._pace.grace_seconds
        if not self._boards.visitors.shown:
            return min(self._pace.linger_seconds, self._pace.grace_seconds)
        return self._pace.linger_seconds


def _named(symbols: Sequence[str]) -> str:
    return " ".join(symbols) if len(symbols) <= 4 else f"{len(symbols)} tickers"
