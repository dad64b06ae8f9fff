"""What takes a while: history, models, scans, replays."""

import asyncio
import math
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

import msgspec

from engine.board import Visitor
from engine.core.episodes import MARKET
from engine.core.evaluation.folds import Plan
from engine.core.judge import TickerScan
from engine.core.models import Figures
from engine.core.presets import PRESETS
from engine.core.tuning import Found
from engine.desk.means import Handlers, Means, Say, listed, symbols_of
from engine.errors import BadRequest, DataError
from engine.jobs import Report
from engine.ports import List
from engine.protocol import (
    Evaluate,
    Evaluated,
    Explain,
    Explanation,
    ExportBars,
    FetchBars,
    ImportBars,
    Metrics,
    ModelStatus,
    Note,
    Ok,
    Replay,
    Replayed,
    Scan,
    Scanned,
    Train,
    Trained,
    TrainProgress,
    Tune,
    Tuned,
)
from engine.services import train, tune
from engine.services.evaluate import Wish
from engine.services.explain import Whole


async def _fetch(means: Means, command: FetchBars, _visitor: Visitor, say: Say) -> Ok:
    symbols = symbols_of(await listed(means, command))
    await means.jobs.run(
        "fetch", "fetch history", lambda _: means.refresh(symbols, say, command.start, command.end), command
    )
    return Ok()


async def _train(means: Means, command: Train, visitor: Visitor, say: Say) -> Trained:
    lesson = await _to_learn_from(means, command, visitor)
    return _answer(await _trained(means, lesson, say, command.start, command.end))


async def _tune(means: Means, command: Tune, visitor: Visitor, say: Say) -> Tuned:
    lesson = await _to_learn_from(means, command, visitor)
    symbols = lesson.symbols
    wish = tune.Wish(command.trials, command.reset)

    again = msgspec.structs.replace(command, symbols=symbols, reset=False)

    async def work(report: Report) -> tuple[Found, train.Outcome]:
        result = await means.tunes[lesson.preset](symbols, wish, say, report)
        await means.boards.update_all()
        return result

    found, outcome = await means.jobs.run("tune", f"tune {lesson.preset}", work, again)
    return Tuned(
        trials=found.trials,
        value=found.value,
        value_before=found.value_before if math.isfinite(found.value_before) else None,
        settings=tune.settings(found.hyper),
        model=_answer(outcome),
    )


@dataclass(frozen=True, slots=True)
class _Lesson:
    """Which symbols a model is to learn from; a title where the usual one would not say why; the preset if named."""

    preset: str
    symbols: tuple[str, ...]
    title: str = ""
    named: str | None = None


async def _to_learn_from(means: Means, command: Train | Tune, visitor: Visitor) -> _Lesson:
    """What a command means, up to date. Raises BadRequest for a preset that there is not.

    A preset that reads the market learns from the whole list on the screen, though one of its tickers was named.
    """
    if command.preset not in (None, *PRESETS):
        raise BadRequest(
            "there is no such preset", received=command.preset, do=f"this version has: {', '.join(PRESETS)}"
        )
    preset = PRESETS[command.preset or means.preset]
    if visitor.board and not command.watchlist:
        whole, few = symbols_of(visitor.board.list), command.symbols
        if preset.reads_market and few and set(few) < set(whole):
            return _Lesson(preset.name, whole, f"train {visitor.board.list.name} for {' '.join(few)}", command.preset)
        return _Lesson(preset.name, few or whole, named=command.preset)
    symbols = symbols_of(await listed(means, command))
    await _fetched(means, symbols)
    return _Lesson(preset.name, symbols, named=command.preset)


def _answer(outcome: train.Outcome) -> Trained:
    figures = outcome.record.figures
    return Trained(
        model=outcome.record.id,
        preset=outcome.record.preset,
        symbols=outcome.record.symbols,
        seconds=outcome.seconds,
        metrics=_metrics(figures),
        skipped=outcome.skipped,
        status=_status(outcome),
        reason=outcome.record.reason,
        skill=figures.pinball_skill if figures and math.isfinite(figures.pinball_skill) else None,
        word=figures.word if figures else None,
    )


def _metrics(figures: Figures | None) -> Metrics:
    if figures is None:
        return Metrics()
    told = ((name, getattr(figures, name)) for name in Metrics.__struct_fields__)
    return Metrics(**{name: value for name, value in told if math.isfinite(value)})


def _status(outcome: train.Outcome) -> ModelStatus:
    if outcome.record.standing == "rejected":
        return "rejected"
    return "champion" if outcome.live else "earlier"


async def _trained(means: Means, lesson: _Lesson, say: Say, start: date | None, end: date | None) -> train.Outcome:
    def told(news: str | TrainProgress) -> None:
        say(Note(news) if isinstance(news, str) else news)

    return await means.schedule.train(lesson.symbols, told, start, end, title=lesson.title, preset=lesson.named)


async def _evaluate(means: Means, command: Evaluate, _visitor: Visitor, say: Say) -> Evaluated:
    length = None if command.train == "expanding" else command.train
    plan = Plan(refit=command.refit, train=length, folds=command.folds)
    wish = Wish(command.preset or means.preset, plan, command.start, command.end, may_shorten=command.train is None)
    symbols = symbols_of(await listed(means, command))
    await _fetched(means, symbols)
    title = f"evaluate {wish.preset}"
    return await means.jobs.run("evaluate", title, lambda report: means.evaluate(symbols, wish, say, report), command)


