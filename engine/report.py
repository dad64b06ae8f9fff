"""Answers of the engine as the command line gives them: JSON values that others read, and words for people."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import msgspec

from engine import alarm_words, model_words, skill, tuning_words
from engine import format as fmt
from engine.protocol import (
    Alarm,
    AlarmEvent,
    AlarmHistory,
    AlarmList,
    AlarmStep,
    Edited,
    EngineStatus,
    Evaluated,
    Explanation,
    Exported,
    Feed,
    Fetched,
    Grades,
    ListedTicker,
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
    ScanRow,
    SearchHit,
    SearchResults,
    Trained,
    TrainProgress,
    Tuned,
    TuneProgress,
)

DEMO_FIRST, DEMO_LAST = date(2008, 6, 2), date(2013, 3, 1)


def as_json(item: Progress | Result) -> Any:
    """The JSON value of one line; shapes as the README gives them."""
    return _JSON.get(type(item), _plain)(item)


def as_words(item: Progress | Result) -> str:
    """The same for a person, one line or a table."""
    return _WORDS[type(item)](item)


def not_running(home: str) -> dict[str, Any]:
    """`engine status --json` where none runs."""
    blank = dict.fromkeys(("pid", "version", "source", "model"))
    return {"running": False, **blank, "home": home, "screens": 0, "jobs": [], "uptime_s": 0}


# --- JSON -------------------------------------------------------------------------------------------------------------


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


# --- words ------------------------------------------------------------------------------------------------------------


def _fetched_words(item: Fetched) -> str:
    stretch = f"{item.bars:,} bars, {item.start} to {item.end}" if item.bars else "no bars"
    why = f": {fmt.plain(item.why)}" if item.why else ""
    return f"{fmt.fit(item.symbol, 10)} {item.status:<8} {stretch}{why}"


def _progress_words(item: TrainProgress) -> str:
    validation = "" if item.val_loss is None else f"   validation {item.val_loss:.5f}"
    return f"epoch {item.epoch} of {item.epochs}   loss {item.loss:.5f}{validation}"


def _scanned_words(item: Scanned) -> str:
    lines = [f"after {item.as_of}"]
    for row in item.rows:
        lines += _scan_row_words(row)
    return "\n".join(lines)


def _scan_row_words(row: ScanRow) -> Sequence[str]:
    change = row.change_pct
    moved = fmt.UNKNOWN if change is None else f"{fmt.direction(change)} {fmt.percent(abs(change))} %"
    head = f"{fmt.fit(row.symbol, 10)}{fmt.fit(fmt.money(row.close), 12, right=True)}  {fmt.fit(moved, 9)}"
    if row.why:
        return [f"{head}  not scored: {fmt.plain(row.why)}"]
    forecast = row.forecast
    doubt = f", {row.word}" if row.word == "no skill" else ""
    band = (
        f"{forecast.target_date}: {fmt.money(forecast.q05)} … {fmt.money(forecast.q95)} (90 %){doubt}"
        if forecast
        else "no forecast"
    )
    fired = [
        f"  {alarm.tier:<6} {_kind(alarm.kind)}: {alarm.words} · {fmt.rarity(alarm.rarity_days, rarer=alarm.rarer)}"
        for alarm in row.alarms
    ]
    found = [f"  data: {fmt.plain(row.data)}"] if row.data else []
    return [f"{head}  {band}", *fired, *found]


def _event_words(item: AlarmEvent) -> str:
    return (
        f"{item.at}  {item.event:<9} {item.tier:<6} {fmt.fit(item.symbol, 8)} {_kind(item.kind)}: {item.words}"
        f" · {fmt.rarity(item.rarity_days, rarer=item.rarer)}{' · confirmed over the whole list' * item.confirmed}"
    )


def _replayed_words(item: Replayed) -> str:
    pace = f"{item.sessions / item.seconds:,.0f} a second" if item.seconds > 0 else "at once"
    played = (
        f"{item.sessions:,} sessions of {item.symbols} tickers, {item.alarms} alarms; {pace}, "
        f"training left out ({fmt.duration(item.training_seconds)})"
    )
    graded = any(each.alarms for each in item.grades.values())
    return f"{played}\n\n{alarm_words.grades(Grades(10, item.grades))}" if graded else played


def _alarms_words(item: AlarmList) -> str:
    return "\n".join(_alarm_words(alarm) for alarm in item.alarms) or "no alarm is on record"


def _alarm_words(alarm: Alarm) -> str:
    closed = f" to {alarm.closed}" if alarm.closed else ""
    told = (
        fmt.plain(alarm.words),
        f"of the list {fmt.plain(alarm.watchlist)}" if alarm.watchlist else "",
        "" if alarm.p is None else fmt.rarity(alarm.rarity_days, rarer=alarm.rarer),
        "confirmed over the whole list" if alarm.confirmed else "",
        "provisional until the close" if alarm.provisional else "",
        f"decided after {alarm.found}" if alarm.found else "",
        f"snoozed until {alarm.snoozed_until}" if alarm.state == "snoozed" else alarm.state,
        fmt.plain(alarm.dropped or ""),
    )
    return (
        f"{alarm.id:>4}  {alarm.opened}{closed}  {alarm.tier:<6} {fmt.fit(fmt.plain(alarm.symbol), 8)} "
        f"{_kind(alarm.kind)}: {' · '.join(part for part in told if part)}"
    )


def _history_words(item: AlarmHistory) -> str:
    return "\n".join((_alarm_words(item.alarm), *map(_step_words, item.steps)))


def _step_words(step: AlarmStep) -> str:
    at = "" if step.at is None else f"{fmt.local(step.at, ''):%Y-%m-%d %H:%M:%S} UTC"
    p = "" if step.p is None else f"p {step.p:.2g}"
    return f"      {step.session}  {at:<23}  {step.event:<12}  {step.tier:<6}  {p:<9}  {fmt.plain(step.words)}".rstrip()


def _status_words(item: EngineStatus) -> str:
    status = item.status
    model = status.model
    trained = f"#{model.id} {model.preset}, trained to {model.trained_to}" if model else "none yet"
    running = [f"{job.title}: {job.phase or job.state}" for job in item.jobs if job.state in ("queued", "running")]
    return "\n".join(
        (
            f"engine {status.pid}, version {status.version}, up {fmt.duration(item.uptime_s)}",
            f"home     {status.home}",
            f"source   {status.source}: {_feed_words(status.feed)}",
            *((f"beside   krx: {_feed_words(status.second)}",) if status.second else ()),
            f"quotes   {status.live.state}",
            f"screens  {status.screens}",
            f"model    {trained}",
            f"jobs     {', '.join(running) or 'idle'}",
        )
    )


def _feed_words(feed: Feed) -> str:
    used = f"{feed.used:,} of {feed.allowed:,} requests used" if feed.allowed is not None else None
    return ", ".join(fmt.plain(each) for each in (feed.state, used, feed.error) if each)


def _exported_words(item: Exported) -> str:
    return f"{fmt.fit(item.symbol, 10)} {item.bars:,} bars, {fmt.plain(item.file)}"


def _list_words(item: ListShown) -> str:
    head = (item.title, f"{len(item.tickers)} tickers", item.interval, item.currency)
    lines = [" · ".join(fmt.plain(part) for part in head if part)]
    group = ""
    for ticker in item.tickers:
        if ticker.group != group:
            group = ticker.group
            lines.append(f"  {fmt.plain(group) or 'no group'}")
        lines.append(_listed_words(ticker))
    return "\n".join(lines)


def _listed_words(ticker: ListedTicker) -> str:
    calls = [
        words
        for value, words in (
            (ticker.above, f"above {_figure(ticker.above)}"),
            (ticker.below, f"below {_figure(ticker.below)}"),
            (ticker.move, f"move {_figure(ticker.move)} %"),
        )
        if value is not None
    ]
    paid = f"at {_figure(ticker.cost)}" if ticker.cost is not None else ""
    held = f"{_figure(ticker.shares)} shares" if ticker.shares is not None else ""
    holding = [" ".join(part for part in (held, paid) if part)] if held or paid else []
    row = f"{fmt.fit(ticker.symbol, 12)} {fmt.fit(fmt.plain(ticker.name), 28)} {' · '.join(holding + calls)}"
    return row.rstrip()


def _figure(value: float | None) -> str:
    """A number as it stands in the list's file, with the decimals it has there."""
    return fmt.UNKNOWN if value is None else f"{value:,.10g}".replace("-", fmt.MINUS)


