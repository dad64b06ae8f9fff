"""The engine of a home, put together."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

import watchlists
from engine.adapters import calendars
from engine.adapters.calendars import ExchangeCalendars, Record, recorded_elsewhere
from engine.adapters.clock import SystemClock
from engine.adapters.files import HistoryFiles
from engine.adapters.memory import give_back
from engine.adapters.store import SqliteStore
from engine.adapters.trainer import ClusterTrainer, ProcessTrainer
from engine.adapters.watchlists import TomlWatchlists
from engine.adapters.yahoo_stream import YahooStream
from engine.alarms import Alarms
from engine.board import Boards, Sight
from engine.checking import SecondOpinions
from engine.config import Settings
from engine.core.fitting import Hyper
from engine.core.presets import PRESETS, Preset
from engine.desk import Desk, Means
from engine.gate import Gate
from engine.home import Home
from engine.jobs import JobTable
from engine.live import LivePrices
from engine.ports import Clock, Trainer
from engine.registry import Registry
from engine.rules import Rulebook
from engine.schedule import Pace, Schedule
from engine.services.evaluate import Evaluate
from engine.services.explain import Explain
from engine.services.exporting import ExportBars
from engine.services.finding import Finding
from engine.services.importing import ImportFiles
from engine.services.intraday import Intraday
from engine.services.lists import Lists, held
from engine.services.listwatch import ListWatch
from engine.services.models import ModelCards
from engine.services.provisional import Provisional
from engine.services.quotes import Quotes
from engine.services.refresh import Refresh
from engine.services.replay import Replay
from engine.services.retraining import Retraining
from engine.services.scan import Scan
from engine.services.timeline import Timeline
from engine.services.track import TrackRecords
from engine.services.train import Outcome, Train
from engine.services.tune import Tune
from engine.services.watch import Watch
from engine.wiring.sources import SAMPLE, Sources, crosscheck_of, sources_of


class Engine:
    """One home's engine, put together: serve it with engine/server.py, let it work with `run`, then `close` it."""

    def __init__(
        self,
        home: Home,
        settings: Settings,
        trainer: Trainer | None = None,
        clock: Clock | None = None,
        record: Record = recorded_elsewhere,
        *,
        reread: Callable[[], Settings | None] = lambda: None,
    ) -> None:
        """Open the store and build everything above it, on the trainer process and the system's clock unless given.

        What is on record of an exchange comes from `record`, where the store has too little; `reread` gives the
        settings where their file has changed since they were read.

        Raises StoreError, UnknownSource, ConfigError.
        """
        self.stopping = asyncio.Event()
        self._trainer = trainer or _trainer(home, settings)
        ground = _ground(home, settings, clock or SystemClock(), record, Rulebook(settings, reread))
        self._store, self._sources = ground.store, ground.sources
        cases = _use_cases(ground, self._trainer)
        self._refresh = cases.refresh
        boards = _boards(ground, cases)
        self.jobs = JobTable(ground.store, ground.clock, boards.touch)
        self.schedule = _schedule(ground, cases, boards, self.jobs)
        self.desk = Desk(_means(ground, cases, boards, self.jobs, schedule=self.schedule, stop=self.stopping.set))

    async def run(self) -> None:
        """Work until told to stop, or until nobody has been there for the linger time."""
        await self.jobs.recover()
        work = asyncio.create_task(self.schedule.run())
        stop = asyncio.create_task(self.stopping.wait())
        done, pending = await asyncio.wait((work, stop), return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)
        if work in done:
            work.result()

    async def close(self) -> None:
        """End the jobs, what is being fetched and the trainer, and let go of the store."""
        self._refresh.stop()
        self._sources.close()
        await self.jobs.close()
        await self._refresh.close()
        await self._trainer.close()
        self._store.close()


@dataclass(frozen=True, slots=True)
class _Ground:
    """What everything stands on."""

    home: Home
    settings: Settings
    clock: Clock
    lists: TomlWatchlists
    store: SqliteStore
    calendar: ExchangeCalendars
    sources: Sources
    gate: Gate
    rules: Rulebook

    @property
    def pace(self) -> Pace:
        """How often things are done."""
        return _pace(self.settings)


