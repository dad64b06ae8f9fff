"""What screens, command line and engine say to each other: one JSON message a WebSocket frame.

A client sends a `Request`, which carries one command. The engine answers each with `Done` or `Refused`, after any
number of `Progressed`. A client that sent `Attach` gets a `View` as its answer, then a `Changed` whenever it changed.

Sessions are dates in the exchange's own time zone; instants are seconds since the epoch, UTC. Prices are in the
instrument's currency, split-adjusted as of the session shown. A value that is not known is None, never made up.
"""

import msgspec

from engine.protocol.answers import (
    AlarmEvent,
    AlarmList,
    Changed,
    Done,
    EngineStatus,
    Fetched,
    Firing,
    Message,
    Metrics,
    Note,
    Ok,
    Patch,
    Progress,
    Progressed,
    Refused,
    Removed,
    Replayed,
    Result,
    Scanned,
    ScanRow,
    SearchHit,
    SearchResults,
    Trained,
    TrainProgress,
)
from engine.protocol.commands import (
    VERSION,
    Acknowledge,
    AddSymbol,
    Attach,
    CancelJob,
    Command,
    ExportBars,
    FetchBars,
    GetChart,
    GetStatus,
    ImportBars,
    ListAlarms,
    PauseReplay,
    Refresh,
    RemoveSymbol,
    Replay,
    Request,
    Scan,
    Search,
    ShowList,
    Stop,
    Train,
)
from engine.protocol.delta import apply, difference
from engine.protocol.views import (
    Alarm,
    Chart,
    DataNote,
    Direction,
    Feed,
    Forecast,
    Holdings,
    Job,
    JobState,
    Live,
    Marker,
    Market,
    Model,
    Phase,
    Range,
    ReplayClock,
    Row,
    Status,
    Tier,
    View,
    Watchlist,
)

__all__ = [
    "VERSION",
    "Acknowledge",
    "AddSymbol",
    "Alarm",
    "AlarmEvent",
    "AlarmList",
    "Attach",
    "CancelJob",
    "Changed",
    "Chart",
    "Command",
    "DataNote",
    "Direction",
    "Done",
    "EngineStatus",
    "ExportBars",
    "Feed",
    "FetchBars",
    "Fetched",
    "Firing",
    "Forecast",
    "GetChart",
    "GetStatus",
    "Holdings",
    "ImportBars",
    "Job",
    "JobState",
    "ListAlarms",
    "Live",
    "Marker",
    "Market",
    "Message",
    "Metrics",
    "Model",
    "Note",
    "Ok",
    "Patch",
    "PauseReplay",
    "Phase",
    "Progress",
    "Progressed",
    "Range",
    "Refresh",
    "Refused",
    "RemoveSymbol",
    "Removed",
    "Replay",
    "ReplayClock",
    "Replayed",
    "Request",
    "Result",
    "Row",
    "Scan",
    "ScanRow",
    "Scanned",
    "Search",
    "SearchHit",
    "SearchResults",
    "ShowList",
    "Status",
    "Stop",
    "Tier",
    "Train",
    "TrainProgress",
    "Trained",
    "View",
    "Watchlist",
    "apply",
    "decode",
    "difference",
    "encode",
]

_encoder = msgspec.json.Encoder()
_messages: msgspec.json.Decoder[Message] = msgspec.json.Decoder(Message)


def encode(message: Message | Request) -> bytes:
    """One frame."""
    return _encoder.encode(message)


def decode(frame: bytes | str) -> Message:
    """The message in a frame; raises msgspec.DecodeError on anything else."""
    return _messages.decode(frame)
