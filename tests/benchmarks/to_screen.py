"""A quote on its way to a screen: from Yahoo's socket through stream, levels, kinds, store and server to a terminal.

The engine runs here, on a local Yahoo that speaks as the real one does; the screens are real ones in pseudo-terminals.
"""

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from engine.client import Client
from engine.protocol import Attach, View
from tests.bad_day import Clock, instant, listed
from tests.benchmarks.screen import TRUECOLOR
from tests.benchmarks.table import Figure, show
from tests.engines import client_of, running, until
from tests.terminal import Terminal
from tests.yahoo import serving
from tests.yahoo_stream import YahooStreamServer, yahoo_stream

CALLED = tuple(f"Q{number:02}" for number in range(20))
QUOTED = tuple(f"W{number:02}" for number in range(50))
LAST, SECONDS = 100.0, 60.0
"""The close before, and how long bytes are counted for."""


@dataclass(slots=True)
class Market:
    """An engine with live quotes, and where they come from."""

    stream: YahooStreamServer
    clock: Clock
    client: Client
    view: View
    folder: Path

    def screen(self, *words: str) -> Terminal:
        """A screen of its own on the engine."""
        command = [sys.executable, "-P", "-m", "tui", "-w", "quoted", *words]
        return Terminal(command, {**TRUECOLOR, "WHIPSAW_HOME": str(self.folder / "home")}, folder=self.folder)

    async def quote(self, symbol: str, price: float) -> None:
        """From Yahoo."""
        await self.stream.quote(symbol, price, self.clock.at, previous_close=LAST)


@asynccontextmanager
async def market(folder: Path, symbols: tuple[str, ...]) -> AsyncIterator[Market]:
    """One whose list is scored and subscribed; each ticker has a level of 105."""
    clock, lists = Clock(instant(10, 0)), folder / "home" / "watchlists"
    lists.mkdir(parents=True)
    (lists / "quoted.toml").write_text("".join(f'[[ticker]]\nsymbol = "{each}"\nabove = 105\n' for each in symbols))
    with serving(folder, clock.now) as yahoo:
        os.environ.update(yahoo.environment)
        for symbol in symbols:
            yahoo.add(listed(symbol, LAST), name=symbol)
        async with yahoo_stream(yahoo.tls) as stream:
            yahoo.tunnels["streamer.finance.yahoo.com"] = stream.port
            async with running(folder / "home", "yahoo", clock=clock), client_of(folder / "home") as client:
                view = await client.ask(Attach(watchlist="quoted", rate=1.0))
                assert isinstance(view, View)
                view = await until(view, client, lambda now: now.status.live.state == "live" and _scored(now))
                await stream.until(lambda server: server.subscribed and {*symbols} <= server.subscribed[-1])
                yield Market(stream, clock, client, view, folder)


async def delays(folder: Path) -> tuple[list[float], list[float]]:
    """Seconds from each quote to its price alert on a terminal, and to the view that holds its provisional alarm.

    Screens are told once a second, as they are by default.
    """
    called, raised = [], []
    # most of the list stays calm: where much of it moves, one alarm of the market stands for all
    async with market(folder, (*CALLED, *QUOTED)) as on:
        with on.screen() as terminal:
            await asyncio.to_thread(terminal.shows, "live ●")
            view = on.view
            for symbol in CALLED:
                began = time.monotonic()
                await on.quote(symbol, 118.0)
                await asyncio.to_thread(terminal.until, lambda text, symbol=symbol: _stands(text, symbol))
                called.append(time.monotonic() - began)
                view = await until(view, on.client, lambda now, symbol=symbol: _raised(now, symbol))
                raised.append(time.monotonic() - began)
                await asyncio.sleep(0.37)  # another part of the screen's second each time
    return called, raised


async def sent(folder: Path) -> tuple[int, int]:
    """Bytes in a minute in which 50 tickers are quoted twice a second: a screen's, and one's with `--low-bandwidth`."""
    async with market(folder, QUOTED) as on:
        with on.screen() as usual, on.screen("--low-bandwidth") as low:
            await asyncio.gather(*(asyncio.to_thread(each.shows, "idle") for each in (usual, low)))
            quoting = asyncio.create_task(_quote_all(on))
            await asyncio.gather(*(asyncio.to_thread(each.read_for, 5.0) for each in (usual, low)))
            counted = await asyncio.gather(*(asyncio.to_thread(each.read_for, SECONDS) for each in (usual, low)))
            quoting.cancel()
    return int(60 * counted[0] / SECONDS), int(60 * counted[1] / SECONDS)


async def _quote_all(on: Market) -> None:
    number = 0
    while True:
        number += 1
        on.clock.at += 0.5
        for place, symbol in enumerate(QUOTED):
            await on.quote(symbol, LAST + (number * (place + 3) % 31) / 10)
        await asyncio.sleep(0.5)


def _scored(view: View) -> bool:
    return all(row.scored for row in view.rows) and all(job.state == "done" for job in view.jobs)


def _stands(text: str, symbol: str) -> bool:
    return any(symbol in line and "above your" in line for line in text.splitlines())


def _raised(view: View, symbol: str) -> bool:
    return any(alarm.symbol == symbol and alarm.provisional for alarm in view.alarms)


def main() -> None:
    """All of it."""
    with tempfile.TemporaryDirectory() as folder:
        called, raised = asyncio.run(delays(Path(folder)))
    with tempfile.TemporaryDirectory() as folder:
        usual, low = asyncio.run(sent(Path(folder)))
    told = "bytes a minute, 50 tickers quoted twice a second"
    figures = [
        _figure("price alert on the terminal", called),
        _figure("provisional alarm in the screen's view", raised),
        Figure(told, f"{usual:,}", "", None),
        Figure("the same with `--low-bandwidth`", f"{low:,} ({usual / max(low, 1):.1f} x less)", "", None),
    ]
    show("A quote's way to the screen", figures)


def _figure(what: str, taken: list[float]) -> Figure:
    value = f"{max(taken):.2f} s (median {statistics.median(taken):.2f} s)"
    return Figure(f"quote to {what}, the slowest of {len(taken)}", value, "2 s", max(taken) <= 2)


if __name__ == "__main__":
    main()
