"""The figures of a model's card: of rows that its draft has not seen, and that did not make what they judge."""

from dataclasses import replace

import numpy as np
import pytest

from engine.core.card import crossed, figures, paired, said
from engine.core.conformal import ladder, offset
from engine.core.evaluation.losses import absolute, pinball, squared
from engine.core.evaluation.predictions import Predictions
from engine.core.forecast import TAUS
from engine.core.panel import panel
from engine.core.presets import GATE_SESSIONS, article, pooled
from tests.engine.core.evaluation.tables import cases
from tests.engine.core.evaluation.tables import said as forecast
from tests.fakes import fitted_at_random
from tests.worlds import steady

WORLD = [steady(name, seed=seed) for seed, name in enumerate(("AAA", "BBB"))]
PANEL = panel(WORLD, ["XNYS"] * 2)


def scaled(of, factor):
    """The same history in a smaller unit."""
    return replace(of, **{name: getattr(of, name) * factor for name in ("open", "high", "low", "close")})


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


def test_errors_are_of_returns_in_per_cent_beside_those_of_no_change():
    rows = cases([0.01, -0.02, 0.01, -0.02])
    mae = paired(absolute, forecast(rows, 0.01), forecast(rows, 0.0))
    mse = paired(squared, forecast(rows, 0.01), forecast(rows, 0.0))
    assert (mae, mse) == (pytest.approx((1.5, 1.5)), pytest.approx((4.5, 2.5)))


def test_each_session_weighs_the_same_and_each_ticker_in_it():
    rows = cases([0.01, 0.03, 0.06], symbol=["AAA", "BBB", "AAA"], days=[0, 0, 1])
    assert paired(absolute, forecast(rows, 0.0), forecast(rows, 0.0))[0] == pytest.approx(4.0)


def test_errors_are_compared_over_the_rows_that_both_have():
    rows = cases([0.01, 0.05])
    own = forecast(rows, [0.0, np.nan])
    assert paired(absolute, own, forecast(rows, 0.0)) == pytest.approx((1.0, 1.0))


@pytest.mark.parametrize("preset", [article.PRESET, pooled.PRESET])
def test_the_errors_are_those_of_the_skill(preset):
    found = figures(*judged(preset))
    assert found.mse > 0 < found.mae
    assert found.skill_mse == pytest.approx(1 - found.mse / found.mse_persistence)
    assert found.mase == pytest.approx(found.mae / found.mae_persistence)


@pytest.mark.parametrize("preset", [article.PRESET, pooled.PRESET])
def test_a_share_in_won_decides_no_more_than_one_in_dollars(preset):
    def errors(factor):
        in_won = scaled(WORLD[1], factor)
        listed = panel([WORLD[0], in_won], ["XNYS"] * 2)
        model = fitted_at_random([WORLD[0], in_won], preset).as_draft()
        found = figures(model, said(model, listed))
        return found.mse, found.mae, found.mse_persistence, found.mae_persistence

    assert errors(1_400.0) == pytest.approx(errors(1.0), rel=1e-4)  # the network runs in float32


def test_a_draft_that_said_nothing_has_no_figures():
    model, told = judged(article.PRESET)
    assert figures(model, replace(told, mean=told.mean * np.nan, quantiles=told.quantiles * np.nan)) is None


def test_the_newest_rows_alone_are_said_as_among_all():
    model = fitted_at_random(WORLD, article.PRESET).as_draft()
    every, newest = said(model, PANEL), said(model, PANEL, 30)
    known = np.isfinite(newest.mean)
    assert known.sum() == 2 * 29  # the last one has no outcome
    np.testing.assert_allclose(newest.mean[known], every.mean[known], atol=1e-6)  # float32, another batch


WIDE, SESSIONS = 20, 250
NORMAL = np.array([-1.6449, -0.6745, 0.0, 0.6745, 1.6449])


def market(random):
    """Returns of a wide short list, half of whose variance is the market's, and what they would be said to be."""
    shared = random.normal(size=(SESSIONS, 1))
    returns = 0.01 * (shared + random.normal(size=(SESSIONS, WIDE))) / np.sqrt(2)
    return cases(returns.ravel(), days=np.repeat(np.arange(SESSIONS), WIDE))


def banded(rows, at):
    """Bands of a forecaster that says nothing, corrected by so many sigmas."""
    return Predictions(rows, np.full(len(rows), np.nan), rows.sigma[:, None] * np.broadcast_to(at, (len(rows), 5)))


def test_calibration_rows_judge_within_a_thousandth_of_fresh_rows_and_in_sample_they_would_not():
    random, flattered, judged, fresh = np.random.default_rng(0), [], [], []
    for _ in range(150):
        rows, later = market(random), market(random)
        own = banded(rows, offset(ladder(np.repeat((rows.realised / rows.sigma)[:, None], 5, axis=1)), np.array(TAUS)))
        new = banded(later, own.quantiles[0] / rows.sigma[0])
        best, best_later = pinball(banded(rows, NORMAL)).mean(), pinball(banded(later, NORMAL)).mean()
        flattered.append(1 - pinball(own).mean() / best)
        judged.append(1 - pinball(replace(own, quantiles=crossed(own))).mean() / best)
        fresh.append(1 - pinball(new).mean() / best_later)
    assert abs(np.mean(judged) - np.mean(fresh)) < 0.001
    assert np.mean(flattered) - np.mean(fresh) > 0.002


def test_what_a_part_of_the_calibration_rows_came_to_does_not_move_its_own_band():
    rows = market(np.random.default_rng(1))
    other = replace(rows, realised=np.where(np.arange(len(rows)) < len(rows) // 5, 0.5, rows.realised))
    first = slice(0, len(rows) // 5)
    np.testing.assert_array_equal(crossed(banded(rows, NORMAL))[first], crossed(banded(other, NORMAL))[first])


def test_a_correction_that_all_rows_made_together_cancels_out():
    rows = market(np.random.default_rng(2))
    np.testing.assert_allclose(crossed(banded(rows, NORMAL)), crossed(banded(rows, NORMAL + 0.3)), atol=1e-12)
