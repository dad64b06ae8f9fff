"""Tuning as clients meet it: trials, the challenger, words; the trainer is a fake."""

import asyncio
from dataclasses import replace

import numpy as np
import pytest

from engine.cli import main
from engine.config import load
from engine.core.presets import PRESETS
from engine.errors import BadRequest, TooShort
from engine.protocol import (
    CancelJob,
    GetModels,
    GetStatus,
    Metrics,
    Train,
    Trained,
    TrainProgress,
    TriedSettings,
    Tune,
    Tuned,
    TuneProgress,
)
from engine.report import as_json, as_words
from engine.tuning_words import HEAD
from tests.engines import client_of, running, write_all
from tests.fakes import FakeTrainer
from tests.worlds import history

SETTINGS = TriedSettings(units=(16, 16), window=20, activation="relu", batch=64, epochs=5, learning_rate=0.00123)


@pytest.fixture
def files(tmp_path):
    return write_all(tmp_path / "files", [history(name, 300, seed=seed) for seed, name in enumerate(("AAA", "BBB"))])


@pytest.mark.parametrize("preset", ["article", "pooled"])
async def test_each_trial_is_told_and_the_winner_is_trained_as_any_model(tmp_path, files, preset):
    trainer = FakeTrainer()
    async with (
        running(tmp_path / "home", f"files:{files}", f"model.preset={preset}", trainer=trainer),
        client_of(tmp_path / "home") as client,
    ):
        said = [item async for item in client.stream(Tune(trials=3))]
        told = [(item.trial, item.trials) for item in said if isinstance(item, TuneProgress)]
        assert told == [(1, 3), (2, 3), (3, 3)]
        assert any(isinstance(item, TrainProgress) for item in said)
        tuned, status = said[-1], await client.ask(GetStatus())
        known = await client.ask(GetModels(symbols=("AAA",)))
    assert isinstance(tuned, Tuned)
    assert (tuned.trials, tuned.settings.window) == (3, 10)
    assert tuned.value < tuned.value_before
    assert trainer.jobs[0].hyper == replace(trainer.studies[0][0].hyper, window=10)
    assert status.status.model.id == tuned.model.model
    assert [card.trials for card in known.models] == [3]
    assert [(job.kind, job.state) for job in status.jobs] == [("tune", "done")]


@pytest.mark.parametrize("preset", ["article", "pooled"])
async def test_the_study_sees_rows_for_training_and_validation_alone_and_is_kept_in_the_home(tmp_path, files, preset):
    trainer = FakeTrainer()
    async with (
        running(tmp_path / "home", f"files:{files}", f"model.preset={preset}", trainer=trainer),
        client_of(tmp_path / "home") as client,
    ):
        await client.ask(Tune(trials=1))
    study, job = trainer.studies[0]
    assert study.storage.startswith(str(tmp_path / "home"))
    assert study.name.startswith(f"{preset}-")
    assert min(job.train.min(), job.val.min()) >= study.space.longest - 1 == job.hyper.window - 1
    assert not job.x[:, job.val.max() + 1 :].any()
    assert np.isfinite(job.x).all()


async def test_a_study_is_the_same_while_its_symbols_are(tmp_path, files):
    trainer = FakeTrainer()
    async with (
        running(tmp_path / "home", f"files:{files}", trainer=trainer),
        client_of(tmp_path / "home") as client,
    ):
        for symbols, reset in ((("AAA", "BBB"), False), (("BBB", "AAA"), True), (("AAA",), False)):
            await client.ask(Tune(symbols, trials=1, reset=reset))
    one, same, other = (study for study, _ in trainer.studies)
    assert one.name == same.name != other.name
    assert (one.reset, same.reset) == (False, True)


