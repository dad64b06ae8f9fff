"""A preset walked forward through a list's history: what it may see, what is said meanwhile, what is kept."""

from dataclasses import dataclass, replace
from datetime import date

import msgspec
import numpy as np
import pytest

from engine.adapters.calendars import ExchangeCalendars
from engine.adapters.store import SqliteStore
from engine.adapters.trainer import ProcessTrainer
from engine.core.bars import as_date
from engine.core.evaluation.folds import Plan
from engine.core.fitting import Hyper
from engine.core.presets import PRESETS
from engine.errors import BadRequest, TooShort
from engine.gate import Gate
from engine.protocol import Evaluated
from engine.services.evaluate import Evaluate, Rate, Wish, cost
from tests.fakes import FakeTrainer
from tests.worlds import corrupted, history

CALENDAR = ExchangeCalendars()
PLAN = Plan(refit=80, validation=30, calibration=30, least_train=240)
SYMBOLS = ("AAA", "BBB")


class Standing:
    """A clock that stands."""

    def now(self):
        return 1_000.0


def on_sessions(symbol="AAA", rows=500, seed=0):
    days = np.array(CALENDAR.between("XNYS", date(2006, 1, 3), date(2009, 1, 1))[:rows], "datetime64[D]")
    return replace(history(symbol, rows, seed=seed), sessions=days)


@pytest.fixture
def store():
    store = SqliteStore(None)
    yield store
    store.close()


class Heard:
    """An evaluation, and what it said."""

    def __init__(self, store, *histories, trainer=None, presets=PRESETS):
        for each in histories:
            store.add_bars(each, "test", 1.0)
        self.notes, self.phases, self.trainer = [], [], trainer or FakeTrainer()
        self.evaluate = Evaluate(
            store,
            Gate(store, CALENDAR),
            self.trainer,
            Standing(),
            presets=presets,
            hypers=dict.fromkeys(presets, Hyper(epochs=2)),
            max_rows=756,
        )

    async def __call__(self, symbols=SYMBOLS, preset="article", plan=PLAN, **wish):
        return await self.evaluate(
            symbols, Wish(preset, plan, **wish), lambda note: self.notes.append(note.words), self.phases.append
        )


def two():
    return on_sessions("AAA"), on_sessions("BBB", seed=1)


async def test_every_fold_is_trained_and_every_row_of_its_test_block_answered(store):
    heard = Heard(store, *two())
    found = await heard()
    assert len(heard.trainer.jobs) == len(found.blocks) == 3
    sessions = on_sessions().sessions
    first = sessions.tolist().index(found.blocks[0].test[0])
    assert found.pooled.rows == 2 * (len(sessions) - first - 1)  # the last session has no target
    assert sum(block.rows for block in found.blocks) == found.pooled.rows
    assert set(found.per_symbol) == {"AAA", "BBB"}
    assert set(found.baselines) == {"persistence", "drift", "ewma", "garch", "ridge"}
    assert (found.start, found.end) == (found.blocks[0].test[0], as_date(sessions[-1]))


async def test_what_takes_how_long_is_said_before_it_begins_and_after_each_fold(store):
    heard = Heard(store, *two())
    await heard()
    first, *folds = heard.notes
    assert first.startswith("about 2") and first.endswith("3 folds x 2 tickers, tested from 2007-03-15 on")
    assert [words.split(" is done")[0] for words in folds] == [f"fold {number} of 3" for number in (1, 2, 3)]
    assert "left" in folds[0] and "left" not in folds[-1]


async def test_the_job_says_which_fold_and_epoch_it_is_at(store):
    heard = Heard(store, *two())
    await heard()
    assert "fold 2 of 3, article: epoch 1 of 2" in heard.phases
    assert heard.phases[-1] == "the figures"


@pytest.mark.parametrize("how", ["x10", "random", "removed"])
async def test_nothing_from_a_test_block_reaches_the_training_before_it(store, how):
    plain = Heard(store, *two())
    found = await plain()
    first = on_sessions().sessions.tolist().index(found.blocks[0].test[0])
    after = first + 30 if how == "removed" else first - 1  # without a test block there is no training
    elsewhere = SqliteStore(None)
    other = Heard(elsewhere, *(corrupted(each, after, how) for each in two()))
    await other()
    elsewhere.close()
    again = other.trainer.jobs[0].to_arrays()
    for name, values in plain.trainer.jobs[0].to_arrays().items():
        np.testing.assert_array_equal(values, again[name], err_msg=name)


async def test_the_result_is_kept_and_found_by_preset_and_symbols_in_any_order(store):
    heard = Heard(store, *two())
    found = await heard()
    record = store.evaluation("article", ("BBB", "AAA"))
    assert record.made_at == 1_000.0
    assert msgspec.json.decode(record.document, type=Evaluated) == found
    assert store.evaluation("article", ("AAA",)) is None


async def test_a_newer_result_takes_the_place_of_the_one_before(store):
    heard = Heard(store, *two())
    await heard()
    later = await heard(plan=replace(PLAN, folds=1))
    assert msgspec.json.decode(store.evaluation("article", SYMBOLS).document, type=Evaluated) == later


async def test_another_preset_is_held_against_the_how_tos(store):
    other = replace(PRESETS["article"], name="other")
    heard = Heard(store, *two(), presets={**PRESETS, "other": other})
    found = await heard(preset="other")
    assert found.preset == "other"
    assert found.baselines["article"].pooled.mse == found.pooled.mse


async def test_a_symbol_with_too_little_history_is_left_out_in_words(store):
    heard = Heard(store, *two(), on_sessions("NEW", rows=60))
    found = await heard((*SYMBOLS, "NEW"))
    assert found.skipped == {"NEW": "60 rows, the model needs 120"}
    assert found.symbols == SYMBOLS


