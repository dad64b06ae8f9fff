"""Which model speaks, what is said where one cannot, and the way back to an earlier one."""

import errno
import os
from dataclasses import replace

import numpy as np
import pytest

from engine.adapters.store import SqliteStore
from engine.core.bars import as_date
from engine.core.forecast import Vintage
from engine.core.presets import PRESETS, article
from engine.errors import BadRequest
from engine.gate import Gate
from engine.registry import Registry
from tests.registries import Models, Weekdays
from tests.worlds import history

AAA, BBB = (history(name, 420, seed=seed) for seed, name in enumerate(("AAA", "BBB")))
BOTH = ("AAA", "BBB")
LAST = AAA.last


def day(row):
    return as_date(AAA.sessions[row])


@pytest.fixture
def models(tmp_path):
    models = Models(tmp_path)
    models.hold(AAA, BBB)
    yield models
    models.store.close()


def speaker(models, at=None):
    return models.registry.speaker(models.registry.records(), models.gate.read("AAA", at).history, at)


def cards(models):
    return {card.id: card for card in models.cards(BOTH, LAST).models}


def trained(models, *rows, symbols=BOTH):
    for row in rows:
        models.keep(symbols, day(row))


def test_without_a_model_it_is_said_that_there_is_none_yet(models):
    assert (speaker(models).why, cards(models)) == ("no model yet", {})


def test_of_a_past_day_the_newest_model_speaks_that_has_seen_nothing_later(models):
    trained(models, 370, 390, 410)
    assert [speaker(models, day(row)).record.id for row in (380, 390, 409, 419)] == [1, 2, 2, 3]
    assert speaker(models, day(360)).why == "no model yet"


def test_two_earlier_models_keep_their_weights_and_older_ones_their_record_and_forecasts(models):
    trained(models, 370, 380)
    told = Vintage(1, "AAA", day(370), day(371), 1, 0.0, (-0.02, -0.01, 0.0, 0.01, 0.02))
    models.store.add_forecasts([told])
    trained(models, 390, 400, 410)
    assert {number: card.status for number, card in cards(models).items()} == {
        5: "champion", 4: "earlier", 3: "earlier", 2: "pruned", 1: "pruned",
    }  # fmt: skip
    assert sorted(path.name for path in (models.folder / "models").iterdir()) == ["3.npz", "4.npz", "5.npz"]
    assert models.store.vintages("AAA", day(0)) == (told,)


def test_a_damaged_weights_file_is_said_and_the_next_older_model_speaks(models):
    trained(models, 390, 410)
    models.damage(2)
    models.again()
    assert speaker(models).record.id == 1
    why = cards(models)[2].reason
    assert why.startswith("model #2 cannot be used: its weights file is damaged (2.npz: ")
    assert models.cards.notice(BOTH, LAST) == f"{why}; model #1 speaks instead"
    assert (cards(models)[2].status, cards(models)[2].usable, cards(models)[1].status) == ("earlier", False, "champion")
    assert len(models.registry.records()) == 2


def test_where_no_other_model_is_left_the_damaged_ones_fault_is_why_nobody_speaks(models):
    trained(models, 410)
    models.damage(1)
    models.again()
    assert (speaker(models).model, speaker(models).why) == (None, cards(models)[1].reason)
    assert models.cards.notice(BOTH, LAST).endswith("a new one will be trained")


def test_weights_made_for_other_inputs_are_not_used_and_both_are_named(models, monkeypatch):
    trained(models, 410)
    monkeypatch.setitem(PRESETS, "article", replace(article.PRESET, fingerprint="other"))
    said = f"model #1 cannot be used: it was made for inputs {article.PRESET.fingerprint}, this version has other"
    assert (speaker(models).model, speaker(models).why) == (None, said)
    assert (cards(models)[1].usable, cards(models)[1].reason) == (False, said)


def test_a_preset_that_this_version_does_not_have_is_named(models, monkeypatch):
    trained(models, 410)
    monkeypatch.delitem(PRESETS, "article")
    assert speaker(models).why == "model #1 cannot be used: this version has no preset article"


def test_a_model_past_its_time_gives_no_forecast_and_its_card_says_so(models):
    trained(models, 340)
    assert speaker(models).why == "model #1 has expired: it is 79 sessions old"
    assert (cards(models)[1].status, cards(models)[1].expires_in) == ("expired", 0)
    assert models.cards.in_charge(BOTH, LAST).expires_in == 0


def test_on_its_last_session_a_model_still_speaks(models):
    trained(models, 419 - 60)
    assert speaker(models).record.id == 1
    assert (cards(models)[1].status, cards(models)[1].expires_in) == ("champion", 1)


class Failing(SqliteStore):
    """A store that cannot open weights files while `fails` says why."""

    fails: OSError | None = None

    def _weights_file(self, number):
        path = super()._weights_file(number)
        return Unopened(path, self.fails) if self.fails else path


class Unopened:
    """The path of a file that the system does not open."""

    def __init__(self, path, fails):
        self.name, self._fails = path.name, fails

    def open(self, _mode):
        raise self._fails


def failing(models, number):
    """The same home in a process that has no descriptor left."""
    models.store.close()
    models.store = Failing(models.folder)
    models.store.fails = OSError(number, os.strerror(number))
    models.registry = Registry(models.store, models.registry.expires)
    models.gate = Gate(models.store, Weekdays())


