"""`whipsaw evaluate` through the engine's wire: a job with progress and cancel, and refusals in words."""

import asyncio
from datetime import date

import msgspec
import pytest

from engine.errors import BadRequest, TooShort
from engine.protocol import CancelJob, Evaluate, Evaluated, GetStatus, Note
from engine.report import as_json, as_words
from tests.engines import client_of, running, write_all
from tests.fakes import FakeTrainer
from tests.worlds import history

WALK = Evaluate(preset="article", refit=120, train=90, folds=2)
KEYS = {"blocks", "from", "to", "symbols", "pooled", "horizons", "baselines", "per_symbol", "gate"}
FIGURES = {
    "mse", "mae", "mase", "skill_mse", "dm_p", "pinball_skill_ewma", "pinball_p_ewma", "pinball_skill_garch",
    "coverage90", "coverage90_after_shock", "direction",
}  # fmt: skip


@pytest.fixture
def files(tmp_path):
    return write_all(tmp_path / "files", [history(name, 900, seed=seed) for seed, name in enumerate(("AAA", "BBB"))])


async def evaluation_job(client):
    (job, *_) = [job for job in (await client.ask(GetStatus())).jobs if job.kind == "evaluate"]
    return job


async def test_an_evaluation_is_a_job_that_tells_how_far_it_is(tmp_path, files):
    async with running(tmp_path / "home", f"files:{files}"), client_of(tmp_path / "home") as client:
        said = [item async for item in client.stream(WALK)]
        notes = [item.words for item in said if isinstance(item, Note)]
        assert notes[0].startswith("about 2") and "2 folds x 2 tickers" in notes[0]
        found = said[-1]
        assert isinstance(found, Evaluated)
        assert (found.symbols, len(found.blocks)) == (("AAA", "BBB"), 2)
        job = await evaluation_job(client)
        assert (job.title, job.state, job.phase) == ("evaluate article", "done", "the figures")


async def test_a_cancelled_evaluation_says_so_and_another_can_begin(tmp_path, files):
    class Endless(FakeTrainer):
        begun = asyncio.Event()

        async def fit(self, job, progress):
            self.begun.set()
            await asyncio.Event().wait()

    async with (
        running(tmp_path / "home", f"files:{files}", trainer=Endless()),
        client_of(tmp_path / "home") as client,
    ):
        for _ in range(2):
            Endless.begun.clear()
            evaluation = asyncio.create_task(client.ask(WALK))
            await Endless.begun.wait()
            await client.ask(CancelJob((await evaluation_job(client)).id))
            with pytest.raises(Exception, match="cancelled"):
                await evaluation
            assert (await evaluation_job(client)).state == "cancelled"


async def test_what_cannot_be_evaluated_is_refused_in_words(tmp_path, files):
    async with running(tmp_path / "home", f"files:{files}"), client_of(tmp_path / "home") as client:
        with pytest.raises(BadRequest, match="1 to 10 folds"):
            await client.ask(Evaluate(folds=11))
        with pytest.raises(BadRequest, match="no such preset"):
            await client.ask(Evaluate(preset="oracle"))
        with pytest.raises(TooShort, match="needs 1,134 sessions: 1,008 before the first test block"):
            await client.ask(Evaluate())


async def test_the_preset_in_use_is_evaluated_at_all_its_horizons_beside_the_how_tos(tmp_path, files):
    async with running(tmp_path / "home", f"files:{files}"), client_of(tmp_path / "home") as client:
        found = await client.ask(Evaluate(refit=120, train=300, folds=1))
        assert found.preset == "pooled"
        assert {horizon: figures.rows > 0 for horizon, figures in found.horizons.items()} == {"5": True, "10": True}
        assert found.horizons["10"].coverage90 is not None
        assert found.baselines["article"].pooled.rows > 0
        assert as_words(found).count("\npooled ") == 3


@pytest.fixture
async def found(tmp_path, files):
    async with running(tmp_path / "home", f"files:{files}"), client_of(tmp_path / "home") as client:
        return await client.ask(WALK)


async def test_the_json_has_the_keys_that_others_read(found):
    value = msgspec.json.decode(msgspec.json.encode(as_json(found)))
    assert set(value) == KEYS | {"preset", "skipped", "seconds"}
    assert set(value["pooled"]) >= FIGURES
    assert all(set(one["pooled"]) >= FIGURES for one in value["baselines"].values())
    assert all(set(one) >= FIGURES | {"mse_price", "mae_price"} for one in value["per_symbol"].values())
    assert set(value["baselines"]["ewma"]["horizons"]) == {"5", "10"}
    assert value["gate"] in ("passed", "no skill")
    assert date.fromisoformat(value["from"]) < date.fromisoformat(value["to"])


async def test_the_words_hold_every_forecaster_the_gate_and_two_plots(found):
    words = as_words(found)
    assert words.startswith("article: 2 folds, 2 tickers, tested ")
    assert max(map(len, words.splitlines())) <= 120
    for name in ("article", "persistence", "drift", "ewma", "garch", "ridge", "AAA", "BBB"):
        assert f"\n{name} " in words
    assert "\n\nGate: no skill." in words
    assert "AAA: actual and predicted close" in words
    assert "pinball skill against EWMA in per cent, by test block" in words


async def test_the_words_tell_what_scales_an_error_and_that_a_models_card_has_another_scale(found):
    words = " ".join(as_words(found).split())
    assert "MASE: the absolute error over the mean absolute move of the training rows" in words
    assert "A model's card has rMAE instead: MAE over that of persistence on the same rows." in words


async def test_the_words_fit_the_terminal_and_have_no_colour(found, monkeypatch):
    for columns in (60, 100, 200):
        monkeypatch.setenv("COLUMNS", str(columns))
        plots = as_words(found).split("actual and predicted close\n")[1]
        assert max(map(len, plots.splitlines())) <= min(columns, 120)
        assert "\x1b" not in plots


async def test_a_passed_gate_and_an_unknown_figure_are_told_too(found):
    blank = msgspec.structs.replace(found.pooled, mse=None, mae=None, dm_p=None, pinball_p_ewma=0.0001)
    words = as_words(msgspec.structs.replace(found, gate="passed", pooled=blank, skipped={"NEW": "60 rows"}))
    assert "Gate: passed." in words
    assert "<.001" in words
    assert words.endswith("left out NEW: 60 rows")
