"""Second opinions on the lists: asked for beside the schedule, for the first ones of a ticker may take minutes."""

import asyncio
import logging

from engine.board import Board, Boards
from engine.errors import EngineError
from engine.services.crosscheck import Checked, CrossCheck

log = logging.getLogger(__name__)


class SecondOpinions:
    """One check a list at a time. All of it belongs to the engine's loop."""

    def __init__(self, boards: Boards, crosscheck: CrossCheck | None) -> None:
        """`crosscheck` is None where there is no second source."""
        self._boards = boards
        self._crosscheck = crosscheck
        self._wanted: dict[str, Board] = {}
        self._under_way: dict[str, asyncio.Task[None]] = {}

    def ask(self, board: Board) -> None:
        """Check a list now, or once more after the check of it that is under way: what came meanwhile is new to it."""
        if self._crosscheck is None:
            return
        name = board.list.name
        self._wanted[name] = board
        if name not in self._under_way:
            self._under_way[name] = asyncio.create_task(self._run(name, self._crosscheck))

    async def close(self) -> None:
        """End all checks; what they have stored so far stays."""
        tasks = tuple(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, name: str, crosscheck: CrossCheck) -> None:
        try:
            while (board := self._wanted.pop(name, None)) is not None:
                await self._said(board, crosscheck)
        finally:
            del self._under_way[name]

    async def _said(self, board: Board, crosscheck: CrossCheck) -> None:
        try:
            await self._check(board, crosscheck)
        except EngineError as error:
            log.warning("%s", error)
            self._boards.set_notice(board, error)
        except Exception:
            log.exception("a check of %s stumbled", board.list.name)

    async def _check(self, board: Board, crosscheck: CrossCheck) -> None:
        checked: tuple[Checked, ...] = ()
        for symbols in await crosscheck.turns([ticker.symbol for ticker in board.list.tickers]):
            new = await crosscheck(symbols)
            checked += new
            self._boards.set_second(board, checked, crosscheck.state())
            if any(each.differing or each.filled for each in new):
                await self._boards.update(board)
        if not checked:
            self._boards.set_second(board, (), crosscheck.state())
