"""The headless commands: clients of the engine, as the screens are.

Words go to standard error, answers to standard output; with --json every line of standard output is JSON, errors too.
Exit status: 0 done, 1 failed, 2 bad usage, 3 an alarm is open (scan --exit-code).
"""

import asyncio
import os
import sys
from argparse import Namespace
from collections.abc import Callable, Coroutine, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from engine import format as fmt
from engine import report, tuning_words
from engine.arguments import DEMO, WATCHLIST, options, parse
from engine.client import Client, connect, engine_arguments, gone, own_days
from engine.config import assignment, commented, load, save
from engine.errors import BadRequest, EngineError, UnknownSource, Unreachable
from engine.home import Options
from engine.protocol import (
    Acknowledge,
    AddTickers,
    AlarmEvent,
    AlarmList,
    Command,
    Edited,
    EngineStatus,
    Evaluate,
    Explain,
    ExportBars,
    FetchBars,
    GetAlarmHistory,
    GetGrades,
    GetModels,
    GetStatus,
    ImportBars,
    ImportWatchlist,
    ListAlarms,
    Mute,
    Note,
    Preview,
    Progress,
    RemoveTickers,
    Replay,
    Result,
    RollBack,
    Scan,
    Scanned,
    Search,
    SetRules,
    ShowWatchlist,
    Snooze,
    Stop,
    Train,
    Tune,
    TuneProgress,
    Unmute,
)

ALARM_OPEN = 3
_DEMO_FIRST, _DEMO_LAST = date(2008, 6, 2), date(2013, 3, 1)


def main(words: Sequence[str]) -> int:
    """Carry out a headless command; gives the exit status."""
    as_json = "--json" in words
    try:
        given = parse(words)
        return asyncio.run(_COMMANDS[given.command](given))
    except EngineError as error:
        return refuse(error, as_json=as_json)
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def refuse(error: EngineError, *, as_json: bool) -> int:
    """Say an error in words, and as JSON where that was asked for; gives the exit status."""
    sys.stderr.write(f"whipsaw: {fmt.plain(str(error))}\n")
    if as_json:
        known = {"kind": error.kind, "message": error.message, "received": error.received, "do": error.do}
        _out({"error": {key: value for key, value in known.items() if value is not None}})
    return error.exit_status


# --- commands ---------------------------------------------------------------------------------------------------------


async def _fetch(given: Namespace) -> int:
    return await _fetched(given, FetchBars(_symbols(given), given.watchlist, given.start, given.end))


async def _fetched(given: Namespace, command: FetchBars | ImportBars) -> int:
    failed = False

    def tell(item: Progress) -> None:
        nonlocal failed
        failed = failed or getattr(item, "status", None) == "failed"
        _tell(given, item)

    await _carried_out(given, command, tell)
    return int(failed)


async def _import(given: Namespace) -> int:
    return await _fetched(given, ImportBars(tuple(_absolute(file) for file in given.files)))


async def _export(given: Namespace) -> int:
    folder = _absolute(given.csv or given.parquet)
    command = ExportBars(folder, "csv" if given.csv else "parquet", _symbols(given), given.watchlist)
    await _carried_out(given, command)
    return 0


async def _watchlist(given: Namespace) -> int:
    if given.what == "set":
        return await _rules_set(given)
    commands: dict[str, Callable[[], Command]] = {
        "show": lambda: ShowWatchlist(given.name or given.watchlist),
        "add": lambda: AddTickers(_symbols(given), given.watchlist, given.new),
        "remove": lambda: RemoveTickers(_symbols(given), given.watchlist),
        "import": lambda: ImportWatchlist(_absolute(given.file), given.name or given.watchlist),
        "search": lambda: Search(" ".join(given.text)),
    }
    result = await _carried_out(given, commands[given.what]())
    for note in result.notes if isinstance(result, Edited) else ():
        sys.stderr.write(f"{fmt.plain(note)}\n")
    _tell(given, result)
    return 0


async def _train(given: Namespace) -> int:
    command = Train(_symbols(given), given.watchlist, given.preset, given.start, given.end)
    _tell(given, await _carried_out(given, command))
    return 0


async def _models(given: Namespace) -> int:
    roll_back = given.what == "rollback"
    command = RollBack(given.model, (), given.watchlist) if roll_back else GetModels(watchlist=given.watchlist)
    _tell(given, await _carried_out(given, command))
    return 0


async def _evaluate(given: Namespace) -> int:
    command = Evaluate(
        symbols=_symbols(given),
        watchlist=given.watchlist,
        preset=given.preset,
        start=given.start,
        end=given.end,
        refit=given.refit,
        train=given.train,
        folds=given.folds,
    )
    _tell(given, await _carried_out(given, command))
    return 0


