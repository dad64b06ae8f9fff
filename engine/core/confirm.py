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
    """(sessions, N) the p of each ticker's last sessions, the newest last; NaN where none of its kinds has a score."""
    result = np.full((sessions, len(judged)), np.nan)
    for at, each in enumerate(judged):
        if each.scored is None:
            continue
        series = [
            each.calibrations[kind].pool.p_values(each.scored.scores[kind][-sessions:]) for kind in each.calibrations
        ]
        p = np.array(series)
        known = ~np.isnan(p)
        smallest = np.where(known, p, 1.0).min(axis=0) * known.sum(axis=0)
        result[sessions - p.shape[1] :, at] = np.where(known.any(axis=0), np.minimum(smallest, 1.0), np.nan)
    return result
