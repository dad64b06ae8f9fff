"""A list's tickers scored, each beside the others and beside what its model reads."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock

from engine.core.bars import History
from engine.core.budget import Budget
from engine.core.features import Features
from engine.core.groups import Asset
from engine.core.market import Market, market_of
from engine.core.models import TrainedModel
from engine.core.panel import Listed
from engine.core.presets import PRESETS
from engine.core.remembered import Remembered
from engine.core.residual import residuals
from engine.core.scored import Scored
from engine.core.series import Windows
from engine.core.stream import Kept
from engine.gate import Gate
from engine.rules import Rules
from engine.services.scan.tickets import Ticket


@dataclass(frozen=True, slots=True, eq=False)
class Listing:
    """A list's tickers with their features, scored where they can be; and the market that those `together` make."""

    seen: Mapping[str, Features]
    scored: Mapping[str, Scored]
    together: frozenset[str]
    market: Market | None

    def residuals(self, kinds: Collection[str]) -> list[Scored]:
        """The tickers of the market, with some kinds scored on what it leaves of them."""
        own = [each for symbol, each in self.scored.items() if symbol in self.together]
        return residuals(own, self.market, kinds) if self.market else []


class Listings:
    """Scores lists, and keeps what is known of them from one scan to the next."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self.known = Remembered()
        """What is known of the tickers of each list."""
        self._lock = Lock()

    def of(self, tickets: Sequence[Ticket], rules: Rules, kept_as: str | None = None) -> Listing:
        """The list that these tickets make; what is known of it is kept by name."""
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
        return Listing(seen, scored, together, market_of([each for symbol, each in seen.items() if symbol in together]))

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
            return self.known.after(kept_as, together, stocks, groups, windows)

    def _listed(self, tickets: Sequence[Ticket]) -> dict[str, Listed]:
        """Each ticket's bars beside its market: what the symbols of its model did up to the ticket's last session."""
        beside = {ticket.symbol: Listed.of(ticket.history) for ticket in tickets}
        for _, market in self.read(tickets):
            beside |= {each.symbol: each for each in self._gate.panel(market) if each.symbol in beside}
        return beside

    def read(self, tickets: Sequence[Ticket]) -> list[tuple[TrainedModel, list[History]]]:
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


def _scored(kept: Kept, asset: Asset, budget: Budget) -> Scored:
    scores = kept.scores
    return Scored(kept.features, {kind.name: scores[kind.name] for kind in budget.enabled}, asset)
