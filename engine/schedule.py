"""What happens when: bars are fetched, a session is scored, a model is trained, a replay moves on, the engine ends."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from engine.board import Board, Boards
from engine.errors import EngineError
from engine.jobs import JobTable
from engine.ports import Clock, ReplayControl
from engine.protocol import Feed, Fetched
from engine.services.refresh import Refresh
from engine.services.train import Outcome, Train

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """How often; sessions a second, seconds, sessions."""

    speed: float
    poll_seconds: float
    retrain_every: int
    linger_seconds: float
    grace_seconds: float = 60.0
    """How long a new engine waits for whoever started it, and at most for the next script where only scripts came."""


class Schedule:
    """The engine's own initiative."""

    def __init__(
        self,
        *,
        boards: Boards,
        jobs: JobTable,
        refresh: Refresh,
        train: Train,
        clock: Clock,
        replay: ReplayControl | None,
        pace: Pace,
    ) -> None:
        self._boards = boards
        self._jobs = jobs
        self._refresh = refresh
        self._train = train
        self._clock = clock
        self._replay = replay
        self._pace = pace
        self._wake = asyncio.Event()
        self._came = asyncio.Event()
        self._paused = False
        self._tried: set[tuple[str, date | None]] = set()

    # --- what others may ask for ---

    def wake(self) -> None:
        """A screen came: look at once instead of at the next poll."""
        self._wake.set()
        self._came.set()

    def pause(self, *, paused: bool) -> None:
        """Stop the replay's clock, or let it go on."""
        self._paused = paused
        self._show_replay()
        self.wake()

    async def fetch(self, symbols: Sequence[str]) -> tuple[Fetched, ...]:
        """Bring these up to date and say how the source did."""
        fetched = await self._refresh(symbols)
        failed = [each for each in fetched if each.status == "failed"]
        if self._replay is None:
            all_failed = bool(failed) and len(failed) == len(fetched)
            before = self._boards.status.feed
            self._boards.set_feed(
                Feed(
                    state="failing" if all_failed else "ok",
                    last_success=before.last_success if all_failed else self._clock.now(),
                    error=failed[0].why if failed else None,
                    next_poll=self._clock.now() + self._pace.poll_seconds,
                )
            )
        return fetched

    async def refresh(self, board: Board) -> None:
        """Fetch what a board's list misses, and score it."""
        await self.fetch([ticker.symbol for ticker in board.list.tickers])
        await self._boards.update(board)

    async def train_board(self, symbols: Sequence[str], title: str) -> Outcome:
        """Train on stored rows up to now, and show what the new model says."""
        outcome = await self._jobs.run("train", title, lambda report: self._train(symbols, report))
        for board in self._boards.in_use:
            await self._boards.update(board)
        return outcome

    # --- the loops ---

    async def run(self) -> None:
        """Work until nobody has been there for the linger time."""
        async with asyncio.TaskGroup() as tasks:
            work = tasks.create_task(self._play(self._replay) if self._replay else self._poll())
            minutes = tasks.create_task(self._minutes())
            await self._until_alone()
            work.cancel()
            minutes.cancel()

    async def _poll(self) -> None:
        while True:
            for board in self._boards.in_use:
                await self._tended(board)
            await _waited(self._wake, self._pace.poll_seconds)

    async def _play(self, replay: ReplayControl) -> None:
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            for board in self._boards.in_use:
                await self._tended(board)
            self._show_replay()
            if self._paused or replay.ended or not self._boards.in_use:
                await self._wake.wait()
                self._wake.clear()
                continue
            await asyncio.sleep(max(0.0, 1 / self._pace.speed - (loop.time() - began)))
            if self._jobs.training:
                self._show_replay("training")
                await self._jobs.trained()
            elif not self._paused:
                await asyncio.to_thread(replay.advance)

    async def _tended(self, board: Board) -> None:
        """Refresh, score and, where it is due, train; what fails is said and tried again the next time."""
        try:
            if not board.fresh:
                await self._boards.update(board)
            await self.refresh(board)
            if symbols := self._due(board):
                self._show_replay("training")
                await self.train_board(symbols, f"train {board.list.title}")
            self._boards.set_notice(None)
        except EngineError as error:
            log.warning("%s", error)
            self._boards.set_notice(error)
        except Exception:
            log.exception("the schedule stumbled")
            self._boards.set_notice(EngineError("an unexpected fault", do="the log tells more"))

    def _due(self, board: Board) -> tuple[str, ...]:
        """The symbols that need a model now: those without, or all when theirs is old; a session is tried once."""
        attempt = (board.list.name, board.session)
        if self._jobs.training or attempt in self._tried:
            return ()
        old = board.model is not None and board.model.age_sessions >= self._pace.retrain_every
        symbols = tuple(ticker.symbol for ticker in board.list.tickers) if old else board.lacks_model
        if symbols:
            self._tried.add(attempt)
        return symbols

    def _show_replay(self, state: str | None = None) -> None:
        if self._replay:
            going = "paused" if self._paused else "running"
            self._boards.set_replay(state or ("ended" if self._replay.ended else going), self._pace.speed)

    async def _minutes(self) -> None:
        while True:
            await self._boards.set_market()
            await _waited(self._came, 60 - self._clock.now() % 60)

    async def _until_alone(self) -> None:
        while True:
            now, patience = self._clock.now(), self._patience()
            since = now if self._jobs.busy else self._boards.alone_since
            if since is not None and now - since >= patience:
                return
            await asyncio.sleep(min(1.0, max(patience / 4, 0.05)))

    def _patience(self) -> float:
        if not self._boards.visited:
            return self._pace.grace_seconds
        if not self._boards.shown:
            return min(self._pace.linger_seconds, self._pace.grace_seconds)
        return self._pace.linger_seconds


async def _waited(event: asyncio.Event, seconds: float) -> None:
    """Wait for an event, but no longer than that, and take it down."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        pass
    event.clear()
