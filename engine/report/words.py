"""Answers of the engine in words for people."""

from collections.abc import Callable
from typing import Any

from engine import alarm_words, model_words, skill, tuning_words
from engine import format as fmt
from engine.protocol import (
    AlarmEvent,
    AlarmHistory,
    AlarmList,
    Edited,
    EngineStatus,
    Evaluated,
    Explanation,
    Exported,
    Fetched,
    Grades,
    ListShown,
    Models,
    Note,
    Ok,
    Previewed,
    Progress,
    Replayed,
    Result,
    RolledBack,
    Scanned,
    SearchResults,
    Trained,
    TrainProgress,
    Tuned,
    TuneProgress,
)
from engine.report import alarms, engine, lists, scans


def as_words(item: Progress | Result) -> str:
    """One line or a table."""
    return _WORDS[type(item)](item)


def _fetched(item: Fetched) -> str:
    stretch = f"{item.bars:,} bars, {item.start} to {item.end}" if item.bars else "no bars"
    why = f": {fmt.plain(item.why)}" if item.why else ""
    return f"{fmt.fit(item.symbol, 10)} {item.status:<8} {stretch}{why}"


def _progress(item: TrainProgress) -> str:
    validation = "" if item.val_loss is None else f"   validation {item.val_loss:.5f}"
    return f"epoch {item.epoch} of {item.epochs}   loss {item.loss:.5f}{validation}"


def _exported(item: Exported) -> str:
    return f"{fmt.fit(item.symbol, 10)} {item.bars:,} bars, {fmt.plain(item.file)}"


_WORDS: dict[type, Callable[[Any], str]] = {
    Note: lambda item: fmt.plain(item.words),
    Ok: lambda _: "done",
    Fetched: _fetched,
    TrainProgress: _progress,
    Trained: model_words.trained,
    Evaluated: skill.as_words,
    TuneProgress: tuning_words.trial,
    Tuned: lambda item: f"{tuning_words.tuned(item)}\n{model_words.trained(item.model)}",
    Scanned: scans.scanned,
    AlarmEvent: scans.event,
    Replayed: scans.replayed,
    AlarmList: alarms.listed,
    AlarmHistory: alarms.history,
    Grades: alarm_words.grades,
    Previewed: alarm_words.previewed,
    Explanation: alarm_words.explanation,
    EngineStatus: engine.status,
    Exported: _exported,
    ListShown: lists.shown,
    Edited: lists.edited,
    SearchResults: lists.found,
    Models: model_words.models,
    RolledBack: lambda item: fmt.plain(item.words),
}