async def _tune(given: Namespace) -> int:
    headed = given.json

    def tell(item: Progress) -> None:
        nonlocal headed
        if isinstance(item, TuneProgress):
            if not headed:
                print(tuning_words.HEAD)
            headed = True
            _tell(given, item)
        else:
            _to_stderr(item)

    command = Tune(_symbols(given), given.watchlist, given.preset, given.trials, given.reset)
    _tell(given, await _carried_out(given, command, tell))
    return 0


async def _scan(given: Namespace) -> int:
    if given.explain:
        return await _explained(given)
    scanned = await _carried_out(given, Scan(_symbols(given), given.watchlist, given.as_of), _to_stderr)
    assert isinstance(scanned, Scanned)  # noqa: S101 - the protocol's own answer
    _tell(given, scanned)
    return ALARM_OPEN if given.exit_code and any(row.alarms for row in scanned.rows) else 0


async def _explained(given: Namespace) -> int:
    if not given.symbols:
        raise BadRequest("one symbol at least is to be explained", do="for example `whipsaw scan AAPL --explain`")
    for symbol in _symbols(given):
        _tell(given, await _carried_out(given, Explain(symbol, given.watchlist, given.as_of), _to_stderr))
    return 0


async def _replay(given: Namespace) -> int:
    return await _played(given, Replay(given.start, given.end, _symbols(given), given.watchlist, given.retrain))


async def _demo(given: Namespace) -> int:
    start, end = given.start or _DEMO_FIRST, given.end or _DEMO_LAST
    return await _played(given, Replay(start, end, (), given.watchlist or "sample"))


async def _played(given: Namespace, command: Replay) -> int:
    def tell(item: Progress) -> None:
        _tell(given, item) if isinstance(item, AlarmEvent) else _to_stderr(item)

    _tell(given, await _carried_out(given, command, tell))
    return 0


async def _alarms(given: Namespace) -> int:
    if given.grades is not None:
        _tell(given, await _carried_out(given, GetGrades(given.grades, (), given.watchlist)))
        return 0
    if given.history:
        _tell(given, await _carried_out(given, GetAlarmHistory(given.history)))
        return 0
    deeds: dict[str, Callable[[int], Command]] = {
        "ack": Acknowledge,
        "snooze": lambda number: Snooze(number, given.sessions, given.until),
        "mute": lambda number: Mute(number, given.ticker),
        "unmute": Unmute,
    }
    if (given.what in deeds) != bool(given.ids):
        raise BadRequest(
            "alarms are named by their numbers, after what is done to them",
            received=" ".join((given.what, *map(str, given.ids))),
            do="for example `whipsaw alarms snooze 12 14`; `whipsaw alarms` lists them",
        )
    for number in given.ids:
        await _carried_out(given, deeds[given.what](number))
    listed = await _carried_out(given, ListAlarms(given.since))
    assert isinstance(listed, AlarmList)  # noqa: S101 - the protocol's own answer
    touched = (alarm for alarm in listed.alarms if alarm.id in given.ids)
    _tell(given, AlarmList(tuple(touched)) if given.ids else listed)
    return 0


async def _engine(given: Namespace) -> int:
    chosen = options(given)
    if given.what == "run":
        os.execv(sys.executable, [sys.executable, "-P", "-m", "engine", *engine_arguments(chosen)])  # noqa: S606
    if given.what == "status":
        return await _status(given)
    client = await connect(chosen, start=given.what == "start")
    try:
        if given.what == "stop":
            await client.ask(Stop())
    finally:
        await client.close()
    if given.what == "stop":
        await gone(chosen.where)
    words = "is running" if given.what == "start" else "has stopped"
    _answer(given, f"engine {client.lease.pid} {words}", {"pid": client.lease.pid, "done": given.what})
    return 0


async def _status(given: Namespace) -> int:
    try:
        client = await connect(options(given), start=False)
    except Unreachable as error:
        if type(error) is not Unreachable:
            raise
        where = options(given).where
        _answer(given, f"no engine is running on {where.data}", report.not_running(str(where.data)))
        return 0
    try:
        status = await client.ask(GetStatus())
    finally:
        await client.close()
    assert isinstance(status, EngineStatus)  # noqa: S101 - the protocol's own answer
    _tell(given, status)
    return 0


