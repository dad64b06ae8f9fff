"""When a list is due for a new model, and why."""

from dataclasses import replace

import numpy as np
import pytest

from engine.core.bars import as_date
from engine.core.forecast import Vintage
from engine.core.presets import PRESETS, article
from engine.services.retraining import Due, Retraining
from tests.registries import Models
from tests.worlds import steady

BOTH = ("AAA", "BBB")


AAA, BBB = (steady(name, seed=seed) for seed, name in enumerate(BOTH))
LAST = AAA.last


def day(row):
    return as_date(AAA.sessions[row])


@pytest.fixture
def models():
    models = Models(None)
    models.hold(AAA, BBB)
    yield models
    models.store.close()


def due(models, lacking=(), preset=article.PRESET):
    retraining = Retraining(models.store, models.registry, models.gate, preset=preset, every=20)
    return retraining.due(BOTH, lacking, LAST)


def told(models, number, width, sessions=60):
    """Forecasts as they were stored after each of the last sessions, so wide in sigmas of 1 %."""
    for of in (AAA, BBB):
        models.store.add_forecasts(
            Vintage(number, of.symbol, day(row), day(row + 1), 1, 0.0, tuple(0.01 * width * np.array(QUANTILES)))
            for row in range(419 - sessions, 419)
        )


QUANTILES = (-1.645, -0.674, 0.0, 0.674, 1.645)


def test_symbols_without_a_model_are_due_alone(models):
    models.keep(["AAA"], LAST)
    assert due(models, lacking=["BBB"]) == Due(("BBB",))


def test_where_the_preset_reads_the_market_the_whole_list_is_due_for_one_that_lacks_a_model(models):
    models.keep(["AAA"], LAST)
    assert due(models, lacking=["BBB"], preset=PRESETS["pooled"]) == Due(BOTH)


def test_a_list_that_was_trained_for_one_and_rejected_is_not_trained_for_it_again_the_next_session(models):
    models.keep(["AAA"], LAST)
    models.registry.add(models.registry.load(models.keep(BOTH, day(418))).remembered(standing="rejected"))
    models.registry.withdraw(2, "")
    assert due(models, lacking=["BBB"], preset=replace(PRESETS["pooled"], name="article")) is None


def test_nothing_is_due_soon_after_a_training(models):
    models.keep(BOTH, day(405))
    assert due(models) is None


def test_after_so_many_sessions_the_list_is_due_and_may_start_warm(models):
    models.keep(BOTH, day(399))
    assert due(models) == Due(BOTH, "20 sessions since the last training", warm=True)


def test_one_ticker_trained_by_hand_does_not_hold_up_the_list(models):
    models.keep(BOTH, day(399))
    models.keep(["AAA"], LAST)
    assert due(models) == Due(BOTH, "20 sessions since the last training", warm=True)


@pytest.mark.parametrize("standing", ["rejected", "withdrawn"])
def test_after_a_challenger_that_did_not_stay_the_next_one_waits_as_long(models, standing):
    models.keep(BOTH, day(380))
    model = models.registry.load(models.keep(BOTH, day(410)))
    models.registry.withdraw(2, "")
    models.registry.add(model.remembered(standing=standing))
    assert due(models) is None


def test_bands_that_do_not_hold_are_a_reason_and_said(models):
    models.keep(BOTH, day(409))
    told(models, 1, width=0.5)
    why = due(models)
    assert (why.symbols, why.warm) == (BOTH, False)
    assert why.reason.startswith("coverage ")
    assert why.reason.endswith(" % of 90 over 60 sessions")


def test_bands_that_hold_are_none(models):
    models.keep(BOTH, day(409))
    told(models, 1, width=1.0)
    assert due(models) is None


def test_drift_is_no_reason_within_half_the_time(models):
    models.keep(BOTH, day(410))
    told(models, 1, width=0.5)
    assert due(models) is None


def test_a_forecast_whose_session_has_not_come_is_not_counted(models):
    models.keep(BOTH, day(409))
    told(models, 1, width=0.5, sessions=29)
    models.store.add_forecasts([Vintage(1, "AAA", LAST, as_date(AAA.sessions[-1] + 3), 1, 0.0, (0.0,) * 5)])
    assert due(models) is None


def test_other_inputs_of_the_preset_are_a_reason(models, monkeypatch):
    models.keep(BOTH, LAST)
    monkeypatch.setitem(PRESETS, "article", replace(article.PRESET, fingerprint="other"))
    assert "it was made for inputs " in due(models).reason


@pytest.mark.parametrize(("row", "reason"), [(400, None), (399, "20 sessions since the last training")])
def test_a_model_whose_preset_was_asked_for_stays_until_the_next_training_is_due(models, row, reason):
    models.keep(BOTH, day(row))
    models.registry.add(models.registry.load(models.registry.records()[0]).remembered(asked=True))
    why = due(models, preset=replace(article.PRESET, name="other"))
    assert (why and why.reason) == reason


def test_another_preset_in_the_settings_is_a_reason(models):
    models.keep(BOTH, LAST)
    assert due(models, preset=replace(article.PRESET, name="other")) == Due(BOTH, "the preset is other now")
