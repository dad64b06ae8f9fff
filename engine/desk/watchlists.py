"""Lists by name, shown and edited."""

import asyncio
from pathlib import Path

from engine.board import Visitor
from engine.desk.means import Handlers, Means, Say, edited
from engine.errors import BadRequest
from engine.protocol import (
    AddTickers,
    Edited,
    GetLists,
    ImportWatchlist,
    ListShown,
    ListsKept,
    RemoveTickers,
    SetRules,
    ShowWatchlist,
)


async def _show(means: Means, command: ShowWatchlist, _visitor: Visitor, _: Say) -> ListShown:
    found = await asyncio.to_thread(means.boards.naming.resolve, command.name, ())
    return await asyncio.to_thread(means.lists.shown, found)


async def _kept(means: Means, _command: GetLists, _visitor: Visitor, _: Say) -> ListsKept:
    return await asyncio.to_thread(lambda: means.lists.kept(means.watch.alarms(None, None)))


async def _add(means: Means, command: AddTickers, _visitor: Visitor, _: Say) -> Edited:
    name = await _named(means, command.watchlist)
    return await _shared(means, await asyncio.to_thread(means.lists.add, name, command.symbols, new=command.new))


async def _remove(means: Means, command: RemoveTickers, _visitor: Visitor, _: Say) -> Edited:
    name = await _named(means, command.watchlist)
    return await _shared(means, await asyncio.to_thread(means.lists.remove, name, command.symbols))


async def _set_rules(means: Means, command: SetRules, _visitor: Visitor, _: Say) -> Edited:
    name = await _named(means, command.watchlist)
    return await _shared(means, await asyncio.to_thread(means.lists.set_rules, name, command.changes))


async def _import(means: Means, command: ImportWatchlist, _visitor: Visitor, _: Say) -> Edited:
    return await _shared(means, await asyncio.to_thread(means.lists.load, Path(command.file), command.name))


async def _named(means: Means, name: str | None) -> str:
    """The name of the list that is meant. Raises BadRequest where the default is no list but a source's all."""
    if means.boards.naming.implied(name, ()):
        raise BadRequest("no list is named", do="Name one with -w LIST")
    return name or (await asyncio.to_thread(means.boards.naming.resolve, None, ())).name


async def _shared(means: Means, now: Edited) -> Edited:
    """Every screen that shows the list shows it as it is now, and all know the names there are."""
    await asyncio.to_thread(means.boards.naming.resolve, now.watchlist, ())
    for board in means.boards.watched:
        if board.list.kept and board.list.name == now.watchlist:
            await edited(means, board)
    means.boards.touch()
    return now


HANDLERS: Handlers = {
    ShowWatchlist: _show,
    GetLists: _kept,
    AddTickers: _add,
    RemoveTickers: _remove,
    SetRules: _set_rules,
    ImportWatchlist: _import,
}
