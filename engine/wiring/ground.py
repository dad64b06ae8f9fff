"""What everything in an engine stands on: settings, clock, store, calendar, sources, gate."""

from dataclasses import dataclass

import watchlists
from engine.adapters.calendars import ExchangeCalendars, Record
from engine.adapters.store import SqliteStore
from engine.adapters.watchlists import TomlWatchlists
from engine.config import Settings
from engine.gate import Gate
from engine.home import Home
from engine.ports import Clock
from engine.rules import Rulebook
from engine.wiring.sources import SAMPLE, Sources, sources_of


@dataclass(frozen=True, slots=True)
class Ground:
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
    def default_list(self) -> str | None:
        """The list when none is named; None means whatever the source holds."""
        name, _, where = self.settings.source.name.partition(":")
        if name == "replay" and not where:
            return SAMPLE
        return None if where else self.settings.watchlist


def ground_of(home: Home, settings: Settings, clock: Clock, record: Record, rules: Rulebook) -> Ground:
    """Open the store and the sources that the settings name. Raises StoreError, UnknownSource, ConfigError."""
    store = SqliteStore(home.data)
    calendar = ExchangeCalendars(store, home.calendars_file, record=record, now=clock.now)
    sources = sources_of(home, settings, calendar, store, clock)
    return Ground(
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
