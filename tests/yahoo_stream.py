"""A local server that speaks as Yahoo's stream of quotes does, and can be made to misbehave."""

import asyncio
import base64
import json
import ssl
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from engine.adapters.yahoo_stream.message import message_class

NOW = 1_793_025_000.0  # Monday 26 October 2026, 10:30 in New York: the market is open


def frame(symbol: str, price: float, at: float = NOW, *, bare: bool = False, **fields: object) -> str:
    """One quote as Yahoo sends it; `at` in seconds since the epoch."""
    fields = {"market_hours": 1, "currency": "USD"} | fields
    data = message_class()(id=symbol, price=price, time=int(at * 1000), **fields)
    text = base64.b64encode(data.SerializeToString()).decode()
    return text if bare else json.dumps({"type": "pricing", "message": text})


class YahooStreamServer:
    """What clients asked of it, and ways to answer."""

    def __init__(self) -> None:
        self.url = ""
        self.port = 0
        self.accepted = 0
        self.asked: list[dict[str, list[str]]] = []
        self.closing_at_once = False
        self.refusing: int | None = None
        self._clients: set[ServerConnection] = set()
        self._news = asyncio.Condition()

    @property
    def clients(self) -> int:
        """Connections open now."""
        return len(self._clients)

    @property
    def subscribed(self) -> list[set[str]]:
        """The symbols of each subscription so far."""
        return [set(each["subscribe"]) for each in self.asked if "subscribe" in each]

    async def until(self, met) -> None:
        """Wait until a condition on this server is met."""
        async with self._news:
            await self._news.wait_for(lambda: met(self))

    async def send(self, *frames: str) -> None:
        """The same frames to every client."""
        for client in tuple(self._clients):
            for each in frames:
                await client.send(each)

    async def quote(self, symbol: str, price: float, at: float = NOW, **fields: object) -> None:
        """One quote to every client."""
        await self.send(frame(symbol, price, at, **fields))

    async def close(self) -> None:
        """Close all connections as a server does that shuts down."""
        for client in tuple(self._clients):
            await client.close()

    async def drop(self) -> None:
        """Cut all connections off without a word."""
        for client in tuple(self._clients):
            client.transport.abort()

    def answer(self, client: ServerConnection, request: Request) -> Response | None:
        """Refuse a client before it is one, if told to."""
        return client.respond(self.refusing, "no") if self.refusing else None

    async def handle(self, client: ServerConnection) -> None:
        """Serve one client until it goes."""
        self.accepted += 1
        self._clients.add(client)
        await self._tell()
        if self.closing_at_once:
            await client.close()
        try:
            async for message in client:
                self.asked.append(json.loads(message))
                await self._tell()
        except ConnectionClosed:
            pass
        finally:
            self._clients.discard(client)
            await self._tell()

    async def _tell(self) -> None:
        async with self._news:
            self._news.notify_all()


@asynccontextmanager
async def yahoo_stream(certificate: ssl.SSLContext | None = None) -> AsyncIterator[YahooStreamServer]:
    """A server on a free port of this machine, over TLS if it is given a certificate."""
    server = YahooStreamServer()
    async with serve(
        server.handle, "127.0.0.1", 0, process_request=server.answer, ssl=certificate, close_timeout=1
    ) as listening:
        port = listening.sockets[0].getsockname()[1]
        server.port = port
        server.url = f"{'wss' if certificate else 'ws'}://localhost:{port}/?version=2"
        yield server


def symbols(count: int) -> Collection[str]:
    """Made-up symbols."""
    return [f"TK{number:03}" for number in range(count)]
