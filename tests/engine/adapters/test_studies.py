"""A study in the real trainer: killed in its midst, and carried on."""

import asyncio
import os
import signal
import sys
from dataclasses import replace

import pytest

from engine.adapters.trainer import ProcessTrainer
from engine.core.tuning import Trial
from engine.errors import TrainingError
from tests.engine.training.jobs import job, study


class Trials(list):
    """The trials that were told to have ended, and a way to wait for the second."""

    def __init__(self):
        self.two = asyncio.Event()

    def __call__(self, item):
        if isinstance(item, Trial) and item.state != "begun":
            self.append(item)
            if len(self) == 2:
                self.two.set()


def of_one_network(storage, trials):
    """A study of rates and batches alone: TensorFlow compiles each shape of network anew, and one is enough here."""
    of = study(storage, trials=trials)
    few = of.space.choices | {"layers": (1,), "units": (4,), "window": (4,), "activation": ("tanh",)}
    return replace(of, space=replace(of.space, choices=few))


@pytest.mark.timeout(300)  # TensorFlow starts twice
async def test_a_study_whose_process_is_killed_goes_on_to_what_it_would_have_come_to(tmp_path):
    of, trainer = of_one_network(tmp_path / "torn.db", trials=4), ProcessTrainer(tmp_path / "work")
    first, rest, whole = Trials(), Trials(), Trials()
    tuning = asyncio.create_task(trainer.tune(replace(of, trials=1_000), job(), first))
    await first.two.wait()
    os.kill(trainer._child._process.pid, signal.SIGKILL)
    with pytest.raises(TrainingError, match="killed"):
        await tuning
    of = replace(of, trials=len(first) + 2)
    found = await trainer.tune(of, job(), rest)
    again = await trainer.tune(replace(of, storage=str(tmp_path / "whole.db")), job(), whole)
    await trainer.close()
    numbers = [each.number for each in rest]
    assert numbers == list(range(numbers[0], of.trials + 1))
    assert numbers[0] > 2
    assert found == again
    assert whole[-len(rest) :] == rest
    assert found.value <= found.value_before


STAND_IN = """
import json, os, sys
import numpy as np
from engine.core.tuning import Found, Study
print(json.dumps({"event": "ready"}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    of = Study.from_header(request["study"])
    with open(of.storage, "a+") as pids:
        pids.write(f"{os.getpid()}\\n")
        pids.seek(0)
        made = of.at_once * len(pids.readlines())
    np.savez(request["output"], **Found(of.hyper, 0.5, 0.5, min(made, of.trials)).to_arrays())
    print(json.dumps({"event": "done"}), flush=True)
"""


async def test_a_long_study_goes_from_process_to_process(tmp_path):
    script = tmp_path / "stand_in.py"
    script.write_text(STAND_IN)
    trainer = ProcessTrainer(tmp_path / "work", command=(sys.executable, "-P", str(script)))
    of = replace(study(tmp_path / "pids", trials=5), at_once=2)
    assert (await trainer.tune(of, job(), lambda _: None)).trials == 5
    await trainer.close()
    assert len(set((tmp_path / "pids").read_text().split())) == 3
