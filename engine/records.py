"""The track record of each kind of alarm: how they turned out, and how many there were beside how many there may be."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean

from engine.core import market
from engine.core.detect import KINDS
from engine.core.episodes import MARKET, Episode
from engine.core.grading import Grade, Outcome, track
from engine.core.pool import SESSIONS_A_YEAR
from engine.core.realised import Realised, realised
from engine.protocol import KindGrades
from engine.rules import Rules


def records(
    watched: Mapping[str, int], rules: Rules, episodes: Iterable[Episode], grades: Iterable[Grade]
) -> dict[str, KindGrades]:
    """The record of each kind that is on or was raised.

    `watched` says for how many sessions each ticker was judged, and so the market, where there is one; `grades` are of
    one horizon.
    """
    symbols = [symbol for symbol in watched if symbol != MARKET]
    sessions, of_list = sum(watched[symbol] for symbol in symbols), watched.get(MARKET, 0)
    _, raised = realised(episodes, sessions, of_list)
    outcomes: dict[str, list[Outcome]] = {}
    for grade in grades:
        outcomes.setdefault(grade.kind, []).append(grade.outcome)
    allowed = _budgets(symbols, rules)
    of = {kind: of_list if kind == market.NAME else sessions for kind in (*allowed, *outcomes)}
    none = {kind: Realised(0, 0, judged / SESSIONS_A_YEAR) for kind, judged in of.items()}
    return {
        kind: _told(outcomes.get(kind, ()), count, allowed.get(kind, 0.0))
        for kind, count in sorted((none | raised).items())
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
