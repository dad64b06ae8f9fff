"""Made-up scores, and the plain definitions that the quick ways are held against."""

from datetime import date, timedelta

import numpy as np

from engine.core.episodes import COOLDOWN, QUIET_P, QUIET_SESSIONS, Episode, Verdict, decide
from engine.core.pool import Pool


def clustered(tickers: int, rows: int, seed: int = 0) -> list[np.ndarray]:
    """Clustered scores, as volatility ratios are: of the same law for all tickers and rows."""
    noise = np.random.default_rng(seed).normal(size=(tickers, rows + 4))
    return [np.convolve(each, np.ones(5) / 5, "valid")[:rows] for each in noise]


def plain_p(past: np.ndarray, score: float) -> float:
    """The definition, score by score; NaN for NaN."""
    if np.isnan(score):
        return score
    known = past[~np.isnan(past)].tolist()
    return (1 + sum(each >= score for each in known)) / (len(known) + 1)


def walked(series: np.ndarray, p: np.ndarray, threshold: float, cooldown: int = COOLDOWN) -> int:
    """Episodes counted session by session with the rule that is applied live."""
    episode: Episode | None = None
    opened_at = count = 0
    for row, score in enumerate(series):
        day, tier = date(2000, 1, 1) + timedelta(row), "watch" if score >= threshold else None
        verdict = Verdict("A", "k", day, float(score), float(p[row]), tier, 0.0, 1.0, False, "up", {}, "")
        change = decide(episode, verdict, p[max(row - QUIET_SESSIONS + 1, 0) : row + 1], row - opened_at, cooldown)
        if change:
            episode, event = change
            if event == "opened":
                count, opened_at = count + 1, row
    return count


def plain_episodes(of: Pool, threshold: float, cooldown: int = COOLDOWN) -> int:
    """Episodes of all series of a pool, each walked."""
    p = [np.array([plain_p(of.scores, score) for score in row.tolist()]) for row in of.scores]
    return sum(walked(row, ps, threshold, cooldown) for row, ps in zip(of.scores, p, strict=True))


def plain_threshold(of: Pool, a_year: float) -> float:
    """The lowest unusual score at which, and at each higher one, no more episodes were held than allowed."""
    allowed, lowest = int(of.ticker_years * a_year + 1e-9), np.inf
    known = np.unique(of.scores[~np.isnan(of.scores)])[::-1]
    for score in known.tolist() if allowed else ():
        if plain_p(of.scores, score) > QUIET_P or plain_episodes(of, score) > allowed:
            break
        lowest = score
    return lowest
