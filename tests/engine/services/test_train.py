"""A challenger is fitted, judged and stored; whatever goes wrong, the model in charge stays."""

import asyncio
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from engine.core.bars import as_date
from engine.core.presets import PRESETS, article
from engine.core.presets.pooled.training import WARM_ROWS
from engine.errors import DataError, TooShort, TrainingError
from tests.fakes import FakeTrainer
from tests.registries import Calm, Models, Wild
from tests.worlds import history

AAA, BBB = (history(name, 420, seed=seed) for seed, name in enumerate(("AAA", "BBB")))
EARLIER = as_date(AAA.sessions[399])


@pytest.fixture
def models(tmp_path):
    models = Models(tmp_path)
    models.hold(AAA, BBB)
    yield models
    models.store.close()


def in_charge(models, symbol="AAA", day=None):
    records = models.registry.records()
    speaker = models.registry.speaker(records, models.gate.read(symbol, day).history, day)
    return speaker.record.id if speaker.model else speaker.why


async def test_the_first_model_goes_live_with_all_that_is_remembered_of_it(models):
    outcome = await models.train(["AAA", "BBB"])
    record = outcome.record
    assert (record.id, record.standing, outcome.live, in_charge(models)) == (1, "accepted", True, 1)
    assert (record.rows, record.made_at, record.fingerprint, record.warm_from) == (
        840, 1000.0, article.PRESET.fingerprint, None,
    )  # fmt: skip
    assert record.losses == pytest.approx((1.0, 0.5, 1 / 3))
    assert record.reason == "the first model of its symbols"
    assert record.figures.rows > record.figures.band_rows == 80
    assert repr(models.registry.records()) == repr((record,))


async def test_a_challenger_that_is_not_worse_takes_over(models):
    await models.train(["AAA", "BBB"], EARLIER)
    record = (await models.train(["AAA", "BBB"])).record
    assert (record.standing, in_charge(models)) == ("accepted", 2)
    assert record.reason.startswith("not worse than model #1 on the last 40 sessions: pinball ")


async def test_a_challenger_that_is_worse_is_remembered_and_the_champion_stays(models):
    await models.train(["AAA", "BBB"], EARLIER)
    models.trainer = Wild()
    outcome = await models.train(["AAA", "BBB"])
    assert (outcome.record.standing, outcome.live, in_charge(models)) == ("rejected", False, 1)
    assert outcome.record.reason.startswith("worse than model #1 on the last 40 sessions: pinball ")
    assert not (models.folder / "models" / "2.npz").exists()


async def test_a_champion_that_has_expired_yields_to_any_challenger(models):
    await models.train(["AAA", "BBB"], as_date(AAA.sessions[300]))
    models.trainer = Wild()
    record = (await models.train(["AAA", "BBB"])).record
    assert (record.standing, in_charge(models)) == ("accepted", 2)
    assert record.reason == "nobody to compare it with: model #1 has expired: it is 119 sessions old"


async def test_a_champion_that_won_over_a_challenger_speaks_on_and_is_compared_again(models):
    await models.train(["AAA", "BBB"], as_date(AAA.sessions[330]))
    models.trainer = Wild()
    await models.train(["AAA", "BBB"], as_date(AAA.sessions[380]))
    assert in_charge(models) == 1
    (_, card) = models.cards(["AAA", "BBB"], AAA.last).models
    assert (card.status, card.age_sessions, card.expires_in) == ("champion", 89, 22)
    assert (await models.train(["AAA", "BBB"])).record.reason.startswith("worse than model #1 ")


async def test_a_challenger_that_lost_keeps_no_champion_for_ever(models):
    await models.train(["AAA", "BBB"], as_date(AAA.sessions[310]))
    models.trainer = Wild()
    await models.train(["AAA", "BBB"], as_date(AAA.sessions[350]))
    assert in_charge(models) == "model #1 has expired: it is 109 sessions old"
    (_, card) = models.cards(["AAA", "BBB"], AAA.last).models
    assert (card.status, card.expires_in) == ("expired", 0)


