"""How late a loop runs, and how late one with nothing to do runs beside it on the same machine at the same time.

`python -m tests.benchmarks.lateness` is such an idle loop, until its standard input ends.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.benchmarks.table import Figure

STEP = 0.005
BUDGET = 50.0


async def lateness(into: list[float]) -> None:
    """Sleep a little, again and again, and note by how much each sleep was too long, in milliseconds."""
    while True:
        began = time.perf_counter()
        await asyncio.sleep(STEP)
        into.append(1000 * (time.perf_counter() - began - STEP))


@contextmanager
def idle_beside() -> Iterator[list[float]]:
    """A loop with nothing to do, in a process of its own; how late it ran is in the list afterwards."""
    late: list[float] = []
    command = [sys.executable, "-m", "tests.benchmarks.lateness"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as idle:
        assert idle.stdin
        assert idle.stdout
        idle.stdout.readline()
        yield late
        idle.stdin.close()
        late += json.loads(idle.stdout.readline())


def p99(late: list[float]) -> float:
    """Of some hundred values."""
    return statistics.quantiles(late, n=100)[98]


def figures(what: str, late: list[float], idle: list[float]) -> list[Figure]:
    """The budget is on the loop as it was, the machine's own share in it; the idle loop says how large that was."""
    ours, machine = p99(late), p99(idle)
    beside = f"{ours / machine:.1f} x, {ours - machine:+.1f} ms"
    return [
        Figure(f"{what}, p99", f"{ours:.1f} ms", f"{BUDGET:.0f} ms", ours <= BUDGET),
        Figure("an idle loop in another process meanwhile, p99", f"{machine:.1f} ms", "", None),
        Figure("the one against the other", beside, "", None),
        Figure("median and worst", f"{statistics.median(late):.1f}, {max(late):.0f} ms", "", None),
        Figure("idle: median and worst", f"{statistics.median(idle):.1f}, {max(idle):.0f} ms", "", None),
    ]


async def _idle() -> list[float]:
    late: list[float] = []
    ended = asyncio.Event()
    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), ended.set)
    watch = asyncio.create_task(lateness(late))
    print("ready", flush=True)
    await ended.wait()
    watch.cancel()
    return late


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_idle())))
