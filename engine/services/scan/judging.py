"""What is said of a list after a session: of each ticker, with its forecasts, and of the market."""

from collections.abc import Sequence
from dataclasses import replace
from threading import Lock
from typing import TypeAlias

import numpy as np

from engine.core.bars import as_date
from engine.core.features import Features
from engine.core.forecast import MEDIAN, Vintage
from engine.core.judge import Judgement, TickerScan, word_of
from engine.core.lasting import Inputs, Lasting
from engine.core.market_first import judge_list
from engine.core.models import TrainedModel
from engine.core.provisional import MarketClose
from engine.core.quality import lately
from engine.gate import Gate
from engine.ports import Calendar
from engine.rules import Rules
from engine.services.scan.listing import Listings
from engine.services.scan.tickets import Shortfall, Ticket

Judged: TypeAlias = tuple[tuple[TickerScan, ...], MarketClose]

_NO_SCORE = "no score: its price has not moved enough to have a volatility"


class Judging:
    """Judges lists, and keeps what was said of them last."""

    def __init__(self, gate: Gate, calendar: Calendar, listings: Listings, shortfall: Shortfall) -> None:
        self._gate = gate
        self._calendar = calendar
        self._listings = listings
        self._shortfall = shortfall
        self._judged = Lasting[Judged]()
        self._lock = Lock()

    def __call__(self, tickets: Sequence[Ticket], rules: Rules, kept_as: str | None = None) -> Judged:
        """What is said of a list: as it was the last time where nothing has come since, whoever asks."""
        said = [(each.symbol, each.expected, each.why, each.passing) for each in tickets]
        facts = rules, self._gate.assets(each.symbol for each in tickets), said
        of = [part for each in tickets for part in (each.gated, each.model)]
        read = [history for _, market in self._listings.read(tickets) for history in market]
        inputs = Inputs(facts, [*of, *read])
        with self._lock:
            known = self._judged.of(inputs)
        result = known or self._anew(tickets, rules, kept_as)
        with self._lock:
            self._judged.keep(kept_as, inputs, result)
        return result

    def _anew(self, tickets: Sequence[Ticket], rules: Rules, kept_as: str | None) -> Judged:
        listing = self._listings.of(tickets, rules, kept_as)
        said = judge_list(
            list(listing.scored.values()),
            rules.budget,
            {ticket.symbol: ticket.model for ticket in tickets},
            listing.market.scored if listing.market else None,
            listing.residuals,
        )
        scans = (self._ticker(each, listing.seen.get(each.symbol), said.tickers.get(each.symbol)) for each in tickets)
        return tuple(scans), MarketClose(said.market, listing.market, listing.together)

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
