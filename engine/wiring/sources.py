"""Where prices come from, as the settings name it."""

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import watchlists
from engine.adapters.files import FileSource
from engine.adapters.krx import KrxSource, krx_key
from engine.adapters.replay import ReplaySource
from engine.adapters.yahoo import YahooSource
from engine.config import SOURCES, Settings
from engine.errors import UnknownSource
from engine.home import Home
from engine.ports import Calendar, Clock, PriceSource, Store
from engine.services.crosscheck import CrossCheck

SAMPLE = "sample"


@dataclass(frozen=True, slots=True)
class Sources:
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


def sources_of(home: Home, settings: Settings, calendar: Calendar, store: Store, clock: Clock) -> Sources:
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
        return Sources(yahoo, live=yahoo, second=_krx(home, settings, calendar, clock))
    if name == "krx" and not where:
        return Sources(_krx(home, settings, calendar, clock))
    if name == "files" and where:
        return Sources(FileSource(Path(where).expanduser()))
    if name == "replay":
        files = FileSource(Path(where).expanduser() if where else watchlists.folder() / SAMPLE)
        played = [last for symbol in files.symbols() if (last := store.coverage(symbol).last)]
        start = max(played, default=date.fromisoformat(settings.replay.start))
        replay = ReplaySource(files, files.symbols(), start, home.pause_file)
        return Sources(replay, replay=replay)
    raise UnknownSource("no such source of prices", received=settings.source.name, do=f"known: {', '.join(SOURCES)}")


def crosscheck_of(sources: Sources, store: Store, clock: Clock) -> CrossCheck | None:
    """The second source's word on the first; None where there is no second one."""
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
