"""Fetching 200 symbols: how late the engine's loop runs meanwhile, how long it takes, how much is asked.

Yahoo is a process of its own on this machine (tests/yahoo.py), reached by the real yfinance.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.adapters.calendars import ExchangeCalendars
from engine.adapters.clock import SystemClock
from engine.adapters.store import SqliteStore
from engine.adapters.yahoo import YahooSource
from engine.gate import Gate
from engine.interpreter import shared_finely
from engine.services.refresh import Refresh
from tests.benchmarks.lateness import figures, idle_beside, lateness
from tests.benchmarks.table import Figure, show

SYMBOLS, ROWS, AT_ONCE = 200, 2_520, 8


@contextmanager
def elsewhere(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A Yahoo in another process; the environment leads to it."""
    command = [sys.executable, "-m", "tests.yahoo", str(SYMBOLS), str(ROWS), str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as yahoo:
        assert yahoo.stdin
        assert yahoo.stdout
        os.environ.update(json.loads(yahoo.stdout.readline()))
        yield yahoo
        yahoo.stdin.close()


async def fetched(folder: Path) -> tuple[list[float], float, int, int]:
    """Lateness of the loop, seconds taken, symbols complete, requests made: the first fetch of a process."""
    store = SqliteStore(folder / "home")
    calendar = ExchangeCalendars()
    source = YahooSource(folder / "cache", calendar, history_years=10)
    refresh = Refresh(source, store, Gate(store, calendar, SystemClock()), SystemClock(), AT_ONCE)
    late: list[float] = []
    watch = asyncio.create_task(lateness(late))
    began = time.perf_counter()
    done = await refresh([f"S{number:03}" for number in range(SYMBOLS)])
    taken = time.perf_counter() - began
    watch.cancel()
    used = source.state().used
    source.close()
    await refresh.close()
    store.close()
    return late, taken, sum(each.bars > ROWS / 2 for each in done), used


def fetching() -> list[Figure]:
    """The first fetch of 200 symbols with ten years each, the start of the process that asks among it."""
    shared_finely()
    with tempfile.TemporaryDirectory() as folder, elsewhere(Path(folder)), idle_beside() as idle:
        late, taken, complete, used = asyncio.run(fetched(Path(folder)))
    return [
        *figures("the engine's loop late while 200 symbols are fetched", late, idle),
        Figure("200 symbols x 10 years, first fetch", f"{taken:.1f} s", "", None),
        Figure("symbols complete", f"{complete}", f"{SYMBOLS}", complete == SYMBOLS),
        Figure("requests made", f"{used}", f"{2 * SYMBOLS + 2}", used <= 2 * SYMBOLS + 2),
    ]


def main() -> None:
    """All of it."""
    show("Fetching", fetching())


if __name__ == "__main__":
    main()
