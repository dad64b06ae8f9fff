"""A KRX on this machine: days of a market by a script, faults by day, and a log of what was asked."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

KEY = "a-key-of-nobody"


def share(code: str, close: float, *, shares: float = 1e6, name: str = "", volume: float = 1000) -> dict[str, str]:
    """One share's row as KRX writes it; without a volume it was not traded."""
    traded = volume > 0
    return {
        "ISU_CD": code,
        "ISU_NM": name or f"회사{code}",
        "TDD_OPNPRC": f"{close * 0.99:,.0f}" if traded else "0",
        "TDD_HGPRC": f"{close * 1.01:,.0f}" if traded else "0",
        "TDD_LWPRC": f"{close * 0.98:,.0f}" if traded else "0",
        "TDD_CLSPRC": f"{close:,.0f}",
        "ACC_TRDVOL": f"{volume:,.0f}",
        "LIST_SHRS": f"{shares:,.0f}",
    }


@dataclass
class LocalKrx:
    """What it has, what is wrong with it, and what it was asked: (service, day, key)."""

    url: str = ""
    days: dict[tuple[str, date], list[dict[str, str]]] = field(default_factory=dict)
    faults: dict[date | None, str] = field(default_factory=dict)
    """By day; None for every day."""
    asked: list[tuple[str, date, str]] = field(default_factory=list)
    go: threading.Event = field(default_factory=threading.Event)
    """Until it is set, what is "held" is not answered."""
    was_asked: threading.Event = field(default_factory=threading.Event)

    def add(self, day: date, *rows: dict[str, str], market: str = "KS") -> None:
        """One more day of a market."""
        self.days[_SERVICES[market], day] = list(rows)

    @property
    def asked_days(self) -> list[date]:
        """The days in the order of their requests."""
        return [day for _, day, _ in self.asked]


_SERVICES = {"KS": "stk_bydd_trd", "KQ": "ksq_bydd_trd"}


class _Handler(BaseHTTPRequestHandler):
    krx: ClassVar[LocalKrx]
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        service = parts.path.rpartition("/")[2].removesuffix(".json")
        asked = parse_qs(parts.query)["basDd"][0]
        day = date(int(asked[:4]), int(asked[4:6]), int(asked[6:]))
        key = self.headers.get("AUTH_KEY", "")
        self.krx.asked.append((service, day, key))
        self.krx.was_asked.set()
        fault = self.krx.faults.get(day, self.krx.faults.get(None))
        if fault:
            getattr(self, f"_{fault}")()
        elif key != KEY:
            self._say(401, {"respCode": "401", "respMsg": f"Unauthorized Key {key}"})
        else:
            rows = [{"BAS_DD": asked, **row} for row in self.krx.days.get((service, day), [])]
            self._say(200, {"OutBlock_1": rows})

    def _say(self, status: int, content: Any) -> None:
        self._send(status, json.dumps(content).encode())

    def _send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content_Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def _quota(self) -> None:
        self._say(200, {"respCode": "200", "respMsg": "Daily request LIMIT exceeded"})

    def _too_many(self) -> None:
        self._send(429, b"")

    def _not_applied(self) -> None:
        self._say(200, {"respCode": "401", "respMsg": f"Unauthorized API Call {self.headers['AUTH_KEY']}"})

    def _down(self) -> None:
        self._send(503, b"<html>maintenance</html>")

    def _html(self) -> None:
        self._send(200, f"<html>\x1b[31mmaintenance {self.headers['AUTH_KEY']}</html>".encode())

    def _other_json(self) -> None:
        self._say(200, {"result": []})

    def _list(self) -> None:
        self._say(200, [])

    def _bad_number(self) -> None:
        self._say(200, {"OutBlock_1": [{**share("005930", 1), "TDD_CLSPRC": "seven"}]})

    def _infinite(self) -> None:
        self._say(200, {"OutBlock_1": [{**share("005930", 1), "TDD_CLSPRC": "inf"}]})

    def _no_close(self) -> None:
        row = share("005930", 1)
        del row["TDD_CLSPRC"]
        self._say(200, {"OutBlock_1": [row]})

    def _other_day(self) -> None:
        self._say(200, {"OutBlock_1": [{**share("005930", 1), "BAS_DD": "20200102"}]})

    def _cut(self) -> None:
        self._send(200, b'{"OutBlock_1": [', Content_Length="100")
        self.close_connection = True

    def _reset(self) -> None:
        self.close_connection = True

    def _no_http(self) -> None:
        self.wfile.write(b"220 mail.example ESMTP\r\n")
        self.close_connection = True

    def _redirect(self) -> None:
        self._send(302, b"", Location="http://127.0.0.1:9/elsewhere")

    def _drip(self) -> None:
        """A byte now and then, each in time, the whole never."""
        self._send(200, b"", Content_Length="1000")
        for _ in range(200):
            try:
                self.wfile.write(b" ")
            except OSError:
                break
            time.sleep(0.02)
        self.close_connection = True

    def _held(self) -> None:
        self.krx.go.wait(30)
        self._say(200, {"OutBlock_1": []})

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing on the terminal."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that leaves early is no news."""


@contextmanager
def local_krx() -> Iterator[LocalKrx]:
    """A running one, on a free port of this machine."""
    krx = LocalKrx()
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"krx": krx}))
    krx.url = f"http://127.0.0.1:{server.server_address[1]}/svc/apis/sto"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield krx
    finally:
        krx.go.set()
        server.shutdown()
        server.server_close()
        thread.join()