async def _scan(means: Means, command: Scan, _visitor: Visitor, say: Say) -> Scanned:
    wanted = await listed(means, command)
    symbols = symbols_of(wanted)
    await _fetched(means, symbols)
    scans = await _scanned(means, wanted, command.as_of)
    if lacking := tuple(each.symbol for each in scans if each.lacks_model):
        say(Note(f"no model has been trained on rows up to {command.as_of or 'now'}: training one"))
        together = PRESETS[means.preset].reads_market
        await _trained(means, _Lesson(means.preset, symbols if together else lacking), say, None, command.as_of)
        scans = await _scanned(means, wanted, command.as_of)
    if wanted.kept and command.as_of is None and (undecided := means.scan.undecided(wanted.name)):
        say(Note(undecided))
    if means.boards.naming.implied(command.watchlist, command.symbols):
        scans = tuple(each for each in scans if each.features is not None)
    rows = means.watch.scan_rows(wanted.tickers, scans, episodes=wanted.kept and command.as_of is None)
    expected = max((each.expected for each in scans if each.expected), default=command.as_of)
    if expected is None:
        raise BadRequest(f"no bar is stored up to {command.as_of or 'now'}", received=" ".join(symbols))
    return Scanned(expected, rows)


async def _explain(means: Means, command: Explain, visitor: Visitor, _: Say) -> Explanation:
    symbol = command.symbol.upper()
    if visitor.board and not command.watchlist:
        whole = visitor.board.list
    else:
        whole = await asyncio.to_thread(means.boards.naming.resolve, command.watchlist, ())
    on_list = symbol in (MARKET, *symbols_of(whole))
    wanted = whole if on_list else await asyncio.to_thread(means.boards.naming.resolve, None, (symbol,))
    if visitor.board is None or wanted is not whole:  # the list of a screen is kept up to date by the schedule
        await means.refresh(symbols_of(wanted) if symbol == MARKET else (symbol,))
    at = visitor.as_of
    as_of = command.as_of or at
    rules = means.boards.rules.of(wanted)
    scans, market = await _looked_at(means, wanted, as_of)
    scan = next(each for each in (*scans, market) if each.symbol == symbol)
    beside = Whole(wanted, market) if on_list else None
    # of a day that was only named in passing no alarms are told
    upto = None if command.as_of else at
    told = await asyncio.to_thread(partial(means.explain, scan, rules, beside, live=as_of is None, upto=upto))
    return msgspec.structs.replace(told, as_of=at)


async def _looked_at(means: Means, wanted: List, as_of: date | None) -> tuple[tuple[TickerScan, ...], TickerScan]:
    """What there is to say of a list and of its market, of which nothing is decided."""
    look = partial(means.scan.looked_at, symbols_of(wanted), as_of, means.boards.rules.of(wanted))
    async with means.boards.scanning if as_of is None else nullcontext():
        return await asyncio.to_thread(look)


async def _fetched(means: Means, symbols: tuple[str, ...]) -> None:
    """Bring these up to date. Raises DataError where not one bar of any of them is to be had."""
    fetched = await means.refresh(symbols)
    if fetched and not any(each.bars for each in fetched):
        reasons = dict.fromkeys(each.why or "no bars" for each in fetched)
        raise DataError("; ".join(reasons), received=" ".join(symbols))


async def _scanned(means: Means, wanted: List, as_of: date | None) -> tuple[TickerScan, ...]:
    symbols, rules = symbols_of(wanted), means.boards.rules.of(wanted)
    if as_of is None:
        kept_as = wanted.name if wanted.kept else None
        async with means.boards.scanning:
            return await asyncio.to_thread(means.scan.live, symbols, rules, kept_as=kept_as)
    return await asyncio.to_thread(means.scan.as_of, symbols, as_of, rules)


async def _replay(means: Means, command: Replay, _visitor: Visitor, say: Say) -> Replayed:
    if command.start > command.end:
        raise BadRequest("a replay ends after it begins", received=f"--from {command.start} --to {command.end}")
    wanted = await listed(means, command)
    symbols, rules = symbols_of(wanted), means.boards.rules.of(wanted)
    played = means.boards.state.status.replay
    if played and command.end > played.session:
        raise BadRequest(
            f"this engine replays history itself, and knows nothing after {played.session}",
            received=f"--to {command.end}",
            do="name --source files:DIR and a --home of its own",
        )
    await _fetched(means, symbols)
    return await means.jobs.run(
        "replay",
        f"replay {command.start} to {command.end}",
        lambda _: means.replay(symbols, command.start, command.end, command.retrain, say, rules=rules),
        command,
    )


async def _import(means: Means, command: ImportBars, _visitor: Visitor, say: Say) -> Ok:
    files = [Path(file) for file in command.files]
    await means.jobs.run("fetch", "import history", lambda _: means.importing(files, say), command)
    means.schedule.wake()
    return Ok()


async def _export(means: Means, command: ExportBars, _visitor: Visitor, say: Say) -> Ok:
    symbols = symbols_of(await listed(means, command))
    await means.exporting(symbols, Path(command.folder), command.format, say)
    return Ok()


HANDLERS: Handlers = {
    FetchBars: _fetch,
    ImportBars: _import,
    ExportBars: _export,
    Train: _train,
    Evaluate: _evaluate,
    Tune: _tune,
    Scan: _scan,
    Explain: _explain,
    Replay: _replay,
}
