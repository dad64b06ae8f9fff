"""Builds the real thing; the only file that names adapters."""

import asyncio
import os
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import watchlists
from engine.adapters.calendars import ExchangeCalendars
from engine.adapters.clock import SystemClock
from engine.adapters.files import FileSource, HistoryFiles
from engine.adapters.krx import KrxSource, krx_key
from engine.adapters.replay import ReplaySource
from engine.adapters.store import SqliteStore
from engine.adapters.trainer import ProcessTrainer
from engine.adapters.watchlists import TomlWatchlists
from engine.adapters.yahoo import YahooSource
from engine.adapters.yahoo_stream import YahooStream
from engine.board import Boards
from engine.checking import SecondOpinions
from engine.config import SOURCES, Settings
from engine.core.fitting import Hyper
from engine.core.judge import Budget
from engine.core.presets import PRESETS, Preset
from engine.desk import Desk, Means
from engine.errors import UnknownSource
from engine.gate import Gate
from engine.home import Home
from engine.jobs import JobTable
from engine.live import LivePrices
from engine.ports import Calendar, Clock, PriceSource, Store, Trainer
from engine.schedule import Pace, Schedule
from engine.services.crosscheck import CrossCheck
from engine.services.exporting import ExportBars
from engine.services.importing import ImportFiles
from engine.services.intraday import Intraday
from engine.services.lists import Lists
from engine.services.listwatch import ListWatch
from engine.services.quotes import Quotes
from engine.services.refresh import Refresh
from engine.services.replay import Replay
from engine.services.scan import Scan
from engine.services.train import Train
from engine.services.watch import Watch

SAMPLE = "sample"


class Engine:
    """One home's engine, put together: serve it with engine/server.py, let it work with `run`, then `close` it."""

    def __init__(
        self, home: Home, settings: Settings, trainer: Trainer | None = None, clock: Clock | None = None
    ) -> None:
        """Open the store and build everything above it, on the trainer process and the system's clock unless given.

        Raises StoreError, UnknownSource, ConfigError.
        """
        self.stopping = asyncio.Event()
        clock = clock or SystemClock()
        lists = TomlWatchlists(home.watchlists, watchlists.folder())
        self._store = store = SqliteStore(home.data)
        calendar = ExchangeCalendars(store, home.calendars_file)
        self._sources = sources = _sources(home, settings, calendar, store, clock)
        self._trainer = trainer or ProcessTrainer(home.cache / "training", keep_warm=settings.model.keep_warm)
        budget, pace = Budget(settings.alarms.budget, settings.alarms.alerts), _pace(settings, sources)
        gate = Gate(store, calendar, None if sources.replay else clock)
        watch = Watch(store, gate, calendar)
        self._refresh = refresh = Refresh(sources.first, store, gate, clock, settings.source.at_once)
        preset = PRESETS[settings.model.preset]
        train = Train(
            store, gate, self._trainer, preset=preset, hyper=_hyper(preset, settings), max_rows=settings.model.max_rows
        )
        expires = _expires(settings, pace, sources)
        scan = Scan(store, gate, calendar, budget=budget, shortfall=train.shortfall, expires=expires)
        boards = Boards(
            store=store,
            calendar=calendar,
            clock=clock,
            source=sources.first,
            watchlists=lists,
            scan=scan,
            watch=watch,
            replay=sources.replay,
            default=_default_list(settings),
            currency=settings.money.currency,
            home=str(home.data),
            named=settings.source.name,
        )
        self.jobs = JobTable(store, clock, boards.touch)
        self.schedule = Schedule(
            boards=boards,
            live=LivePrices(boards, _quotes(settings, sources, store=store, gate=gate, calendar=calendar, clock=clock)),
            lists=ListWatch(lists),
            jobs=self.jobs,
            refresh=refresh,
            reload=calendar.reload,
            second=SecondOpinions(boards, _crosscheck(sources, store, clock)),
            train=train,
            clock=clock,
            replay=sources.replay,
            pace=pace,
        )
        means = Means(
            boards=boards,
            jobs=self.jobs,
            schedule=self.schedule,
            watchlists=lists,
            lists=Lists(lists),
            refresh=refresh,
            scan=scan,
            replay=Replay(gate, train, budget),
            watch=watch,
            intraday=Intraday(store, sources.live, calendar, clock),
            live_source=sources.live,
            importing=ImportFiles(HistoryFiles(), store, gate, calendar, clock),
            exporting=ExportBars(HistoryFiles(), store),
            acknowledge=store.acknowledge,
            preset=settings.model.preset,
            stop=self.stopping.set,
        )
        self.desk = Desk(means)

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


