"""Score a list after a session: gather bars and models, judge in core, keep forecasts and episodes."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from threading import Lock
from typing import TypeAlias

import numpy as np

from engine.alarms import Alarms, Sitting
from engine.core.bars import DateArray, History, as_date
from engine.core.budget import Budget
from engine.core.episodes import DATA_FAULT, MARKET, Episode, market_symbol
from engine.core.features import Features
from engine.core.forecast import MEDIAN, Vintage
from engine.core.groups import Asset
from engine.core.judge import Judgement, TickerScan, decide_session, word_of
from engine.core.lasting import Inputs, Lasting
from engine.core.market import Market, lacking, market_of
from engine.core.market_first import judge_list
from engine.core.models import TrainedModel
from engine.core.panel import Listed
from engine.core.presets import PRESETS
from engine.core.preview import Counted, past_year
from engine.core.provisional import MarketClose, TickerClose
from engine.core.quality import DataNote, Gated, in_words, lately
from engine.core.remembered import Remembered
from engine.core.residual import residuals
from engine.core.scored import Scored
from engine.core.series import Windows
from engine.core.stream import Kept
from engine.gate import Gate
from engine.ports import AlarmRecord, Calendar, Store
from engine.registry import Registry, Speaker
from engine.rules import Rules

Shortfall: TypeAlias = Callable[[History], str | None]
"""Why a history cannot have a model, in words; None if it can."""

Closed: TypeAlias = Callable[[str, Mapping[str, TickerClose], MarketClose], None]
"""Told of a list by its name, of its tickers by symbol and of its market, as their last close was judged."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """One ticker's inputs as of a session: its bars, its model, or why it cannot be scored."""

    symbol: str
    expected: date | None
    gated: Gated
    model: TrainedModel | None
    why: str | None
    passing: bool = False

    @property
    def history(self) -> History:
        """Its usable bars."""
        return self.gated.history


def _sessions(scans: Sequence[TickerScan], market: Judgement, watchlist: str) -> dict[str, DateArray]:
    """The sessions up to the newest of whom was judged on that one."""
    seen = {scan.symbol: scan.features.sessions for scan in scans if scan.verdicts and scan.features}
    return seen | ({market_symbol(watchlist): market.scored.features.sessions} if market and market.scored else {})


def _of_market(market: Judgement) -> tuple[TickerScan, ...]:
    """The market beside its tickers, where it was judged."""
    known = market.scored.features if market.scored else None
    return (TickerScan(MARKET, market.session, known, verdicts=market),) if market else ()


def _scored(kept: Kept, asset: Asset, budget: Budget) -> Scored:
    scores = kept.scores
    return Scored(kept.features, {kind.name: scores[kind.name] for kind in budget.enabled}, asset)


_PAST = "as of an earlier day"
"""Where what is known of a list looked back at is kept: what is known as of now stays as it is."""
_USUAL = Rules()
_NO_SCORE = "no score: its price has not moved enough to have a volatility"


@dataclass(frozen=True, slots=True, eq=False)
class _Listing:
    """A list's tickers with their features, scored where they can be; and the market that those `together` make."""

    seen: Mapping[str, Features]
    scored: Mapping[str, Scored]
    together: frozenset[str]
    market: Market | None

    def residuals(self, kinds: Collection[str]) -> list[Scored]:
        """The tickers of the market, with some kinds scored on what it leaves of them."""
        own = [each for symbol, each in self.scored.items() if symbol in self.together]
        return residuals(own, self.market, kinds) if self.market else []


