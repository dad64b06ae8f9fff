"""What a screen asks for."""

import asyncio
from datetime import date

import msgspec

from engine.board import Visitor
from engine.desk.means import Handlers, Means, Say, edited, listed
from engine.ports import Interval, List, Ticker
from engine.protocol import (
    AddSymbol,
    Attach,
    Chart,
    GetChart,
    Note,
    Ok,
    PauseReplay,
    Refresh,
    Removed,
    RemoveSymbol,
    Search,
    SearchResults,
    ShowList,
    View,
)
from engine.services import intraday


async def _attach(means: Means, command: Attach, visitor: Visitor, _: Say) -> View:
    visitor.rate = command.rate
    return await _turn(means, visitor, await listed(means, command), command.as_of)


async def _show_list(means: Means, command: ShowList, visitor: Visitor, _: Say) -> View:
    visitor.shown()
    wanted = await asyncio.to_thread(means.boards.naming.resolve, command.name, ())
    return await _turn(means, visitor, wanted, visitor.as_of)


async def _turn(means: Means, visitor: Visitor, wanted: List, as_of: date | None) -> View:
    board = await means.boards.use(wanted)
    then = await means.boards.then(board, as_of) if as_of else None
    news = visitor.board is not board or (visitor.then is not None and then is None)
    visitor.show(board, then)
    means.boards.visitors.shown = True
    if news:  # a step from one earlier session to another is none
        means.schedule.wake()
    visitor.sent = means.boards.view(visitor.seen, means.jobs.all)
    return visitor.sent


async def _chart(means: Means, command: GetChart, visitor: Visitor, _: Say) -> Chart:
    shown = visitor.shown().list if visitor.board else None
    tickers = shown.tickers if shown else ()
    known = next((each for each in tickers if each.symbol == command.symbol), Ticker(command.symbol))
    at = visitor.as_of
    if command.range not in intraday.INTERVALS:
        told = visitor.told(command.symbol)
        chart = await asyncio.to_thread(means.watch.chart, known, command.range, at, told=told)
    else:
        own = None if shown is None or shown.interval == "1d" else shown.interval
        chart = await _within_days(means, known, command, at, own)
    return msgspec.structs.replace(chart, as_of=at)


async def _within_days(means: Means, known: Ticker, command: GetChart, at: date | None, own: Interval | None) -> Chart:
    if at is not None:
        return await asyncio.to_thread(means.intraday.then, known, command.range, at, own)
    return await asyncio.to_thread(means.intraday.chart, known, command.range, own)


async def _search(means: Means, command: Search, _visitor: Visitor, _: Say) -> SearchResults:
    return await asyncio.to_thread(means.finding.find, command.text)


async def _refresh(means: Means, _command: Refresh, visitor: Visitor, _: Say) -> Ok:
    await means.schedule.refresh(visitor.shown())
    return Ok()


async def _add(means: Means, command: AddSymbol, visitor: Visitor, say: Say) -> Ok:
    board = visitor.shown()
    symbol, why = await asyncio.to_thread(means.lists.put, board.list.name, command.symbol, command.position)
    if why:
        say(Note(why))
    await edited(means, board)
    await means.refresh((symbol,), force=True)
    await means.boards.update(board)
    return Ok()


async def _remove(means: Means, command: RemoveSymbol, visitor: Visitor, _: Say) -> Removed:
    board = visitor.shown()
    removed = await asyncio.to_thread(means.lists.take, board.list.name, command.symbol)
    await edited(means, board)
    return removed


async def _pause(means: Means, command: PauseReplay, _visitor: Visitor, _: Say) -> Ok:
    await means.schedule.pause(paused=command.paused)
    return Ok()


HANDLERS: Handlers = {
    Attach: _attach,
    ShowList: _show_list,
    GetChart: _chart,
    Search: _search,
    Refresh: _refresh,
    AddSymbol: _add,
    RemoveSymbol: _remove,
    PauseReplay: _pause,
}
