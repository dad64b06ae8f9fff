"""A session of a list, the market first: with an alarm of the market open, a ticker's alarm must be its own.

Its alarm is its own where what the list leaves of its moves is as rare against its own past; all others are part of the
one event. Kinds that score that on every session (engine.core.detect) need no second look. Whether an alarm of the
market stands open is told by its scores up to that session alone, so that it is the same live, as of a date and in a
replay.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from engine.core.budget import Budget, Rate
from engine.core.calibration import Calibration, Calibrations, calibrate, calibrate_kinds
from engine.core.confirm import confirmed
from engine.core.judge import NOTHING, Judgement, verdicts
from engine.core.market import NAME
from engine.core.models import TrainedModel
from engine.core.pool import Pool
from engine.core.pooling import AFRESH, Pools
from engine.core.scored import Scored
from engine.core.thresholds import is_open

Residuals = Callable[[frozenset[str]], Sequence[Scored]]
"""The tickers of the market, some kinds scored on what the list leaves of them: asked for while its alarm is open."""


@dataclass(frozen=True, slots=True, eq=False)
class ListJudgement:
    """What a session says of each ticker by symbol, and of the market; NOTHING where there is none."""

    tickers: Mapping[str, Judgement]
    market: Judgement = NOTHING

    @property
    def all(self) -> tuple[Judgement, ...]:
        """The market, then the tickers."""
        return (self.market, *self.tickers.values())


def judge_list(
    scored: Sequence[Scored],
    budget: Budget,
    models: Mapping[str, TrainedModel | None],
    market: Scored | None = None,
    residuals: Residuals = lambda _: (),
    *,
    pools: Pools = AFRESH,
) -> ListJudgement:
    """Judge tickers and, where there is one, the market that they make; `models` by symbol made the forecasts.

    What stands out of all that was looked at is marked: the first alert of a process loads a library.
    """
    calibrations = calibrate_kinds(scored, budget, pools)
    judged = {ticker.symbol: verdicts(ticker, calibrations, models.get(ticker.symbol)) for ticker in scored}
    if market is None or not len(market.features):
        return _confirmed(ListJudgement(judged))
    (calibration,) = calibrate(pools.of_market(market.scores[NAME]), [budget.market], budget.cooldown)
    if is_open(market.scores[NAME], calibration.pool.quiet, calibration.watch.score, budget.cooldown):
        judged |= _folded(judged, residuals, budget, market)
    return _confirmed(ListJudgement(judged, verdicts(market, {market.symbol: {NAME: calibration}})))


def _confirmed(said: ListJudgement) -> ListJudgement:
    """The same, with what stands out marked: asked only where there is an alert of the newest session."""
    newest = max((each.session for each in said.all if each.session), default=None)
    now = [each for each in said.all if each.session == newest]
    if not any(each.tier(kind) == "alert" for each in now for kind in each.scores):
        return said
    found = confirmed(now)
    tickers = {
        symbol: replace(each, confirmed=symbol in found and each.session == newest)
        for symbol, each in said.tickers.items()
    }
    return ListJudgement(tickers, replace(said.market, confirmed=said.market.symbol in found))


def _folded(
    judged: Mapping[str, Judgement], residuals: Residuals, budget: Budget, market: Scored
) -> dict[str, Judgement]:
    """The tickers of the market's session, with what is not their own folded into its event."""
    asked = {symbol: _in_doubt(each) for symbol, each in judged.items()}
    kinds = frozenset[str]().union(*asked.values())
    if not kinds:
        return {}
    own, found = residuals(kinds), {}
    again = _Again(calibrate_kinds(own, replace(budget, kinds=tuple(kinds))), budget.cooldown)
    for ticker in own:
        doubtful = asked.get(ticker.symbol, frozenset())
        if doubtful and _on(ticker, market):
            at_first = judged[ticker.symbol]
            carried = {kind for kind in doubtful if again.reaches(ticker, kind, at_first.calibrations[kind].rate)}
            found[ticker.symbol] = replace(at_first, folded=doubtful - carried)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class _Again:
    """The pools of the kinds in doubt alone; a kind's rate stays what it is among all kinds."""

    calibrations: Calibrations
    cooldown: int
    made: dict[tuple[Pool, Rate], Calibration] = field(default_factory=dict)

    def reaches(self, ticker: Scored, kind: str, rate: Rate) -> bool:
        """Whether the last score of a kind reaches a tier."""
        if kind not in self.calibrations.get(ticker.symbol, {}):
            return False
        key = self.calibrations[ticker.symbol][kind].pool, rate
        if key not in self.made:
            (self.made[key],) = calibrate(key[0], [rate], self.cooldown)
        return self.made[key].tier(float(ticker.scores[kind][-1])) is not None


def _in_doubt(judged: Judgement) -> frozenset[str]:
    """The kinds that reach a tier by what a ticker did along with its list."""
    if judged.scored is None:
        return frozenset()
    kinds, listed = judged.scored.kinds, judged.scored.features.listed
    return frozenset(kind for kind in judged.scores if not (listed and kinds[kind].own) and judged.tier(kind))


def _on(ticker: Scored, market: Scored) -> bool:
    return bool(len(ticker.features)) and bool(ticker.features.sessions[-1] == market.features.sessions[-1])
