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
            "x_train": values(2, 5, 3, 1),
            "y_train": values(2, 5, 1),
            "rows_train": np.array([5, 3]),
            "x_val": values(2, 2, 3, 1),
            "y_val": values(2, 2, 1),
            "rows_val": np.array([2, 0]),
            "hyper": Hyper(units=(5, 4)),
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


def test_members_have_seeds_by_their_position_unless_told():
    assert job().member_seeds().tolist() == [0, 1]


def test_a_result_survives_the_wire():
    history = tuple(
        Epoch(number, 2, np.full(3, 1.5 / number, np.float32), np.full(3, np.nan, np.float32)) for number in (1, 2)
    )
    received = Fitted.from_arrays(over_the_wire(Fitted(bank(3), history, 1.25).to_arrays())[0])
    assert received.seconds == 1.25
    assert [(epoch.epoch, epoch.epochs, epoch.loss[0]) for epoch in received.history] == [(1, 2, 1.5), (2, 2, 0.75)]
    np.testing.assert_array_equal(received.weights.head_kernel, bank(3).head_kernel)


def test_an_epoch_survives_the_wire_with_a_loss_that_is_not_a_number():
    sent = Epoch(3, 10, np.array([0.1, 0.2], np.float32), np.array([0.3, np.nan], np.float32))
    received = Epoch.from_header(over_the_wire({}, sent.to_header())[1])
    assert (received.epoch, received.epochs) == (3, 10)
    np.testing.assert_array_equal(received.loss, sent.loss)
    np.testing.assert_array_equal(received.val_loss, sent.val_loss)


def spoilt(array, at, value=np.nan):
    copy = array.copy()
    copy[at] = value
    return copy


def test_the_padding_may_hold_anything():
    whole = job()
    assert replace(whole, x_train=spoilt(whole.x_train, (1, 3)), y_val=spoilt(whole.y_val, (1, 0)))


FAULTS = {
    "training rows of member 1 hold values that are not finite": lambda one: {"x_train": spoilt(one.x_train, (1, 2))},
    "validation rows of member 0 hold values": lambda one: {"y_val": spoilt(one.y_val, (0, 0), np.inf)},
    "not between 0 and 5": lambda one: {"rows_train": np.array([6, 3])},
    "do not belong together": lambda one: {"rows_train": np.array([5])},
    "differ in members, length or features": lambda one: {"x_val": one.x_val[:, :, :2]},
    "windows are empty": lambda one: {"x_train": one.x_train[:, :, :0]},
    "as many seeds from 0 up": lambda one: {"seeds": np.array([1, -1])},
    "weights to start from do not fit": lambda one: {"start": bank(3)},
}


@pytest.mark.parametrize("words", FAULTS)
def test_a_job_that_cannot_be_is_refused_in_words(words):
    whole = job()
    with pytest.raises(DataError, match=words):
        replace(whole, **FAULTS[words](whole))


def test_a_member_without_training_rows_is_too_short():
    with pytest.raises(TooShort, match="Member 1 of the bank has no rows"):
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
    with pytest.raises(DataError, match="without loss, seconds, val_loss"):
        Fitted.from_arrays({"prices": np.zeros(3)})
