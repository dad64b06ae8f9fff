"""A local Yahoo Finance, reached by the real yfinance: a proxy that answers CONNECT and ends TLS for *.yahoo.com.

It serves what is listed in it, split-adjusted to its own day as Yahoo does, refuses every other host, misbehaves as
told, and keeps a log of what was asked. `python -m tests.yahoo` serves made-up symbols in a process of its own.
"""

import json
import socket
import socketserver
import ssl
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import parse_qs, unquote, urlsplit

import trustme

from engine.adapters.yahoo.library import YFinance
from engine.adapters.yahoo.process import YahooProcess
from engine.core.bars import History
from tests.worlds import history
from tests.yahoo_charts import Listing, chart, spoilt

if TYPE_CHECKING:
    import pytest

Misdeed = Literal[
    "429", "500", "502", "503", "503 html", "right back", "bad json", "html", "slow", "short", "reset", "half-closed",
    "404 html", "no bars", "no timestamp", "last nan", "no meta",
]  # fmt: skip
EVERYONE = "*"

_DELISTED = {"code": "Not Found", "description": "No data found, symbol may be delisted"}
_ERROR = {"code": "Internal Server Error", "description": "Internal Server Error"}
_HTML = b"<!DOCTYPE html><html><body>Sad Panda</body></html>"
_RIGHT_BACK = b"<html><body><h1>Will be right back...</h1></body></html>"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request that was made."""

    host: str
    path: str
    symbol: str
    query: Mapping[str, str]
    at: float


class InProcess(YFinance):
    """The real library without a process of its own, for tests of what it says and asks."""

    def __init__(self, folder: Path, timeout: float, before_request: Callable[[], None]) -> None:
        super().__init__(folder, before_request, timeout)

    def close(self) -> None:
        """What is under way is left to itself."""


class LocalYahoo:
    """The server; it serves from its first line on, until closed. Its methods may be called from any thread."""

    def __init__(self, folder: Path, now: Callable[[], float] = time.time) -> None:
        self.now = now
        self.listings: dict[str, Listing] = {}
        self.requests: list[Asked] = []
        self.refused: list[str] = []
        self.tunnels: dict[str, int] = {}
        """Hosts whose connections go on to a port of this machine, TLS and all."""
        self._misdeeds: dict[str, list[tuple[Misdeed, float]]] = {}
        self._lock = threading.Lock()
        self._came = threading.Condition()
        self.closing = threading.Event()
        authority = trustme.CA()
        self.certificate = folder / "authority.pem"
        authority.cert_pem.write_to_path(str(self.certificate))
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("*.yahoo.com", "*.finance.yahoo.com").configure_cert(self.tls)
        self._server = _Server(("127.0.0.1", 0), _Connection)
        self._server.yahoo = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to take this for Yahoo."""
        proxy, certificate = f"http://127.0.0.1:{self._server.server_address[1]}", str(self.certificate)
        bundles = ("CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")
        proxies = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")
        return {**dict.fromkeys(proxies, proxy), **dict.fromkeys(bundles, certificate), "NO_PROXY": "", "no_proxy": ""}

    def reached(self, patch: "pytest.MonkeyPatch", child: Sequence[str] | None = None) -> None:
        """By whatever asks Yahoo from here on; `child` is the command of Yahoo's process, if not the usual one."""
        for name, value in self.environment.items():
            patch.setenv(name, value)
        if child is not None:
            patch.setitem(YahooProcess.__init__.__kwdefaults__, "command", child)

    def close(self) -> None:
        """Stop serving."""
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def add(self, of: History, **known: Any) -> None:
        """List a symbol, or give it another history."""
        before = self.listings.get(of.symbol)
        if before and not known:
            known = {name: getattr(before, name) for name in ("name", "currency", "kind", "zone", "intraday")}
        self.listings[of.symbol] = Listing(of, **known)

    def misbehave(self, misdeed: Misdeed, symbol: str = EVERYONE, times: float = float("inf")) -> None:
        """Do so at the next requests for bars of a symbol, or of any; for good unless a number of times is given."""
        with self._lock:
            self._misdeeds.setdefault(symbol, []).append((misdeed, times))

    def behave(self) -> None:
        """Serve as one should from now on."""
        with self._lock:
            self._misdeeds.clear()

    def charts(self, symbol: str | None = None) -> list[Asked]:
        """Requests for bars, of one symbol or of all, look-ups of the time zone among them."""
        return [each for each in list(self.requests) if each.symbol and symbol in (None, each.symbol)]

    def note(self, asked: Asked) -> None:
        """Keep a request in the log, and tell whoever waits for one."""
        with self._came:
            self.requests.append(asked)
            self._came.notify_all()

    def until(self, met: Callable[[], object]) -> None:
        """Wait until requests have made it so."""
        with self._came:
            assert self._came.wait_for(met, 20), "nothing more was asked"

    def misdeed(self, symbol: str) -> Misdeed | None:
        """What to do wrong now; it counts."""
        with self._lock:
            for name in (symbol, EVERYONE):
                for row, (misdeed, times) in enumerate(self._misdeeds.get(name, ())):
                    if times > 0:
                        self._misdeeds[name][row] = (misdeed, times - 1)
                        return misdeed
        return None

    # --- answers ---

    def found(self, text: str) -> dict[str, Any]:
        """The answer to a search."""
        wanted = text.lower()
        hits = [each for each in self.listings.values() if wanted in f"{each.history.symbol} {each.name}".lower()]
        quotes = [
            {
                "symbol": hit.history.symbol,
                "shortname": hit.name,
                "longname": hit.name,
                "exchange": "NMS",
                "exchDisp": "NASDAQ",
                "quoteType": hit.kind,
            }
            for hit in hits
        ]
        return {"quotes": quotes, "news": [], "lists": []}


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 64
    yahoo: LocalYahoo

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is nothing to talk about; anything else is a fault of this server."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Connection(socketserver.BaseRequestHandler):
    """One connection: CONNECT, TLS, then requests one after the other."""

    server: _Server

    def handle(self) -> None:
        yahoo = self.server.yahoo
        self.request.settimeout(60)
        head = _head(self.request.makefile("rb"))
        method, _, rest = head.partition(" ")
        host = rest.split(" ", 1)[0].rpartition(":")[0]
        if method == "CONNECT" and host in yahoo.tunnels:
            self.request.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            _tunnel(self.request, yahoo.tunnels[host])
            return
        if method != "CONNECT" or not host.endswith(".yahoo.com"):
            yahoo.refused.append(rest.split(" ", 1)[0])
            self.request.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return
        self.request.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with suppress(OSError), yahoo.tls.wrap_socket(self.request, server_side=True) as stream:
            reader = stream.makefile("rb")
            while line := _head(reader):
                target = line.split(" ")[1]
                if not self._answer(stream, host, target):
                    return

    def _answer(self, stream: ssl.SSLSocket, host: str, target: str) -> bool:
        """Whether the connection goes on."""
        yahoo = self.server.yahoo
        parts = urlsplit(target)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        bars = parts.path.startswith("/v8/finance/chart/")
        symbol = unquote(parts.path.rpartition("/")[2]) if bars else ""
        yahoo.note(Asked(host, parts.path, symbol, query, yahoo.now()))
        if bars or parts.path == "/v1/finance/search":
            misdeed = yahoo.misdeed(symbol)
            if misdeed:
                return self._misbehave(stream, misdeed, symbol, query)
        if bars:
            return self._chart(stream, symbol, query)
        if parts.path == "/v1/finance/search":
            return _send(stream, 200, yahoo.found(query.get("q", "")))
        if parts.path == "/v1/test/getcrumb":
            return _send(stream, 200, b"local.crumb")
        if host == "fc.yahoo.com":
            expires = "Wed, 01 Jan 2031 00:00:00 GMT"
            return _send(stream, 404, b"", f"Set-Cookie: A3=d=local; Expires={expires}; Domain=.yahoo.com; Path=/\r\n")
        return _send(stream, 404, _HTML)

    def _chart(self, stream: ssl.SSLSocket, symbol: str, query: Mapping[str, str]) -> bool:
        yahoo = self.server.yahoo
        listing = yahoo.listings.get(symbol)
        if listing is None:
            return _send(stream, 404, {"chart": {"result": None, "error": _DELISTED}})
        return _send(stream, 200, chart(listing, query, yahoo.now()))

    def _misbehave(self, stream: ssl.SSLSocket, misdeed: Misdeed, symbol: str, query: Mapping[str, str]) -> bool:
        if misdeed in _PLAIN:
            return _send(stream, *_PLAIN[misdeed])
        if misdeed in ("no bars", "no timestamp", "last nan", "no meta"):
            answer = chart(self.server.yahoo.listings[symbol], query, self.server.yahoo.now())
            return _send(stream, 200, spoilt(answer, misdeed))
        if misdeed == "short":
            stream.sendall(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{"chart"')
            stream.settimeout(1)
            stream.unwrap()
        elif misdeed == "slow":
            self.server.yahoo.closing.wait(30)
        elif misdeed == "half-closed":
            stream.shutdown(socket.SHUT_WR)
            self.server.yahoo.closing.wait(0.2)
        elif misdeed == "reset":
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return False


def _tunnel(client: socket.socket, port: int) -> None:
    """Pass bytes on in both directions until either end has had enough."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port)) as behind:
        client.settimeout(None)
        back = threading.Thread(target=_pass_on, args=(behind, client), daemon=True)
        back.start()
        _pass_on(client, behind)
        back.join()


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while data := one.recv(65_536):
            other.sendall(data)
    for end in (one, other):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


_PLAIN: dict[str, tuple[int, bytes | dict[str, Any]]] = {
    "429": (429, b"Too Many Requests\r\n"),
    "500": (500, {"chart": {"result": None, "error": _ERROR}}),
    "502": (502, {"chart": {"result": None, "error": _ERROR}}),
    "503": (503, {"chart": {"result": None, "error": _ERROR}}),
    "503 html": (503, _HTML),
    "404 html": (404, _HTML),
    "right back": (200, _RIGHT_BACK),
    "bad json": (200, b'{"chart": {"result": [{"meta": '),
    "html": (200, _HTML),
}


def _head(reader: Any) -> str:
    """The request line; its headers are read, and a body is never expected."""
    first: str = reader.readline(65_536).decode("latin-1").strip()
    while first and reader.readline(65_536) not in (b"\r\n", b"\n", b""):
        pass
    return first


def _send(stream: ssl.SSLSocket, status: int, body: bytes | dict[str, Any], headers: str = "") -> bool:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    kind = "application/json" if isinstance(body, dict) else "text/html"
    head = f"HTTP/1.1 {status} Said\r\nContent-Type: {kind}\r\nContent-Length: {len(content)}\r\n{headers}\r\n"
    stream.sendall(head.encode() + content)
    return True


@contextmanager
def serving(folder: Path, now: Callable[[], float] = time.time) -> Iterator[LocalYahoo]:
    """A server for as long as the block lasts."""
    yahoo = LocalYahoo(folder, now)
    try:
        yield yahoo
    finally:
        yahoo.close()


def main() -> None:
    """Serve so many made-up symbols until the input ends; the first line says, as JSON, how to get there."""
    symbols, rows, folder = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    with serving(folder) as yahoo:
        today = datetime.now(UTC).date()
        start = today - timedelta(days=round(rows * 7 / 5) + 10)
        for number in range(symbols):
            yahoo.add(history(f"S{number:03}", rows, seed=number, start=start))
        print(json.dumps(yahoo.environment), flush=True)
        for line in sys.stdin:
            misdeed, _, symbol = line.strip().partition(" ")
            yahoo.behave() if misdeed == "behave" else yahoo.misbehave(misdeed, symbol or EVERYONE)  # type: ignore[arg-type]
            print(len(yahoo.requests), flush=True)


if __name__ == "__main__":
    main()
