"""The space of settings, the value of a training, and what a study may see."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.fitting import Epoch, Hyper
from engine.core.tuning import Found, Space, Study, Trial, blinded, rows_hash, study_name, value
from engine.errors import DataError, TooShort
from tests.engine.training.jobs import job, study, targets, windows

HYPERS = st.builds(
    lambda units, layers, **others: Hyper(units=(units,) * layers, **others),
    units=st.integers(1, 300),
    layers=st.integers(1, 5),
    window=st.integers(1, 90),
    activation=st.sampled_from(("tanh", "relu", "sigmoid")),
    batch=st.integers(1, 4096),
    epochs=st.integers(1, 1000),
    learning_rate=st.floats(1e-5, 0.5),
)


@given(HYPERS)
def test_the_present_settings_are_part_of_the_space_around_them(hyper):
    space = Space.around(hyper)
    chosen = space.chosen(hyper)
    assert all(chosen[name] in values for name, values in space.choices.items())
    assert space.learning_rate[0] <= hyper.learning_rate <= space.learning_rate[1]
    assert space.settings(Hyper(), chosen) == hyper


def test_what_the_space_does_not_name_stays_as_it_is():
    hyper = Hyper(loss="quantiles", seed=3)
    space = Space.around(hyper)
    tried = space.settings(
        hyper, {"layers": 1, "units": 8, "window": 5, "batch": 64, "epochs": 3, "learning_rate": 0.1}
    )
    assert tried == replace(hyper, units=(8,), window=5, batch=64, epochs=3, learning_rate=0.1)


def epochs(*losses):
    return [Epoch(number, len(losses), np.array(one), np.array(one)) for number, one in enumerate(losses, 1)]


def test_the_value_is_the_mean_of_the_members_last_losses():
    assert value(epochs([3.0, 1.0], [2.0, 2.0]), patience=0) == 2.0


def test_where_members_rest_it_is_that_of_the_weights_they_keep():
    assert value(epochs([3.0, 1.0], [2.0, 4.0], [2.5, np.nan]), patience=2) == 1.5


def test_a_member_without_validation_rows_is_left_out_of_it():
    assert value(epochs([3.0, np.nan]), patience=0) == 3.0
    assert np.isnan(value(epochs([np.nan]), patience=0))


def test_no_row_outside_the_windows_of_training_and_validation_is_handed_over():
    whole = job()
    altered = replace(whole, x=whole.x.copy(), y=whole.y.copy())
    for series, rows in enumerate(whole.rows_train + whole.rows_val):
        altered.x[series, rows + whole.hyper.window - 1 :] = 99.0
        altered.y[series, rows + whole.hyper.window - 1 :] = 99.0
    one, other = blinded(whole), blinded(altered)
    np.testing.assert_array_equal(one.x, other.x)
    np.testing.assert_array_equal(one.y, other.y)
    assert not (one.x == 99.0).any()


def test_all_that_training_and_validation_look_at_is_handed_over():
    whole, seen = job(), blinded(job())
    for member in range(3):
        for ends in (whole.train[member, : whole.rows_train[member]], whole.val[member, : whole.rows_val[member]]):
            np.testing.assert_array_equal(windows(seen, member, ends), windows(whole, member, ends))
            np.testing.assert_array_equal(targets(seen, member, ends), targets(whole, member, ends))


def test_a_job_without_validation_rows_cannot_be_tuned():
    with pytest.raises(TooShort, match="no validation rows"):
        blinded(job(rows_val=(0, 0, 0)))


def test_a_study_is_known_by_its_preset_symbols_settings_and_rows_whatever_the_symbols_order():
    space, hyper = Space.around(Hyper()), Hyper()
    name = study_name("article", ("A", "B"), hyper, space, "rows")
    assert name == study_name("article", ("B", "A"), hyper, space, "rows")
    others = {
        study_name("pooled", ("A", "B"), hyper, space, "rows"),
        study_name("article", ("A",), hyper, space, "rows"),
        study_name("article", ("A", "B"), Hyper(seed=1), space, "rows"),
        study_name("article", ("A", "B"), hyper, space, "later rows"),
    }
    assert len(others | {name}) == 5


def test_new_rows_to_validate_on_begin_a_new_study():
    seen = job()
    other = replace(seen, y=seen.y + np.float32(0.1))
    assert rows_hash(seen) == rows_hash(replace(seen)) != rows_hash(other)


def test_studies_and_trials_travel_as_json():
    of = study("trials.db", reset=True)
    trial = Trial(2, 3, "diverged", None, 0.5, of.hyper)
    assert Study.from_header(json.loads(json.dumps(of.to_header()))) == of
    assert Trial.from_header(json.loads(json.dumps(trial.to_header()))) == trial


def test_what_was_found_travels_as_arrays():
    found = Found(Hyper(units=(3, 3)), 0.25, 0.5, 30)
    assert Found.from_arrays(found.to_arrays()) == found
    with pytest.raises(DataError, match="Not the result of a study"):
        Found.from_arrays({"value": np.array(1.0)})
