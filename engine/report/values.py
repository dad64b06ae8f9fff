"""Answers of the engine as JSON values that others read."""

from collections.abc import Callable
from typing import Any

import msgspec

from engine import alarm_words, model_words
from engine.protocol import (
    AlarmList,
    EngineStatus,
    Evaluated,
    Fetched,
    Grades,
    Models,
    Progress,
    Replayed,
    Result,
    SearchResults,
    Trained,
    TrainProgress,
    Tuned,
    TuneProgress,
)


def as_json(item: Progress | Result) -> Any:
    """The JSON value of one line; shapes as the README gives them."""
    return _JSON.get(type(item), _plain)(item)


def not_running(home: str) -> dict[str, Any]:
    """`engine status --json` where none runs."""
    blank = dict.fromkeys(("pid", "version", "source", "model"))
    return {"running": False, **blank, "home": home, "screens": 0, "jobs": [], "uptime_s": 0}


def _plain(item: Any) -> Any:
    value = msgspec.to_builtins(item)
    value.pop("type", None)
    return value


def _fetched(item: Fetched) -> Any:
    value = _plain(item)
    return value if item.why else {key: known for key, known in value.items() if key != "why"}


def _progress(item: TrainProgress) -> Any:
    value = {"event": "progress", **_plain(item)}
    return value if item.symbol else {key: known for key, known in value.items() if key != "symbol"}


def _evaluated(item: Evaluated) -> Any:
    """Without what is drawn of it: `whipsaw evaluate` without --json does that."""
    return {key: value for key, value in _plain(item).items() if key != "drawn"}


def _tune_progress(item: TuneProgress) -> Any:
    return {"event": "trial", **_plain(item)}


def _tuned(item: Tuned) -> Any:
    return {"event": "tuned", **_plain(item), "model": _plain(item.model)}


def _replayed(item: Replayed) -> Any:
    return {"event": "done", **_plain(item)}


def _alarm_list(item: AlarmList) -> Any:
    return [_plain(alarm) for alarm in item.alarms]


def _hits(item: SearchResults) -> Any:
    return [_plain(hit) for hit in item.hits]


def _status(item: EngineStatus) -> Any:
    status = item.status
    return {
        "running": True,
        "pid": status.pid,
        "version": status.version,
        "home": status.home,
        "source": status.source,
        "screens": status.screens,
        "jobs": [msgspec.to_builtins(job) for job in item.jobs],
        "model": msgspec.to_builtins(status.model),
        "uptime_s": item.uptime_s,
    }


_JSON: dict[type, Callable[[Any], Any]] = {
    Fetched: _fetched,
    TrainProgress: _progress,
    Trained: model_words.trained_as_json,
    Evaluated: _evaluated,
    TuneProgress: _tune_progress,
    Tuned: _tuned,
    Replayed: _replayed,
    AlarmList: _alarm_list,
    Grades: alarm_words.grades_as_json,
    EngineStatus: _status,
    SearchResults: _hits,
    Models: model_words.models_as_json,
}
