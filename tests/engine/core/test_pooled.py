"""The pooled preset: who takes part, how rows are cut and scaled, what it says, and from when on."""

from dataclasses import replace

import numpy as np
import pytest

from engine.core.bars import as_date, log_returns
from engine.core.fitting import Fitted
from engine.core.forecast import TAUS
from engine.core.inputs import inputs, standardised
from engine.core.panel import panel
from engine.core.presets import GATE_SESSIONS, PRESETS
from engine.core.presets.pooled import MIN_ROWS
from engine.core.presets.pooled.blocks import cut
from engine.core.presets.pooled.rows import HORIZONS, stack, targets
from engine.core.slopes import stretched
from engine.core.volatility import ewma_sigma
from engine.errors import TooShort
from tests.fakes import fitted_at_random, random_weights
from tests.worlds import history

PRESET = PRESETS["pooled"]
ROWS = 600
WORLD = [history(name, ROWS, seed=seed) for seed, name in enumerate(("AAA", "BBB", "CCC"))]
PANEL = panel(WORLD, ["XNYS"] * 3)
HYPER = replace(PRESET.hyper, epochs=1)


@pytest.fixture(scope="module")
def job():
    return PRESET.plan(PANEL, HYPER, 756, None).job


@pytest.fixture(scope="module")
def model():
    return fitted_at_random(WORLD, PRESET)


def ends(job, rows):
    """The sessions of the rows of a job, and the places in their ticker."""
    return np.concatenate([one.sessions for one in WORLD])[rows], np.asarray(rows) % ROWS


def test_all_tickers_are_one_series_for_three_seeds(job):
    assert job.shared
    assert (len(job.x), job.members, job.outputs) == (1, 3, len(HORIZONS) + 1)


def test_no_window_crosses_from_one_ticker_to_the_next(job):
    for rows in (job.train[0], job.val[0]):
        assert (ends(job, rows)[1] >= 63 + HYPER.window - 1).all()


def test_the_cut_is_the_same_day_for_all_and_purged_by_the_longest_horizon(job):
    sessions = WORLD[0].sessions
    (trained, _), (validated, _) = ends(job, job.train[0]), ends(job, job.val[0])
    last, first = np.searchsorted(sessions, trained.max()), np.searchsorted(sessions, validated.min())
    assert first - last == max(HORIZONS) + 1


def test_what_is_held_out_reaches_no_block(job):
    blocks = cut(stack(PANEL, HYPER.window).sessions)
    assert WORLD[0].sessions[-GATE_SESSIONS] == blocks.gate
    altered = [replace(one, close=np.where(one.sessions >= blocks.gate, one.close * 3, one.close)) for one in WORLD]
    other = PRESET.plan(panel(altered, ["XNYS"] * 3), HYPER, 756, None)
    for name in ("train", "val"):
        np.testing.assert_array_equal(getattr(job, name), getattr(other.job, name))
    rows = np.concatenate((job.train[0], job.val[0]))
    np.testing.assert_array_equal(job.y[0, rows], other.job.y[0, rows])
    fitted = Fitted(random_weights(job), (), 0.0)
    ladders = [plan.finish(fitted).offsets for plan in (PRESET.plan(PANEL, HYPER, 756, None), other)]
    np.testing.assert_array_equal(*ladders)


def test_the_scale_knows_training_rows_alone(job):
    model = PRESET.plan(PANEL, HYPER, 756, None).finish(Fitted(random_weights(job), (), 0.0))
    rows = stack(PANEL, HYPER.window)
    np.testing.assert_allclose(model.scale["mean"][:3], rows.inputs[job.train[0], :3].mean(axis=0))
    np.testing.assert_allclose(model.scale["base"], np.quantile(rows.targets[job.train[0]], TAUS, axis=0).T)


def test_a_target_is_in_sigmas_known_at_its_row():
    of = PANEL[0]
    returns = log_returns(of.history)
    came = targets(of)
    assert came[100, 1] == pytest.approx(returns[101:106].sum() / (ewma_sigma(returns)[100] * np.sqrt(5)))
    assert np.isnan(came[-10:, 2]).all()