@pytest.mark.parametrize("command", [Train(preset="article"), Tune(preset="article", trials=1)])
async def test_another_preset_than_that_of_the_settings_is_trained_under_its_own_settings(tmp_path, files, command):
    trainer = FakeTrainer()
    async with (
        running(tmp_path / "home", f"files:{files}", "model.epochs=2", trainer=trainer),
        client_of(tmp_path / "home") as client,
    ):
        answer = await client.ask(command)
        known = (await client.ask(GetModels(symbols=("AAA",)))).models
    model = answer.model if isinstance(answer, Tuned) else answer
    assert (model.preset, known[0].id) == ("article", model.model)
    assert trainer.jobs[-1].hyper.epochs == PRESETS["article"].hyper.epochs
    assert trainer.jobs[-1].hyper.loss == "mse"


async def test_a_cancelled_tuning_leaves_no_model_and_what_waits_is_told(tmp_path, files):
    class Endless(FakeTrainer):
        begun = asyncio.Event()

        async def tune(self, study, job, progress):
            self.begun.set()
            await asyncio.Event().wait()

    async with (
        running(tmp_path / "home", f"files:{files}", trainer=Endless()),
        client_of(tmp_path / "home") as client,
    ):
        tuning = asyncio.create_task(client.ask(Tune()))
        await Endless.begun.wait()
        jobs = (await client.ask(GetStatus())).jobs
        await client.ask(CancelJob(jobs[0].id))
        with pytest.raises(Exception, match="tune pooled was cancelled"):
            await tuning
        status = await client.ask(GetStatus())
        assert (status.jobs[0].state, status.status.model) == ("cancelled", None)


@pytest.mark.parametrize(
    ("command", "refusal", "words"),
    [
        (Tune(trials=0), BadRequest, "at least one trial"),
        (Tune(preset="nonsense"), BadRequest, "no such preset"),
        (Tune(("NEW",)), TooShort, "NEW: 90 rows, the model needs"),
    ],
)
async def test_what_cannot_be_tuned_is_refused_in_words(tmp_path, files, command, refusal, words):
    write_all(files, [history("NEW", 90)])
    async with running(tmp_path / "home", f"files:{files}"), client_of(tmp_path / "home") as client:
        with pytest.raises(refusal, match=words):
            await client.ask(command)


def progress(**changes):
    return TuneProgress(
        **{"trial": 2, "trials": 30, "state": "done", "value": 0.5, "best": 0.25} | changes, settings=SETTINGS
    )


def test_a_trial_is_a_line_under_its_columns():
    line = as_words(progress())
    assert line.split() == ["2", "of", "30", "0.5", "0.25", "16", "16", "20", "relu", "64", "5", "0.0012"]
    assert len(line) == len(HEAD)


def test_a_trial_that_was_given_up_says_so():
    assert as_words(progress(state="diverged", value=None)).endswith("  diverged")


def test_a_trial_as_json_names_its_settings():
    value = as_json(progress(value=None))
    assert (value["event"], value["value"], value["settings"]["units"]) == ("trial", None, (16, 16))


def tuned(**changes):
    model = Trained(7, "article", ("AAA",), 2.0, Metrics(1.0, 0.8, 1.0, 0.9))
    return Tuned(**{"trials": 30, "value": 0.25, "value_before": 0.5} | changes, settings=SETTINGS, model=model)


def test_what_was_found_can_be_put_into_the_settings_as_it_is_said(tmp_path):
    words = as_words(tuned())
    path = tmp_path / "config.toml"
    path.write_text(words[words.index("[model]") : words.index("\nmodel #7")])
    model = load(path).model
    assert (model.units, model.window, model.batch, model.epochs) == ((16, 16), 20, 64, 5)
    assert (model.activation, model.learning_rate) == ("relu", 0.00123)


def test_a_study_that_found_nothing_better_says_so():
    words = as_words(tuned(value=0.5))
    assert "Nothing better than the settings in use was found." in words
    assert "[model]" not in words


def test_the_settings_file_says_how_a_bank_is_built(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text("[model]\nunits = [8]\nwindow = 12\n")
    said, unsaid = load(path).model, load(tmp_path / "none").model
    assert (said.units, said.window) == ((8,), 12)
    assert (unsaid.units, unsaid.window) == ((), 0)  # what suits the preset


def test_a_number_of_trials_that_is_none_is_bad_usage(capsys):
    assert main(["tune", "--trials", "none"]) == 2
    assert "whole number from 1 up" in capsys.readouterr().err
