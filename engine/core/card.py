"""What a model says to rows whose outcome it has not seen, and what that is worth: the figures of its card."""

import math
from dataclasses import replace

import numpy as np

from engine.core.bars import FloatArray
from engine.core.conformal import ladder, offset
from engine.core.evaluation import losses
from engine.core.evaluation.baselines import ewma, persistence
from engine.core.evaluation.metrics import EWMA, PERSISTENCE, mean_loss, metrics
from engine.core.evaluation.predictions import BoolArray, Cases, Predictions, silent
from engine.core.evaluation.series import cases, observed
from engine.core.evaluation.summary import gate
from engine.core.forecast import TAUS
from engine.core.models import Figures, TrainedModel
from engine.core.panel import Panel
from engine.core.presets import GATE_SESSIONS, PRESETS, rows_for_bands

HORIZON = 1

PARTS = 5
CALIBRATED = 250
"""Sessions, not rows, from which the calibration block may judge too: what is made of the other four parts of so many
costs at most a thousandth more than what is made of all."""


def said(model: TrainedModel, panel: Panel, newest: int | None = None) -> Predictions:
    """What a model says to every row of these tickers for the next session, or to the `newest` rows of each alone.

    Silent where it has seen the outcome, and of symbols it does not know.
    """
    preset, told = PRESETS[model.record.preset], silent(cases([observed(each.history) for each in panel], (HORIZON,)))
    known = [place for place, listed in enumerate(panel) if listed.symbol in model.record.symbols]
    asked = tuple(panel[place] for place in known)
    starts = [0 if newest is None else max(len(listed) - newest, 0) for listed in asked]
    outlooks = preset.outlooks(model, asked, preset.raws(model, asked, starts))
    for place, listed, start, outlook in zip(known, asked, starts, outlooks, strict=True):
        if start == len(listed):
            continue
        first = listed.history.sessions[start]
        rows = np.flatnonzero((told.cases.symbol == place) & (told.cases.made_at >= first))
        at = np.searchsorted(listed.history.sessions[start:], told.cases.made_at[rows])
        told.mean[rows] = outlook.mean[at]
        told.quantiles[rows] = outlook.quantiles[at, outlook.horizons.index(HORIZON)]
    return told


def figures(model: TrainedModel, told: Predictions) -> Figures | None:
    """The figures of a draft from what it said to all rows of its panel; None where that was nothing.

    The baselines come from the rows before the first that judges it.
    """
    spoken = np.isfinite(told.mean) | np.isfinite(told.quantiles).all(axis=1)
    spoken &= told.cases.made_at >= PRESETS[model.record.preset].judged_from(model).min()
    if not spoken.any():
        return None
    training = told.cases.rows(_before(told.cases, spoken))
    asked = told.rows(spoken)
    asked = Predictions(asked.cases.measured_by(training), asked.mean, asked.quantiles)
    asked = replace(asked, quantiles=_unseen(asked) if len(model.offsets) == 1 else _after_bands(asked))
    judging = np.isfinite(asked.quantiles).all(axis=1)
    reference = ewma(training, asked.cases)
    still = persistence(training, asked.cases)
    found = metrics(asked, {PERSISTENCE: still, EWMA: reference}, HORIZON)
    mse, mse_persistence = paired(losses.squared, asked, still)
    mae, mae_persistence = paired(losses.absolute, asked, still)
    return Figures(
        rows=len(asked),
        band_rows=int(judging.sum()),
        mse=mse,
        mae=mae,
        mse_persistence=mse_persistence,
        mae_persistence=mae_persistence,
        mase=mae / mae_persistence if mae_persistence > 0 else math.nan,
        skill_mse=found.skill_mse,
        dm_p=found.dm_p,
        pinball=found.pinball,
        pinball_ewma=mean_loss(losses.pinball(reference)[judging], asked.cases.made_at[judging]),
        pinball_skill=found.pinball_skill_ewma,
        pinball_p=found.pinball_p_ewma,
        coverage90=found.coverage90,
        word=gate(found),
    )


def paired(loss: losses.Loss, of: Predictions, baseline: Predictions) -> tuple[float, float]:
    """The mean loss of a forecaster and of a baseline over the rows that both have; NaN where there are none.

    Each session weighs the same, and in it each ticker: the quotient is 1 - skill (core/evaluation/metrics.py).
    """
    own, other, made_at = loss(of), loss(baseline), of.cases.made_at
    both = np.isfinite(own) & np.isfinite(other)
    return mean_loss(own[both], made_at[both]), mean_loss(other[both], made_at[both])


def _before(of: Cases, spoken: BoolArray) -> BoolArray:
    """(N,) which rows lie before the first spoken one of their symbol, their outcome too."""
    early = np.zeros(len(of), np.bool_)
    for place in np.unique(of.symbol[spoken]):
        own = of.symbol == place
        early[own] = of.target[own] <= of.made_at[own & spoken].min()
    return early


def _after_bands(asked: Predictions) -> FloatArray:
    """(N, 5) the quantiles of each symbol's rows that did not make its own band; NaN of the others."""
    judging, whole = np.zeros(len(asked), np.bool_), np.isfinite(asked.quantiles).all(axis=1)
    for place in np.unique(asked.cases.symbol):
        rows = np.flatnonzero((asked.cases.symbol == place) & whole)
        judging[rows[rows_for_bands(len(rows)) :]] = True
    return np.where(judging[:, None], asked.quantiles, np.nan)


def _unseen(asked: Predictions) -> FloatArray:
    """(N, 5) the quantiles of a band that all symbols made together: as they are in the gate's sessions.

    Those of the calibration rows as `crossed` gives them; NaN where their sessions are too few.
    """
    whole = np.isfinite(asked.quantiles).all(axis=1)
    gate = np.isin(asked.cases.target, np.unique(asked.cases.target[whole])[-GATE_SESSIONS:])
    quantiles, made = np.full(asked.quantiles.shape, np.nan), whole & ~gate
    quantiles[whole & gate] = asked.quantiles[whole & gate]
    if len(np.unique(asked.cases.made_at[made])) >= CALIBRATED:
        quantiles[made] = crossed(asked.rows(made))
    return quantiles


def crossed(calibrated: Predictions, parts: int = PARTS) -> FloatArray:
    """(N, 5) the quantiles of calibration rows, each part by time corrected by the errors of the others alone.

    Among these rows a band is q + sigma c, one c a quantile. The errors of the other rows about it, in sigmas, have
    quantiles that move it to where it would stand had they alone made it: c cancels out. (Cross-conformal prediction,
    Vovk, Annals of Mathematics and Artificial Intelligence 74, 2015.)
    """
    cases, moved = calibrated.cases, calibrated.quantiles.copy()
    errors = (cases.realised[:, None] - calibrated.quantiles) / cases.sigma[:, None]
    sessions, place = np.unique(cases.made_at, return_inverse=True)
    part = place * parts // len(sessions)
    for number in range(parts):
        own = part == number
        steps = ladder(errors[~own])
        moved[own] += cases.sigma[own, None] * offset(steps, np.array(TAUS))
    return np.sort(moved, axis=1)