def test_fresh_networks_leave_the_stretched_quantiles_of_the_training_rows_as_they_are(job):
    blank = replace(
        random_weights(job), head_kernel=np.zeros((3, 4, 4), np.float32), head_bias=np.zeros((3, 4), np.float32)
    )
    model = PRESET.plan(PANEL, HYPER, 756, None).finish(Fitted(blank, (), 0.0))
    raw = PRESET.raw(model, PANEL[0], 0)
    seen = standardised(inputs(PANEL[:1])[0][-1:], model.scale["mean"], model.scale["deviation"])
    np.testing.assert_allclose(raw[-1, :-1], stretched(seen, model.scale["slopes"], model.scale["base"]).ravel())


def test_the_pass_over_all_rows_begins_with_the_draft_and_leaves_the_bands(model):
    refit = PRESET.refit(model, PANEL, HYPER)
    assert refit.job.start is model.draft
    assert refit.job.train.max() % ROWS == ROWS - 2  # the last row with a known target
    after = refit.finish(Fitted(random_weights(refit.job), (), 0.0))
    assert after.draft is model.draft
    np.testing.assert_array_equal(after.as_draft().scale["slopes"], model.as_draft().scale["slopes"])
    assert (after.scale["slopes"] != after.as_draft().scale["slopes"]).all()
    np.testing.assert_array_equal(after.offsets, model.offsets)


def test_a_warm_start_is_from_the_draft(model):
    plan = PRESET.plan(PANEL, replace(HYPER, units=model.draft.units), 756, model)
    assert plan.job.start is model.draft


def test_what_a_model_learnt_from_rows_that_judge_does_not_reach_a_draft_that_starts_from_it(model):
    head = model.weights.head_bias + 1
    other = replace(
        model,
        weights=replace(model.weights, head_bias=head),
        scale={**model.scale, "slopes": model.scale["slopes"] + 1},
    )
    jobs = [PRESET.plan(PANEL, replace(HYPER, units=(4, 4)), 756, one).job for one in (model, other)]
    np.testing.assert_array_equal(jobs[0].y, jobs[1].y)
    np.testing.assert_array_equal(jobs[0].start.head_bias, jobs[1].start.head_bias)


def test_the_fit_on_all_rows_after_a_warm_start_has_what_the_one_before_had_added(started):
    before, after = started
    further = replace(before, weights=replace(before.draft, head_bias=before.draft.head_bias + 1))
    start = PRESET.refit(after, PANEL, HYPER, further).job.start
    np.testing.assert_array_equal(start.head_bias, after.draft.head_bias + 1)


EARLIER = tuple(listed.rows(slice(None, -20)) for listed in PANEL)


@pytest.fixture(scope="module")
def started():
    """A model of 20 sessions less, and what a warm start from it comes to."""
    before = fitted_at_random([listed.history for listed in EARLIER], PRESET)
    plan = PRESET.plan(PANEL, replace(HYPER, units=before.draft.units), 756, before)
    return before, plan.finish(Fitted(random_weights(plan.job), (), 0.0))


@pytest.mark.parametrize("name", ["mean", "deviation"])
def test_a_warm_start_reads_inputs_on_the_scale_of_the_draft_it_is_from(started, model, name):
    before, after = (each.scale[name] for each in started)
    np.testing.assert_array_equal(after, before)
    assert (after != model.scale[name]).any()


def test_a_warm_start_stretches_the_quantiles_of_the_rows_there_are_now(started, model):
    before, after = (each.scale["base"] for each in started)
    np.testing.assert_array_equal(after, model.scale["base"])
    assert (after != before).any()


def test_a_warm_start_comes_to_the_slopes_of_one_from_scratch(started, model):
    before, after = (each.as_draft().scale["slopes"] for each in started)
    scratch = model.as_draft().scale["slopes"]
    assert np.abs(after - scratch).max() < np.abs(before - scratch).max() / 2


def test_a_warm_start_takes_one_row_in_eight_where_there_are_few(model):
    warm = PRESET.warm_hyper(replace(HYPER, units=model.draft.units))
    plan = PRESET.plan(PANEL, warm, 756, model)
    for job in (plan.job, PRESET.refit(model, PANEL, warm, model).job):
        assert job.rows_train[0] / 8 <= job.hyper.epoch_rows < job.rows_train[0] / 8 + 1