@dataclass(frozen=True, slots=True)
class _UseCases:
    """Those that more than one part of the engine has to do with, or that train."""

    watch: Watch
    track: TrackRecords
    models: ModelCards
    refresh: Refresh
    trains: Mapping[str, Train]
    preset: str
    retraining: Retraining
    evaluate: Evaluate
    tunes: Mapping[str, Tune[Outcome]]
    scan: Scan
    alarms: Alarms
    provisional: Provisional

    @property
    def train(self) -> Train:
        """That of the preset in the settings."""
        return self.trains[self.preset]


def _ground(home: Home, settings: Settings, clock: Clock, record: Record, rules: Rulebook) -> _Ground:
    store = SqliteStore(home.data)
    calendar = ExchangeCalendars(store, home.calendars_file, record=record, now=clock.now)
    sources = sources_of(home, settings, calendar, store, clock)
    return _Ground(
        home=home,
        settings=settings,
        clock=clock,
        lists=TomlWatchlists(home.watchlists, watchlists.folder()),
        store=store,
        calendar=calendar,
        sources=sources,
        gate=Gate(store, calendar, None if sources.replay else clock),
        rules=rules,
    )


def _use_cases(on: _Ground, trainer: Trainer) -> _UseCases:
    settings, preset = on.settings, PRESETS[on.settings.model.preset]
    every = settings.model.replay_retrain_every if on.sources.replay else settings.model.retrain_every
    registry, alarms = Registry(on.store, _expires(settings, on.sources)), _alarms(on)
    provisional = Provisional(alarms)
    hypers, rows = {name: _hyper(each, settings) for name, each in PRESETS.items()}, settings.model.max_rows
    trains = {
        name: Train(registry, on.gate, trainer, on.clock, preset=each, hyper=hypers[name], max_rows=rows)
        for name, each in PRESETS.items()
    }
    tunes = {
        name: Tune(
            on.gate,
            trainer,
            trains[name],
            preset=each,
            hyper=hypers[name],
            max_rows=rows,
            storage=on.home.data / "trials.db",
        )
        for name, each in PRESETS.items()
    }
    return _UseCases(
        watch=Watch(on.store, on.gate, on.calendar),
        track=TrackRecords(on.store),
        models=ModelCards(on.store, registry, on.gate),
        refresh=Refresh(on.sources.first, on.store, on.gate, on.clock, settings.source.at_once),
        trains=trains,
        preset=preset.name,
        evaluate=Evaluate(
            on.store,
            on.gate,
            trainer,
            on.clock,
            presets=PRESETS,
            hypers=hypers,
            max_rows=rows,
            give_back=give_back,
        ),
        retraining=Retraining(on.store, registry, on.gate, preset=preset, every=every, warm=settings.model.warm),
        tunes=tunes,
        scan=Scan(
            on.store,
            registry,
            on.gate,
            on.calendar,
            alarms,
            shortfall=trains[preset.name].shortfall,
            closed=provisional.closed,
        ),
        alarms=alarms,
        provisional=provisional,
    )


def _alarms(on: _Ground) -> Alarms:
    return Alarms(
        on.store, on.calendar, on.clock, partial(held, on.lists, on.sources.first, _default_list(on.settings))
    )


def _boards(on: _Ground, cases: _UseCases) -> Boards:
    return Boards(
        calendar=on.calendar,
        clock=on.clock,
        source=on.sources.first,
        watchlists=on.lists,
        sight=Sight(
            calendar=on.calendar,
            clock=on.clock,
            source=on.sources.first,
            scan=cases.scan,
            watch=cases.watch,
            track=cases.track,
            models=cases.models,
            timeline=Timeline(on.store, on.calendar),
            rules=on.rules,
        ),
        watch=cases.watch,
        models=cases.models,
        replay=on.sources.replay,
        default=_default_list(on.settings),
        currency=on.settings.money.currency,
        rules=on.rules,
        home=str(on.home.data),
        named=on.settings.source.name,
        leave=cases.alarms.leave,
    )


