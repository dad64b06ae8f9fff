"""The track record of each kind of alarm: how they turned out, and how many there were beside how many there may be."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean

from engine.core import market
from engine.core.detect import KINDS
from engine.core.episodes import MARKET, Episode
from engine.core.grading import Grade, Outcome, track
from engine.core.realised import Realised, realised
from engine.protocol import KindGrades
from engine.rules import Rules

_NONE_YET = Realised(0, 0, 0.0)


def records(
    watched: Mapping[str, int], rules: Rules, episodes: Iterable[Episode], grades: Iterable[Grade]
) -> dict[str, KindGrades]:
    """The record of each kind that is on or was raised.

    `watched` says for how many sessions each ticker was judged, and so the market, where there is one; `grades` are of
    one horizon.
    """
    symbols = [symbol for symbol in watched if symbol != MARKET]
    _, raised = realised(episodes, sum(watched[symbol] for symbol in symbols), watched.get(MARKET, 0))
    outcomes: dict[str, list[Outcome]] = {}
    for grade in grades:
        outcomes.setdefault(grade.kind, []).append(grade.outcome)
    allowed = _budgets(symbols, rules)
    return {
        kind: _told(outcomes.get(kind, ()), raised.get(kind, _NONE_YET), allowed.get(kind, 0.0))
        for kind in sorted({*allowed, *outcomes, *raised})
    }


def _budgets(symbols: Iterable[str], rules: Rules) -> dict[str, float]:
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
