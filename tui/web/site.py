"""What a browser gets: the page, its files, and a WebSocket to a screen of its own."""

import asyncio
from collections.abc import Awaitable, Callable
from importlib import resources
from pathlib import Path
from string import Template
from typing import Final

from aiohttp import WSCloseCode, web
from textual_serve.server import Server, to_int

from tui.web.door import fits, turned_away
from tui.web.tab import PATIENCE, Tab

HEARTBEAT = 15.0
"""Seconds between two signs of life: a tab that is gone without a word is noticed."""
_PAGE: Final = resources.files("tui.web") / "page"
_LOST: Final = "Nothing is here. Open the address that `whipsaw serve` has printed: it ends with a key.\n"
_NO_MESSAGE: Final = (ValueError, LookupError, TypeError, AttributeError, AssertionError)
"""What textual-serve raises at a message that is none of its page's."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Site(Server):
    """Textual-serve's own site with another page, behind a door."""

    def __init__(self, command: str, key: str) -> None:
        super().__init__(command, title="whipsaw")
        self._key = key
        self._sockets: set[web.WebSocketResponse] = set()
        self._page = Template((_PAGE / "index.html").read_text(encoding="utf-8"))

    def application(self) -> web.Application:
        """The routes; whatever else is asked for, a key that does not fit among it, is not there."""
        app = web.Application(middlewares=[_guarded])
        app.add_routes(
            [
                web.get("/{key}/", self.handle_index),
                web.get("/{key}/ws", self.handle_websocket),
                web.static("/static", self.statics_path),
                web.static("/page", Path(str(_PAGE))),
            ]
        )
        app.on_response_prepare.append(_careful)
        app.on_shutdown.append(self.on_shutdown)
        return app

    async def on_shutdown(self, app: web.Application) -> None:
        """Every tab is told, so that its screen leaves."""
        await asyncio.gather(*(socket.close(code=WSCloseCode.GOING_AWAY) for socket in self._sockets))

    async def handle_index(self, request: web.Request) -> web.Response:
        """The page, for the host that it was asked for by: a tunnel has a port of its own."""
        self._check(request)
        page = self._page.substitute(socket=f"ws://{request.host}/{self._key}/ws")
        return web.Response(text=page, content_type="text/html")

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """A tab: its screen lives as long as its connection."""
        self._check(request)
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT, timeout=PATIENCE)
        await socket.prepare(request)
        tab = Tab.on(socket, self.command, self.download_manager)
        self._sockets.add(socket)
        try:
            await tab.start(to_int(request.query.get("width", ""), 80), to_int(request.query.get("height", ""), 24))
            await self._process_messages(socket, tab)
        except _NO_MESSAGE:
            await socket.close(code=WSCloseCode.UNSUPPORTED_DATA)
        finally:
            await tab.leave()
            self._sockets.remove(socket)
        return socket

    def _check(self, request: web.Request) -> None:
        if not fits(request.match_info["key"], self._key):
            raise web.HTTPNotFound(text=_LOST)


@web.middleware
async def _guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
    socket = request.headers.get("Upgrade", "").lower() == "websocket"
    if words := turned_away(request.host, request.headers.get("Origin"), socket=socket):
        raise web.HTTPForbidden(text=f"{words}\n")
    try:
        return await handler(request)
    except web.HTTPNotFound:
        raise web.HTTPNotFound(text=_LOST) from None


async def _careful(request: web.Request, response: web.StreamResponse) -> None:
    """The browser is told to load nothing from elsewhere, to let no other page frame this one, to keep its address."""
    allowed = "default-src 'none'; script-src 'self'; img-src data:; style-src 'self' 'unsafe-inline'; "
    closed = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    response.headers.update(
        {
            "Content-Security-Policy": f"{allowed}connect-src ws://{request.host}; {closed}",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        }
    )
