"""A forecaster without skill, and cheap: what stands in for the model where thousands of series are scored.

q(tau) at t = EWMA sigma(t) * (Q(tau) + lean(t)), for one session and for five. Q are the quantiles of the list's last
252 standardised outcomes that are known, taken anew every 21 sessions: that is the baseline of every evaluation here
(core/evaluation/baselines.py). The lean is what an LSTM adds: a meaningless one, an AR(1) of .8 with a deviation of 0.1
sigma, seeded by the ticker's place. It follows volatility and knows nothing of direction.
"""

import math
from collections.abc import Sequence

import numpy as np

from engine.core.bars import DateArray, FloatArray, History, log_returns
from engine.core.conformal import outcomes
from engine.core.forecast import MEDIAN, TAUS, Outlook
from engine.core.volatility import ewma_sigma

HORIZONS = (1, 5)
WINDOW, EVERY, LEAST = 252, 21, 60
LEAN, PERSISTENCE = 0.1, 0.8


def outlooks(histories: Sequence[History], seed: int = 0) -> list[Outlook]:
    """What is said after each row of each ticker, from rows up to it; NaN before 60 outcomes of the list are known."""
    returns = [log_returns(history) for history in histories]
    sigmas = [ewma_sigma(each) for each in returns]
    scales = [np.outer(sigma, np.sqrt(HORIZONS)) for sigma in sigmas]
    came = [outcomes(r, HORIZONS) / scale for r, scale in zip(returns, scales, strict=True)]
    sessions = [history.sessions for history in histories]
    turns = np.unique(np.concatenate(sessions))[::EVERY]
    usual = np.stack([_usual(turn, sessions, came) for turn in turns])
    made = []
    for place, (days, scale) in enumerate(zip(sessions, scales, strict=True)):
        own = usual[np.searchsorted(turns, days, side="right") - 1]
        quantiles = scale[..., None] * (own + _lean(len(days), [seed, place])[:, None, None])
        made.append(Outlook(HORIZONS, quantiles[:, 0, MEDIAN], quantiles))
    return made


def _usual(day: np.datetime64, sessions: Sequence[DateArray], came: Sequence[FloatArray]) -> FloatArray:
    """(H, 5) the pooled quantiles known at the close of a day."""
    usual = np.full((len(HORIZONS), len(TAUS)), np.nan)
    for at, horizon in enumerate(HORIZONS):
        ends = [max(int(np.searchsorted(each, day, side="right")) - horizon, 0) for each in sessions]
        known = np.concatenate([c[max(end - WINDOW, 0) : end, at] for c, end in zip(came, ends, strict=True)])
        known = known[np.isfinite(known)]
        if len(known) >= LEAST:
            usual[at] = np.quantile(known, TAUS)
    return usual


def _lean(rows: int, seed: Sequence[int]) -> FloatArray:
    shocks = np.random.default_rng(seed).normal(0, LEAN * math.sqrt(1 - PERSISTENCE**2), rows)
    lean, level = np.empty(rows), 0.0
    for row, shock in enumerate(shocks.tolist()):
        level = PERSISTENCE * level + shock
        lean[row] = level
    return lean
