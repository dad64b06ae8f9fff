"""What screens, command line and engine say to each other: one JSON message a WebSocket frame.

A client sends a `Request`, which carries one command. The engine answers each with `Done` or `Refused`, after any
number of `Progressed`. A client that sent `Attach` gets a `View` as its answer, then a `Changed` whenever it changed.

Sessions are dates in the exchange's own time zone; instants are seconds since the epoch, UTC. Prices are in the
instrument's currency, split-adjusted as of the session shown. A value that is not known is None, never made up.
"""

from functools import cache

import msgspec

from engine.protocol.alarms import (
    Acknowledge,
    Alarm,
    AlarmHistory,
    AlarmList,
    AlarmState,
    AlarmStep,
    AlarmTally,
    Direction,
    GetAlarmHistory,
    GetGrades,
    Grades,
    KindGrades,
    ListAlarms,
    Mute,
    Preview,
    PreviewCount,
    Previewed,
    Snooze,
    Tier,
    Unmute,
)
from engine.protocol.charts import (
    Chart,
    DataNote,
    ExportBars,
    Exported,
    FetchBars,
    Fetched,
    GetChart,
    ImportBars,
    Marker,
    Overlays,
    PastForecast,
    Range,
    Refresh,
)
from engine.protocol.evaluation import Drawn, Evaluate, Evaluated, Figures, FoldBlocks, Judged, SymbolFigures
from engine.protocol.lists import (
    AddSymbol,
    AddTickers,
    Edited,
    GetLists,
    ImportWatchlist,
    ListedTicker,
    ListShown,
    ListsKept,
    ListSummary,
    Removed,
    RemoveSymbol,
    RemoveTickers,
    Search,
    SearchHit,
    SearchResults,
    SetRules,
    ShowWatchlist,
)
from engine.protocol.messages import (
    VERSION,
    Command,
    Done,
    Message,
    Note,
    Ok,
    Progress,
    Progressed,
    Refused,
    Request,
    Result,
)
from engine.protocol.models import (
    GetModels,
    Metrics,
    ModelCard,
    ModelMetrics,
    ModelPlot,
    Models,
    ModelStatus,
    RollBack,
    RolledBack,
    Train,
    Trained,
    TrainProgress,
    TriedSettings,
    Tune,
    Tuned,
    TuneProgress,
)
from engine.protocol.scans import (
    AlarmEvent,
    Explain,
    Explanation,
    Firing,
    IndicatorsNow,
    KindExplained,
    KindScore,
    KindState,
    MomentumNow,
    Replay,
    Replayed,
    Scan,
    Scanned,
    ScanRow,
)
from engine.protocol.status import (
    CancelJob,
    DismissJob,
    EngineStatus,
    Feed,
    GetStatus,
    Holdings,
    Inspect,
    Inspection,
    Job,
    JobKind,
    JobState,
    Live,
    LogLine,
    Market,
    Model,
    PauseReplay,
    ReplayClock,
    RetryJob,
    Seat,
    Status,
    Stop,
    StoreSize,
)
from engine.protocol.views import (
    Attach,
    Changed,
    Forecast,
    MomentumState,
    Patch,
    Phase,
    Row,
    ShowList,
    View,
    Watchlist,
    apply,
    difference,
)

__all__ = [
    "VERSION", "Acknowledge", "AddSymbol", "AddTickers", "Alarm", "AlarmEvent", "AlarmHistory", "AlarmList",
    "AlarmState", "AlarmStep", "AlarmTally", "Attach", "CancelJob", "Changed", "Chart", "Command", "DataNote",
    "Direction", "DismissJob", "Done", "Drawn", "Edited", "EngineStatus", "Evaluate", "Evaluated", "Explain",
    "Explanation", "ExportBars", "Exported", "Feed", "FetchBars", "Fetched", "Figures", "Firing", "FoldBlocks",
    "Forecast", "GetAlarmHistory", "GetChart", "GetGrades", "GetLists", "GetModels", "GetStatus", "Grades",
    "Holdings", "ImportBars", "ImportWatchlist", "IndicatorsNow", "Inspect", "Inspection", "Job", "JobKind",
    "JobState", "Judged", "KindExplained", "KindGrades", "KindScore", "KindState", "ListAlarms", "ListShown",
    "ListSummary", "ListedTicker", "ListsKept", "Live", "LogLine", "Marker", "Market", "Message", "Metrics",
    "Model", "ModelCard", "ModelMetrics", "ModelPlot", "ModelStatus", "Models", "MomentumNow", "MomentumState",
    "Mute", "Note", "Ok", "Overlays", "PastForecast", "Patch", "PauseReplay", "Phase", "Preview", "PreviewCount",
    "Previewed", "Progress", "Progressed", "Range", "Refresh", "Refused", "RemoveSymbol", "RemoveTickers",
    "Removed", "Replay", "ReplayClock", "Replayed", "Request", "Result", "RetryJob", "RollBack", "RolledBack",
    "Row", "Scan", "ScanRow", "Scanned", "Search", "SearchHit", "SearchResults", "Seat", "SetRules", "ShowList",
    "ShowWatchlist", "Snooze", "Status", "Stop", "StoreSize", "SymbolFigures", "Tier", "Train", "TrainProgress",
    "Trained", "TriedSettings", "Tune", "TuneProgress", "Tuned", "Unmute", "View", "Watchlist", "apply", "decode",
    "difference", "encode",
]  # fmt: skip

_encoder = msgspec.json.Encoder()


@cache
def _messages() -> msgspec.json.Decoder[Message]:
    """Made with the first frame that comes: what it has to know of all messages would hold up the first paint."""
    return msgspec.json.Decoder(Message)


def encode(message: Message | Request) -> bytes:
    """One frame."""
    return _encoder.encode(message)


def decode(frame: bytes | str) -> Message:
    """The message in a frame; raises msgspec.DecodeError on anything else."""
    return _messages().decode(frame)