_Result: TypeAlias = tuple[tuple[TickerScan, ...], MarketClose]


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
        self._registry = registry
        self._gate = gate
        self._calendar = calendar
        self._shortfall = shortfall
        self._closed = closed
        self._known = Remembered()
        self._judged = Lasting[_Result]()
        self._too_old: dict[str, tuple[date, str | None]] = {}
        self._lock = Lock()

    def live(
        self, symbols: Sequence[str], rules: Rules = _USUAL, *, kept_as: str | None = ""
    ) -> tuple[TickerScan, ...]:
        """After the newest stored session; its episodes are decided, once a session, and kept by the list's name.

        A list keeps its decisions; symbols picked by hand, None, do not, for another pool calls other things rare.
        Sessions that passed unwatched are decided before it, each as of its own close, by today's list and rules.
        """
        tickets, scans, market = self._looked(symbols, None, rules, kept_as)
        if kept_as is None:
            return self._with_episodes(scans, "", self._store.standing_alarms())
        self._catch_up(symbols, rules, kept_as, _sessions(scans, market.judged, kept_as))
        self._alarms.decide(self._sittings(tickets, scans, market.judged, kept_as))
        each = zip(scans, tickets, strict=True)
        tickers = {scan.symbol: TickerClose(scan.verdicts, ticket.history) for scan, ticket in each if scan.verdicts}
        self._closed(kept_as, tickers, market)
        scans += _of_market(market.judged)
        seen = {scan.symbol: scan.features for scan in scans if scan.features and not scan.repaired}
        if whole := seen.pop(MARKET, None):
            seen[market_symbol(kept_as)] = whole
        self._alarms.grade(seen)
        shown = self._with_episodes(scans, kept_as, self._store.standing_alarms())
        return tuple(scan for scan in shown if scan.symbol != MARKET or scan.open_episodes)

    def as_of(self, symbols: Sequence[str], day: date, rules: Rules = _USUAL) -> tuple[TickerScan, ...]:
        """After the last session up to a day, from rows up to then alone; no episode is opened or closed."""
        _, scans, market = self._looked(symbols, day, rules)
        return scans + (_of_market(market.judged) if market.judged.firing else ())

    def then(
        self, symbols: Sequence[str], day: date, rules: Rules = _USUAL, *, kept_as: str | None = ""
    ) -> tuple[TickerScan, ...]:
        """As of a day, with the episodes that were open after it: what `live` gave then, as far as it was kept."""
        return self._with_episodes(self.as_of(symbols, day, rules), kept_as or "", self._store.alarms_as_of(day))

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
        listing = self._listing(self._gather(symbols, None), rules)
        whole = listing.market.scored if listing.market else None
        return past_year(list(listing.scored.values()), rules.budget, whole, listing.residuals(rules.budget.kinds))

    def _looked(
        self, symbols: Sequence[str], day: date | None, rules: Rules, kept_as: str | None = None
    ) -> tuple[list[Ticket], tuple[TickerScan, ...], MarketClose]:
        """What there is to say after a session, None the newest, its forecasts kept."""
        tickets = self._gather(symbols, day)
        scans, market = self._judge(tickets, rules, _PAST if kept_as is None and day else kept_as)
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

    # --- gather ---

    def _gather(self, symbols: Sequence[str], day: date | None) -> list[Ticket]:
        gated = [self._gate.read(symbol, day) for symbol in symbols]
        expected = self._expected(gated, day)
        newest = day or max((last for last in expected.values() if last), default=None)
        models = self._registry.records()
        return [
            self._ticket(
                each,
                expected[self._calendar.exchange(each.history.symbol)],
                self._registry.speaker(models, each.history, newest),
            )
            for each in gated
        ]

    def _expected(self, gated: Sequence[Gated], day: date | None) -> dict[str, date | None]:
        """The session each exchange's tickers should have; a bar that came and was quarantined says so too."""
        newest: dict[str, date | None] = {}
        for each in gated:
            exchange = self._calendar.exchange(each.history.symbol)
            if day is not None:
                newest[exchange] = self._calendar.session(exchange, day)
            else:
                came = [each.history.last or date.min, *(note.session for note in self._blocking(each))]
                newest[exchange] = max(newest.get(exchange) or date.min, *came)
        return {exchange: None if last == date.min else last for exchange, last in newest.items()}

    def _blocking(self, gated: Gated) -> tuple[DataNote, ...]:
        """What is quarantined after the last usable bar, a bar of a day that is no session left out."""
        exchange = self._calendar.exchange(gated.history.symbol)
        return tuple(note for note in gated.behind if self._calendar.session(exchange, note.session) == note.session)

    def _ticket(self, gated: Gated, expected: date | None, speaker: Speaker) -> Ticket:
        history = gated.history
        why = self._why_no_bar(gated, expected) or self._shortfall(history) or speaker.why
        return Ticket(history.symbol, expected, gated, speaker.model, why, speaker.passing)

    def _why_no_bar(self, gated: Gated, expected: date | None) -> str | None:
        if blocking := self._blocking(gated):
            return in_words(blocking)[-1]
        if gated.last is None:
            error = self._store.coverage(gated.history.symbol).error
            return error or (f"no bars up to {expected}" if expected else "no bars yet")
        if gated.filled[-1] or (expected and gated.last < expected):
            return f"stale: its last bar is of {gated.last}, {expected} is expected"
        return None

    # --- decide ---

    def _judge(self, tickets: Sequence[Ticket], rules: Rules, kept_as: str | None = None) -> _Result:
        """What is said of a list: as it was the last time where nothing has come since, whoever asks."""
        said = [(each.symbol, each.expected, each.why, each.passing) for each in tickets]
        facts = rules, self._gate.assets(each.symbol for each in tickets), said
        of = [part for each in tickets for part in (each.gated, each.model)]
        read = [history for _, market in self._read(tickets) for history in market]
        inputs = Inputs(facts, [*of, *read])
        with self._lock:
            known = self._judged.of(inputs)
        result = known or self._anew(tickets, rules, kept_as)
        with self._lock:
            self._judged.keep(kept_as, inputs, result)
        return result

    def _anew(self, tickets: Sequence[Ticket], rules: Rules, kept_as: str | None) -> _Result:
        listing = self._listing(tickets, rules, kept_as)
        said = judge_list(
            list(listing.scored.values()),
            rules.budget,
            {ticket.symbol: ticket.model for ticket in tickets},
            listing.market.scored if listing.market else None,
            listing.residuals,
        )
        scans = (self._ticker(each, listing.seen.get(each.symbol), said.tickers.get(each.symbol)) for each in tickets)
        return tuple(scans), MarketClose(said.market, listing.market, listing.together)

    def _listing(self, tickets: Sequence[Ticket], rules: Rules, kept_as: str | None = None) -> _Listing:
        able = [each for each in tickets if len(each.history)]
        together = self._gate.together(each.symbol for each in able)
        assets = self._gate.assets(each.symbol for each in able)
        stocks = frozenset(symbol for symbol in together if assets[symbol] == "stock")
        kept = self._kept(able, together, stocks, rules.windows, kept_as)
        seen = {symbol: each.features for symbol, each in kept.items()}
        scored = {
            ticket.symbol: _scored(kept[ticket.symbol], assets[ticket.symbol], rules.budget)
            for ticket in able
            if ticket.why is None
        }
        return _Listing(
            seen, scored, together, market_of([each for symbol, each in seen.items() if symbol in together])
        )

    def _kept(
        self,
        tickets: Sequence[Ticket],
        together: frozenset[str],
        stocks: frozenset[str],
        windows: Windows,
        kept_as: str | None,
    ) -> dict[str, Kept]:
        """What is known of each ticker, those of one model all together."""
        listed = self._listed(tickets)
        models = {each.model.record.id if each.model else None: each.model for each in tickets}.values()
        groups = [(model, tuple(listed[each.symbol] for each in tickets if each.model is model)) for model in models]
        with self._lock:
            return self._known.after(kept_as, together, stocks, groups, windows)

    def _listed(self, tickets: Sequence[Ticket]) -> dict[str, Listed]:
        """Each ticket's bars beside its market: what the symbols of its model did up to the ticket's last session."""
        beside = {ticket.symbol: Listed.of(ticket.history) for ticket in tickets}
        for _, market in self._read(tickets):
            beside |= {each.symbol: each for each in self._gate.panel(market) if each.symbol in beside}
        return beside

    def _read(self, tickets: Sequence[Ticket]) -> list[tuple[TrainedModel, list[History]]]:
        """The models that read a market, each with the bars of its symbols."""
        here, found = {ticket.symbol: ticket.history for ticket in tickets}, []
        for model in {each.model.record.id: each.model for each in tickets if each.model}.values():
            lasts = [each.history.last for each in tickets if each.model is model and each.history.last]
            if PRESETS[model.record.preset].reads_market and lasts:
                of = model.record.symbols
                found.append(
                    (model, [here[each] if each in here else self._gate.read(each, max(lasts)).history for each in of])
                )
        return found

    def _ticker(self, ticket: Ticket, known: Features | None, judged: Judgement | None) -> TickerScan:
        lacks_model = ticket.model is None and not ticket.passing and self._shortfall(ticket.history) is None
        plain = TickerScan(
            ticket.symbol,
            ticket.expected,
            known,
            ticket.why,
            lacks_model,
            data=lately(ticket.gated, ticket.expected),
            repaired=bool(len(ticket.gated.repaired) and ticket.gated.repaired[-1]),
            word=word_of(ticket.model),
        )
        if known is None or judged is None or ticket.model is None:
            return plain
        if not judged:
            return replace(plain, why=_NO_SCORE if judged.silent else "every kind of alarm is off")
        return replace(plain, verdicts=judged, forecasts=self._vintages(known, ticket.model))

    def _vintages(self, known: Features, model: TrainedModel) -> tuple[Vintage, ...]:
        """The forecasts of the last row, one a horizon; none where it has none."""
        if np.isnan(known.mean[-1]):
            return ()
        made_at, exchange = as_date(known.sessions[-1]), self._calendar.exchange(known.symbol)
        return tuple(
            Vintage(
                model=model.record.id,
                symbol=known.symbol,
                made_at=made_at,
                target_date=self._calendar.following(exchange, made_at, horizon),
                horizon=horizon,
                mean=float(known.mean[-1] if horizon == 1 else quantiles[MEDIAN]),
                quantiles=tuple(float(quantile) for quantile in quantiles),
            )
            for horizon, quantiles in zip(known.horizons, known.ahead[-1], strict=True)
        )

    # --- apply ---

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
                faults=self._blocking(ticket.gated),
            )
            for ticket, scan in zip(tickets, scans, strict=True)
        )

    def _with_episodes(
        self, scans: Sequence[TickerScan], watchlist: str, records: Iterable[AlarmRecord]
    ) -> tuple[TickerScan, ...]:
        by_symbol: dict[str, list[Episode]] = {}
        for episode in (record.episode for record in records):
            if episode.closed is None and not episode.provisional and episode.kind != DATA_FAULT:
                by_symbol.setdefault(episode.symbol, []).append(episode)
        own = {MARKET: market_symbol(watchlist)}
        return tuple(
            replace(scan, open_episodes=tuple(by_symbol.get(own.get(scan.symbol, scan.symbol), ()))) for scan in scans
        )
