"""The one database of a home."""

from engine.ports.store.records import (
    AlarmEvent,
    AlarmRecord,
    Correction,
    Coverage,
    EvaluationRecord,
    JobRecord,
    PriceAlarmRecord,
    StoreSize,
    Ungraded,
)
from engine.ports.store.store import Store

__all__ = [
    "AlarmEvent",
    "AlarmRecord",
    "Correction",
    "Coverage",
    "EvaluationRecord",
    "JobRecord",
    "PriceAlarmRecord",
    "Store",
    "StoreSize",
    "Ungraded",
]
