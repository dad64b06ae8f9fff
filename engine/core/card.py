"""What a model says to rows whose outcome it has not seen, and what that is worth: the figures of its card."""

import numpy as np

from engine.core.evaluation import losses
from engine.core.evaluation.baselines import ewma, persistence
from engine.core.evaluation.metrics import EWMA, PERSISTENCE, mean, metrics
from engine.core.evaluation.predictions import BoolArray, Cases, Predictions, silent
from engine.core.evaluation.series import cases, observed
from engine.core.evaluation.summary import gate
from engine.core.models import Figures, TrainedModel
from engine.core.panel import Panel
from engine.core.presets import GATE_SESSIONS, PRESETS, rows_for_bands

HORIZON = 1

MANY = 2_000
"""From so many rows five quantiles cannot flatter the band by more than a thousandth: they may judge it too."""


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
    judging = _judging(asked, shared=len(model.offsets) == 1)
    asked.quantiles[~judging] = np.nan
    reference = ewma(training, asked.cases)
    found = metrics(asked, {PERSISTENCE: persistence(training, asked.cases), EWMA: reference}, HORIZON)
    return Figures(
        rows=len(asked),
        band_rows=int(judging.sum()),
        mase=found.mase,
        skill_mse=found.skill_mse,
        dm_p=found.dm_p,
        pinball=found.pinball,
        pinball_ewma=mean(losses.pinball(reference.rows(judging))),
        pinball_skill=found.pinball_skill_ewma,
        pinball_p=found.pinball_p_ewma,
        coverage90=found.coverage90,
        word=gate(found),
    )


def _before(of: Cases, spoken: BoolArray) -> BoolArray:
    """(N,) which rows lie before the first spoken one of their symbol, their outcome too."""
    early = np.zeros(len(of), np.bool_)
    for place in np.unique(of.symbol[spoken]):
        own = of.symbol == place
        early[own] = of.target[own] <= of.made_at[own & spoken].min()
    return early


def _judging(asked: Predictions, *, shared: bool) -> BoolArray:
    """(N,) which rows judge the band: those that did not make it, or all where so many made it together."""
    whole = np.asarray(np.isfinite(asked.quantiles).all(axis=1))
    if shared and len(asked) >= MANY:
        return whole
    judging = np.zeros(len(asked), np.bool_)
    for place in np.unique(asked.cases.symbol):
        rows = np.flatnonzero((asked.cases.symbol == place) & whole)
        judging[rows[-GATE_SESSIONS:] if shared else rows[rows_for_bands(len(rows)) :]] = True
    return judging
