"""Live quotes: how long one takes from the server to a stored price alarm, and how late the engine's loop gets.

A server in a process of its own speaks as Yahoo's stream does; stream, service and store are the real ones.
"""

import asyncio
import random
import subprocess
import sys
import tempfile
import time
from contextlib import asynccontextmanager, suppress
from datetime import date
from pathlib import Path

import numpy as np

from engine.adapters.clock import SystemClock
from engine.adapters.store import SqliteStore
from engine.adapters.yahoo_stream import YahooStream
from engine.core.bars import History
from engine.gate import Gate
from engine.interpreter import shared_finely
from engine.ports import MarketHours, Ticker
from engine.services.quotes import Quotes
from tests.benchmarks.lateness import figures, idle_beside, lateness
from tests.benchmarks.table import Figure, show
from tests.yahoo_stream import frame, symbols, yahoo_stream

SYMBOLS = symbols(200)
LEVEL = 110.0
SECONDS = 6


class AlwaysOpen:
    """One market that never closes; every day is a session."""

    def exchange(self, symbol: str) -> str:
        return "XNYS"

    def session(self, exchange: str, day: date) -> date:
        return day

    def completed(self, exchange: str, now: float) -> date:
        return date.fromtimestamp(now - 86_400)

    def hours(self, exchange: str, now: float) -> MarketHours:
        return MarketHours("open", open=True, until=None, zone="UTC")


async def serve(rate: int) -> None:
    """Send that many quotes a second once someone has subscribed; each symbol passes its level once."""
    chance = random.Random(0)
    async with yahoo_stream() as server:
        print(server.url, flush=True)
        await server.until(lambda now: now.subscribed and len(now.subscribed[-1]) == len(SYMBOLS))
        loop, prices = asyncio.get_running_loop(), dict.fromkeys(SYMBOLS, 100.0)
        began = loop.time()
        for number in range(rate * SECONDS):
            symbol = SYMBOLS[number % len(SYMBOLS)]
            passes = prices[symbol] < LEVEL and chance.random() < 0.5
            prices[symbol] = 111.0 if passes else prices[symbol] + chance.uniform(-0.1, 0.1)
            await server.send(frame(symbol, prices[symbol], time.time()))
            await asyncio.sleep(max(0.0, began + (number + 1) / rate - loop.time()))
        await asyncio.sleep(0.5)


async def measure(url: str, folder: Path, rate: int) -> list[Figure]:
    """Listen to such a server."""
    clock, calendar, store = SystemClock(), AlwaysOpen(), SqliteStore(folder)
    for symbol in SYMBOLS:
        store.add_bars(_bars(symbol, calendar.completed("XNYS", clock.now())), "benchmark", clock.now())
    stream = YahooStream(url, expects=lambda now: True)
    quotes = Quotes(
        stream=stream,
        source=None,
        store=store,
        gate=Gate(store, calendar),
        calendar=calendar,
        clock=clock,
        poll_seconds=60,
    )
    delays: list[float] = []
    seen = [0]
    quotes.alarmed = lambda records: delays.extend(time.time() - record.alarm.at for record in records)
    quotes.changed = lambda changed: seen.__setitem__(0, seen[0] + len(changed))
    quotes.want([(Ticker(symbol, above=LEVEL), 0.0) for symbol in SYMBOLS])
    late: list[float] = []
    with idle_beside() as idle:
        async with _in_background(quotes.run()), _in_background(lateness(late)):
            while stream.state.state != "lost":
                await asyncio.sleep(0.05)
    stored = len(store.price_alarms())
    store.close()
    assert stored == len(delays) > 0
    delay = max(delays)
    what = f"{len(SYMBOLS)} symbols, {rate} quotes a second"
    return [
        Figure(f"{what}: quote to stored alarm, the slowest of {stored}", f"{1000 * delay:.0f} ms", "2 s", delay <= 2),
        *figures(f"{what}: the engine's loop late ({seen[0]} quotes taken)", late, idle),
    ]


@asynccontextmanager
async def _in_background(work):
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def _bars(symbol: str, last: date) -> History:
    days = np.datetime64(last) - np.arange(1, -1, -1)
    prices = np.full(2, 100.0)
    return History(symbol, days.astype("datetime64[D]"), prices, prices, prices, prices, prices)


def run(rate: int) -> list[Figure]:
    """One rate, with a server of its own."""
    command = [sys.executable, "-P", "-m", "tests.benchmarks.quotes", str(rate)]
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=_environment()) as server,
    ):
        assert server.stdout
        return asyncio.run(measure(server.stdout.readline().strip(), Path(folder), rate))


def _environment() -> dict[str, str]:
    import os

    return {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}


def main() -> None:
    """All of it."""
    shared_finely()
    show("Live quotes", [*run(50), *run(1_000)])


if __name__ == "__main__":
    if len(sys.argv) > 1:
        asyncio.run(serve(int(sys.argv[1])))
    else:
        main()
