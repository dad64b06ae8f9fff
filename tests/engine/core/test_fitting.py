import json
from dataclasses import replace

import numpy as np
import pytest

from engine.core.fitting import Epoch, FitJob, Fitted, Hyper
from engine.errors import BadRequest, DataError, TooShort
from tests.engine.core.test_lstm import bank


def job(**changes):
    draw = np.random.default_rng(0)

    def values(*shape):
        return draw.normal(size=shape).astype(np.float32)

    return FitJob(
        **{
            "x": values(2, 10, 1),
            "y": values(2, 10, 1),
            "train": np.array([[2, 3, 4, 5, 6], [2, 3, 4, 0, 0]]),
            "rows_train": np.array([5, 3]),
            "val": np.array([[7, 8], [0, 0]]),
            "rows_val": np.array([2, 0]),
            "seeds": np.array([0, 1]),
            "hyper": Hyper(units=(5, 4), window=3),
            **changes,
        }
    )


def over_the_wire(arrays, header=None):
    """As it arrives: what is JSON through JSON."""
    return {name: np.array(array) for name, array in arrays.items()}, json.loads(json.dumps(header, allow_nan=False))


def test_a_job_survives_the_wire():
    sent = job(seeds=np.array([7, 9]), start=bank(2))
    received = FitJob.from_arrays(*over_the_wire(sent.to_arrays(), sent.hyper.to_header()))
    assert received.hyper == sent.hyper
    for name, array in sent.to_arrays().items():
        np.testing.assert_array_equal(received.to_arrays()[name], array)


def test_a_prior_survives_the_wire_and_has_a_value_for_each_output():
    sent = job(prior=np.array([0.5], np.float32))
    received = FitJob.from_arrays(*over_the_wire(sent.to_arrays(), sent.hyper.to_header()))
    np.testing.assert_array_equal(received.prior, sent.prior)
    with pytest.raises(DataError, match="prior of a network with 1 outputs"):
        job(prior=np.zeros(2, np.float32))


def test_quantiles_that_are_given_are_no_targets():
    hyper = Hyper(units=(5, 4), window=3, loss="scales")
    came = np.zeros((2, 10, 1), np.float32)
    whole = job(y=np.concatenate((came, np.ones((2, 10, 5), np.float32)), axis=2), hyper=hyper)
    assert (whole.horizons, whole.outputs) == (1, 2)
    with pytest.raises(DataError, match="training rows of series 0 hold values that are not finite"):
        job(y=np.concatenate((came * np.nan, np.ones((2, 10, 5), np.float32)), axis=2), hyper=hyper)


def test_a_result_survives_the_wire():
    history = tuple(
        Epoch(number, 9, np.full(3, 1.5 / number, np.float32), np.full(3, np.nan, np.float32)) for number in (1, 2)
    )
    received = Fitted.from_arrays(over_the_wire(Fitted(bank(3), history, 1.25).to_arrays())[0])
    assert received.seconds == 1.25
    assert [(epoch.epoch, epoch.epochs, epoch.loss[0]) for epoch in received.history] == [(1, 9, 1.5), (2, 9, 0.75)]
    np.testing.assert_array_equal(received.weights.head_kernel, bank(3).head_kernel)


def test_an_epoch_survives_the_wire_with_a_loss_that_is_not_a_number():
    sent = Epoch(3, 10, np.array([0.1, 0.2], np.float32), np.array([0.3, np.nan], np.float32))
    received = Epoch.from_header(over_the_wire({}, sent.to_header())[1])
    assert (received.epoch, received.epochs) == (3, 10)
    np.testing.assert_array_equal(received.loss, sent.loss)
    np.testing.assert_array_equal(received.val_loss, sent.val_loss)


def epoch(number, loss, val_loss):
    return Epoch(number, 4, np.array(loss, np.float32), np.array(val_loss, np.float32))


