import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from engine.core.evaluation import garch, garch_fit, series
from engine.core.evaluation.baselines import drift, ewma, persistence
from engine.core.evaluation.folds import Plan, folds
from engine.core.evaluation.metrics import EWMA, metrics
from engine.core.evaluation.predictions import joined, joined_cases, silent
from engine.core.evaluation.ridge import lines, ridge
from engine.core.forecast import TAUS
from engine.errors import DataError
from tests.engine.core.evaluation.tables import cases
from tests.worlds import history

PLAN = Plan(refit=120, validation=60, calibration=60, least_train=300)


def garch_returns(count, seed=0):
    """A GARCH(1,1) of Student's t, 6 degrees of freedom, with mean 0.0005."""
    random = np.random.default_rng(seed)
    innovations = random.standard_t(6, count) / np.sqrt(6 / 4)
    variance, returns = 1e-4, np.empty(count)
    for row in range(count):
        returns[row] = 0.0005 + np.sqrt(variance) * innovations[row]
        variance = 2e-6 + 0.08 * (returns[row] - 0.0005) ** 2 + 0.9 * variance
    return returns


def walked(tickers=2, rows=800):
    seen = [series.observed(history(f"T{seed}", rows, seed=seed)) for seed in range(tickers)]
    every = series.cases(seen)
    return seen, every, folds(series.calendar(seen), PLAN)


def test_persistence_says_that_nothing_changes_and_drift_that_it_goes_on():
    training, test = cases([0.01, 0.03, -0.01]), cases([0.0, 0.0])
    np.testing.assert_array_equal(persistence(training, test).mean, 0.0)
    np.testing.assert_allclose(drift(training, test).mean, 0.01)


def test_each_symbol_and_horizon_has_its_own_past():
    training = joined_cases([cases([0.01, 0.01]), cases([0.05], symbol="BBB"), cases([0.2], horizon=5)])
    test = joined_cases([cases([0.0]), cases([0.0], symbol="BBB"), cases([0.0], horizon=5), cases([0.0], symbol="CCC")])
    np.testing.assert_allclose(drift(training, test).mean, [0.01, 0.05, 0.2, np.nan])
    assert np.isnan(persistence(training, test).mean[-1])


def test_the_ewma_baseline_is_sigma_times_the_quantiles_of_all_symbols_standardised_returns():
    training = joined_cases([cases([0.01, -0.01], sigma=0.01), cases([0.06, -0.02], symbol="BBB", sigma=0.02)])
    result = ewma(training, cases([0.0, 0.0], sigma=[0.01, 0.05]))
    expected = np.quantile([1, -1, 3, -1], TAUS)
    np.testing.assert_allclose(result.quantiles, [0.01 * expected, 0.05 * expected])
    assert np.isnan(result.mean).all()


@pytest.mark.parametrize("horizon", [1, 5, 10])
def test_the_ewma_band_covers_nine_of_ten_at_each_horizon_of_a_walk_with_changing_volatility(horizon):
    _, every, walk = walked(tickers=8, rows=2_000)
    parts = [ewma(fold.training(every), fold.tested(every)) for fold in walk]
    result = metrics(joined(parts).of(horizon), {}, horizon)
    assert result.coverage90 == pytest.approx(0.9, abs=0.03)


