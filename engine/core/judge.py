"""One session of a list: score, calibrate, decide; live, as of a date and in a replay alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from engine.core.bars import FloatArray, as_date
from engine.core.calibration import Calibration, calibrate, p_values
from engine.core.detect import KINDS
from engine.core.detect.kind import Evidence, Kind
from engine.core.episodes import QUIET_P, QUIET_SESSIONS, Episode, Event, Tier, Verdict, decide
from engine.core.features import Features
from engine.core.forecast import Vintage
from engine.core.models import NO_SKILL, TrainedModel, Word


@dataclass(frozen=True, slots=True)
class Budget:
    """Episodes a ticker and year over all kinds together, how many of them may be alerts, and the kinds that share."""

    a_year: float = 2.0
    alerts_a_year: float = 0.5
    kinds: tuple[str, ...] = tuple(kind.name for kind in KINDS)

    @property
    def enabled(self) -> tuple[Kind, ...]:
        """The kinds that are on."""
        return tuple(kind for kind in KINDS if kind.name in self.kinds)


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """One ticker's features and its scores by kind, all (T,)."""

    features: Features
    scores: Mapping[str, FloatArray]

    def upto(self, end: int) -> "Scored":
        """The same before row `end`, as views."""
        return Scored(self.features.rows(0, end), {kind: scores[:end] for kind, scores in self.scores.items()})


Calibrations = Mapping[str, Calibration]


def score(features: Features, budget: Budget) -> Scored:
    """Every enabled kind's score of every row."""
    return Scored(features, {kind.name: kind.score(features) for kind in budget.enabled})


def calibrate_kinds(scored: Sequence[Scored], budget: Budget) -> dict[str, Calibration]:
    """Each kind against the list's own past, with its equal share of the budget."""
    share = max(len(budget.enabled), 1)
    return {
        kind.name: calibrate(
            [ticker.scores[kind.name] for ticker in scored], budget.a_year / share, budget.alerts_a_year / share
        )
        for kind in budget.enabled
    }


def verdicts(
    ticker: Scored, calibrations: Calibrations, budget: Budget, model: TrainedModel | None = None
) -> list[Verdict]:
    """What each kind that has a score there says of a ticker's last row.

    A kind that leans on the forecast says so where `model`, which made it, has shown no skill; its score stands.
    """
    last = {kind.name: float(ticker.scores[kind.name][-1]) for kind in budget.enabled if len(ticker.features)}
    word = word_of(model)
    return [
        _verdict(ticker.features, kind, last[kind.name], calibrations[kind.name], word)
        for kind in budget.enabled
        if not np.isnan(last.get(kind.name, np.nan))
    ]


def word_of(model: TrainedModel | None) -> Word | None:
    """The word on a model's skill; None where it was never judged."""
    return model.record.figures.word if model and model.record.figures else None


def decide_session(
    ticker: Scored, judged: Sequence[Verdict], calibrations: Calibrations, last: Mapping[str, Episode]
) -> list[tuple[Episode, Event]]:
    """What a ticker's verdicts do to its episodes; `last` holds the last episode of each kind."""
    changes = []
    for verdict in judged:
        recent = p_values(calibrations[verdict.kind].bank, ticker.scores[verdict.kind][-QUIET_SESSIONS:])
        episode = last.get(verdict.kind)
        since = _sessions_after(ticker.features, episode.opened) if episode else 0
        if change := decide(episode, verdict, recent, since):
            changes.append(change)
    return changes


def _sessions_after(features: Features, session: date) -> int:
    return len(features) - int(np.searchsorted(features.sessions, np.datetime64(session, "D"), side="right"))


def _verdict(
    features: Features, kind: Kind, score: float, calibration: Calibration, word: Word | None = None
) -> Verdict:
    p = float(p_values(calibration.bank, np.array([score]))[0])
    rarity, rarer = calibration.rarity(score) if p <= QUIET_P else (1.0, False)
    last = len(features) - 1
    tier = _tier(score, calibration)
    evidence: Evidence = {} if score == -np.inf else kind.evidence(features, last)
    threshold = calibration.alert if tier == "alert" else calibration.watch
    doubt: Evidence = {"model": NO_SKILL} if kind.leans and word == NO_SKILL else {}
    known: Evidence = {"score": score, "threshold_p": threshold.p, "bank_scores": float(len(calibration.bank.pooled))}
    return Verdict(
        symbol=features.symbol,
        kind=kind.name,
        session=as_date(features.sessions[-1]),
        score=score,
        p=p,
        tier=tier,
        threshold_p=threshold.p,
        rarity_days=rarity,
        rarer=rarer,
        direction=kind.direction(features, last) if evidence else "none",
        evidence=doubt | evidence | known if evidence else {},
        words=kind.words(evidence) + (f"; the model has {NO_SKILL}" if doubt else "") if evidence else "",
    )


def _tier(score: float, calibration: Calibration) -> Tier | None:
    if score >= calibration.alert.score:
        return "alert"
    return "watch" if score >= calibration.watch.score else None


@dataclass(frozen=True, slots=True, eq=False)
class TickerScan:
    """What one session says of one ticker.

    `why` says why it is not scored, and then there are no verdicts; `lacks_model` is true where a training would help.
    `data` is the newest thing the quality gate found in its last sessions, in words; `repaired` says that its last bar
    is a repaired one. `forecasts` are those of its last row, one a horizon, the next session's first; `word` is that on
    the skill of the model that made them.
    """

    symbol: str
    expected: date | None
    features: Features | None
    why: str | None = None
    lacks_model: bool = False
    verdicts: tuple[Verdict, ...] = ()
    forecasts: tuple[Vintage, ...] = ()
    open_episodes: tuple[Episode, ...] = ()
    data: str | None = None
    repaired: bool = False
    word: Word | None = None

    @property
    def forecast(self) -> Vintage | None:
        """The one for the next session."""
        return self.forecasts[0] if self.forecasts else None

    @property
    def rarest(self) -> Verdict | None:
        """The most extreme verdict that is not ordinary."""
        unusual = [verdict for verdict in self.verdicts if verdict.p <= QUIET_P]
        return min(unusual, key=lambda verdict: verdict.p, default=None)