def test_the_draft_speaks_until_the_weights_have_seen_no_more(model):
    plain = PRESET.raw(model, PANEL[0], 0)
    silent = replace(model, weights=replace(model.weights, head_bias=model.weights.head_bias + 1))
    changed = PRESET.raw(silent, PANEL[0], 0)
    np.testing.assert_array_equal(plain[:-1], changed[:-1])
    assert (plain[-1] != changed[-1]).all()
    first = np.searchsorted(PANEL[0].history.sessions, model.unseen_from[0])
    assert np.isnan(plain[:first]).all()
    assert np.isfinite(plain[first:]).all()


@pytest.mark.parametrize("start", [450, 598, 599])
def test_new_rows_alone_come_out_as_from_all(model, start):
    whole, fresh = PRESET.raw(model, PANEL[1], 0), PRESET.raw(model, PANEL[1], start)
    assert len(fresh) == ROWS - start
    np.testing.assert_allclose(fresh, whole[start:], rtol=0, atol=1e-6)


def test_many_tickers_at_once_come_out_as_one_by_one(model):
    together = PRESET.outlooks(model, PANEL, PRESET.raws(model, PANEL, [0, 550, 599]))
    for listed, start, outlook in zip(PANEL, (0, 550, 599), together, strict=True):
        alone = PRESET.outlook(model, listed, PRESET.raw(model, listed, start))
        np.testing.assert_allclose(outlook.quantiles[-1], alone.quantiles[-1], atol=1e-7)


def test_quantiles_of_every_horizon_rise(model):
    for listed, raw in zip(PANEL, PRESET.raws(model, PANEL, [0] * 3), strict=True):
        quantiles = PRESET.outlook(model, listed, raw).quantiles[-100:]
        assert quantiles.shape[1:] == (3, 5)
        assert (np.diff(quantiles, axis=-1) >= 0).all()


def test_a_history_of_closes_takes_part():
    nothing = np.full(ROWS, np.nan)
    closes = [replace(one, open=nothing, high=nothing, low=nothing, volume=nothing) for one in WORLD]
    model = fitted_at_random(closes, PRESET)
    (listed, *_) = panel(closes, ["XNYS"] * 3)
    assert np.isfinite(PRESET.outlook(model, listed, PRESET.raw(model, listed, 0)).quantiles[-1]).all()


SHORT = history("NEW", MIN_ROWS - 1)
STILL = replace(history("FLAT", 400), close=np.full(400, 7.0))
BLANK = replace(history("NONE", 400), close=np.full(400, np.nan))


@pytest.mark.parametrize(
    ("of", "words"),
    [
        (SHORT, f"{MIN_ROWS - 1} rows, the model needs {MIN_ROWS}"),
        (STILL, "its price never changes"),
        (BLANK, f"0 closes, the model needs {MIN_ROWS}"),
    ],
)
def test_who_cannot_take_part_is_told_why(of, words):
    assert PRESET.shortfall(of, 756) == words
    with pytest.raises(TooShort, match=f"{of.symbol}: {words}"):
        PRESET.plan(panel([of], ["XNYS"]), HYPER, 756, None)


def test_the_shortest_history_that_is_let_in_can_be_trained_on():
    shortest = history("MIN", MIN_ROWS)
    assert PRESET.shortfall(shortest, 756) is None
    assert PRESET.plan(panel([shortest], ["XNYS"]), HYPER, 756, None).job.rows_train[0] > 0


def test_inputs_that_are_nowhere_known_are_told():
    holes = replace(history("GAPS", 900), close=np.where(np.arange(900) % 25 == 0, np.nan, history(rows=900).close))
    with pytest.raises(TooShort, match="sessions with all inputs are known"):
        PRESET.plan(panel([holes], ["XNYS"]), HYPER, 756, None)


def test_presets_have_fingerprints_of_their_own():
    assert len({preset.fingerprint for preset in PRESETS.values()}) == len(PRESETS)


def test_a_model_remembers_its_rows(model):
    record = model.record
    assert (record.preset, record.symbols) == ("pooled", ("AAA", "BBB", "CCC"))
    assert (record.trained_from, record.trained_to) == (as_date(WORLD[0].sessions[0]), as_date(WORLD[0].sessions[-1]))
    assert PRESET.hyper.loss == "scales"
