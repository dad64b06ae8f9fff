from dataclasses import replace

import numpy as np
import pytest

from engine.core.evaluation import baselines, losses, series
from engine.core.evaluation.diebold_mariano import compare
from engine.core.evaluation.folds import Plan, folds
from engine.core.evaluation.metrics import EWMA, PERSISTENCE, metrics
from engine.core.evaluation.predictions import joined, silent
from engine.core.evaluation.summary import gate, summary
from engine.errors import DataError
from tests.engine.core.evaluation.tables import cases, said
from tests.worlds import history

PLAN = Plan(refit=120, validation=60, calibration=60, least_train=300)


def answered(tickers=3, rows=800):
    """Baselines of a walk, and its folds."""
    seen = [series.observed(history(f"T{seed}", rows, seed=seed)) for seed in range(tickers)]
    every, walk = series.cases(seen), folds(series.calendar(seen), PLAN)
    test = [(fold.training(every), fold.tested(every).measured_by(fold.training(every))) for fold in walk]
    return {
        PERSISTENCE: joined([baselines.persistence(*each) for each in test]),
        EWMA: joined([baselines.ewma(*each) for each in test]),
    }, walk


def better_than(of):
    """Someone who knows a fifth of each return."""
    known = of.cases.realised / 5
    return replace(of, mean=known, quantiles=of.quantiles + known[:, None])


def test_a_baseline_has_no_skill_against_itself():
    reference, walk = answered()
    found = summary("itself", reference[EWMA], reference, walk)
    assert found.word == "no skill"
    assert found.pooled.pinball_skill_ewma == 0
    assert [each.pinball_skill_ewma for each in found.folds] == [0] * len(walk)


def test_who_knows_a_fifth_of_each_return_passes_in_every_fold_symbol_and_horizon():
    reference, walk = answered()
    found = summary("prophet", better_than(reference[EWMA]), reference, walk)
    assert found.word == "passed"
    assert set(found.horizons) == {1, 5, 10}
    assert set(found.per_symbol) == set(found.symbols) == {"T0", "T1", "T2"}
    assert all(each.skill_mse == pytest.approx(0.36) for each in found.horizons.values())
    assert min(each.pinball_skill_ewma for each in found.folds) > 0.1


def test_the_rows_of_the_folds_are_those_of_horizon_one():
    reference, walk = answered()
    found = summary("itself", reference[EWMA], reference, walk)
    assert sum(each.rows for each in found.folds) == found.pooled.rows
    assert sum(each.rows for each in found.per_symbol.values()) == found.pooled.rows


def test_baselines_are_held_against_the_rows_that_the_preset_answered():
    reference, walk = answered()
    half = better_than(reference[EWMA])
    half.mean[::2], half.quantiles[::2] = np.nan, np.nan
    found = summary("half", half, reference, walk)
    assert {each[5].rows for each in found.baselines.values()} == {found.horizons[5].rows}


def test_at_a_horizon_that_the_preset_does_not_forecast_the_baselines_still_have_figures():
    reference, walk = answered()
    only_one = better_than(reference[EWMA])
    elsewhere = only_one.cases.horizon != 1
    only_one.mean[elsewhere], only_one.quantiles[elsewhere] = np.nan, np.nan
    found = summary("short-sighted", only_one, reference, walk)
    assert {horizon: each.rows > 0 for horizon, each in found.horizons.items()} == {1: True, 5: False, 10: False}
    assert found.baselines[EWMA][1].rows == found.pooled.rows
    assert found.baselines[EWMA][5].rows > 0


def test_who_says_nothing_is_not_judged():
    reference, walk = answered(tickers=1)
    with pytest.raises(DataError, match="no forecast"):
        summary("mute", silent(reference[EWMA].cases), reference, walk)


@pytest.mark.parametrize(
    ("skill", "p", "word"),
    [(0.01, 0.02, "passed"), (0.01, 0.03, "no skill"), (-0.01, 0.001, "no skill"), (0.01, np.nan, "no skill")],
)
def test_one_significant_skill_of_two_opens_the_gate_at_half_the_level(skill, p, word):
    plain = metrics(said(cases([0.01, 0.02]), mean=0.0), {}, 1)
    assert gate(replace(plain, pinball_skill_ewma=skill, pinball_p_ewma=p)) == word
    assert gate(replace(plain, skill_mse=skill, dm_p=p)) == word


def test_a_forecaster_without_skill_passes_at_most_one_time_in_twenty():
    random, passed = np.random.default_rng(0), 0
    for _ in range(300):
        rows = cases(random.normal(0, 0.01, 300))
        noise = said(rows, mean=random.normal(0, 0.001, 300))
        noise = replace(noise, quantiles=noise.quantiles + random.normal(0, 0.001, (300, 1)))
        passed += gate(metrics(noise, {PERSISTENCE: said(rows, mean=0.0), EWMA: said(rows)}, 1)) == "passed"
    assert passed / 300 <= 0.05


def test_a_forecaster_that_is_worse_on_most_sessions_does_not_pass_for_being_better_where_there_are_more_tickers():
    alone, together = np.arange(1_500), np.repeat(1_500 + np.arange(300), 20)
    rng = np.random.default_rng(3)
    rows = cases(rng.normal(0, 0.01, len(alone) + len(together)), days=np.concatenate((alone, together)))
    baseline = said(rows, quantiles=0.01 * np.array([-1.645, -0.674, 0.0, 0.674, 1.645]))
    early = np.arange(len(rows)) < len(alone)
    better = baseline.quantiles + np.where(early, 0.0, rows.realised * 0.03)[:, None]
    ragged = replace(baseline, quantiles=np.where(early[:, None], 1.3 * baseline.quantiles, better))
    own, other = losses.pinball(ragged), losses.pinball(baseline)
    assert own.mean() < other.mean()  # by rows it looks better
    found = metrics(ragged, {EWMA: baseline}, 1)
    assert compare(own, other, rows.made_at, 1).difference > 0
    assert found.pinball_p_ewma < 0.001
    assert found.pinball_skill_ewma < 0
    assert gate(found) == "no skill"
