"""Builds the real thing; the only file that names adapters."""

import asyncio
from datetime import date
from pathlib import Path

import watchlists
from engine.adapters.calendars import ExchangeCalendars
from engine.adapters.clock import SystemClock
from engine.adapters.files import FileSource
from engine.adapters.replay import ReplaySource
from engine.adapters.store import SqliteStore
from engine.adapters.trainer import ProcessTrainer
from engine.adapters.watchlists import TomlWatchlists
from engine.adapters.yahoo import YahooSource
from engine.board import Boards
from engine.config import SOURCES, Settings
from engine.core.fitting import Hyper
from engine.core.judge import Budget
from engine.desk import Desk
from engine.errors import UnknownSource
from engine.gate import Gate
from engine.home import Home
from engine.jobs import JobTable
from engine.ports import Calendar, PriceSource, Store, Trainer
from engine.schedule import Pace, Schedule
from engine.services.refresh import Refresh
from engine.services.replay import Replay
from engine.services.scan import Scan
from engine.services.train import Train
from engine.services.watch import Watch

SAMPLE = "sample"


class Engine:
    """One home's engine, put together: serve it with engine/server.py, let it work with `run`, then `close` it."""

    def __init__(self, home: Home, settings: Settings, trainer: Trainer | None = None) -> None:
        """Open the store and build everything above it; `trainer` is the trainer process unless another is given.

        Raises StoreError, UnknownSource, ConfigError.
        """
        self.stopping = asyncio.Event()
        clock, calendar = SystemClock(), ExchangeCalendars()
        lists = TomlWatchlists(home.watchlists, watchlists.folder())
        self._store = store = SqliteStore(home.data)
        self._source = source = price_source(home, settings, calendar, store)
        replaying = source if isinstance(source, ReplaySource) else None
        self._trainer = trainer or ProcessTrainer(home.cache / "training", keep_warm=settings.model.keep_warm)
        budget = Budget(settings.alarms.budget, settings.alarms.alerts)
        pace = _pace(settings, replaying=replaying is not None)
        gate = Gate(store, calendar)
        scan = Scan(store, gate, calendar, budget, _expires(settings, pace, replaying=replaying is not None))
        watch, refresh = Watch(store, gate, calendar), Refresh(source, store, clock, settings.source.at_once)
        self._refresh = refresh
        train = Train(store, gate, self._trainer, _hyper(settings), settings.model.max_rows)
        boards = Boards(
            store=store,
            calendar=calendar,
            clock=clock,
            source=source,
            watchlists=lists,
            scan=scan,
            watch=watch,
            replay=replaying,
            default=_default_list(settings),
            home=str(home.data),
            named=settings.source.name,
        )
        self.jobs = JobTable(store, clock, boards.touch)
        self.schedule = Schedule(
            boards=boards, jobs=self.jobs, refresh=refresh, train=train, clock=clock, replay=replaying, pace=pace
        )
        self.desk = Desk(
            boards=boards,
            jobs=self.jobs,
            schedule=self.schedule,
            watchlists=lists,
            refresh=refresh,
            scan=scan,
            replay=Replay(store, gate, train.fit, budget),
            watch=watch,
            acknowledge=store.acknowledge,
            preset=settings.model.preset,
            stop=self.stopping.set,
        )

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
        if isinstance(self._source, YahooSource):
            self._source.close()
        await self.jobs.close()
        await self._refresh.close()
        await self._trainer.close()
        self._store.close()


def _hyper(settings: Settings) -> Hyper:
    model = settings.model
    return Hyper(epochs=model.epochs, batch=model.batch, learning_rate=model.learning_rate, seed=model.seed)


def _pace(settings: Settings, *, replaying: bool) -> Pace:
    model = settings.model
    return Pace(
        speed=settings.replay.speed,
        poll_seconds=60 * settings.source.poll_minutes,
        retrain_every=model.replay_retrain_every if replaying else model.retrain_every,
        linger_seconds=settings.engine.linger_seconds,
    )


def _expires(settings: Settings, pace: Pace, *, replaying: bool) -> int:
    """A replay trains seldom by intention: its models last from one training to the next, and as long again as live."""
    return settings.model.expires + (pace.retrain_every if replaying else 0)


def price_source(home: Home, settings: Settings, calendar: Calendar, store: Store) -> PriceSource:
    """The source that the settings name; a replay goes on after what the store holds. Raises UnknownSource."""
    name, _, where = settings.source.name.partition(":")
    if name == "yahoo" and not where:
        return YahooSource(
            home.cache / "yahoo",
            calendar,
            history_years=settings.source.history_years,
            requests_an_hour=settings.source.requests_an_hour,
            at_once=settings.source.at_once,
        )
    if name == "files" and where:
        return FileSource(Path(where).expanduser())
    if name == "replay":
        files = FileSource(Path(where).expanduser() if where else watchlists.folder() / SAMPLE)
        played = [last for symbol in files.symbols() if (last := store.coverage(symbol).last)]
        return ReplaySource(files, files.symbols(), max(played, default=date.fromisoformat(settings.replay.start)))
    raise UnknownSource("no such source of prices", received=settings.source.name, do=f"known: {', '.join(SOURCES)}")


def _default_list(settings: Settings) -> str | None:
    """The list when none is named; None means whatever the source holds."""
    name, _, where = settings.source.name.partition(":")
    if name == "replay" and not where:
        return SAMPLE
    return None if where else settings.watchlist
