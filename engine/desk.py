"""Where commands are carried out: one method a command, for screens and command line alike."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias

import msgspec

from engine.board import Board, Boards, Visitor
from engine.core.judge import TickerScan
from engine.errors import BadRequest, DataError
from engine.jobs import JobTable
from engine.ports import List, LiveSource, Ticker, Watchlists
from engine.protocol import (
    Acknowledge,
    AddSymbol,
    AddTickers,
    AlarmList,
    Attach,
    CancelJob,
    Chart,
    Command,
    Edited,
    EngineStatus,
    FetchBars,
    GetChart,
    GetStatus,
    ImportWatchlist,
    ListAlarms,
    ListShown,
    Metrics,
    Note,
    Ok,
    PauseReplay,
    Progress,
    Refresh,
    Removed,
    RemoveSymbol,
    RemoveTickers,
    Replay,
    Replayed,
    Result,
    Scan,
    Scanned,
    Search,
    SearchHit,
    SearchResults,
    ShowList,
    ShowWatchlist,
    Stop,
    Train,
    Trained,
    TrainProgress,
    View,
)
from engine.schedule import Schedule
from engine.services import intraday, lists, refresh, replay, scan, train, watch

Say: TypeAlias = Callable[[Progress], None]


class Desk:
    """Carries out commands."""

    def __init__(
        self,
        *,
        boards: Boards,
        jobs: JobTable,
        schedule: Schedule,
        watchlists: Watchlists,
        refresh: refresh.Refresh,
        scan: scan.Scan,
        replay: replay.Replay,
        watch: watch.Watch,
        intraday: intraday.Intraday,
        live_source: LiveSource | None,
        acknowledge: Callable[[int], None],
        preset: str,
        stop: Callable[[], None],
    ) -> None:
        self.boards = boards
        self._jobs = jobs
        self._schedule = schedule
        self._watchlists = watchlists
        self._lists = lists.Lists(watchlists)
        self._refresh = refresh
        self._scan = scan
        self._replay = replay
        self._watch = watch
        self._intraday = intraday
        self._live_source = live_source
        self._acknowledge = acknowledge
        self._preset = preset
        self._stop = stop

    async def carry_out(self, command: Command, visitor: Visitor, say: Say) -> Result:
        """The result of a command; progress goes to `say`. Raises EngineError."""
        return await _HANDLERS[type(command)](self, command, visitor, say)

    def view(self, visitor: Visitor) -> View:
        """What the visitor's screen shows now."""
        return self.boards.view(visitor.shown(), self._jobs.all)

    async def _list(self, command: FetchBars | Train | Scan | Replay | Attach) -> List:
        return await asyncio.to_thread(self.boards.resolve, command.watchlist, command.symbols)

    # --- the screen ---

    async def _on_attach(self, command: Attach, visitor: Visitor, _: Say) -> View:
        visitor.rate = command.rate
        return await self._turn(visitor, await self._list(command))

    async def _on_show_list(self, command: ShowList, visitor: Visitor, _: Say) -> View:
        visitor.shown()
        return await self._turn(visitor, await asyncio.to_thread(self.boards.resolve, command.name, ()))

    async def _turn(self, visitor: Visitor, wanted: List) -> View:
        visitor.show(await self.boards.use(wanted))
        self.boards.shown = True
        self._schedule.wake()
        visitor.sent = self.view(visitor)
        return visitor.sent

    async def _edited(self, board: Board) -> None:
        await self.boards.use(await asyncio.to_thread(self._watchlists.read, board.list.name))
        self._schedule.wake()

    async def _on_chart(self, command: GetChart, visitor: Visitor, _: Say) -> Chart:
        tickers = visitor.shown().list.tickers if visitor.board else ()
        known = next((each for each in tickers if each.symbol == command.symbol), Ticker(command.symbol))
        chart = self._intraday.chart if command.range in intraday.INTERVALS else self._watch.chart
        return await asyncio.to_thread(chart, known, command.range)

    async def _on_search(self, command: Search, _visitor: Visitor, _: Say) -> SearchResults:
        if self._live_source is None:
            raise BadRequest("this source cannot be searched by name", do="add a symbol as it is written")
        hits = await asyncio.to_thread(self._live_source.search, command.text)
        return SearchResults(tuple(SearchHit(hit.symbol, hit.name, hit.exchange, hit.kind) for hit in hits))

    async def _on_refresh(self, _command: Refresh, visitor: Visitor, _: Say) -> Ok:
        await self._schedule.refresh(visitor.shown())
        return Ok()

    async def _on_acknowledge(self, command: Acknowledge, _visitor: Visitor, _: Say) -> Ok:
        await asyncio.to_thread(self._acknowledge, command.alarm)
        await self.boards.reread_alarms()
        return Ok()

    async def _on_add(self, command: AddSymbol, visitor: Visitor, say: Say) -> Ok:
        board = visitor.shown()
        symbol, why = await asyncio.to_thread(self._lists.put, board.list.name, command.symbol, command.position)
        if why:
            say(Note(why))
        await self._edited(board)
        await self._refresh((symbol,))
        await self.boards.update(board)
        return Ok()

    async def _on_remove(self, command: RemoveSymbol, visitor: Visitor, _: Say) -> Removed:
        board = visitor.shown()
        removed = await asyncio.to_thread(self._lists.take, board.list.name, command.symbol)
        await self._edited(board)
        return removed

    async def _on_pause(self, command: PauseReplay, _visitor: Visitor, _: Say) -> Ok:
        self._schedule.pause(paused=command.paused)
        return Ok()

    # --- lists by name ---

    async def _on_show_watchlist(self, command: ShowWatchlist, _visitor: Visitor, _: Say) -> ListShown:
        found = await asyncio.to_thread(self.boards.resolve, command.name, ())
        return await asyncio.to_thread(self._lists.shown, found)

    async def _on_add_tickers(self, command: AddTickers, _visitor: Visitor, _: Say) -> Edited:
        name = await self._named(command.watchlist)
        return await self._shared(await asyncio.to_thread(self._lists.add, name, command.symbols, new=command.new))

    async def _on_remove_tickers(self, command: RemoveTickers, _visitor: Visitor, _: Say) -> Edited:
        name = await self._named(command.watchlist)
        return await self._shared(await asyncio.to_thread(self._lists.remove, name, command.symbols))

    async def _on_import_watchlist(self, command: ImportWatchlist, _visitor: Visitor, _: Say) -> Edited:
        return await self._shared(await asyncio.to_thread(self._lists.load, Path(command.file), command.name))

    async def _named(self, name: str | None) -> str:
        """The name of the list that is meant. Raises BadRequest where the default is no list but a source's all."""
        if self.boards.implied(name, ()):
            raise BadRequest("no list is named", do="Name one with -w LIST")
        return name or (await asyncio.to_thread(self.boards.resolve, None, ())).name

    async def _shared(self, edited: Edited) -> Edited:
        """Every screen that shows the list shows it as it is now, and all know the names there are."""
        await asyncio.to_thread(self.boards.resolve, edited.watchlist, ())
        for board in self.boards.in_use:
            if board.list.kept and board.list.name == edited.watchlist:
                await self._edited(board)
        self.boards.touch()
        return edited

    # --- work ---

    async def _on_fetch(self, command: FetchBars, _visitor: Visitor, say: Say) -> Ok:
        symbols = _symbols(await self._list(command))
        await self._jobs.run(
            "fetch", "fetch history", lambda _: self._refresh(symbols, say, command.start, command.end)
        )
        return Ok()

    async def _on_train(self, command: Train, visitor: Visitor, say: Say) -> Trained:
        if command.preset not in (None, self._preset):
            raise BadRequest("there is no such preset", received=command.preset, do=f"this version has: {self._preset}")
        if visitor.board and not command.watchlist:
            symbols = command.symbols or _symbols(visitor.board.list)
        else:
            symbols = _symbols(await self._list(command))
            await self._fetched(symbols)
        outcome = await self._trained(symbols, say, command.start, command.end)
        return Trained(
            model=outcome.record.id,
            preset=outcome.record.preset,
            symbols=outcome.record.symbols,
            seconds=outcome.seconds,
            metrics=msgspec.convert(outcome.record.errors, Metrics, from_attributes=True),
            skipped=outcome.skipped,
        )

    async def _trained(self, symbols: tuple[str, ...], say: Say, start: date | None, end: date | None) -> train.Outcome:
        def told(news: str | TrainProgress) -> None:
            say(Note(news) if isinstance(news, str) else news)

        return await self._schedule.train(symbols, told, start, end)

    async def _on_scan(self, command: Scan, _visitor: Visitor, say: Say) -> Scanned:
        wanted = await self._list(command)
        symbols = _symbols(wanted)
        await self._fetched(symbols)
        keep = wanted.kept
        scans = await self._scanned(symbols, command.as_of, keep=keep)
        if lacking := tuple(each.symbol for each in scans if each.lacks_model):
            say(Note(f"no model has been trained on rows up to {command.as_of or 'now'}: training one"))
            await self._trained(lacking, say, None, command.as_of)
            scans = await self._scanned(symbols, command.as_of, keep=keep)
        if self.boards.implied(command.watchlist, command.symbols):
            scans = tuple(each for each in scans if each.features is not None)
        rows = self._watch.scan_rows(wanted.tickers, scans, episodes=keep and command.as_of is None)
        expected = max((each.expected for each in scans if each.expected), default=command.as_of)
        if expected is None:
            raise BadRequest(f"no bar is stored up to {command.as_of or 'now'}", received=" ".join(symbols))
        return Scanned(expected, rows)

    async def _fetched(self, symbols: tuple[str, ...]) -> None:
        """Bring these up to date. Raises DataError where not one bar of any of them is to be had."""
        fetched = await self._refresh(symbols)
        if fetched and not any(each.bars for each in fetched):
            reasons = dict.fromkeys(each.why or "no bars" for each in fetched)
            raise DataError("; ".join(reasons), received=" ".join(symbols))

    async def _scanned(self, symbols: tuple[str, ...], as_of: date | None, *, keep: bool) -> tuple[TickerScan, ...]:
        if as_of is None:
            async with self.boards.scanning:
                return await asyncio.to_thread(self._scan.live, symbols, keep=keep)
        return await asyncio.to_thread(self._scan.as_of, symbols, as_of)

    async def _on_replay(self, command: Replay, _visitor: Visitor, say: Say) -> Replayed:
        if command.start > command.end:
            raise BadRequest("a replay ends after it begins", received=f"--from {command.start} --to {command.end}")
        symbols = _symbols(await self._list(command))
        played = self.boards.status.replay
        if played and command.end > played.session:
            raise BadRequest(
                f"this engine replays history itself, and knows nothing after {played.session}",
                received=f"--to {command.end}",
                do="name --source files:DIR and a --home of its own",
            )
        await self._fetched(symbols)
        return await self._jobs.run(
            "replay",
            f"replay {command.start} to {command.end}",
            lambda _: self._replay(symbols, command.start, command.end, command.retrain, say),
        )

    # --- the engine ---

    async def _on_alarms(self, command: ListAlarms, _visitor: Visitor, _: Say) -> AlarmList:
        return AlarmList(await asyncio.to_thread(self._watch.alarms, None, command.since))

    async def _on_status(self, _command: GetStatus, _visitor: Visitor, _: Say) -> EngineStatus:
        status = await asyncio.to_thread(self.boards.overall)
        return EngineStatus(status, self._jobs.all, self.boards.uptime)

    async def _on_cancel(self, command: CancelJob, _visitor: Visitor, _: Say) -> Ok:
        self._jobs.cancel(command.job)
        return Ok()

    async def _on_stop(self, _command: Stop, _visitor: Visitor, _: Say) -> Ok:
        self._stop()
        return Ok()


def _symbols(of: List) -> tuple[str, ...]:
    return tuple(ticker.symbol for ticker in of.tickers)


_HANDLERS: dict[type, Callable[[Desk, Any, Visitor, Say], Awaitable[Result]]] = {
    Attach: Desk._on_attach,
    ShowList: Desk._on_show_list,
    GetChart: Desk._on_chart,
    GetStatus: Desk._on_status,
    Search: Desk._on_search,
    Refresh: Desk._on_refresh,
    FetchBars: Desk._on_fetch,
    Train: Desk._on_train,
    CancelJob: Desk._on_cancel,
    Scan: Desk._on_scan,
    Replay: Desk._on_replay,
    ListAlarms: Desk._on_alarms,
    Acknowledge: Desk._on_acknowledge,
    AddSymbol: Desk._on_add,
    RemoveSymbol: Desk._on_remove,
    ShowWatchlist: Desk._on_show_watchlist,
    AddTickers: Desk._on_add_tickers,
    RemoveTickers: Desk._on_remove_tickers,
    ImportWatchlist: Desk._on_import_watchlist,
    PauseReplay: Desk._on_pause,
    Stop: Desk._on_stop,
}