@given(st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_the_penalised_line_solves_its_own_equations(seed):
    random = np.random.default_rng(seed)
    x, y = random.normal(3, 2, (80, 4)), random.normal(size=80)
    z = (x - x.mean(axis=0)) / x.std(axis=0)
    for line, penalty in zip(lines(x, y, (0.01, 1.0)), (0.01, 1.0), strict=True):
        left = (z.T @ z / 80 + penalty * np.eye(4)) @ line.slope
        np.testing.assert_allclose(left, z.T @ (y - y.mean()) / 80, atol=1e-10)


def test_the_line_is_that_of_an_independent_library():
    from sklearn.linear_model import Ridge
    from sklearn.preprocessing import StandardScaler

    random = np.random.default_rng(1)
    x, y = random.normal(3, 2, (80, 4)), random.normal(size=80)
    standardised = StandardScaler().fit_transform(x)
    reference = Ridge(alpha=80 * 0.1).fit(standardised, y).predict(standardised)
    np.testing.assert_allclose(lines(x, y, (0.1,))[0](x), reference)


def test_a_feature_that_never_changes_and_one_that_repeats_another_do_no_harm():
    random = np.random.default_rng(1)
    x = random.normal(size=(80, 2))
    line = lines(np.column_stack((x, x[:, 0], np.ones(80))), x[:, 0], (1e-3,))[0]
    assert line.slope[3] == 0
    np.testing.assert_allclose(line.slope[0], line.slope[2])


def test_ridge_finds_what_a_straight_line_can_find():
    random = np.random.default_rng(2)

    feature = random.normal(size=(3_900, 3))
    blocks = np.split(feature, [2_000, 2_500, 2_900])
    rows = [cases(0.01 * (0.5 * block[:, 0] + random.normal(size=len(block)))) for block in blocks]
    known = {len(of): block for of, block in zip(rows, blocks, strict=True)}
    said = ridge(*rows, lambda of: known[len(of)])
    result = metrics(said, {"persistence": persistence(rows[0], rows[3])}, 1)
    assert result.skill_mse == pytest.approx(0.2, abs=0.05)
    assert result.coverage90 == pytest.approx(0.9, abs=0.03)


def test_ridge_says_nothing_where_a_feature_is_missing_or_the_rows_are_few():
    features = np.random.default_rng(0).normal(size=(150, 2))
    features[7] = np.nan
    rows = cases(np.random.default_rng(1).normal(0, 0.01, 150))
    said = ridge(rows, rows, rows, rows, lambda of: features[: len(of)])
    assert np.flatnonzero(np.isnan(said.mean)).tolist() == [7]
    few = rows.rows(slice(0, 20))
    assert np.isnan(ridge(few, rows, rows, rows, lambda of: features[: len(of)]).mean).all()


def test_the_filter_and_its_outlook_are_those_of_the_library_that_fitted_it():
    from arch import arch_model

    returns = garch_returns(2_500)
    fitted = garch_fit.fit(returns[:2_000])
    model = arch_model(100 * returns, mean="Constant", vol="GARCH", p=1, q=1, dist="t", rescale=False)
    first = model.fit(disp="off", last_obs=2_000).params
    theirs = model.fix(first).forecast(horizon=10, start=2_000, reindex=False).variance.to_numpy()
    variance = garch.filtered(fitted, returns)[2_000:]
    for horizon in (1, 5, 10):
        np.testing.assert_allclose(garch.ahead(fitted, variance, horizon), theirs[:, :horizon].sum(axis=1), rtol=1e-4)


def test_the_fit_finds_the_parameters_that_made_the_returns():
    fitted = garch_fit.fit(garch_returns(8_000))
    assert fitted.alpha == pytest.approx(0.08, abs=0.02)
    assert fitted.beta == pytest.approx(0.90, abs=0.03)
    assert fitted.mu == pytest.approx(0.05, abs=0.03)


@pytest.mark.parametrize("seed", range(3))
def test_the_fit_gives_the_same_bits_whatever_number_of_threads_products_may_have(seed):
    returns = np.random.default_rng(seed).standard_t(5, 400) / 100  # no GARCH in them: the likelihood is flat
    garch_fit.fit(returns)  # scipy is loaded with it, and only what is loaded can be told
    found = []
    for threads in (1, 2):
        with threadpool_limits(threads, user_api="blas"):
            found.append(garch_fit.fit(returns))
    assert found[0] == found[1]


@pytest.mark.parametrize("horizon", [1, 5, 10])
def test_the_garch_band_covers_nine_of_ten_of_its_own_kind_of_returns(horizon):
    returns = garch_returns(6_000, seed=4)
    plain = history("GGG", 6_000)
    close = 50 * np.exp(np.cumsum(returns))
    seen = series.observed(plain.__class__("GGG", plain.sessions, close, close, close, close, plain.volume))
    fold = folds(seen.sessions, Plan(refit=3_000))[0]
    test = fold.tested(series.cases([seen])).of(horizon)
    fitted = {"GGG": garch_fit.fit(garch.before_test(seen, fold))}
    result = metrics(garch.garch(fitted, [seen], test), {EWMA: silent(test)}, horizon)
    assert result.coverage90 == pytest.approx(0.9, abs=0.025)


@pytest.mark.parametrize(
    "returns", [np.zeros(600), np.full(600, np.nan), garch_returns(100)], ids=["constant", "nan", "few"]
)
def test_returns_that_cannot_be_fitted_give_no_model_and_its_rows_nan(returns):
    assert garch_fit.fit(returns) is None
    seen, every, walk = walked(tickers=1)
    said = garch.garch({"T0": None}, seen, walk[0].tested(every))
    assert np.isnan(said.quantiles).all()


def test_models_travel_to_the_trainer_and_back_as_they_are():
    returns = [garch_returns(300), np.zeros(10), garch_returns(400, seed=1)]
    models = garch_fit.unpacked(garch_fit.fitted(garch_fit.packed(returns)))
    assert models == (garch_fit.fit(returns[0]), None, garch_fit.fit(returns[2]))
    assert garch_fit.unpacked(garch_fit.fitted(garch_fit.packed([]))) == ()


@pytest.mark.parametrize("wrong", [{}, {"models": np.zeros(10)}, {"models": np.zeros((2, 3))}])
def test_what_is_no_garch_model_is_refused(wrong):
    with pytest.raises(DataError):
        garch_fit.unpacked(wrong)
    with pytest.raises(DataError):
        garch_fit.fitted(wrong)


def test_all_rows_before_the_test_block_are_fitted_on_and_none_of_it():
    seen, _, walk = walked()
    for fold in walk:
        known = garch.before_test(seen[0], fold)
        last = int(np.searchsorted(seen[0].sessions, fold.test.first)) - 1
        assert known[-1] == seen[0].returns[last]
