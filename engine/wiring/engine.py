"""The engine of a home, put together."""

import asyncio
from collections.abc import Callable

from engine.adapters import calendars
from engine.adapters.calendars import Record, recorded_elsewhere
from engine.adapters.clock import SystemClock
from engine.adapters.files import HistoryFiles
from engine.board import Boards, EngineState, Naming, Sight
from engine.checking import SecondOpinions
from engine.config import Settings
from engine.desk import Desk, Means
from engine.home import Home
from engine.jobs import JobTable
from engine.live import LivePrices
from engine.ports import Clock, Trainer
from engine.rules import Rulebook
from engine.schedule import Pace, Schedule
from engine.services.explain import Explain
from engine.services.exporting import ExportBars
from engine.services.finding import Finding
from engine.services.importing import ImportFiles
from engine.services.intraday import Intraday
from engine.services.lists import Lists
from engine.services.listwatch import ListWatch
from engine.services.replay import Replay
from engine.services.timeline import Timeline
from engine.wiring.ground import Ground, ground_of
from engine.wiring.learning import trainer_of
from engine.wiring.sources import crosscheck_of
from engine.wiring.use_cases import UseCases, quotes_of, use_cases_of


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
        self._trainer = trainer or trainer_of(home, settings)
        ground = ground_of(home, settings, clock or SystemClock(), record, Rulebook(settings, reread))
        self._store, self._sources = ground.store, ground.sources
        cases = use_cases_of(ground, self._trainer)
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


def _boards(on: Ground, cases: UseCases) -> Boards:
    return Boards(
        calendar=on.calendar,
        clock=on.clock,
        naming=Naming(on.lists, on.sources.first, default=on.default_list, currency=on.settings.money.currency),
        state=EngineState(
            on.clock,
            on.sources.first,
            on.sources.replay,
            home=str(on.home.data),
            named=on.settings.source.name,
        ),
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
        source=on.sources.first.name,
        rules=on.rules,
        leave=cases.alarms.leave,
    )


def _schedule(on: Ground, cases: UseCases, boards: Boards, jobs: JobTable) -> Schedule:
    return Schedule(
        boards=boards,
        live=LivePrices(boards, quotes_of(on), cases.provisional),
        lists=ListWatch(on.lists),
        rules=on.rules,
        jobs=jobs,
        refresh=cases.refresh,
        reload=on.calendar.reload,
        second=SecondOpinions(boards, crosscheck_of(on.sources, on.store, on.clock)),
        trains=cases.learning.trains,
        preset=cases.learning.preset,
        retraining=cases.learning.retraining,
        clock=on.clock,
        replay=on.sources.replay,
        pace=_pace(on.settings),
    )


def _means(
    on: Ground, cases: UseCases, boards: Boards, jobs: JobTable, *, schedule: Schedule, stop: Callable[[], None]
) -> Means:
    return Means(
        boards=boards,
        jobs=jobs,
        schedule=schedule,
        watchlists=on.lists,
        lists=Lists(on.lists),
        refresh=cases.refresh,
        scan=cases.scan,
        evaluate=cases.learning.evaluate,
        replay=Replay(on.gate, cases.learning.train),
        tunes=cases.learning.tunes,
        watch=cases.watch,
        track=cases.track,
        explain=Explain(on.store, on.calendar),
        models=cases.models,
        intraday=Intraday(on.store, on.sources.live, on.calendar, on.clock),
        finding=Finding(live=on.sources.live, source=on.sources.first, watchlists=on.lists),
        importing=ImportFiles(HistoryFiles(), on.store, on.gate, on.calendar, on.clock),
        exporting=ExportBars(HistoryFiles(), on.store),
        alarms=cases.alarms,
        preset=cases.learning.preset,
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


def _pace(settings: Settings) -> Pace:
    return Pace(
        speed=settings.replay.speed,
        poll_seconds=60 * settings.source.poll_minutes,
        linger_seconds=settings.engine.linger_seconds,
    )
