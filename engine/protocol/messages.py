"""All that is said either way: commands, and results, progress, refusals and changes."""

from typing import TypeAlias

from msgspec import Struct

from engine.protocol.alarms import (
    Acknowledge,
    AlarmHistory,
    AlarmList,
    GetAlarmHistory,
    GetGrades,
    Grades,
    ListAlarms,
    Mute,
    Preview,
    Previewed,
    Snooze,
    Unmute,
)
from engine.protocol.charts import Chart, ExportBars, Exported, FetchBars, Fetched, GetChart, ImportBars, Refresh
from engine.protocol.evaluation import Evaluate, Evaluated
from engine.protocol.lists import (
    AddSymbol,
    AddTickers,
    Edited,
    GetLists,
    ImportWatchlist,
    ListShown,
    ListsKept,
    Removed,
    RemoveSymbol,
    RemoveTickers,
    Search,
    SearchResults,
    SetRules,
    ShowWatchlist,
)
from engine.protocol.models import (
    GetModels,
    Models,
    RollBack,
    RolledBack,
    Train,
    Trained,
    TrainProgress,
    Tune,
    Tuned,
    TuneProgress,
)
from engine.protocol.scans import AlarmEvent, Explain, Explanation, Replay, Replayed, Scan, Scanned
from engine.protocol.status import (
    CancelJob,
    DismissJob,
    EngineStatus,
    GetStatus,
    Inspect,
    Inspection,
    PauseReplay,
    RetryJob,
    Stop,
)
from engine.protocol.views import Attach, Changed, ShowList, View

VERSION = 4
"""Raised with every change that an older end would misread."""


class Ok(Struct, frozen=True, tag=True):
    """Done, and there is nothing more to say."""


class Note(Struct, frozen=True, tag=True):
    """A sentence for the person who waits."""

    words: str


Command: TypeAlias = (
    Attach
    | ShowList
    | GetChart
    | GetStatus
    | Inspect
    | Refresh
    | FetchBars
    | Train
    | Evaluate
    | Tune
    | CancelJob
    | RetryJob
    | DismissJob
    | GetModels
    | RollBack
    | Scan
    | Explain
    | Replay
    | Preview
    | GetGrades
    | ListAlarms
    | GetAlarmHistory
    | Acknowledge
    | Snooze
    | Mute
    | Unmute
    | AddSymbol
    | RemoveSymbol
    | ShowWatchlist
    | GetLists
    | AddTickers
    | RemoveTickers
    | SetRules
    | ImportWatchlist
    | PauseReplay
    | Search
    | ImportBars
    | ExportBars
    | Stop
)


class Request(Struct, frozen=True):
    """A command on its way to the engine; `id` comes back with each answer to it."""

    id: int
    command: Command
    version: int = VERSION


Result: TypeAlias = (
    Ok
    | SearchResults
    | View
    | Chart
    | Removed
    | ListShown
    | ListsKept
    | Edited
    | Trained
    | Models
    | RolledBack
    | Evaluated
    | Tuned
    | Scanned
    | Explanation
    | Replayed
    | AlarmList
    | Grades
    | Previewed
    | AlarmHistory
    | EngineStatus
    | Inspection
)
Progress: TypeAlias = Fetched | Exported | TrainProgress | TuneProgress | AlarmEvent | Note


class Done(Struct, frozen=True, tag=True):
    """The command of that id has been carried out."""

    id: int
    result: Result


class Progressed(Struct, frozen=True, tag=True):
    """The command of that id has come this far."""

    id: int
    item: Progress


class Refused(Struct, frozen=True, tag=True):
    """The command of that id cannot be carried out: why, what was received, what to do."""

    id: int
    kind: str
    message: str
    received: str | None = None
    do: str | None = None


Message: TypeAlias = Done | Progressed | Refused | Changed
