"""Live prices on the boards: what is wanted, what came, what was reached."""

import asyncio
import logging
from collections.abc import Collection, Sequence

from msgspec.structs import replace

from engine.board import Board, Boards
from engine.errors import EngineError
from engine.format import money
from engine.ports import PriceAlarmRecord
from engine.protocol import Fetched, Row
from engine.services.holdings import filled, rate_symbols
from engine.services.provisional import Provisional
from engine.services.quotes import Quotes

log = logging.getLogger(__name__)

_AFTER_A_FAULT = 5.0
_AT_MOST = 0.2
"""Seconds between two looks at what came: a screen is told once a second at most, or as often as it asked for."""


class LivePrices:
    """Puts quotes, holdings and price alarms on the boards. All of it belongs to the engine's loop."""

    def __init__(self, boards: Boards, quotes: Quotes, provisional: Provisional) -> None:
        self._boards = boards
        self._quotes = quotes
        self._provisional = provisional
        self._moved: set[str] = set()
        self._came, self._called, self._formed = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._without_rate: set[str] = set()
        boards.dress = self._dress
        quotes.changed = self._heard
        quotes.alarmed = self._alarmed

    async def run(self) -> None:
        """Take quotes in and show them, until cancelled; a fault of ours in it ends neither it nor the engine."""
        while True:
            try:
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(self._quotes.run())
                    tasks.create_task(self._showing())
                    tasks.create_task(self._calling())
                    tasks.create_task(self._forming())
            except* Exception:
                log.exception("live prices stumbled, and begin again")
            if (task := asyncio.current_task()) and task.cancelling():
                raise asyncio.CancelledError
            await asyncio.sleep(_AFTER_A_FAULT)

    def tell(self) -> None:
        """How quotes come: what was so a while ago may have lapsed by itself."""
        self._boards.state.set_live(self._quotes.live)

    def want(self) -> None:
        """Quotes for the lists that are watched now, with the rates their holdings need."""
        watched = self._boards.watched
        tickers = [(ticker, board.list.changed_at) for board in watched for ticker in board.list.tickers]
        self._quotes.want(tickers, {rate for board in watched for rate in self.rates(board)})

    def rates(self, board: Board) -> tuple[str, ...]:
        """The exchange rates a list's holdings need beside its own symbols."""
        return rate_symbols(board.list, {row.symbol: row.currency for row in board.rows}, self._without_rate)

    def refreshed(self, rates: Sequence[Fetched], unknown: Collection[str] = ()) -> None:
        """Bars were fetched, and these rates with them; the source does not know the `unknown` ones."""
        self._without_rate -= {each.symbol for each in rates if each.status != "failed"}
        self._without_rate |= set(unknown)
        self._quotes.refreshed()
        self.want()

    def _dress(self, board: Board) -> None:
        rows, board.holdings = filled(
            board.list, board.rows, self._quotes.priced, self._quotes.rates, self._quotes.last
        )
        board.rows = tuple(replace(row, doubt=self._doubt(row)) for row in rows)

    def _doubt(self, row: Row) -> str | None:
        held = self._quotes.held(row.symbol)
        if held is None:
            return None
        return f"a price of {money(held.price, row.currency)} is not believed until another confirms it"

    def _heard(self, symbols: Collection[str]) -> None:
        self._came.set()
        if symbols:
            self._moved.update(symbols)
            self._formed.set()

    def _alarmed(self, _alarms: Sequence[PriceAlarmRecord]) -> None:
        self._called.set()

    async def _showing(self) -> None:
        while True:
            await self._came.wait()
            self._came.clear()
            for board in self._boards.watched:
                self._dress(board)
            self._boards.state.set_live(self._quotes.live)
            await asyncio.sleep(_AT_MOST)

    async def _forming(self) -> None:
        """Score the bars that quotes have moved, all that came meanwhile together."""
        while True:
            await self._formed.wait()
            self._formed.clear()
            moved, self._moved = self._moved, set()
            if bars := self._quotes.forming(moved):
                self._provisional.watch({board.list.name for board in self._boards.watched})
                try:
                    if await asyncio.to_thread(self._provisional, bars):
                        self._called.set()
                except EngineError as error:
                    log.warning("forming bars could not be judged, and are again: %s", error)
                    self._heard(moved)
                    await asyncio.sleep(_AFTER_A_FAULT)
            await asyncio.sleep(_AT_MOST)

    async def _calling(self) -> None:
        while True:
            await self._called.wait()
            self._called.clear()
            try:
                await self._boards.reread_alarms()
            except EngineError as error:
                log.warning("the alarms could not be read, and are again: %s", error)
                self._called.set()
                await asyncio.sleep(_AFTER_A_FAULT)