def test_a_result_tells_how_long_each_member_trained_and_which_epoch_was_its_best():
    nan = np.nan
    history = (
        epoch(1, [1, 1, 1], [3, 3, nan]),
        epoch(2, [1, 1, 1], [2, 4, nan]),
        epoch(3, [1, nan, 1], [5, nan, nan]),
    )
    fitted = Fitted(bank(3), history, 1.0)
    assert fitted.epochs.tolist() == [3, 2, 3]
    assert fitted.best_epochs.tolist() == [2, 1, 3]
    assert history[2].resting.tolist() == [False, True, False]


def test_the_mean_losses_of_an_epoch_are_those_of_the_members_that_still_train():
    one = epoch(1, [1, np.nan, 3], [np.nan, np.nan, 4])
    assert (one.mean_loss, one.mean_val_loss) == (2, 4)
    assert np.isnan(epoch(1, [1], [np.nan]).mean_val_loss)


def spoilt(array, at, value=np.nan):
    copy = array.copy()
    copy[at] = value
    return copy


def test_the_padding_may_hold_anything():
    whole = job()
    assert replace(whole, x=spoilt(whole.x, (1, 5)), y=spoilt(whole.y, (1, 0)), train=spoilt(whole.train, (1, 3), 99))


FAULTS = {
    "training rows of series 1 hold values that are not finite": lambda one: {"x": spoilt(one.x, (1, 0))},
    "validation rows of series 0 hold values": lambda one: {"y": spoilt(one.y, (0, 8), np.inf)},
    "not between 0 and 5": lambda one: {"rows_train": np.array([6, 3])},
    "do not fit the series": lambda one: {"rows_train": np.array([5])},
    "do not belong together": lambda one: {"y": one.y[:, :9]},
    "window of series 0 does not end between rows 2 and 9": lambda one: {"val": spoilt(one.val, (0, 1), 10)},
    "window of series 1 does not end": lambda one: {"train": spoilt(one.train, (1, 0), 1)},
    "a seed from 0 up": lambda one: {"seeds": np.array([1, -1])},
    "as many series, or one for all": lambda one: {"seeds": np.array([1, 2, 3])},
    "weights to start from do not fit": lambda one: {"start": bank(3)},
    "activation .*'tanh'.*'relu'": lambda one: {"start": bank(2, activation="relu")},
}


@pytest.mark.parametrize("words", FAULTS)
def test_a_job_that_cannot_be_is_refused_in_words(words):
    whole = job()
    with pytest.raises(DataError, match=words):
        replace(whole, **FAULTS[words](whole))


def test_a_member_without_training_rows_is_too_short():
    with pytest.raises(TooShort, match="Series 1 of the job has no rows"):
        job(rows_train=np.array([5, 0]))


@pytest.mark.parametrize(
    "setting",
    [
        {"units": ()},
        {"units": (5, 0)},
        {"epochs": 0},
        {"batch": 0},
        {"learning_rate": 0.0},
        {"seed": -1},
        {"loss": "x"},
        {"patience": -1},
        {"epoch_rows": -1},
        {"activation": "softmax"},
    ],
)
def test_settings_that_cannot_be_are_refused_by_name(setting):
    with pytest.raises(BadRequest, match=next(iter(setting))):
        Hyper(**setting)


@pytest.mark.parametrize("header", [{}, {"units": [5], "layers": 2}, {"units": 5}])
def test_a_foreign_header_is_refused(header):
    with pytest.raises(BadRequest, match="Not the settings"):
        Hyper.from_header(header)


def test_foreign_arrays_are_no_job():
    with pytest.raises(DataError, match="Not a training job"):
        FitJob.from_arrays({"prices": np.zeros(3)}, Hyper().to_header())


def test_foreign_arrays_are_no_result():
    with pytest.raises(DataError, match="without epochs, loss, seconds, val_loss"):
        Fitted.from_arrays({"prices": np.zeros(3)})