async def test_a_champion_whose_weights_are_damaged_yields_to_any_challenger(models):
    await models.train(["AAA", "BBB"], EARLIER)
    models.damage(1)
    models.again()
    models.trainer = Wild()
    assert (await models.train(["AAA", "BBB"])).record.standing == "accepted"
    assert in_charge(models) == 2


async def test_only_the_symbols_that_both_know_are_compared(models):
    await models.train(["AAA"], EARLIER)
    models.trainer = Wild()
    assert (await models.train(["BBB"])).record.reason == "the first model of its symbols"
    assert "models #1, #2" in (await models.train(["AAA", "BBB"])).record.reason


async def test_a_model_of_earlier_rows_competes_with_those_of_its_day_and_takes_nothing_over(models):
    await models.train(["AAA", "BBB"])
    outcome = await models.train(["AAA", "BBB"], EARLIER)
    assert (outcome.record.standing, outcome.live, in_charge(models)) == ("accepted", False, 1)
    assert in_charge(models, day=EARLIER) == 2


class Refitting:
    """A preset that fits once more on all rows, and says when it was asked to."""

    def __init__(self):
        self.asked = 0
        self.preset = replace(article.PRESET, refit=self.refit)

    def refit(self, model, panel, hyper, warm=None):
        self.asked += 1
        plan = article.PRESET.plan(panel, hyper, 756, None)
        return replace(plan, finish=lambda fitted: model.refitted(fitted.weights))


async def test_only_a_challenger_that_passed_is_fitted_once_more(models):
    refitting = Refitting()
    models.preset = refitting.preset
    await models.train(["AAA", "BBB"], EARLIER)
    models.trainer = Wild()
    await models.train(["AAA", "BBB"])
    assert refitting.asked == 1
    assert [record.standing for record in models.registry.records()] == ["rejected", "accepted"]


async def test_a_warm_start_begins_with_the_draft_in_charge_and_takes_fewer_epochs(models):
    first = (await models.train(["AAA", "BBB"], EARLIER, epochs=20)).record
    record = (await models.train(["AAA", "BBB"], warm=True, epochs=20)).record
    cold, warm = models.trainer.jobs
    assert (cold.start, cold.hyper.epochs, warm.hyper.epochs) == (None, 20, 2)
    np.testing.assert_array_equal(warm.start.head_kernel, models.store.model(first.id).draft.head_kernel)
    assert record.warm_from == first.id


@pytest.mark.parametrize("symbols", [["AAA"], ["BBB", "AAA"]])
async def test_a_warm_start_is_from_scratch_where_the_symbols_are_others(models, symbols):
    await models.train(["AAA", "BBB"], EARLIER)
    assert (await models.train(symbols, warm=True)).record.warm_from is None
    assert models.trainer.jobs[-1].start is None


async def test_a_start_that_has_seen_what_the_bands_are_made_from_is_refused(models):
    models.preset, whole = (
        PRESETS["pooled"],
        [history(name, 900, seed=seed) for seed, name in enumerate(("LLL", "MMM"))],
    )
    models.hold(*(one.rows(slice(400, 880)) for one in whole))
    first = (await models.train(["LLL", "MMM"])).record
    models.hold(*whole)  # older rows have come: all blocks begin earlier
    record = (await models.train(["LLL", "MMM"], warm=True)).record
    before, after = (models.store.model(each.id).unseen_from for each in (first, record))
    assert (before > after).all()
    assert (record.warm_from, models.trainer.jobs[-2].start) == (None, None)


@pytest.mark.parametrize("preset", ["article", "pooled"])
@pytest.mark.parametrize("later", [20, 60])
async def test_the_scheduled_start_has_seen_no_session_of_the_new_bands_and_stays_warm(models, preset, later):
    models.preset, whole = PRESETS[preset], history("LLL", 800)
    models.hold(whole)
    first = (await models.train(["LLL"], as_date(whole.sessions[799 - later]))).record
    record = (await models.train(["LLL"], warm=True)).record
    assert record.warm_from == first.id
    before, after = (models.store.model(each.id).unseen_from for each in (first, record))
    assert (before < after).all()


