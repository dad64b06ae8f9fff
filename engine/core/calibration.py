"""From a score to how rare it is: conformal p-values against a bank of past scores, and thresholds that keep a budget.

A bank pools the past scores of one kind over the tickers of a list. The budget is counted in episodes, not in days,
since slow scores cluster: a threshold is the lowest at which the bank itself would have held no more episodes than
allowed.
"""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from engine.core.bars import FloatArray
from engine.core.episodes import COOLDOWN, QUIET_P, QUIET_SESSIONS

LEFT_OUT = 5
"""The newest scores stand outside the bank, or an anomaly would vouch for itself."""

WINDOW = 1_000
ENOUGH = 5_000
"""A pool smaller than this takes all its history instead of the last 1,000 sessions."""

SESSIONS_A_YEAR = 252


@dataclass(frozen=True, slots=True, eq=False)
class Bank:
    """Past scores of one kind: `series` one array a ticker, in order; `pooled` all of them, sorted upwards."""

    series: tuple[FloatArray, ...]
    pooled: FloatArray

    @property
    def length(self) -> int:
        """Sessions of the longest series: no rarity beyond it can be claimed."""
        return max((len(series) for series in self.series), default=0)

    @property
    def ticker_years(self) -> float:
        """How much history there is, over all tickers."""
        return len(self.pooled) / SESSIONS_A_YEAR


def bank(scores: Iterable[FloatArray]) -> Bank:
    """The bank as of the last session of these scores (one array a ticker, NaN where there was none)."""
    whole = [past[~np.isnan(past)] for past in (series[:-LEFT_OUT] for series in scores)]
    recent = [past[-WINDOW:] for past in whole]
    series = recent if sum(map(len, recent)) >= ENOUGH else whole
    pooled = np.sort(np.concatenate(series)) if series else np.empty(0)
    return Bank(tuple(series), pooled)


def p_values(of: Bank, scores: FloatArray) -> FloatArray:
    """(N,) share of the bank at least as extreme, the score itself counted in: (1 + #{b >= s}) / (n + 1); NaN for NaN.

    Valid for exchangeable scores whatever their distribution (Vovk et al. 2005; Laxhammar and Falkman 2015).
    """
    beyond = len(of.pooled) - np.searchsorted(of.pooled, scores, side="left")
    return np.where(np.isnan(scores), np.nan, (1 + beyond) / (len(of.pooled) + 1))


def quiet_marks(of: Bank) -> list[list[int]]:
    """Per series, the positions that end three sessions in a row with p above 0.1: where an episode may end."""
    marks = []
    for series in of.series:
        quiet = p_values(of, series) > QUIET_P
        runs = sliding_window_view(quiet, QUIET_SESSIONS).all(axis=-1) if len(quiet) >= QUIET_SESSIONS else quiet[:0]
        marks.append((np.flatnonzero(runs) + QUIET_SESSIONS - 1).tolist())
    return marks


def count_episodes(series: FloatArray, marks: list[int], threshold: float) -> int:
    """How many episodes a series holds at a threshold, by the rule of core/episodes.py, without walking it."""
    crossings = np.flatnonzero(series >= threshold).tolist()
    count, place = 0, 0
    while place < len(crossings):
        opened = crossings[place]
        count += 1
        end = bisect_left(marks, opened + QUIET_SESSIONS)
        if end == len(marks):
            break
        place = bisect_left(crossings, max(marks[end] + 1, opened + COOLDOWN), place)
    return count


@dataclass(frozen=True, slots=True)
class Threshold:
    """The score from which a tier is reached, and its p; `needs` says how many scores would resolve it, or is 0."""

    score: float
    p: float
    needs: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """A bank with the thresholds of both tiers."""

    bank: Bank
    marks: list[list[int]]
    watch: Threshold
    alert: Threshold

    def episodes(self, score: float) -> int:
        """Episodes of the bank at least as extreme as a score."""
        return sum(count_episodes(s, m, score) for s, m in zip(self.bank.series, self.marks, strict=True))

    def rarity(self, score: float) -> tuple[float, bool]:
        """Sessions per episode at least that extreme, for one ticker; True marks a bound, the bank's own length."""
        episodes = self.episodes(score)
        sessions = len(self.bank.pooled) / episodes if episodes else inf
        return (sessions, False) if sessions <= self.bank.length else (float(self.bank.length), True)


def calibrate(scores: Iterable[FloatArray], watch_a_year: float, alert_a_year: float) -> Calibration:
    """Thresholds that would have given at most so many episodes a ticker and year, alerts counted in `watch_a_year`."""
    of = bank(scores)
    marks = quiet_marks(of)
    draft = Calibration(of, marks, Threshold(inf, 0.0), Threshold(inf, 0.0))
    return Calibration(of, marks, _threshold(draft, watch_a_year), _threshold(draft, alert_a_year))


def _threshold(draft: Calibration, episodes_a_year: float) -> Threshold:
    pooled = draft.bank.pooled
    allowed = int(draft.bank.ticker_years * episodes_a_year)
    if allowed < 1:
        return Threshold(inf, 0.0, needs=int(np.ceil(SESSIONS_A_YEAR / episodes_a_year)) if episodes_a_year else 0)
    candidates = np.unique(pooled[int(len(pooled) * (1 - QUIET_P)) :])[::-1]
    candidates = candidates[np.isfinite(candidates)]
    low, high = 0, len(candidates)  # invariant: candidates[:low] keep the budget
    while low < high:
        middle = (low + high) // 2
        if draft.episodes(float(candidates[middle])) <= allowed:
            low = middle + 1
        else:
            high = middle
    if not low:
        return Threshold(inf, 0.0)
    score = float(candidates[low - 1])
    return Threshold(score, float(p_values(draft.bank, np.array([score]))[0]))
