"""What the clerks at the desk work with, and what they share."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from engine.alarms import Alarms
from engine.board import Board, Boards, Visitor
from engine.jobs import JobTable
from engine.ports import List, StoreSize, Watchlists
from engine.protocol import (
    Attach,
    Evaluate,
    ExportBars,
    FetchBars,
    GetGrades,
    GetModels,
    Preview,
    Progress,
    Replay,
    Result,
    RollBack,
    Scan,
    Train,
    Tune,
)
from engine.schedule import Schedule
from engine.services import (
    evaluate,
    explain,
    exporting,
    finding,
    importing,
    intraday,
    lists,
    models,
    refresh,
    replay,
    scan,
    track,
    train,
    tune,
    watch,
)

Say: TypeAlias = Callable[[Progress], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """The boards and the use cases."""

    boards: Boards
    jobs: JobTable
    schedule: Schedule
    watchlists: Watchlists
    lists: lists.Lists
    refresh: refresh.Refresh
    scan: scan.Scan
    replay: replay.Replay
    evaluate: evaluate.Evaluate
    tunes: Mapping[str, tune.Tune[train.Outcome]]
    watch: watch.Watch
    track: track.TrackRecords
    explain: explain.Explain
    models: models.ModelCards
    intraday: intraday.Intraday
    finding: finding.Finding
    importing: importing.ImportFiles
    exporting: exporting.ExportBars
    alarms: Alarms
    preset: str
    size: Callable[[], StoreSize]
    """How much the store holds."""
    rate: float
    """Updates a second that a screen gets which names no rate."""
    stop: Callable[[], None]


Handlers: TypeAlias = Mapping[type, Callable[[Means, Any, Visitor, Say], Awaitable[Result]]]
"""One function a command: it carries the command out, and tells its progress."""


OfAList: TypeAlias = (
    Attach
    | Evaluate
    | ExportBars
    | FetchBars
    | GetGrades
    | GetModels
    | Preview
    | Replay
    | RollBack
    | Scan
    | Train
    | Tune
)


async def listed(means: Means, command: OfAList) -> List:
    """The list that a command means."""
    return await asyncio.to_thread(means.boards.naming.resolve, command.watchlist, command.symbols)


async def edited(means: Means, board: Board) -> None:
    """A board's list has changed in its file: it is shown as it is now."""
    found = await asyncio.to_thread(means.watchlists.read, board.list.name)
    await means.boards.use(means.boards.naming.in_currency(found))
    means.schedule.wake()


def symbols_of(of: List) -> tuple[str, ...]:
    """The symbols of a list, in its order."""
    return tuple(ticker.symbol for ticker in of.tickers)
