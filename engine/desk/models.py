"""The registry of models: what there is, and the way back."""

import asyncio
from datetime import date

from engine.board import Visitor
from engine.desk.means import Handlers, Means, Say, listed, symbols_of
from engine.protocol import GetModels, Models, RollBack, RolledBack


async def _models(means: Means, command: GetModels, visitor: Visitor, _: Say) -> Models:
    symbols, session = await _meant(means, command, visitor)
    symbol = command.symbol.upper() if command.symbol else None
    return await asyncio.to_thread(means.models, symbols, session, symbol, command.model, visitor.as_of)


async def _roll_back(means: Means, command: RollBack, visitor: Visitor, _: Say) -> RolledBack:
    symbols, session = await _meant(means, command, visitor)
    done = await asyncio.to_thread(means.models.roll_back, symbols, session, command.model)
    for board in means.boards.watched:
        await means.boards.update(board)
    return done


async def _meant(means: Means, command: GetModels | RollBack, visitor: Visitor) -> tuple[tuple[str, ...], date | None]:
    """The symbols that are meant, and the session after which they are looked at: that of the screen, or the last."""
    if visitor.board and not (command.symbols or command.watchlist):
        return symbols_of(visitor.board.list), visitor.seen.session
    return symbols_of(await listed(means, command)), None


HANDLERS: Handlers = {
    GetModels: _models,
    RollBack: _roll_back,
}
