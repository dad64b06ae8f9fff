"""Which sessions of a list's tickers stand out of all that were looked at: online control of false discoveries.

Each ticker and session is one test; its p is the smallest of its kinds times their number (Bonferroni: the kinds lean
on the same prices). Tests come session by session, the symbols of a session in alphabetical order, and go through LORD
with memory decay (Rebjock, Kurt, Januschowski and Callot, NeurIPS 2021) at a level of 10 %: what is rejected is
confirmed. What lies longer back than its memory weighs nothing, so the tests of the last sessions, all of them told by
scores up to now, are gone through anew each time: there is no state that a restart could lose. The p of clustered
scores depend on each other, for which the procedure has no proof: the flag ranks alerts, it promises no rate.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from engine.core.bars import FloatArray
from engine.core.judge import Judgement
from engine.core.pool import Pool

Flags = npt.NDArray[np.bool_]

LEVEL = 0.1

DECAY = 0.985
"""What a rejection keeps of its weight from test to test; LEVEL (1 - DECAY) is what a test may always spend.

So much can be reached by seven kinds with pools of 5,000 scores, the smallest: 7 / 5,001 is less.
"""

MEMORY = 1_000
"""Tests after which a rejection weighs less than a millionth."""

SCALE = 0.07720838
"""What makes the shares of all tests sum to one (Javanmard and Montanari, Annals of Statistics 46, 2018)."""


def confirmed(judged: Sequence[Judgement]) -> frozenset[str]:
    """The symbols whose last session is confirmed, of those that are judged after one session."""
    ordered = sorted((each for each in judged if each), key=lambda each: each.symbol)
    p = ticker_p(ordered, -(-MEMORY // max(len(ordered), 1)))
    known = ~np.isnan(p)
    found = np.zeros(p.shape, dtype=np.bool_)
    found[known] = rejected(p[known])
    return frozenset(each.symbol for each, stands_out in zip(ordered, found[-1], strict=True) if stands_out)


def rejected(p: FloatArray) -> Flags:
    """(N,) which of the tests, in their order, LORD with memory decay rejects.

    Test t may spend alpha max(g(t), 1 - delta), and alpha delta^(t - r) g(t - r) more for each test r rejected before
    it, with g(t) = c log(max(t, 2)) / (t exp(sqrt(log t))).
    """
    since = np.arange(1, len(p) + 1)
    share = SCALE * np.log(np.maximum(since, 2)) / (since * np.exp(np.sqrt(np.log(since))))
    level, earned = LEVEL * np.maximum(share, 1 - DECAY), LEVEL * DECAY**since * share
    found = np.zeros(len(p), dtype=np.bool_)
    for at in np.flatnonzero(p <= LEVEL):
        if p[at] <= level[at]:
            found[at] = True
            level[at + 1 :] += earned[: len(p) - at - 1]
    return found


def ticker_p(judged: Sequence[Judgement], sessions: int) -> FloatArray:
    """(sessions, N) the p of each ticker's last sessions, the newest last; NaN where none of its kinds has a score.

    1 where none of them is unusual: no test spends as much as a tenth.
    """
    smallest, kinds = np.ones((sessions, len(judged))), np.zeros((sessions, len(judged)))
    for pool, (places, scores) in _by_pool(judged, sessions).items():
        p = pool.p_values(np.stack(scores, axis=-1))
        smallest[:, places] = np.fmin(smallest[:, places], p)
        kinds[:, places] += ~np.isnan(p)
    return np.where(kinds > 0, np.minimum(smallest * kinds, 1.0), np.nan)


def _by_pool(judged: Sequence[Judgement], sessions: int) -> dict[Pool, tuple[list[int], list[FloatArray]]]:
    """By pool, whose scores are held against it, and the last of them (sessions,)."""
    found: dict[Pool, tuple[list[int], list[FloatArray]]] = {}
    for at, each in enumerate(judged):
        if each.scored is None:
            continue
        for kind, calibration in each.calibrations.items():
            places, scores = found.setdefault(calibration.pool, ([], []))
            places.append(at)
            scores.append(_last(each.scored.scores[kind], sessions))
    return found


def _last(scores: FloatArray, sessions: int) -> FloatArray:
    """(sessions,) the last scores, NaN before the first."""
    if len(scores) >= sessions:
        return scores[len(scores) - sessions :]
    return np.concatenate((np.full(sessions - len(scores), np.nan), scores))
