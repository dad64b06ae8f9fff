"""A stand-in for the trainer's process, without TensorFlow, and a listener for what it says."""

import asyncio
import os

from engine.core.fitting import Epoch

STAND_IN = """
import json, os, signal, sys, time
import numpy as np
from engine.core.fitting import Epoch, FitJob, Fitted
from engine.training.start import initial_weights

def say(**event):
    print(json.dumps(event), flush=True)

behaviour = sys.argv[1]
if behaviour == "breaks at once":
    raise RuntimeError("no \\x1b[31mTensorFlow here")
if behaviour == "is deaf to requests":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
say(event="ready")
for line in sys.stdin:
    request = json.loads(line)
    job = FitJob.from_arrays(dict(np.load(request["input"])), request["hyper"])
    epoch = Epoch(1, 1, *np.zeros((2, job.members), np.float32))
    if behaviour == "talks a lot":
        os.write(2, b"chatter\\n" * 200_000)
    if behaviour == "refuses":
        say(event="failed", kind="data", message="Bad rows", received="NaN", do="Mend them")
        continue
    if behaviour == "hangs once" and not os.path.exists(sys.argv[2]):
        open(sys.argv[2], "w").write(str(os.getpid()))
        say(event="epoch", **epoch.to_header())
        sys.stdin.read()
        os._exit(0)
    if behaviour == "writes rubbish":
        open(request["output"], "w").write("rubbish")
    else:
        np.savez(request["output"], **Fitted(initial_weights(job), (epoch,), 0.5).to_arrays())
    say(event="epoch", **epoch.to_header())
    if behaviour == "never ends" or behaviour == "is deaf to requests":
        time.sleep(600)
    if behaviour == "falls silent":
        os.close(1); time.sleep(600)
    say(event="done")
"""
"""Behaves as its first argument says; one that hangs once leaves its pid in the file that the second one names."""


class News(list):
    """What a job reported, and a way to wait for its first epoch."""

    def __init__(self):
        self.begun = asyncio.Event()

    def __call__(self, item):
        self.append(item)
        if isinstance(item, Epoch):
            self.begun.set()

    @property
    def phases(self):
        return [item for item in self if isinstance(item, str)]


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def gone(pid):
    """Wait until a process has ended, which is no child of this one."""
    async with asyncio.timeout(20):
        while alive(pid):
            await asyncio.sleep(0.01)
