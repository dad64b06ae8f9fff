"""The bank: retraining against plain Keras models, the pooled job, and the trainer's memory."""

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from engine.adapters.trainer import ProcessTrainer
from engine.core.fitting import FitJob, Fitted
from engine.core.lstm import forward
from engine.core.windows import windows
from tests.benchmarks.bank_jobs import pooled_job, retrain_job
from tests.benchmarks.table import Figure, show

EPOCHS, ROUNDS, AT_ONCE = 10, 4, 4
POOLED_ROWS, THIRTY_YEARS = 68_000, 20 * 7_560


@dataclass(frozen=True, slots=True)
class Run:
    """A job's result, the seconds and processor seconds since TensorFlow was there, and the process's peak in MB."""

    fitted: Fitted
    seconds: float
    cpu: float
    peak: float


def run(*jobs: FitJob) -> list[Run]:
    """Fit jobs one after another in one trainer process, started for them."""
    return asyncio.run(_run(jobs))


async def _run(jobs: tuple[FitJob, ...]) -> list[Run]:
    with tempfile.TemporaryDirectory() as folder:
        trainer = ProcessTrainer(Path(folder))
        runs = [await fit(trainer, job) for job in jobs]
        await trainer.close()
    return runs


async def fit(trainer: ProcessTrainer, job: FitJob) -> Run:
    """A job in a trainer that stays."""
    marks = [_mark(trainer)]
    fitted = await trainer.fit(job, lambda news: _mark_start(news, marks, trainer))
    (began, used), (ended, all_used) = marks[-1], _mark(trainer)
    return Run(fitted, ended - began, all_used - used, _peak(trainer))


def _mark_start(news: object, marks: list[tuple[float, float]], trainer: ProcessTrainer) -> None:
    if news == "building the network":  # TensorFlow has just started
        marks.append(_mark(trainer))


def _mark(trainer: ProcessTrainer) -> tuple[float, float]:
    """Now, and the processor seconds that the trainer's child has used."""
    if not (child := trainer._child):
        return time.perf_counter(), 0.0
    fields = Path(f"/proc/{child._process.pid}/stat").read_text().rpartition(")")[2].split()
    return time.perf_counter(), (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _peak(trainer: ProcessTrainer) -> float:
    """The most memory the child has had, in MB."""
    assert trainer._child
    lines = Path(f"/proc/{trainer._child._process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


@contextmanager
def keras_loop(job: FitJob) -> Iterator[subprocess.Popen[str]]:
    """The reference in its own process, Keras loaded."""
    with tempfile.TemporaryDirectory() as folder:
        np.savez(Path(folder) / "job.npz", **job.to_arrays())
        command = [sys.executable, "-m", "tests.benchmarks.keras_loop", f"{folder}/job.npz", str(job.hyper.epochs)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as loop:
            assert loop.stdin
            assert loop.stdout
            assert loop.stdout.readline() == "ready\n"
            yield loop
            loop.stdin.close()


def ask(loop: subprocess.Popen[str], members: list[int]) -> dict:
    """What the reference says of training these."""
    assert loop.stdin
    assert loop.stdout
    loop.stdin.write(" ".join(map(str, members)) + "\n")
    loop.stdin.flush()
    return json.loads(loop.stdout.readline())


def retraining() -> list[Figure]:
    """Ours and the reference in turn; the reference on four other tickers each time, scaled to all."""
    job, speed, processor, shares, theirs, used = retrain_job(EPOCHS), [], [], [], [], []
    with keras_loop(job) as loop:
        for number in range(ROUNDS):
            members = list(range(number * AT_ONCE, (number + 1) * AT_ONCE))
            said, (ours,) = ask(loop, members), run(job)
            speed.append(said["seconds"] / AT_ONCE * job.members / ours.seconds)
            processor.append(said["cpu"] / AT_ONCE * job.members / ours.cpu)
            shares.append(_operations(job) / ours.seconds / sgemm())
            theirs += said["mae"]
            used.append(ours)
    own = [mae(job, used[0].fitted, member) for member in range(ROUNDS * AT_ONCE)]
    worse = statistics.median(own) / statistics.median(theirs) - 1
    ratio, peak = statistics.median(speed), max(one.peak for one in used)
    seconds = statistics.median(one.seconds for one in used)
    spread = f"{ratio:.1f} x ({min(speed):.1f} to {max(speed):.1f} in {ROUNDS} rounds; {seconds:.0f} s)"
    return [
        Figure(
            "retrain 64 tickers x 756 sessions, 10 epochs, against a loop of Keras models", spread, "8 x", ratio >= 8
        ),
        Figure("the same in processor time", f"{statistics.median(processor):.1f} x", "", None),
        Figure(f"median test MAE against the loop's, {len(own)} tickers", f"{worse:+.1%}", "+1 %", worse <= 0.01),
        Figure("share of the machine's sgemm rate (2048 x 2048)", f"{statistics.median(shares):.0%}", "", None),
        Figure("the trainer's memory, 64 tickers", f"{peak:.0f} MB", "1,200 MB", peak <= 1_200),
    ]


def mae(job: FitJob, fitted: Fitted, member: int) -> float:
    """A member's mean absolute error on its test rows, in its own scale."""
    tested = np.arange(job.val[member].max() + 1, job.x.shape[1] - 1)
    rows = windows(job.x[member, :, 0], job.hyper.window)[tested - job.hyper.window + 1]
    return float(
        np.abs(forward(fitted.weights.member([member]), rows[None, ..., None])[0] - job.y[member, tested]).mean()
    )


def sgemm() -> float:
    """Floating-point operations a second of a 2048 x 2048 product, all processors, the best of ten."""
    one, best = np.ones((2048, 2048), np.float32), np.inf
    for _ in range(10):
        began = time.perf_counter()
        one @ one
        best = min(best, time.perf_counter() - began)
    return 2 * 2048**3 / best


def _operations(job: FitJob) -> float:
    """Those of the products alone: once forwards and twice backwards for training, once for validation."""
    sizes = (job.x.shape[2], *job.hyper.units)
    step = sum(2 * (inputs + units) * 4 * units for inputs, units in pairwise(sizes))
    rows = (3 * job.rows_train + job.rows_val).sum() * (job.members if job.shared else 1)
    return float(step * job.hyper.window * job.hyper.epochs * rows)


def pooled() -> list[Figure]:
    """Three seeds on one list: seconds an epoch, and the memory of thirty years of twenty tickers."""
    figures = []
    for batch in (256, 512):
        first, second = run(*(pooled_job(POOLED_ROWS, batch=batch, epochs=epochs) for epochs in (1, 2)))
        value = (
            f"{second.seconds / 2:.1f} s ({second.cpu / 2:.1f} processor seconds, first epoch {first.seconds:.1f} s)"
        )
        figures.append(Figure(f"pooled, 3 seeds, 68,000 windows x 12, batch {batch}: an epoch", value, "", None))
    (long,) = run(pooled_job(THIRTY_YEARS, epochs=1, epoch_rows=20_000))
    value = f"{long.peak:.0f} MB"
    return [*figures, Figure("the trainer's memory, pooled, 151,200 windows", value, "1,200 MB", long.peak <= 1_200)]


def main() -> None:
    """All of it."""
    show("The bank", [*retraining(), *pooled()])


if __name__ == "__main__":
    main()
