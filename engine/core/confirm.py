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

from engine.core.bars import FloatArray
from engine.core.judge import Judgement
from engine.core.pool import Pool

LEVEL = 0.1

DECAY = 0.985
"""What a rejection keeps of its weight from test to test; LEVEL (1 - DECAY) is what a test may always spend.

So much can be reached by seven kinds with pools of 5,000 scores, the smallest: 7 / 5,001 is less.
"""

MEMORY = 1_000
"""Tests after which a rejection weighs less than a millionth."""


def confirmed(judged: Sequence[Judgement]) -> frozenset[str]:
    """The symbols whose last session is confirmed, of those that are judged after one session."""
    from online_fdr.p_values.investing.lord.mem_decay import LORDMemoryDecay  # noqa: PLC0415 - it brings scipy.stats

    ordered = sorted((each for each in judged if each), key=lambda each: each.symbol)
    p = ticker_p(ordered, -(-MEMORY // max(len(ordered), 1)))
    procedure = LORDMemoryDecay(alpha=LEVEL, delta=DECAY, eta=1.0)
    found = frozenset[str]()
    for row in p:
        found = frozenset(
            each.symbol
            for each, value in zip(ordered, row.tolist(), strict=True)
            if not np.isnan(value) and procedure.test_one(value)
        )
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
