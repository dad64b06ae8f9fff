"""The use cases that more than one part of the engine has to do with, and how quotes come."""

from dataclasses import dataclass
from functools import partial

from engine.adapters.yahoo_stream import YahooStream
from engine.alarms import Alarms
from engine.ports import Trainer
from engine.services.lists import held
from engine.services.models import ModelCards
from engine.services.provisional import Provisional
from engine.services.quotes import Quotes
from engine.services.refresh import Refresh
from engine.services.scan import Scan
from engine.services.track import TrackRecords
from engine.services.watch import Watch
from engine.wiring.ground import Ground
from engine.wiring.learning import Learning, learning_of


@dataclass(frozen=True, slots=True)
class UseCases:
    """Each of them once, whoever calls it."""

    learning: Learning
    watch: Watch
    track: TrackRecords
    models: ModelCards
    refresh: Refresh
    scan: Scan
    alarms: Alarms
    provisional: Provisional


def use_cases_of(on: Ground, trainer: Trainer) -> UseCases:
    """All of them, on this trainer."""
    learning, alarms = learning_of(on, trainer), _alarms(on)
    provisional = Provisional(alarms)
    return UseCases(
        learning=learning,
        watch=Watch(on.store, on.gate, on.calendar),
        track=TrackRecords(on.store),
        models=ModelCards(on.store, learning.registry, on.gate),
        refresh=Refresh(on.sources.first, on.store, on.gate, on.clock, on.settings.source.at_once),
        scan=Scan(
            on.store,
            learning.registry,
            on.gate,
            on.calendar,
            alarms,
            shortfall=learning.train.shortfall,
            closed=provisional.closed,
        ),
        alarms=alarms,
        provisional=provisional,
    )


def _alarms(on: Ground) -> Alarms:
    return Alarms(on.store, on.calendar, on.clock, partial(held, on.lists, on.sources.first, on.default_list))


def quotes_of(on: Ground) -> Quotes:
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
