"""A list as a scan sees it: after its newest session, or as of an earlier one, by the same functions."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta

from engine.board.board import Scanned
from engine.core.judge import TickerScan
from engine.format import SESSIONS_A_YEAR
from engine.ports import Calendar, Clock, List, PriceSource
from engine.protocol import Alarm
from engine.rules import Rulebook
from engine.services.models import ModelCards
from engine.services.scan import Scan
from engine.services.timeline import Timeline
from engine.services.track import TrackRecords
from engine.services.watch import Watch

ALARMS_SHOWN = timedelta(days=366)
_MORE_THAN_A_YEAR = timedelta(days=380)
"""Days among which there are 252 sessions."""


class Sight:
    """It blocks: call it in a thread."""

    def __init__(
        self,
        *,
        calendar: Calendar,
        clock: Clock,
        source: PriceSource,
        scan: Scan,
        watch: Watch,
        track: TrackRecords,
        models: ModelCards,
        timeline: Timeline,
        rules: Rulebook,
    ) -> None:
        self._calendar = calendar
        self._clock = clock
        self._source = source
        self._scan = scan
        self._watch = watch
        self._track = track
        self._models = models
        self._timeline = timeline
        self._rules = rules

    def __call__(self, of: List, day: date | None = None) -> Scanned:
        """All that is told of a list; as of a session, if one is named, from what was known after it alone.

        Without one the list's alarms are decided, once a session.
        """
        symbols, rules = [ticker.symbol for ticker in of.tickers], self._rules.of(of)
        kept_as = of.name if of.kept else None
        if day is None:
            scans = self._scan.live(symbols, rules, kept_as=kept_as)
        else:
            scans = self._scan.then(symbols, day, rules, kept_as=kept_as)
        session = day or max((scan.expected for scan in scans if scan.expected), default=None)
        return Scanned(
            rows=self._watch.rows(of.tickers, scans, self._source.name, day),
            alarms=self.alarms(of, session, day),
            year_from=self._year_from(symbols, session),
            grades=self._track(symbols, rules, watchlist=of.name, upto=day),
            model=self._models.in_charge(symbols, session),
            of_models=self._models.notice(symbols, session) if day is None else None,
            undecided=self._scan.undecided(of.name) if of.kept and day is None else None,
            no_market=self._scan.without_market(symbols if day is None else _with_bars(scans, symbols), rules),
            session=session,
            lacks_model=tuple(scan.symbol for scan in scans if scan.lacks_model),
            stretch=self._timeline.around(symbols, day),
        )

    def alarms(self, of: List, session: date | None, day: date | None = None) -> tuple[Alarm, ...]:
        """The alarms of the year up to a session, as they stand, or as they stood after a day."""
        since = (session or datetime.fromtimestamp(self._clock.now(), UTC).date()) - ALARMS_SHOWN
        return self._watch.alarms([ticker.symbol for ticker in of.tickers], since, day, watchlist=of.name)

    def meant(self, of: List, day: date) -> date | None:
        """The session that a day means; None where it is the last one. Raises BadRequest."""
        return self._timeline.meant([ticker.symbol for ticker in of.tickers], day)

    def _year_from(self, symbols: Sequence[str], session: date | None) -> date | None:
        """The first of a year's sessions, on the exchange of the first ticker."""
        if session is None or not symbols:
            return None
        sessions = self._calendar.between(self._calendar.exchange(symbols[0]), session - _MORE_THAN_A_YEAR, session)
        return sessions[-SESSIONS_A_YEAR] if len(sessions) >= SESSIONS_A_YEAR else None


def _with_bars(scans: Iterable[TickerScan], symbols: Sequence[str]) -> list[str]:
    return [scan.symbol for scan in scans if scan.features and scan.symbol in symbols]
