"""The WebSocket to Yahoo's live quotes, kept up through drops and silence."""

import asyncio
import json
import logging
import random
import time
from collections.abc import Awaitable, Callable, Collection
from contextlib import AbstractAsyncContextManager
from typing import Any, Literal, Protocol, TypeAlias

from engine.adapters.yahoo_stream.message import decode, message_class
from engine.core.quotes import Quote
from engine.format import plain
from engine.ports import StreamState

log = logging.getLogger(__name__)

URL = "wss://streamer.finance.yahoo.com/?version=2"
_SHORTEST, _LONGEST = 1.0, 60.0


class Socket(Protocol):
    """What is used of a WebSocket."""

    async def send(self, message: str) -> None:
        """Send one text frame."""
        ...

    async def recv(self) -> str | bytes:
        """The next frame."""
        ...


Connect: TypeAlias = Callable[[str], AbstractAsyncContextManager[Socket]]
Said: TypeAlias = Callable[[Quote | StreamState], None]


class _SilentError(Exception):
    """Nothing came, though a market is open."""


class YahooStream:
    """Yahoo's stream of quotes: subscribes, reconnects with a growing, jittered pause (1 to 60 s), subscribes again.

    While `expects(now)` says that a market of the wanted symbols should be sending, `stale_after` seconds without a
    quote count as a dead connection. The pause starts anew only once a quote has come, so that a server that accepts
    and closes, or accepts and stays silent, is asked ever more seldom. Every `repeat_after` seconds all of the
    subscription is said again. Proxies and certificates are those of the
    environment (HTTPS_PROXY, SSL_CERT_FILE). All methods belong to one event loop.
    """

    name = "yahoo"

    def __init__(
        self,
        url: str = URL,
        *,
        expects: Callable[[float], bool],
        now: Callable[[], float] = time.time,
        stale_after: float = 120.0,
        repeat_after: float = 15.0,
        connect: Connect | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        rng: random.Random | None = None,
    ) -> None:
        self._url = url
        self._expects = expects
        self._now = now
        self._stale_after = stale_after
        self._repeat_after = repeat_after
        self._connect = connect or _connect
        self._sleep = sleep
        self._rng = rng or random.Random()  # noqa: S311 - it spreads reconnections, nothing else
        self._wanted: frozenset[str] = frozenset()
        self._rewanted = asyncio.Event()
        self._said: Said = lambda _: None
        self._state = StreamState()
        self._quiet_since = 0.0
        self._failures = 0
        self.malformed = 0
        """Frames that could not be read, so far."""

    @property
    def state(self) -> StreamState:
        """How it does now."""
        return self._state

    def want(self, symbols: Collection[str]) -> None:
        self._wanted = frozenset(symbols)
        self._rewanted.set()

    async def run(self, said: Said) -> None:
        self._said = said
        # the protobuf library takes some 60 ms to load: not on the loop
        await asyncio.to_thread(message_class)
        while True:
            await self._until_wanted()
            self._show("connecting" if self._failures == 0 else self._state.state, self._state.why)
            why = await self._one_connection()
            if why is not None:
                await self._pause(why)

    # --- one connection ---

    async def _one_connection(self) -> str | None:
        """Serve until it ends; gives why it did, or None if nothing is wanted any more."""
        from websockets.exceptions import ConnectionClosed, WebSocketException  # noqa: PLC0415 - with the client

        try:
            async with self._connect(self._url) as socket:
                await self._served(socket)
        except _SilentError:
            why = f"no quotes for {self._stale_after:.0f} s"
            self._show("stale", why)
            return why
        except ConnectionClosed as error:
            return "Yahoo closed the connection" if error.rcvd else "the connection to Yahoo's quotes broke"
        except (OSError, WebSocketException) as error:
            return f"no connection to Yahoo's quotes: {plain(str(error))[:120] or type(error).__name__}"
        except Exception as error:
            why = f"an unexpected fault: {type(error).__name__}"
            if self._state.why != why:
                log.exception("the stream of quotes stumbled")
            return why
        return None

    async def _served(self, socket: Socket) -> None:
        """Read, subscribe and watch at once; the first of them to end ends all. Ends well if nothing is wanted."""
        if self._state.state != "stale":
            self._show("live")
        self._quiet_since = self._now()
        tasks = [asyncio.create_task(each) for each in (self._read(socket), self._subscribe(socket), self._watch())]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for task in done:
            task.result()

    async def _read(self, socket: Socket) -> None:
        while True:
            frame = await socket.recv()
            try:
                quote = decode(frame)
            except ValueError as error:
                self._count(error)
                continue
            if quote is None or quote.symbol not in self._wanted:
                continue
            self._quiet_since = self._now()
            self._failures = 0
            if self._state.state != "live":
                self._show("live")
            self._said(quote)

    async def _subscribe(self, socket: Socket) -> None:
        """Say what is wanted: differences at once, all of it now and then, as Yahoo expects; ends when nothing is."""
        said: frozenset[str] = frozenset()
        repeat = False
        while self._wanted:
            self._rewanted.clear()
            wanted = self._wanted
            if said - wanted:
                await socket.send(json.dumps({"unsubscribe": sorted(said - wanted)}))
            if new := wanted if repeat else wanted - said:
                await socket.send(json.dumps({"subscribe": sorted(new)}))
            said = wanted
            try:
                async with asyncio.timeout(self._repeat_after):
                    await self._rewanted.wait()
                repeat = False
            except TimeoutError:
                repeat = True

    async def _watch(self) -> None:
        """Raise _SilentError after too long a silence; where no market should be sending, silence is no fault."""
        while True:
            now = self._now()
            self._quiet_since = min(self._quiet_since, now)  # the clock may have been set back
            if not self._expects(now):
                self._quiet_since = now
                if self._state.state == "stale":
                    self._show("live")
            elif now - self._quiet_since >= self._stale_after:
                raise _SilentError
            await asyncio.sleep(min(5.0, self._stale_after / 4))

    # --- between connections ---

    async def _until_wanted(self) -> None:
        while not self._wanted:
            self._failures = 0
            self._show("off")
            self._rewanted.clear()
            await self._rewanted.wait()

    async def _pause(self, why: str) -> None:
        """Wait before the next try, twice as long after each failure."""
        longest = min(_LONGEST, _SHORTEST * 2 ** min(self._failures + 1, 10))
        seconds = max(_SHORTEST, longest * self._rng.uniform(0.5, 1.0))
        self._failures += 1
        state: Literal["stale", "lost"] = "stale" if self._state.state == "stale" else "lost"
        self._show(state, why, self._now() + seconds)
        await self._sleep(seconds)

    def _show(self, state: Any, why: str | None = None, retry_at: float | None = None) -> None:
        before = self._state
        since = before.since if before.state == state else self._now()
        self._state = StreamState(state, since, retry_at, None if state in ("live", "off") else why)
        if before.state != state:
            log.info("live quotes: %s%s", state, f", {why}" if why else "")
        if self._state != before:
            self._said(self._state)

    def _count(self, error: ValueError) -> None:
        self.malformed += 1
        if self.malformed == 1:
            log.warning("a message of Yahoo's stream could not be read; later ones are only counted: %s", error)


def _connect(url: str) -> AbstractAsyncContextManager[Socket]:
    from websockets.asyncio.client import connect  # noqa: PLC0415 - 0.1 s, for those who want quotes

    return connect(url, proxy=True, open_timeout=15, close_timeout=2)
