"""Bars of running sessions, scored as if they closed now, against what the last close calibrated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.core.bars import History
from engine.core.detect import KINDS
from engine.core.forecast import Outlook
from engine.core.forming import FormingBar
from engine.core.grown import Grown
from engine.core.judge import Judgement
from engine.core.panel import Listed
from engine.core.scored import Scored
from engine.core.stream import SHOWN, Kept, forming


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """One ticker as its last close left it: the rows that a next one looks back upon, and how it was judged."""

    kept: Kept
    judged: Judgement


def ground(judged: Judgement, history: History) -> Ground:
    """What a ticker's forming bar stands on, of its newest rows alone. `history` is what was judged."""
    scored = judged.scored
    assert scored is not None  # noqa: S101 - the callers ask only for what was judged
    seen = scored.features
    first = max(len(seen) - max(seen.windows.lookback, SHOWN), 0)
    recent, tail = seen.rows(first, len(seen)), history.rows(slice(first, None))
    blank = np.full(len(recent), np.nan)
    scores = [scored.scores[kind.name][first:] if kind.name in scored.scores else blank for kind in KINDS]
    return Ground(
        Kept(
            Listed.of(tail, blank),
            Outlook(recent.horizons, recent.mean, recent.ahead),
            recent.windows,
            Grown.of(np.column_stack((recent.table, *scores)), "F"),
        ),
        judged,
    )


def judged_now(grounds: Sequence[Ground], bars: Sequence[FormingBar]) -> list[Judgement]:
    """What each kind that does not wait for the close says of each bar; thresholds are those of the last close."""
    histories = [bar.behind(each.kept.listed.history) for each, bar in zip(grounds, bars, strict=True)]
    formed = forming([each.kept for each in grounds], histories)
    return [
        _judgement(each.judged, Scored(one.features, {}), one.scores) for each, one in zip(grounds, formed, strict=True)
    ]


def _judgement(last: Judgement, scored: Scored, scores: Mapping[str, float]) -> Judgement:
    known = {kind: score for kind, score in scores.items() if kind in last.calibrations and not np.isnan(score)}
    return Judgement(scored, last.calibrations, known, {}, last.word)