async def test_a_warm_pooled_training_takes_some_rows_once_and_so_does_its_fit_on_all(models):
    models.preset = PRESETS["pooled"]
    models.hold(whole := history("LLL", 800))
    await models.train(["LLL"], as_date(whole.sessions[779]), epochs=12)
    await models.train(["LLL"], warm=True, epochs=12)
    cold, cold_refit, *warm = (job.hyper for job in models.trainer.jobs)
    assert (cold.epochs, cold.epoch_rows, cold_refit.epoch_rows) == (12, 0, 0)
    for hyper in warm:
        assert (hyper.epochs, hyper.patience) == (1, 0)
        assert 0 < hyper.epoch_rows <= WARM_ROWS
        assert hyper.learning_rate == cold.learning_rate / 10


@pytest.mark.parametrize("trainer", [Calm, Wild])
async def test_every_fifth_scheduled_training_is_from_scratch_whatever_became_of_the_warm_ones(models, trainer):
    days = [as_date(AAA.sessions[row]) for row in range(299, 419, 20)]
    await models.train(["AAA", "BBB"], days[0])
    models.trainer = trainer()
    for day in days[1:]:
        await models.train(["AAA", "BBB"], day, warm=True)
    starts = [record.warm_from for record in reversed(models.registry.records())]
    assert [start is not None for start in starts] == [False, True, True, True, True, False]


# --- bad input ---


class Failing(FakeTrainer):
    async def fit(self, job, progress):
        raise TrainingError("the trainer was killed")


async def test_a_trainer_that_dies_leaves_the_champion_in_charge(models):
    await models.train(["AAA", "BBB"], EARLIER)
    models.trainer = Failing()
    with pytest.raises(TrainingError, match="killed"):
        await models.train(["AAA", "BBB"])
    assert (in_charge(models), len(models.registry.records())) == (1, 1)


async def test_too_few_rows_are_said_with_how_many_are_needed(models):
    models.hold(history("NEW", 90))
    await models.train(["AAA"], EARLIER)
    with pytest.raises(TooShort, match="NEW: 90 rows, the model needs 120"):
        await models.train(["NEW"])
    outcome = await models.train(["AAA", "NEW"])
    assert outcome.skipped == {"NEW": "90 rows, the model needs 120"}
    assert in_charge(models) == 2


async def test_a_reason_of_many_symbols_is_said_once_behind_the_first_of_them(models):
    with pytest.raises(TooShort, match=r"train on: AAA, BBB, CCC and 2 more: 0 rows, the model needs 120\. fetch"):
        await models.train(["AAA", "BBB", "CCC", "DDD", "EEE"], date(1990, 1, 1))


async def test_constant_prices_are_said_and_the_others_are_trained(models):
    flat = history("FLAT", 420)
    same = {name: np.full(420, 10.0) for name in ("open", "high", "low", "close")}
    models.hold(replace(flat, **same))
    with pytest.raises(TooShort, match="FLAT: "):
        await models.train(["FLAT"])
    assert list((await models.train(["AAA", "FLAT"])).skipped) == ["FLAT"]
    assert in_charge(models) == 1


def without_features(panel, hyper, max_rows, warm):
    plan = article.PRESET.plan(panel, hyper, max_rows, warm)
    return replace(plan, job=replace(plan.job, x=np.full_like(plan.job.x, np.nan)))


async def test_features_that_are_all_nan_are_refused_in_words_and_the_champion_stays(models):
    await models.train(["AAA", "BBB"], EARLIER)
    models.preset = replace(article.PRESET, plan=without_features)
    with pytest.raises(DataError, match="hold values that are not finite"):
        await models.train(["AAA", "BBB"])
    assert (in_charge(models), len(models.registry.records())) == (1, 1)


async def test_a_training_that_is_cancelled_leaves_nothing(models):
    class Endless(FakeTrainer):
        async def fit(self, job, progress):
            begun.set()
            await asyncio.Event().wait()

    begun = asyncio.Event()
    models.trainer = Endless()
    training = asyncio.create_task(models.train(["AAA"]))
    await begun.wait()
    training.cancel()
    with pytest.raises(asyncio.CancelledError):
        await training
    assert models.registry.records() == ()
