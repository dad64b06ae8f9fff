"""A step of the time machine: from the question to the view of an earlier session, and to its chart, on the wire."""

import asyncio
import statistics
import tempfile
import time
from datetime import date
from pathlib import Path

from engine.client import Client
from engine.protocol import Attach, GetChart, Train, View
from tests.benchmarks.table import Figure, show
from tests.engines import client_of, running, write_all
from tests.worlds import history

TICKERS, ROWS, STEPS = 20, 2520, 12
TRAINED_TO = date(2014, 6, 2)
BUDGET = 150
"""Milliseconds from the key to the screen; of them the screen waits 40 for a further key, and then draws."""


async def measure(folder: Path) -> list[tuple[float, float, float]]:
    """Milliseconds to the view and to the chart of each session, and of the processor in all; the first is cold."""
    files = write_all(folder / "files", [history(f"T{seed:02}", ROWS, seed=seed) for seed in range(TICKERS)])
    async with (
        running(folder / "home", f"files:{files}", "model.expires=5000") as _,
        client_of(folder / "home") as client,
    ):
        await _scored(client)
        await client.ask(Train(end=TRAINED_TO))
        view = await _scored(client)
        return [await _step(client, session) for session in view.status.sessions[-2 : -STEPS - 3 : -1]]


async def _step(client: Client, session: date) -> tuple[float, float, float]:
    began, worked = time.perf_counter(), time.process_time()
    view = await client.ask(Attach(as_of=session))
    came = time.perf_counter()
    assert isinstance(view, View) and all(row.scored for row in view.rows)
    await client.ask(GetChart("T00"))
    ended = time.perf_counter()
    return 1e3 * (came - began), 1e3 * (ended - came), 1e3 * (time.process_time() - worked)


async def _scored(client: Client) -> View:
    """The view once everything is quiet."""
    while True:
        view = await client.ask(Attach())
        assert isinstance(view, View)
        if view.rows and all(row.scored for row in view.rows) and all(job.state == "done" for job in view.jobs):
            return view
        await asyncio.sleep(0.5)


def main() -> None:
    """All of it."""
    with tempfile.TemporaryDirectory() as folder:
        cold, *warm = asyncio.run(measure(Path(folder)))
    views, charts, work = zip(*warm, strict=True)
    whole = statistics.median(map(sum, zip(views, charts, strict=True)))
    what = f"a session back, {TICKERS} tickers x {ROWS} stored rows, warm, to its view and its chart on the wire"
    value = f"{whole:.0f} ms ({statistics.median(work):.0f} ms of the processor; the first step {sum(cold[:2]):.0f} ms)"
    show("The time machine", [Figure(what, value, f"{BUDGET} ms", whole <= BUDGET)])


if __name__ == "__main__":
    main()