def _edited_words(item: Edited) -> str:
    came = f"added {' '.join(item.added)}" if item.added else ""
    went = f"removed {' '.join(item.removed)}" if item.removed else ""
    ruled = f"set {' '.join(item.rules)}" if item.rules else ""
    told = ", ".join(part for part in (came, went, fmt.plain(ruled)) if part)
    return f"{item.watchlist}: {told or 'nothing changed'}"


def _hits_words(item: SearchResults) -> str:
    return "\n".join(_hit_words(hit) for hit in item.hits) or "nothing was found"


def _hit_words(hit: SearchHit) -> str:
    name = fmt.fit(fmt.plain(hit.name), 40)
    return f"{fmt.fit(fmt.plain(hit.symbol), 12)} {name} {fmt.plain(hit.exchange)} {fmt.plain(hit.kind)}".rstrip()


def _kind(kind: str) -> str:
    return kind.replace("_", " ")


_WORDS: dict[type, Callable[[Any], str]] = {
    Note: lambda item: fmt.plain(item.words),
    Ok: lambda _: "done",
    Fetched: _fetched_words,
    TrainProgress: _progress_words,
    Trained: model_words.trained,
    Evaluated: skill.as_words,
    TuneProgress: tuning_words.trial,
    Tuned: lambda item: f"{tuning_words.tuned(item)}\n{model_words.trained(item.model)}",
    Scanned: _scanned_words,
    AlarmEvent: _event_words,
    Replayed: _replayed_words,
    AlarmList: _alarms_words,
    AlarmHistory: _history_words,
    Grades: alarm_words.grades,
    Previewed: alarm_words.previewed,
    Explanation: alarm_words.explanation,
    EngineStatus: _status_words,
    Exported: _exported_words,
    ListShown: _list_words,
    Edited: _edited_words,
    SearchResults: _hits_words,
    Models: model_words.models,
    RolledBack: lambda item: fmt.plain(item.words),
}
