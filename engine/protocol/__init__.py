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
    FetchBars,
    GetChart,
    GetStatus,
    ListAlarms,
    PauseReplay,
    Refresh,
    RemoveSymbol,
    Replay,
    Request,
    Scan,
    ShowList,
    Stop,
    Train,
)
from engine.protocol.delta import apply, difference
from engine.protocol.views import (
    Alarm,
    Chart,
    Direction,
    Feed,
    Forecast,
    Job,
    JobState,
    Marker,
    Market,
    Model,
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
    "Direction",
    "Done",
    "EngineStatus",
    "Feed",
    "FetchBars",
    "Fetched",
    "Firing",
    "Forecast",
    "GetChart",
    "GetStatus",
    "Job",
    "JobState",
    "ListAlarms",
    "Marker",
    "Market",
    "Message",
    "Metrics",
    "Model",
    "Note",
    "Ok",
    "Patch",
    "PauseReplay",
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
