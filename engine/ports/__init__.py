"""What the use cases need from the world, as Protocols; adapters fulfil them, wiring chooses.

Price sources, calendars, stores and watchlists are plain blocking objects: services call them in threads. All are safe
to call from several threads at once.
"""

from engine.ports.calendar import Calendar, MarketHours, SessionHours
from engine.ports.lists import AlarmRules, Imported, List, Rule, Ticker, Watchlists
from engine.ports.prices import (
    FileHistory,
    Found,
    Interval,
    IntradayBar,
    LiveSource,
    PriceFiles,
    PriceSource,
    Profile,
    SourceState,
)
from engine.ports.quotes import QuoteStream, StreamState
from engine.ports.store import (
    AlarmEvent,
    AlarmRecord,
    Correction,
    Coverage,
    EvaluationRecord,
    JobRecord,
    PriceAlarmRecord,
    Store,
    StoreSize,
    Ungraded,
)
from engine.ports.work import Clock, ReplayControl, Trainer

__all__ = [
    "AlarmEvent",
    "AlarmRecord",
    "AlarmRules",
    "Calendar",
    "Clock",
    "Correction",
    "Coverage",
    "EvaluationRecord",
    "FileHistory",
    "Found",
    "Imported",
    "Interval",
    "IntradayBar",
    "JobRecord",
    "List",
    "LiveSource",
    "MarketHours",
    "PriceAlarmRecord",
    "PriceFiles",
    "PriceSource",
    "Profile",
    "QuoteStream",
    "ReplayControl",
    "Rule",
    "SessionHours",
    "SourceState",
    "Store",
    "StoreSize",
    "StreamState",
    "Ticker",
    "Trainer",
    "Ungraded",
    "Watchlists",
]
