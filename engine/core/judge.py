"""One session of a list: score, calibrate, decide; live, as of a date and in a replay alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import overload

import numpy as np

from engine.core.bars import as_date
from engine.core.calibration import Calibration, Calibrations
from engine.core.detect.kind import ORDINARY, Evidence, Kind
from engine.core.episodes import QUIET_SESSIONS, Change, Episode, Tier, Verdict, decide, dropped
from engine.core.features import Features
from engine.core.forecast import Vintage
from engine.core.models import NO_SKILL, TrainedModel, Word
from engine.core.scored import Scored


@dataclass(frozen=True, slots=True, eq=False)
class Judgement(Sequence[Verdict]):
    """What each kind says of a ticker's last row; a verdict is made when it is asked for.

    `scores` are those of the last row that can be judged; `silent` says of each other enabled kind why not. Kinds that
    are `folded` are part of an alarm of the market: they neither open an episode nor escalate one. The alerts of a
    session that is `confirmed` stand out of all that was looked at (engine.core.confirm).
    """

    scored: Scored | None = None
    calibrations: Mapping[str, Calibration] = field(default_factory=dict)
    scores: Mapping[str, float] = field(default_factory=dict)
    silent: Mapping[str, str] = field(default_factory=dict)
    word: Word | None = None
    folded: frozenset[str] = frozenset()
    confirmed: bool = False
    _made: dict[str, Verdict] = field(init=False, default_factory=dict)

    def __len__(self) -> int:
        return len(self.scores)

    @overload
    def __getitem__(self, at: int) -> Verdict: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[Verdict]: ...

    def __getitem__(self, at: int | slice) -> Verdict | Sequence[Verdict]:
        kinds = tuple(self.scores)[at]
        return self.of(kinds) if isinstance(kinds, str) else tuple(self.of(kind) for kind in kinds)

    def of(self, kind: str) -> Verdict:
        """What one kind says. Raises KeyError where it says nothing."""
        if kind not in self._made:
            assert self.scored is not None  # noqa: S101 - there would be no score
            made = _verdict(self.scored, kind, self.scores[kind], self.calibrations[kind], self.word)
            self._made[kind] = replace(made, confirmed=self.confirmed and made.tier == "alert")
        return self._made[kind]

    @property
    def symbol(self) -> str:
        """Whom it is about; empty of nobody."""
        return self.scored.symbol if self.scored else ""

    @property
    def session(self) -> date | None:
        """The session that was judged."""
        return as_date(self.scored.features.sessions[-1]) if self.scored and self.scores else None

    @property
    def firing(self) -> tuple[Verdict, ...]:
        """Those that reach a tier by themselves."""
        return tuple(self.of(kind) for kind in self.scores if self.tier(kind))

    def tier(self, kind: str) -> Tier | None:
        """The tier that a kind reaches by itself."""
        return None if kind in self.folded else self.calibrations[kind].tier(self.scores[kind])

    @property
    def rarity(self) -> tuple[float, bool] | None:
        """That of the most extreme score, as core/calibration.py has it; None where all are ordinary."""
        unusual = [kind for kind, score in self.scores.items() if self.calibrations[kind].unusual(score)]
        kind = min(unusual, key=lambda kind: self.calibrations[kind].p(self.scores[kind]), default=None)
        return self.calibrations[kind].rarity(self.scores[kind]) if kind else None


NOTHING = Judgement()
"""Of a ticker that is not judged at all."""


def verdicts(ticker: Scored, calibrations: Calibrations, model: TrainedModel | None = None) -> Judgement:
    """What each kind says of a ticker's last row; a kind without a score there, or without a past, says nothing.

    A kind that leans on the forecast says so where `model`, which made it, has shown no skill; its score stands.
    """
    own = calibrations.get(ticker.symbol, {})
    last = {kind: float(scores[-1]) if len(scores) else np.nan for kind, scores in ticker.scores.items()}
    judged = {kind: score for kind, score in last.items() if kind in own and score == score}  # noqa: PLR0124 - NaN
    silent = {kind: _why_silent(ticker.kinds[kind], kind in own) for kind in last if kind not in judged}
    return Judgement(ticker, own, judged, silent, word_of(model))


def _why_silent(kind: Kind, has_past: bool) -> str:
    if not has_past:
        return "nothing to compare with: off for this ticker, or no ticker of its class has a score of the past"
    lacking = "no forecast" if kind.leans else "a price that has not moved, or no volume"
    return f"no score for this session: too few sessions before it, or {lacking}"


def word_of(model: TrainedModel | None) -> Word | None:
    """The word on a model's skill; None where it was never judged."""
    return model.record.figures.word if model and model.record.figures else None


def decide_session(judged: Judgement, last: Mapping[str, Episode]) -> list[Change]:
    """What a ticker's verdicts do to its episodes; `last` holds the last episode of each kind."""
    changes = _unlooked(judged, last)
    for kind in judged.scores:
        episode, calibration, tier = last.get(kind), judged.calibrations[kind], judged.tier(kind)
        over = episode is None or episode.closed is not None
        if tier is None and (over or calibration.unusual(judged.scores[kind])):
            continue  # nothing opens or escalates, and an unusual session closes nothing
        assert judged.scored is not None  # noqa: S101 - there would be no score
        since = _sessions_after(judged.scored.features, episode.opened) if episode else 0
        scores = judged.scored.scores[kind][-(since if episode and episode.dropped else QUIET_SESSIONS) :]
        recent = [calibration.p(float(each)) for each in scores]
        if change := decide(
            episode, replace(judged.of(kind), tier=tier), np.array(recent), since, calibration.cooldown
        ):
            changes.append(change)
    return changes


def _unlooked(judged: Judgement, last: Mapping[str, Episode]) -> list[Change]:
    """The end of what stands open of kinds that are off."""
    gone = [each for kind, each in last.items() if each.closed is None and kind not in judged.calibrations]
    session = judged.session if gone else None
    return [dropped(each, session, "this kind of alarm is off") for each in gone] if session else []


def _sessions_after(features: Features, session: date) -> int:
    return len(features) - int(np.searchsorted(features.sessions, np.datetime64(session, "D"), side="right"))


def _verdict(ticker: Scored, name: str, score: float, calibration: Calibration, word: Word | None) -> Verdict:
    features, kind, last = ticker.features, ticker.kinds[name], len(ticker.features) - 1
    p, tier = calibration.p(score), calibration.tier(score)
    rarity, rarer = calibration.rarity(score)
    evidence: Evidence = {} if score == ORDINARY else kind.evidence(features, last)
    threshold = calibration.alert if tier == "alert" else calibration.watch
    doubt: Evidence = {"model": NO_SKILL} if kind.leans and word == NO_SKILL else {}
    known: Evidence = {"score": score, "threshold_p": threshold.p, "bank_scores": float(calibration.pool.count)}
    return Verdict(
        symbol=features.symbol,
        kind=name,
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
    verdicts: Judgement = NOTHING
    forecasts: tuple[Vintage, ...] = ()
    open_episodes: tuple[Episode, ...] = ()
    data: str | None = None
    repaired: bool = False
    word: Word | None = None

    @property
    def forecast(self) -> Vintage | None:
        """The one for the next session."""
        return self.forecasts[0] if self.forecasts else None