async def _config(given: Namespace) -> int:
    chosen = options(given)
    path = chosen.config or chosen.where.config_file
    if (given.what == "set") != bool(given.changes):
        raise BadRequest("set takes settings as key=value", do="for example `whipsaw config set alarms.budget=4`")
    if given.what == "set":
        return await _config_set(given, path)
    settings, days_file = load(path), chosen.where.calendars_file
    if given.what == "path":
        _answer(given, f"{path}\n{days_file}", {"path": str(path), "calendars": str(days_file)})
        return 0
    own = await own_days(chosen)
    there = days_file.exists()
    if given.what == "show":
        words = f"{_shown(path)}\n# {days_file}{'' if there else ' (not there yet)'}\n{own.text}"
        _answer(given, words, {**msgspec.to_builtins(settings), "calendars": own.text if there else None})
    else:
        words = f"{path}: good\n{days_file}: " + (f"good, days of your own: {own.days}" if there else "not there")
        _answer(given, words, {"path": str(path), "good": True, "calendars": str(days_file), "days": own.days})
    return 0


async def _config_set(given: Namespace, path: Path) -> int:
    """Say what a change of the alarms would have meant, and save it where that is wanted."""
    load(path, given.changes)
    changes = [assignment(each) for each in given.changes]
    of_alarms = tuple(text for text in given.changes if assignment(text).sections[:1] == ("alarms",))
    effect = None
    if of_alarms:
        effect = await _carried_out(given, Preview(of_alarms, (), given.watchlist), _to_stderr)
        sys.stderr.write(f"{report.as_words(effect)}\n")
    saved = given.yes or _agreed()
    if saved:
        save(path, changes)
    told = {"path": str(path), "saved": saved, "effect": None if effect is None else report.as_json(effect)}
    taken_up = " and ".join(dict.fromkeys(change.taken_up for change in changes))
    words = f"saved in {path}, taken up {taken_up}" if saved else "nothing is saved; --yes saves it"
    _answer(given, words, told)
    return 0


async def _rules_set(given: Namespace) -> int:
    """Say what other rules of a list's alarms would have meant, and write them where that is wanted."""
    changes = tuple(given.changes)
    effect = await _carried_out(given, Preview(changes, (), given.watchlist, of_list=True), _to_stderr)
    sys.stderr.write(f"{report.as_words(effect)}\n")
    saved = given.yes or _agreed()
    words = "nothing is saved; --yes saves it"
    if saved:
        words = report.as_words(await _carried_out(given, SetRules(changes, given.watchlist)))
    _answer(given, words, {"saved": saved, "effect": report.as_json(effect)})
    return 0


def _agreed() -> bool:
    if not sys.stdin.isatty():
        return False
    sys.stderr.write("Save it? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _shown(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else commented()


_COMMANDS: dict[str, Callable[[Namespace], Coroutine[Any, Any, int]]] = {
    WATCHLIST: _watchlist,
    "fetch": _fetch,
    "import": _import,
    "export": _export,
    "train": _train,
    "models": _models,
    "evaluate": _evaluate,
    "tune": _tune,
    "scan": _scan,
    "replay": _replay,
    DEMO: _demo,
    "alarms": _alarms,
    "engine": _engine,
    "config": _config,
}


# --- how a command reaches the engine, and its answer a person --------------------------------------------------------


async def _carried_out(given: Namespace, command: Command, tell: Callable[[Progress], None] | None = None) -> Result:
    client = await _connected(options(given))
    result: Result | None = None
    try:
        async for item in client.stream(command):
            if isinstance(item, Progress):
                (tell or (lambda news: _tell(given, news)))(item)
            else:
                result = item
    finally:
        await client.close()
    if result is None:
        raise Unreachable("the engine went away")
    return result


async def _connected(chosen: Options) -> Client:
    client = await connect(chosen)
    if chosen.source and client.lease.source != chosen.source:
        await client.close()
        raise UnknownSource(
            f"the engine on this home runs with the source {client.lease.source}",
            received=f"--source {chosen.source}",
            do="name another --home, or end it first: `whipsaw engine stop`",
        )
    return client


def _absolute(path: Path) -> str:
    """The engine has another working directory: a file is named in full."""
    return str(path.expanduser().absolute())


def _symbols(given: Namespace) -> tuple[str, ...]:
    return tuple(symbol.upper() for symbol in given.symbols)


def _tell(given: Namespace, item: Progress | Result) -> None:
    if isinstance(item, Note):
        sys.stderr.write(f"{fmt.plain(item.words)}\n")
    elif given.json:
        _out(report.as_json(item))
    else:
        print(report.as_words(item), flush=True)


def _to_stderr(item: Progress) -> None:
    sys.stderr.write(f"{report.as_words(item)}\n")


def _answer(given: Namespace, words: str, value: object) -> None:
    if given.json:
        _out(value)
    else:
        print(words)


def _out(value: Any) -> None:
    print(msgspec.json.encode(value).decode(), flush=True)