async def test_a_result_is_found_by_the_symbols_that_a_model_of_the_list_knows(store):
    heard = Heard(store, *two(), on_sessions("NEW", rows=60))
    found = await heard((*SYMBOLS, "NEW"))
    assert msgspec.json.decode(store.evaluation("article", SYMBOLS).document, type=Evaluated) == found
    assert store.evaluation("article", (*SYMBOLS, "NEW")) is None


async def test_a_ticker_that_came_late_is_tested_from_when_it_could_be_trained(store):
    late = on_sessions("LATE", seed=3)
    heard = Heard(store, *two(), late.rows(slice(300, None)))
    found = await heard((*SYMBOLS, "LATE"))
    assert 0 < found.per_symbol["LATE"].rows < found.per_symbol["AAA"].rows


async def test_a_ticker_that_came_too_late_for_every_fold_is_left_out_in_words(store):
    late = on_sessions("LATE", seed=3).rows(slice(360, None))
    found = await Heard(store, *two(), late)((*SYMBOLS, "LATE"))
    assert found.skipped == {"LATE": "no fold could train on it: it came too late"}
    assert found.symbols == SYMBOLS


async def test_a_list_with_too_little_history_is_refused_with_what_it_needs(store):
    with pytest.raises(TooShort, match="no symbol has enough history"):
        await Heard(store, on_sessions(rows=60))(("AAA",))
    with pytest.raises(TooShort, match="needs 320 sessions"):
        await Heard(store, on_sessions("BBB", rows=200))(("BBB",))


async def test_a_preset_that_is_not_there_is_refused(store):
    with pytest.raises(BadRequest, match="no such preset"):
        await Heard(store, *two())(preset="oracle")


async def test_only_the_sessions_asked_for_are_used(store):
    found = await Heard(store, *two())(start=date(2006, 3, 1), end=date(2007, 10, 31))
    assert found.blocks[0].train[0] == date(2006, 3, 1)
    assert found.end == date(2007, 10, 31)


async def test_the_newest_forecasts_are_given_to_be_drawn_in_prices(store):
    found = await Heard(store, *two())()
    drawn = {each.symbol: each for each in found.drawn}
    last = on_sessions()
    assert drawn["AAA"].sessions[-1] == as_date(last.sessions[-1])
    assert drawn["AAA"].actual[-1] == pytest.approx(last.close[-1])
    assert all(low < high for low, high in zip(drawn["AAA"].low, drawn["AAA"].high, strict=True))


async def test_the_cost_is_windows_times_a_rate_that_the_engine_has_seen(store):
    heard = Heard(store, *two())
    await heard()
    job = heard.trainer.jobs[-1]
    assert cost.windows(job) == 2 * int(job.rows_train.sum())
    rate = Rate()
    assert rate("article") == cost.RATE
    rate.saw("article", job, 3.0)
    assert rate("article") * cost.windows(job) == pytest.approx(3.0)
    rate.saw("article", job, 0.0)
    assert rate("article") * cost.windows(job) == pytest.approx(3.0)


def test_a_training_that_stops_by_itself_is_expected_to_and_one_that_thins_its_epochs_too():
    job = FakeTraining(Hyper(epochs=40, patience=6))
    assert cost.windows(job) == 0.4 * 40 * 3 * 1_000
    assert cost.windows(replace(job, hyper=Hyper(epochs=40, epoch_rows=100))) == 40 * 3 * 100


@dataclass(frozen=True)
class FakeTraining:
    """Three members on the same thousand windows."""

    hyper: Hyper
    members: int = 3
    rows_train: tuple[int, ...] = (1_000,)

    def series(self, member):
        return 0


def test_windows_between_the_first_fold_and_the_last_grow_as_the_rows_do():
    assert cost.whole([1_000, 1_500, 2_000], 600, 1_600) == 600 + 1_100 + 1_600
    assert cost.whole([1_000, 1_500, 2_000], 600, 600) == 3 * 600
    assert cost.whole([1_000], 600, 600) == 600
    assert cost.whole([1_000, 1_000], 600, 600) == 1_200


async def test_where_all_that_came_before_takes_too_long_five_years_are_trained_on_and_that_is_said(store, monkeypatch):
    monkeypatch.setattr(cost, "LIMIT", 0.1)
    monkeypatch.setattr("engine.services.evaluate.evaluate.FIVE_YEARS", 120)
    heard = Heard(store, *two())
    found = await heard()
    assert "the newest 120 sessions instead; --train expanding takes them all" in heard.notes[0]
    assert heard.notes[1].startswith("about")
    sessions = on_sessions().sessions.tolist()
    assert [sessions.index(block.validation[0]) - sessions.index(block.train[0]) for block in found.blocks] == [120] * 4
    asked = Heard(store, *two())
    found = await asked(may_shorten=False)
    assert {block.train[0] for block in found.blocks} == {sessions[0]}


@pytest.mark.timeout(300)  # TensorFlow starts, and the machine may be busy
async def test_with_the_real_trainer_figures_come_out(store, tmp_path):
    trainer = ProcessTrainer(tmp_path / "work")
    try:
        found = await Heard(store, *two(), trainer=trainer)(plan=replace(PLAN, folds=1, refit=160))
    finally:
        await trainer.close()
    assert found.gate == "no skill"
    assert found.pooled.coverage90 == pytest.approx(0.9, abs=0.08)
    assert found.baselines["garch"].pooled.coverage90 == pytest.approx(0.9, abs=0.08)
    assert found.baselines["ewma"].pooled.pinball_skill_ewma == 0
