"""The session's work on a list: its tickers gathered and judged, its forecasts kept, its episodes decided."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import TypeAlias

from engine.alarms import Alarms, Sitting
from engine.core.bars import DateArray, as_date
from engine.core.episodes import MARKET, market_symbol
from engine.core.judge import Judgement, TickerScan, decide_session
from engine.core.market import lacking
from engine.core.preview import Counted, past_year
from engine.core.provisional import MarketClose, TickerClose
from engine.gate import Gate
from engine.ports import Calendar, Store
from engine.registry import Registry
from engine.rules import Rules
from engine.services.scan.episodes import of_market, sessions_of, with_episodes
from engine.services.scan.judging import Judging
from engine.services.scan.listing import Listings
from engine.services.scan.tickets import Gathering, Shortfall, Ticket

Closed: TypeAlias = Callable[[str, Mapping[str, TickerClose], MarketClose], None]
"""Told of a list by its name, of its tickers by symbol and of its market, as their last close was judged."""

_PAST = "as of an earlier day"
"""Where what is known of a list looked back at is kept: what is known as of now stays as it is."""
_USUAL = Rules()


class Scan:
    """The session's work on a list. It blocks: call it in a thread."""

    def __init__(
        self,
        store: Store,
        registry: Registry,
        gate: Gate,
        calendar: Calendar,
        alarms: Alarms,
        *,
        shortfall: Shortfall,
        closed: Closed = lambda *_: None,
    ) -> None:
        self._alarms = alarms
        self._store = store
        self._gate = gate
        self._closed = closed
        self._gathering = Gathering(store, registry, gate, calendar, shortfall)
        self._listings = Listings(gate)
        self._judging = Judging(gate, calendar, self._listings, shortfall)
        self._too_old: dict[str, tuple[date, str | None]] = {}

    def live(
        self, symbols: Sequence[str], rules: Rules = _USUAL, *, kept_as: str | None = ""
    ) -> tuple[TickerScan, ...]:
        """After the newest stored session; its episodes are decided, once a session, and kept by the list's name.

        A list keeps its decisions; symbols picked by hand, None, do not, for another pool calls other things rare.
        Sessions that passed unwatched are decided before it, each as of its own close, by today's list and rules.
        """
        tickets, scans, market = self._looked(symbols, None, rules, kept_as)
        if kept_as is None:
            return with_episodes(scans, "", self._store.standing_alarms())
        self._catch_up(symbols, rules, kept_as, sessions_of(scans, market.judged, kept_as))
        self._alarms.decide(self._sittings(tickets, scans, market.judged, kept_as))
        each = zip(scans, tickets, strict=True)
        tickers = {scan.symbol: TickerClose(scan.verdicts, ticket.history) for scan, ticket in each if scan.verdicts}
        self._closed(kept_as, tickers, market)
        scans += of_market(market.judged)
        seen = {scan.symbol: scan.features for scan in scans if scan.features and not scan.repaired}
        if whole := seen.pop(MARKET, None):
            seen[market_symbol(kept_as)] = whole
        self._alarms.grade(seen)
        shown = with_episodes(scans, kept_as, self._store.standing_alarms())
        return tuple(scan for scan in shown if scan.symbol != MARKET or scan.open_episodes)

    def as_of(self, symbols: Sequence[str], day: date, rules: Rules = _USUAL) -> tuple[TickerScan, ...]:
        """After the last session up to a day, from rows up to then alone; no episode is opened or closed."""
        _, scans, market = self._looked(symbols, day, rules)
        return scans + (of_market(market.judged) if market.judged.firing else ())

    def then(
        self, symbols: Sequence[str], day: date, rules: Rules = _USUAL, *, kept_as: str | None = ""
    ) -> tuple[TickerScan, ...]:
        """As of a day, with the episodes that were open after it: what `live` gave then, as far as it was kept."""
        return with_episodes(self.as_of(symbols, day, rules), kept_as or "", self._store.alarms_as_of(day))

    def looked_at(
        self, symbols: Sequence[str], day: date | None = None, rules: Rules = _USUAL
    ) -> tuple[tuple[TickerScan, ...], TickerScan]:
        """What there is to say after a session (None: the newest), of each and of the market; nothing is decided."""
        _, scans, market = self._looked(symbols, day, rules)
        known = market.market.scored.features if market.market else None
        expected = max((scan.expected for scan in scans if scan.expected), default=None)
        whole = TickerScan(MARKET, expected, known, lacking(len(market.members)), verdicts=market.judged)
        return scans, whole

    def without_market(self, symbols: Sequence[str], rules: Rules = _USUAL) -> str | None:
        """Why a list has no alarm of its market though that is not off, in words; None where it may have one."""
        with_bars = [symbol for symbol in symbols if self._store.coverage(symbol).bars]
        return lacking(len(self._gate.together(with_bars))) if rules.budget.market.watch else None

    def undecided(self, watchlist: str) -> str | None:
        """What of a list passed unwatched and lies too far back to be decided, until its next session; else None."""
        return self._too_old.get(watchlist, (None, None))[1]

    def past_year(self, symbols: Sequence[str], rules: Rules) -> Counted:
        """How many alarms these rules would have given in the past year, as the models in charge see it."""
        listing = self._listings.of(self._gathering.tickets(symbols, None), rules)
        whole = listing.market.scored if listing.market else None
        return past_year(list(listing.scored.values()), rules.budget, whole, listing.residuals(rules.budget.kinds))

    def _looked(
        self, symbols: Sequence[str], day: date | None, rules: Rules, kept_as: str | None = None
    ) -> tuple[list[Ticket], tuple[TickerScan, ...], MarketClose]:
        """What there is to say after a session, None the newest, its forecasts kept."""
        tickets = self._gathering.tickets(symbols, day)
        scans, market = self._judging(tickets, rules, _PAST if kept_as is None and day else kept_as)
        self._store.add_forecasts(forecast for scan in scans for forecast in scan.forecasts)
        return tickets, scans, market

    def _catch_up(self, symbols: Sequence[str], rules: Rules, kept_as: str, seen: Mapping[str, DateArray]) -> None:
        newest = max((as_date(sessions[-1]) for sessions in seen.values()), default=None)
        if newest is None:
            return
        missed = self._alarms.missed(seen)
        for day in missed.sessions:
            tickets, scans, market = self._looked(symbols, day, rules, kept_as)
            sittings = self._sittings(tickets, scans, market.judged, kept_as)
            self._alarms.decide((each for each in sittings if missed.concern(each.symbol, day)), found=newest)
        if missed.words or self._too_old.get(kept_as, (None,))[0] != newest:
            self._too_old[kept_as] = newest, missed.words

    def _sittings(
        self, tickets: Sequence[Ticket], scans: Sequence[TickerScan], market: Judgement, watchlist: str
    ) -> Iterator[Sitting]:
        """What the alarms are decided by, the market first, then a ticker each."""
        if market:
            yield Sitting(market_symbol(watchlist), market.session, market.session, partial(decide_session, market))
        elif few := lacking(len(self._gate.together(each.symbol for each in tickets if len(each.history)))):
            newest = max((scan.expected for scan in scans if scan.expected), default=None)
            yield Sitting(
                market_symbol(watchlist), newest, None, partial(decide_session, market), over=f"the list {few}"
            )
        yield from (
            Sitting(
                symbol=scan.symbol,
                expected=scan.expected,
                session=scan.verdicts.session,
                decide=partial(decide_session, scan.verdicts),
                faults=self._gathering.blocking(ticket.gated),
            )
            for ticket, scan in zip(tickets, scans, strict=True)
        )
