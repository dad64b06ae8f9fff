"""A quote on its way to a screen: from Yahoo's socket through stream, levels, kinds, store and server to the view."""

import asyncio
import os
import statistics
import tempfile
import time
from pathlib import Path

from engine.protocol import Attach, View
from tests.bad_day import Clock, instant, listed
from tests.benchmarks.table import Figure, show
from tests.engines import client_of, running, until
from tests.yahoo import serving
from tests.yahoo_stream import yahoo_stream

SYMBOLS = tuple(f"Q{number:02}" for number in range(20))
LAST = 100.0


async def measure(folder: Path) -> tuple[list[float], list[float]]:
    """Seconds from each quote to the view that holds its price alert, and its provisional alarm.

    The view is told once a second, as screens are by default.
    """
    clock = Clock(instant(10, 0))
    lists = folder / "home" / "watchlists"
    lists.mkdir(parents=True)
    (lists / "levels.toml").write_text("".join(f'[[ticker]]\nsymbol = "{each}"\nabove = 105\n' for each in SYMBOLS))
    called, raised = [], []
    with serving(folder, clock.now) as yahoo:
        os.environ.update(yahoo.environment)
        for symbol in SYMBOLS:
            yahoo.add(listed(symbol, LAST), name=symbol)
        async with yahoo_stream(yahoo.tls) as stream:
            yahoo.tunnels["streamer.finance.yahoo.com"] = stream.port
            async with running(folder / "home", "yahoo", clock=clock), client_of(folder / "home") as client:
                view = await client.ask(Attach(watchlist="levels", rate=1.0))
                assert isinstance(view, View)
                view = await until(view, client, lambda now: now.status.live.state == "live" and _scored(now))
                await stream.until(lambda server: server.subscribed and {*SYMBOLS} <= server.subscribed[-1])
                for symbol in SYMBOLS:
                    began = time.monotonic()
                    await stream.quote(symbol, 118.0, clock.at, previous_close=LAST)
                    view = await until(view, client, lambda now, symbol=symbol: _called(now, symbol))
                    called.append(time.monotonic() - began)
                    view = await until(view, client, lambda now, symbol=symbol: _raised(now, symbol))
                    raised.append(time.monotonic() - began)
                    await asyncio.sleep(0.37)  # another part of the screen's second each time
    return called, raised


def _scored(view: View) -> bool:
    return all(row.scored for row in view.rows) and all(job.state == "done" for job in view.jobs)


def _called(view: View, symbol: str) -> bool:
    return any(alarm.symbol == symbol and alarm.kind == "price alert" for alarm in view.alarms)


def _raised(view: View, symbol: str) -> bool:
    return any(alarm.symbol == symbol and alarm.provisional for alarm in view.alarms)


def main() -> None:
    """All of it."""
    with tempfile.TemporaryDirectory() as folder:
        called, raised = asyncio.run(measure(Path(folder)))
    figures = [_figure("price alert", called), _figure("provisional alarm", raised)]
    show("A quote's way to the screen", figures)


def _figure(what: str, taken: list[float]) -> Figure:
    value = f"{max(taken):.2f} s (median {statistics.median(taken):.2f} s)"
    return Figure(f"quote to {what} in the screen's view, the slowest of {len(taken)}", value, "2 s", max(taken) <= 2)


if __name__ == "__main__":
    main()
