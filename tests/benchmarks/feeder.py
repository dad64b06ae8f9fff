"""An engine's end of the wire without an engine: made-up tickers, fifty or more, that change when they are told to.

`python -m tests.benchmarks.feeder HOME [TICKERS]` serves until its standard input ends; each line on it makes every row
change.
"""

import asyncio
import contextlib
import random
import sys
from datetime import date
from pathlib import Path

import msgspec
from msgspec.structs import replace
from websockets.asyncio.server import ServerConnection, unix_serve
from websockets.exceptions import ConnectionClosed

from engine.client import Lease
from engine.home import home
from engine.protocol import (
    Attach,
    Done,
    Feed,
    GetChart,
    Message,
    Ok,
    Refused,
    Request,
    Row,
    Status,
    View,
    Watchlist,
    difference,
    encode,
)

TICKERS = 50


def first_view(tickers: int = TICKERS) -> View:
    """So many tickers after one session."""
    chance = random.Random(0)
    rows = tuple(
        Row(
            symbol=f"TK{number:02}",
            name=f"Ticker {number}",
            session=date(2026, 11, 20),
            close=20 + 300 * chance.random(),
            change_pct=chance.gauss(0, 1),
            spark=tuple(100 + chance.gauss(0, 5) for _ in range(60)),
            momentum_10d=chance.gauss(0, 4),
            momentum_z=chance.gauss(0, 1),
            volatility_ratio=1.0,
            scored=True,
            source="feeder",
        )
        for number in range(tickers)
    )
    status = Status("0", 1, "/", "feeder", 0.0, feed=Feed("ok", 0.0))
    return View(status, Watchlist("fifty", "fifty", ("fifty",)), rows)


def moved(row: Row, chance: random.Random) -> Row:
    """The next quote of a row: price, change, momentum and the last point of its sparkline are others."""
    close = (row.close or 1.0) * (1 + chance.gauss(0, 0.004))
    return replace(
        row,
        close=close,
        change_pct=(row.change_pct or 0.0) + chance.gauss(0, 0.4),
        momentum_10d=(row.momentum_10d or 0.0) + chance.gauss(0, 0.4),
        volatility_ratio=max(0.1, (row.volatility_ratio or 1.0) + chance.gauss(0, 0.05)),
        spark=(*row.spark[:-1], row.spark[-1] + chance.gauss(0, 3)),
    )


class Feeder:
    """Serves any number of screens."""

    def __init__(self, tickers: int) -> None:
        self._view = first_view(tickers)
        self._chance = random.Random(1)
        self._screens: set[ServerConnection] = set()

    async def serve(self, connection: ServerConnection) -> None:
        """Answer commands of one screen."""
        requests = msgspec.json.Decoder(Request)
        with contextlib.suppress(ConnectionClosed):
            async for frame in connection:
                request = requests.decode(frame)
                await connection.send(encode(self._answer(request, connection)), text=True)
        self._screens.discard(connection)

    def _answer(self, request: Request, connection: ServerConnection) -> Message:
        if isinstance(request.command, Attach):
            self._screens.add(connection)
            return Done(request.id, self._view)
        if isinstance(request.command, GetChart):
            return Refused(request.id, "unknown_symbol", "no chart here")
        return Done(request.id, Ok())

    async def tick(self) -> None:
        """Every row changes."""
        after = replace(self._view, rows=tuple(moved(row, self._chance) for row in self._view.rows))
        changed = difference(self._view, after)
        self._view = after
        for screen in self._screens:
            if changed:
                await screen.send(encode(changed), text=True)


async def main(folder: Path, tickers: int = TICKERS) -> None:
    """Serve until standard input ends."""
    where, feeder = home(folder), Feeder(tickers)
    where.socket.parent.mkdir(parents=True, exist_ok=True)
    where.lock_file.parent.mkdir(parents=True, exist_ok=True)
    async with unix_serve(feeder.serve, str(where.socket)):
        where.lock_file.write_bytes(msgspec.json.encode(Lease(1, str(where.socket), "feeder")))
        print("ready", flush=True)
        while await asyncio.to_thread(sys.stdin.readline):
            await feeder.tick()
    where.socket.unlink(missing_ok=True)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), *map(int, sys.argv[2:])))
