"""A real Chromium without a window, steered through its DevTools: a throw-away profile, no network but loopback."""

import itertools
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    *("--headless=new", "--disable-gpu", "--disable-quic", "--no-first-run", "--no-default-browser-check"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions"),
    *("--disable-dev-shm-usage", "--mute-audio", "--window-size=1280,800", "--remote-debugging-port=0"),
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
KEEP_THE_TERMINAL = """
Object.defineProperty(Object.prototype, "terminal", {
  configurable: true,
  set(value) {
    Object.defineProperty(this, "terminal", { value, writable: true });
    window.terminalForTests = value;
  },
});
"""
"""The page's script keeps its terminal to itself; what is on it can be read from the terminal alone."""
READ = """
(() => {
  const buffer = window.terminalForTests?.buffer.active;
  if (!buffer) return "";
  return [...Array(window.terminalForTests.rows).keys()].map((y) => buffer.getLine(y)?.translateToString() ?? "")
    .join("\\n");
})()
"""


class Page:
    """A page in a tab of its own."""

    def __init__(self, socket: ClientConnection, session: str) -> None:
        self._socket = socket
        self._session = session
        self._numbers = itertools.count(100)
        self.requested: list[str] = []
        """The address of everything the page has asked for, its WebSocket among it."""
        for domain in ("Page", "Network", "Runtime"):
            self.call(f"{domain}.enable")
        self.call("Page.addScriptToEvaluateOnNewDocument", source=KEEP_THE_TERMINAL)

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Carry out a command of the DevTools; gives its result."""
        number = next(self._numbers)
        asked = {"id": number, "sessionId": self._session, "method": method, "params": parameters}
        return _answer(self._socket, asked, self._noted)

    def open(self, url: str) -> None:
        """Go there."""
        self.call("Page.navigate", url=url)

    def evaluate(self, script: str) -> Any:
        """The value of an expression in the page."""
        return self.call("Runtime.evaluate", expression=script, returnByValue=True)["result"].get("value")

    def press(self, key: str) -> None:
        """Press and release one key that types a letter, as a keyboard would: to whatever has the focus."""
        self.call("Input.dispatchKeyEvent", type="keyDown", key=key, text=key, windowsVirtualKeyCode=ord(key.upper()))
        self.call("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=ord(key.upper()))

    @property
    def text(self) -> str:
        """What is on the terminal in the page."""
        return str(self.evaluate(READ) or "")

    def until(self, holds: Callable[[str], bool], seconds: float = 30.0) -> str:
        """Look until the terminal holds; gives its text. Fails with it as it is."""
        end = time.monotonic() + seconds
        while not holds(text := self.text):
            assert time.monotonic() < end, f"not within {seconds} s; the terminal is\n{text}"
            time.sleep(0.05)
        return text

    def picture(self) -> bytes:
        """The page as PNG."""
        return b64decode(self.call("Page.captureScreenshot")["data"])

    def _noted(self, event: dict[str, Any]) -> None:
        told = event.get("params", {})
        if event.get("method") == "Network.requestWillBeSent":
            self.requested.append(told["request"]["url"])
        if event.get("method") == "Network.webSocketCreated":
            self.requested.append(told["url"])


@contextmanager
def chromium() -> Iterator[Callable[[], Page]]:
    """Opens pages."""
    assert CHROMIUM
    root = ["--no-sandbox"] if os.getuid() == 0 else []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [CHROMIUM, *FLAGS, *root, f"--user-data-dir={profile}", "about:blank"]
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        try:
            with connect(_devtools(Path(profile), process), max_size=None) as socket:
                yield lambda: _page(socket)
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _devtools(profile: Path, process: subprocess.Popen[bytes], seconds: float = 60.0) -> str:
    """The address it has written into its profile."""
    told, end = profile / "DevToolsActivePort", time.monotonic() + seconds
    while not told.exists() or len(told.read_text().split()) < 2:
        assert process.poll() is None, f"Chromium has ended with status {process.returncode}"
        assert time.monotonic() < end, f"Chromium has not started within {seconds} s"
        time.sleep(0.05)
    port, path = told.read_text().split()
    return f"ws://127.0.0.1:{port}{path}"


def _page(socket: ClientConnection) -> Page:
    target = _answer(socket, {"id": 1, "method": "Target.createTarget", "params": {"url": "about:blank"}})["targetId"]
    attach = {"targetId": target, "flatten": True}
    session = _answer(socket, {"id": 2, "method": "Target.attachToTarget", "params": attach})["sessionId"]
    return Page(socket, session)


def _answer(
    socket: ClientConnection, asked: dict[str, Any], noted: Callable[[dict[str, Any]], None] = lambda _: None
) -> dict[str, Any]:
    socket.send(json.dumps(asked))
    while (said := json.loads(socket.recv(timeout=30))).get("id") != asked["id"]:
        noted(said)
    assert "error" not in said, said["error"]
    return dict(said["result"])