@pytest.mark.parametrize("number", [errno.EMFILE, errno.EIO])
def test_a_file_that_could_not_be_opened_once_is_tried_again_and_no_training_would_help(models, number):
    trained(models, 410)
    failing(models, number)
    said = f"model #1 cannot be read just now (1.npz: {os.strerror(number)})"
    assert (speaker(models).why, speaker(models).passing) == (said, True)
    notice = models.registry.notice(models.registry.records(), BOTH, LAST)
    assert notice == f"{said}; it is tried again"
    models.store.fails = None
    assert (speaker(models).record.id, models.registry.fault(models.registry.records()[0])) == (1, None)


def test_a_model_pruned_while_its_records_were_in_use_is_no_damage_and_its_successor_speaks(models):
    trained(models, 370)
    models.again()
    old = models.registry.records()
    trained(models, 380, 390, 400)
    said = models.registry.speaker(old, models.gate.read("AAA").history, None)
    assert (said.record.id, said.why) == (4, None)
    assert "damaged" not in (models.registry.fault(old[0]) or "")


def test_a_weights_file_that_somebody_removed_is_damage(models):
    trained(models, 410)
    (models.folder / "models" / "1.npz").unlink()
    models.again()
    assert (speaker(models).model, speaker(models).passing) == (None, False)
    assert speaker(models).why.startswith("model #1 cannot be used: its weights file is damaged (1.npz: ")


def test_the_card_counts_the_sessions_that_came_as_whoever_lets_a_model_speak_does(models):
    models.hold(history("CCC", 400))  # no bar came for the last twenty sessions
    models.keep(["CCC"], day(340))
    (card,) = models.cards(["CCC"], LAST).models
    assert (card.status, card.age_sessions, card.expires_in) == ("champion", 59, 2)
    said = models.registry.speaker(models.registry.records(), models.gate.read("CCC").history, None)
    assert said.record.id == 1


# --- roll back ---


def test_rolled_back_the_model_before_speaks_again(models):
    trained(models, 390, 410)
    done = models.cards.roll_back(BOTH, LAST)
    assert (done.withdrawn, done.model) == (2, 1)
    assert done.words == "model #2 is withdrawn, model #1 is in charge again"
    models.again()
    assert speaker(models).record.id == 1
    assert (cards(models)[2].status, cards(models)[2].reason) == ("withdrawn", "withdrawn by roll back")


def test_it_is_refused_where_there_is_no_model_before(models):
    trained(models, 410)
    with pytest.raises(BadRequest, match="no model before #1 that could speak"):
        models.cards.roll_back(BOTH, LAST)
    assert speaker(models).record.id == 1


def test_it_is_refused_where_the_one_before_has_expired(models):
    trained(models, 340, 410)
    with pytest.raises(BadRequest, match="no model before #2"):
        models.cards.roll_back(BOTH, LAST)


def test_a_model_that_is_not_in_charge_cannot_be_rolled_back(models):
    trained(models, 390, 410)
    with pytest.raises(BadRequest, match="not in charge"):
        models.cards.roll_back(BOTH, LAST, 1)


def test_symbols_without_a_model_before_are_named(models):
    trained(models, 390, symbols=["AAA"])
    trained(models, 410)
    assert models.cards.roll_back(BOTH, LAST).words.endswith("; BBB will get a new one")


# --- cards ---


async def test_a_card_holds_what_was_remembered_and_what_it_is_worth(models):
    await models.train(BOTH, day(410))
    card = cards(models)[1]
    assert (card.preset, card.symbols, card.trained_to, card.age_sessions) == ("article", BOTH, day(410), 9)
    assert (card.losses, card.val_losses) == (pytest.approx((1.0, 0.5, 1 / 3)), pytest.approx((1.0, 0.5, 1 / 3)))
    assert card.metrics.mae > 0 < card.metrics.mae_persistence
    assert card.metrics.pinball_skill == pytest.approx(1 - card.metrics.pinball / card.metrics.pinball_ewma, abs=1e-6)
    assert 0 < card.metrics.band_rows < card.metrics.rows
    assert card.word == models.cards.in_charge(BOTH, LAST).word


def test_a_plot_is_of_sessions_the_model_had_not_seen_with_the_prices_that_came(models):
    trained(models, 410)
    plot = models.cards(BOTH, LAST, "AAA").plot
    assert (plot.model, plot.symbol, plot.sessions[-1]) == (1, "AAA", LAST)
    where = np.searchsorted(AAA.sessions, np.array(plot.sessions, "datetime64[D]"))
    np.testing.assert_allclose(plot.actual, AAA.close[where], rtol=1e-9)
    assert all(low < high for low, high in zip(plot.q05, plot.q95, strict=True))
    unseen = models.store.model(1).unseen_from[0]
    assert np.datetime64(plot.sessions[0]) > unseen


def test_why_there_is_no_plot_is_said(models):
    trained(models, 370, 380, 390, 400)
    assert models.cards(BOTH, LAST, "AAA", 1).why == "the weights of model #1 are gone"
    assert models.cards(BOTH, LAST, "ZZZ").why == "no model of ZZZ can speak"
    with pytest.raises(BadRequest, match="no model of that number that knows AAA"):
        models.cards(BOTH, LAST, "AAA", 77)
