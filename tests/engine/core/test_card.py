"""The figures of a model's card: of rows that its draft has not seen, and that did not make what they judge."""

from dataclasses import replace

import numpy as np
import pytest

from engine.core.card import figures, said
from engine.core.panel import panel
from engine.core.presets import GATE_SESSIONS, article, pooled
from tests.fakes import fitted_at_random
from tests.worlds import steady

WORLD = [steady(name, seed=seed) for seed, name in enumerate(("AAA", "BBB"))]
PANEL = panel(WORLD, ["XNYS"] * 2)


def judged(preset):
    """A draft, and what it said."""
    model = fitted_at_random(WORLD, preset).as_draft()
    return model, said(model, PANEL)


@pytest.mark.parametrize("preset", [article.PRESET, pooled.PRESET])
def test_a_draft_is_silent_about_what_it_has_seen(preset):
    model, told = judged(preset)
    first = told.cases.made_at[np.isfinite(told.mean)].min()
    assert first >= model.unseen_from.min()


def test_what_stopped_the_training_does_not_judge_it():
    model, told = judged(pooled.PRESET)
    first = pooled.PRESET.judged_from(model)[0]
    assert first > model.unseen_from[0]
    assert figures(model, told).rows == ((told.cases.made_at >= first) & np.isfinite(told.mean)).sum()


@pytest.mark.parametrize("preset", [article.PRESET, pooled.PRESET])
def test_the_band_is_judged_by_the_gates_sessions_which_did_not_make_it(preset):
    model, told = judged(preset)
    found = figures(model, told)
    assert found.band_rows == 2 * GATE_SESSIONS < found.rows
    blind = replace(told, quantiles=told.quantiles.copy())
    early = told.cases.target < np.unique(told.cases.target)[-GATE_SESSIONS - 1]
    blind.quantiles[early] *= 9.0  # what the band said before is none of its business
    assert figures(model, blind).pinball == found.pinball


def test_a_draft_that_said_nothing_has_no_figures():
    model, told = judged(article.PRESET)
    assert figures(model, replace(told, mean=told.mean * np.nan, quantiles=told.quantiles * np.nan)) is None


def test_the_newest_rows_alone_are_said_as_among_all():
    model = fitted_at_random(WORLD, article.PRESET).as_draft()
    every, newest = said(model, PANEL), said(model, PANEL, 30)
    known = np.isfinite(newest.mean)
    assert known.sum() == 2 * 29  # the last one has no outcome
    np.testing.assert_allclose(newest.mean[known], every.mean[known], atol=1e-6)  # float32, another batch