def _schedule(on: _Ground, cases: _UseCases, boards: Boards, jobs: JobTable) -> Schedule:
    return Schedule(
        boards=boards,
        live=LivePrices(boards, _quotes(on), cases.provisional),
        lists=ListWatch(on.lists),
        rules=on.rules,
        jobs=jobs,
        refresh=cases.refresh,
        reload=on.calendar.reload,
        second=SecondOpinions(boards, crosscheck_of(on.sources, on.store, on.clock)),
        trains=cases.trains,
        preset=cases.preset,
        retraining=cases.retraining,
        clock=on.clock,
        replay=on.sources.replay,
        pace=on.pace,
    )


def _means(
    on: _Ground, cases: _UseCases, boards: Boards, jobs: JobTable, *, schedule: Schedule, stop: Callable[[], None]
) -> Means:
    return Means(
        boards=boards,
        jobs=jobs,
        schedule=schedule,
        watchlists=on.lists,
        lists=Lists(on.lists),
        refresh=cases.refresh,
        scan=cases.scan,
        evaluate=cases.evaluate,
        replay=Replay(on.gate, cases.train),
        tunes=cases.tunes,
        watch=cases.watch,
        track=cases.track,
        explain=Explain(on.store, on.calendar),
        models=cases.models,
        intraday=Intraday(on.store, on.sources.live, on.calendar, on.clock),
        finding=Finding(live=on.sources.live, source=on.sources.first, watchlists=on.lists),
        importing=ImportFiles(HistoryFiles(), on.store, on.gate, on.calendar, on.clock),
        exporting=ExportBars(HistoryFiles(), on.store),
        alarms=cases.alarms,
        preset=on.settings.model.preset,
        size=on.store.size,
        rate=on.settings.screen.rate,
        stop=stop,
    )


def own_days(home: Home) -> tuple[int, str]:
    """How many days the user's own file corrects, and its text; an example's where there is no such file.

    Raises ConfigError with file, line, key, what was received and what is allowed.
    """
    file = home.calendars_file
    days = len(calendars.read(file))
    return days, file.read_text(encoding="utf-8-sig") if file.exists() else calendars.EXAMPLE


def _trainer(home: Home, settings: Settings) -> Trainer:
    here = ProcessTrainer(home.cache / "training", keep_warm=settings.model.keep_warm)
    return ClusterTrainer(settings.trainer.cluster, here) if settings.trainer.cluster else here


def _hyper(preset: Preset, settings: Settings) -> Hyper:
    """The preset's own settings, but for those that somebody has set, which are meant for the preset beside them."""
    own, model = preset.hyper, settings.model
    if preset.name != model.preset:
        return replace(own, seed=model.seed)
    return replace(
        own,
        units=model.units or own.units,
        window=model.window or own.window,
        activation=model.activation or own.activation,
        epochs=model.epochs or own.epochs,
        batch=model.batch or own.batch,
        learning_rate=model.learning_rate or own.learning_rate,
        seed=model.seed,
    )


def _pace(settings: Settings) -> Pace:
    return Pace(
        speed=settings.replay.speed,
        poll_seconds=60 * settings.source.poll_minutes,
        linger_seconds=settings.engine.linger_seconds,
    )


def _expires(settings: Settings, sources: Sources) -> int:
    """A replay trains seldom by intention: its models last from one training to the next, and as long again as live."""
    return settings.model.expires + (settings.model.replay_retrain_every if sources.replay else 0)


def _quotes(on: _Ground) -> Quotes:
    """Live quotes where the source has them; levels are held against completed sessions in any case."""

    def expects(now: float) -> bool:
        return quotes.expects(now)  # each needs the other

    streamed = on.sources.live is not None and on.settings.source.stream
    quotes = Quotes(
        stream=YahooStream(expects=expects, now=on.clock.now) if streamed else None,
        source=on.sources.live,
        store=on.store,
        gate=on.gate,
        calendar=on.calendar,
        clock=on.clock,
        poll_seconds=on.settings.source.quote_seconds,
    )
    return quotes


def _default_list(settings: Settings) -> str | None:
    """The list when none is named; None means whatever the source holds."""
    name, _, where = settings.source.name.partition(":")
    if name == "replay" and not where:
        return SAMPLE
    return None if where else settings.watchlist