def _hyper(preset: Preset, settings: Settings) -> Hyper:
    """The preset's own settings, but for those that somebody has set."""
    own, model = preset.hyper, settings.model
    return replace(
        own,
        epochs=model.epochs or own.epochs,
        batch=model.batch or own.batch,
        learning_rate=model.learning_rate or own.learning_rate,
        seed=model.seed,
    )


def _pace(settings: Settings, sources: "_Sources") -> Pace:
    model = settings.model
    return Pace(
        speed=settings.replay.speed,
        poll_seconds=60 * settings.source.poll_minutes,
        retrain_every=model.replay_retrain_every if sources.replay else model.retrain_every,
        linger_seconds=settings.engine.linger_seconds,
    )


def _expires(settings: Settings, pace: Pace, sources: "_Sources") -> int:
    """A replay trains seldom by intention: its models last from one training to the next, and as long again as live."""
    return settings.model.expires + (pace.retrain_every if sources.replay else 0)


@dataclass(frozen=True, slots=True)
class _Sources:
    """Where prices come from: the one that was named, and what else it is or has beside it."""

    first: PriceSource
    live: YahooSource | None = None
    second: KrxSource | None = None
    replay: ReplaySource | None = None

    def close(self) -> None:
        """Let go of whoever waits for an answer."""
        for each in (self.first, self.live, self.second):
            if isinstance(each, YahooSource | KrxSource):
                each.close()


def _sources(home: Home, settings: Settings, calendar: Calendar, store: Store, clock: Clock) -> _Sources:
    """The sources that the settings name; a replay goes on after what the store holds. Raises UnknownSource."""
    name, _, where = settings.source.name.partition(":")
    if name == "yahoo" and not where:
        yahoo = YahooSource(
            home.cache / "yahoo",
            calendar,
            history_years=settings.source.history_years,
            requests_an_hour=settings.source.requests_an_hour,
            now=clock.now,
            at_once=settings.source.at_once,
        )
        return _Sources(yahoo, live=yahoo, second=_krx(home, settings, calendar, clock))
    if name == "krx" and not where:
        return _Sources(_krx(home, settings, calendar, clock))
    if name == "files" and where:
        return _Sources(FileSource(Path(where).expanduser()))
    if name == "replay":
        files = FileSource(Path(where).expanduser() if where else watchlists.folder() / SAMPLE)
        played = [last for symbol in files.symbols() if (last := store.coverage(symbol).last)]
        start = max(played, default=date.fromisoformat(settings.replay.start))
        replay = ReplaySource(files, files.symbols(), start)
        return _Sources(replay, replay=replay)
    raise UnknownSource("no such source of prices", received=settings.source.name, do=f"known: {', '.join(SOURCES)}")


def _crosscheck(sources: _Sources, store: Store, clock: Clock) -> CrossCheck | None:
    second = sources.second
    if second is None:
        return None
    return CrossCheck(second, sources.first.name, store, clock, ready=second.has_key)


def _krx(home: Home, settings: Settings, calendar: Calendar, clock: Clock) -> KrxSource:
    return KrxSource(
        lambda: krx_key(os.environ),
        base_url=settings.source.krx_url,
        requests_a_day=settings.source.krx_requests_a_day,
        cache_folder=home.cache / "krx",
        calendar=calendar,
        now=clock.now,
    )


def _quotes(
    settings: Settings, sources: _Sources, *, store: Store, gate: Gate, calendar: Calendar, clock: Clock
) -> Quotes:
    """Live quotes where the source has them; levels are held against completed sessions in any case."""

    def expects(now: float) -> bool:
        return quotes.expects(now)  # each needs the other

    streamed = sources.live is not None and settings.source.stream
    quotes = Quotes(
        stream=YahooStream(expects=expects, now=clock.now) if streamed else None,
        source=sources.live,
        store=store,
        gate=gate,
        calendar=calendar,
        clock=clock,
        poll_seconds=settings.source.quote_seconds,
    )
    return quotes


def _default_list(settings: Settings) -> str | None:
    """The list when none is named; None means whatever the source holds."""
    name, _, where = settings.source.name.partition(":")
    if name == "replay" and not where:
        return SAMPLE
    return None if where else settings.watchlist
