"""How the alarms of each kind have turned out, and how many there were beside how many there may be."""

from collections.abc import Iterable, Sequence
from statistics import fmean

from engine.core import market
from engine.core.detect import KINDS
from engine.core.episodes import MARKET
from engine.core.grading import SHOWN, Outcome, track
from engine.core.realised import Realised, realised
from engine.ports import Store
from engine.protocol import KindGrades
from engine.rules import Rules

_NONE_YET = Realised(0, 0, 0.0)


class TrackRecords:
    """Reads grades and alarms; it blocks."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __call__(self, symbols: Sequence[str], rules: Rules, horizon: int = SHOWN) -> dict[str, KindGrades]:
        """The record of each kind that is on or was raised, over the alarms of these tickers and of their market."""
        wanted, watched = {*symbols, MARKET}, self._store.watched()
        episodes = (record.episode for record in self._store.alarms() if record.episode.symbol in wanted)
        _, raised = realised(
            episodes, sum(watched.get(symbol, 0) for symbol in symbols), market_sessions=watched.get(MARKET, 0)
        )
        outcomes: dict[str, list[Outcome]] = {}
        for grade in self._store.grades(horizon):
            if grade.symbol in wanted:
                outcomes.setdefault(grade.kind, []).append(grade.outcome)
        allowed = budgets(symbols, rules)
        return {
            kind: _told(outcomes.get(kind, ()), raised.get(kind, _NONE_YET), allowed.get(kind, 0.0))
            for kind in sorted({*allowed, *outcomes, *raised})
        }


def budgets(symbols: Iterable[str], rules: Rules) -> dict[str, float]:
    """Episodes a year that each kind may raise, a ticker on average; the market's are of the whole list."""
    names = [kind.name for kind in KINDS]
    shares = [rules.budget.shares(symbol, names) for symbol in symbols]
    means = {kind: fmean(share[kind].watch if kind in share else 0.0 for share in shares) for kind in names if shares}
    allowed = means | {market.NAME: rules.budget.market.watch}
    return {kind: rate for kind, rate in allowed.items() if rate}


def _told(outcomes: Sequence[Outcome], raised: Realised, allowed: float) -> KindGrades:
    of = track(outcomes)
    return KindGrades(
        alarms=of.graded,
        per_ticker_year=raised.a_year if raised.years else None,
        budget=allowed,
        hits=of.hits,
        precision=of.precision,
        precision_low=of.low,
        precision_high=of.high,
        base_rate=of.base_rate,
        lift=of.lift,
    )
