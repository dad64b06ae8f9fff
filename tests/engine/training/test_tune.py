"""Studies: what is tried, what is on record, and how they end and go on; trainings are a formula here."""

import math
import sqlite3
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from engine.core.fitting import Epoch, Fitted
from engine.core.tuning import Trial
from engine.errors import TrainingError
from engine.training import records
from engine.training.tune import tune
from tests.engine.training.jobs import job, study


def loss(hyper):
    """The better the longer the window and the nearer the learning rate to 0.01."""
    return 1 / hyper.window + abs(math.log10(hyper.learning_rate) + 2) + 0.01 * len(hyper.units)


def train(of, report):
    """A training that comes to its loss in its last epoch."""
    history = []
    for epoch in range(1, of.hyper.epochs + 1):
        losses = np.full(of.members, loss(of.hyper) * of.hyper.epochs / epoch)
        history.append(Epoch(epoch, of.hyper.epochs, losses, losses))
        report(history[-1])
    return Fitted(None, tuple(history), 0.0)


class Interrupted(BaseException):
    """The process ends."""


def dies_in(number):
    """A training of which the one of that number is not survived."""
    begun = []

    def dying(of, report):
        begun.append(of)
        if len(begun) == number:
            report(Epoch(1, of.hyper.epochs, np.ones(of.members), np.ones(of.members)))
            raise Interrupted
        return train(of, report)

    return dying


def told(of, work=train):
    """What a study comes to, and the trials that it told had ended."""
    news = []
    found = tune(job(), of, work, news.append)
    return found, [each for each in news if isinstance(each, Trial) and each.state != "begun"]


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    """Trials lean on earlier ones from the fourth on."""
    monkeypatch.setattr(records, "RANDOM_TRIALS", 3)


@pytest.fixture
def storage(tmp_path):
    return tmp_path / "data" / "trials.db"


def test_the_first_trial_is_the_present_settings(storage):
    of = study(storage)
    assert told(of)[1][0].hyper == of.hyper


def test_the_winner_is_the_trial_of_the_lowest_loss(storage):
    found, trials = told(study(storage, trials=7))
    assert [each.number for each in trials] == list(range(1, 8))
    best = min(trials, key=lambda each: each.value if each.state == "done" else math.inf)
    assert (found.hyper, found.value, found.trials) == (best.hyper, best.value, 7)
    assert found.value_before == pytest.approx(loss(study().hyper))
    assert trials[-1].best == found.value < found.value_before


def test_a_trial_is_told_when_it_begins_and_when_it_ends(storage):
    news = []
    tune(job(), study(storage, trials=2), train, news.append)
    assert [(each.number, each.state) for each in news if isinstance(each, Trial)] == [
        (1, "begun"),
        (1, "done"),
        (2, "begun"),
        (2, "done"),
    ]


def test_every_trial_stays_within_the_space(storage):
    of = study(storage, trials=6)
    for each in told(of)[1][1:]:
        chosen = of.space.chosen(each.hyper)
        assert all(chosen[name] in values for name, values in of.space.choices.items())
        assert 1e-4 <= each.hyper.learning_rate <= 1e-1


def test_a_study_is_the_same_under_its_seed_and_another_under_another(tmp_path):
    one, same = (told(study(tmp_path / name, trials=5))[1] for name in ("one", "same"))
    other = told(study(tmp_path / "other", trials=5, seed=6))[1]
    assert one == same
    assert [each.hyper.learning_rate for each in one[1:]] != [each.hyper.learning_rate for each in other[1:]]


@pytest.mark.parametrize("number", [1, 5])
def test_a_study_that_is_interrupted_comes_to_what_an_uninterrupted_one_comes_to(tmp_path, number):
    of = study(tmp_path / "whole", trials=6)
    whole, trials = told(of)
    torn = replace(of, storage=str(tmp_path / "torn"))
    with pytest.raises(Interrupted):
        told(torn, dies_in(number))
    resumed, rest = told(torn)
    assert (resumed, rest) == (whole, trials[number - 1 :])


def test_a_process_makes_only_so_many_trials(storage):
    of = replace(study(storage, trials=3), at_once=2)
    assert [told(of)[0].trials for _ in range(2)] == [2, 3]


def test_what_is_on_record_is_said_and_not_tried_again(storage):
    of, news = study(storage), []
    before, _ = told(of)
    assert tune(job(), of, dies_in(1), news.append) == before
    assert news == ["3 trials are on record"]


def test_a_reset_begins_anew(storage):
    of = study(storage)
    trials = told(of)[1]
    assert told(replace(of, reset=True))[1] == trials


def test_studies_of_other_names_are_others_in_the_same_file(storage):
    told(study(storage))
    assert told(replace(study(storage), name="another"))[1][0].number == 1


def test_a_training_that_diverges_is_a_trial_without_a_number(storage):
    def diverging(of, report):
        if of.hyper.window == 4:
            raise TrainingError("Training diverged in epoch 1")
        return train(of, report)

    found, trials = told(study(storage, trials=4), diverging)
    assert (trials[0].state, trials[0].value, trials[0].best) == ("diverged", None, None)
    assert math.isnan(found.value_before)
    assert (found.trials, found.hyper.window != 4) == (4, True)


def test_a_study_without_any_number_says_so(storage):
    def diverging(of, report):
        raise TrainingError("Training diverged in epoch 1")

    with pytest.raises(TrainingError, match="None of 3 trials came to a number"):
        told(study(storage), diverging)


def test_a_trial_that_does_worse_than_most_is_given_up(storage, monkeypatch):
    monkeypatch.setattr(records, "UNPRUNED_EPOCHS", 0)
    monkeypatch.setattr(records, "UNPRUNED_TRIALS", 2)
    trials = told(study(storage, trials=8))[1]
    assert {each.state for each in trials[2:]} == {"done", "pruned"}


HOLD = """
import sys
from engine.training.records import opened
from tests.engine.training.jobs import study
with opened(study(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_trials_in_use_by_another_process_are_refused_with_its_number_and_free_when_it_is_killed(storage):
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(storage)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(TrainingError, match=f"trials.db are in use by process {other.pid}. Wait"):
            told(study(storage))
        other.kill()
    assert told(study(storage))


def test_a_database_that_somebody_has_locked_is_refused_in_words(storage, monkeypatch):
    told(study(storage))
    monkeypatch.setattr(records, "BUSY_SECONDS", 0.05)
    other = sqlite3.connect(storage)
    other.execute("BEGIN EXCLUSIVE")
    try:
        with pytest.raises(TrainingError, match=r"trials.db are in use by another process"):
            told(study(storage, trials=4))
    finally:
        other.close()


def test_a_file_that_is_no_database_is_refused_in_words_and_left_as_it_is(storage):
    storage.parent.mkdir()
    storage.write_text("these are no trials" * 100)
    with pytest.raises(TrainingError, match=r"trials.db cannot be read or written .*Move the file away"):
        told(study(storage))
    assert storage.read_text().startswith("these are no trials")
