"""`whipsaw serve`: the real screen behind a real page, in a browser where there is one."""

import json
import os
import re
import signal
import subprocess
import time
from contextlib import contextmanager
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pyte
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.browser import CHROMIUM, chromium
from tests.homes import WHIPSAW, home_of_two

OUTSIDE = re.compile(rb"(?:https?:|wss?:)?//[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.IGNORECASE)
COMMENT = re.compile(rb"/\*.*?\*/", re.DOTALL)


def whipsaw(home, *words):
    environment = {**os.environ, "WHIPSAW_HOME": str(home), "NO_COLOR": "1", "TERM": "dumb"}
    return subprocess.run([*WHIPSAW, *words], capture_output=True, text=True, env=environment, timeout=60, check=False)


@contextmanager
def serving(home, *words):
    """The command as a script starts it; it is ended as ctrl+c does."""
    environment = {**os.environ, "WHIPSAW_HOME": str(home), "NO_COLOR": "1", "TERM": "dumb"}
    command = [*WHIPSAW, "serve", "--port", "0", "--json", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server:
        assert server.stdout
        try:
            yield server, json.loads(server.stdout.readline())
        finally:
            if server.poll() is None:
                server.send_signal(signal.SIGINT)
            server.wait(timeout=30)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    with home_of_two(tmp_path_factory.mktemp("serve")) as home:
        yield home


@pytest.fixture(scope="module")
def at(home):
    """Where it serves."""
    with serving(home, "--source", f"files:{home / 'files'}", "-w", "mine", "AAA", "BBB") as (_, told):
        yield told


class Socket:
    """The page's end of the wire without a page: what comes is drawn."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._screen = pyte.Screen(120, 40)
        self._stream = pyte.ByteStream(self._screen)

    def until(self, holds):
        while not holds(text := "\n".join(self._screen.display)):
            came = self._socket.recv(timeout=30)
            if isinstance(came, bytes):
                self._stream.feed(came)
        return text

    def press(self, key: str) -> None:
        self._socket.send(json.dumps(["stdin", key]))

    def closed(self) -> None:
        with pytest.raises(ConnectionClosed):
            while True:
                self._socket.recv(timeout=30)


@contextmanager
def tab(told, *, origin=None, key=None):
    """A WebSocket as the page opens it."""
    host = f"{told['host']}:{told['port']}"
    path = key or urlsplit(told["url"]).path.strip("/")
    with connect(f"ws://{host}/{path}/ws?width=120&height=40", origin=origin or f"http://{host}") as socket:
        yield Socket(socket)


def screens(home) -> int:
    return int(json.loads(whipsaw(home, "engine", "status", "--json").stdout)["screens"])


def got(url, **headers):
    with urlopen(Request(url, headers=headers), timeout=30) as answer:  # noqa: S310 - our own address
        return answer.headers, answer.read()


def test_a_tab_shows_the_table_and_a_key_changes_it(at):
    with tab(at) as screen:
        before = screen.until(lambda text: "AAA" in text and "sort" in text)
        screen.press("?")
        assert screen.until(lambda text: "all keys" in text) != before


def test_each_tab_is_a_screen_of_the_same_engine_and_leaves_with_its_page(at, home):
    with tab(at) as one, tab(at) as other:
        one.until(lambda text: "BBB" in text)
        other.until(lambda text: "BBB" in text)
        assert screens(home) == 2
        one.press("q")
        one.closed()
        assert screens(home) == 1


def test_the_page_ends_with_its_screen(at):
    with tab(at) as screen:
        screen.until(lambda text: "AAA" in text)
        screen.press("q")
        screen.closed()


def test_nothing_of_the_page_comes_from_outside(at):
    headers, page = got(at["url"])
    root = f"http://{at['host']}:{at['port']}"
    linked = re.findall(rb'(?:src|href)="(/[^"]+)"', page)
    assert {each.decode() for each in linked} >= {"/page/page.js", "/static/js/textual.js", "/static/css/xterm.css"}
    for text in (page, *(got(root + each.decode())[1] for each in linked)):
        assert set(OUTSIDE.findall(COMMENT.sub(b"", text))) <= {b"ws://127.0.0.1"}
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert f"connect-src ws://{urlsplit(root).netloc};" in headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("headers", "says"),
    [
        ({"Host": "example.org:8765"}, "this machine alone"),
        ({"Origin": "http://example.org"}, "may not use this one"),
    ],
)
def test_a_page_from_elsewhere_gets_nothing_but_words(at, headers, says):
    with pytest.raises(HTTPError, match="403") as refused:
        got(at["url"], **headers)
    assert says in refused.value.read().decode()


def test_a_wrong_key_finds_nothing(at):
    with pytest.raises(HTTPError, match="404") as refused:
        got(f"http://{at['host']}:{at['port']}/guessed/")
    assert "whipsaw serve" in refused.value.read().decode()


@pytest.mark.parametrize(
    ("origin", "key", "status"),
    [
        ("http://example.org", None, 403),
        ("http://127.0.0.1:1", None, 403),
        (None, "guessed", 404),
    ],
)
def test_no_websocket_opens_from_another_page_or_without_the_key(at, origin, key, status):
    with pytest.raises(InvalidStatus) as refused, tab(at, origin=origin, key=key):
        pass
    assert refused.value.response.status_code == status


def test_what_no_page_of_ours_sends_ends_that_tab_alone(at):
    with tab(at) as odd, tab(at) as other:
        odd.until(lambda text: "AAA" in text)
        odd._socket.send('{"resize": 7}')
        odd.closed()
        other.until(lambda text: "AAA" in text)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_when_it_is_told_to_and_so_do_its_screens(home, how):
    with serving(home, "-w", "mine") as (server, told), tab(told) as screen:
        screen.until(lambda text: "AAA" in text)
        children = descendants(server.pid)
        assert children
        server.send_signal(how)
        screen.closed()
        assert server.wait(timeout=30) == 0
        assert not [pid for pid in children if alive(pid)]


def test_its_screens_go_too_when_it_is_killed(home):
    with serving(home, "-w", "mine") as (server, told), tab(told) as screen:
        screen.until(lambda text: "AAA" in text)
        children = descendants(server.pid)
        server.kill()
        screen.closed()
        end = time.monotonic() + 30
        while any(map(alive, children)):
            assert time.monotonic() < end, "a screen outlives the server that it was opened by"
            time.sleep(0.05)


def descendants(pid: int) -> list[int]:
    """The processes below one."""
    said = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    above = {int(child): int(parent) for child, parent in (line.split() for line in said.splitlines())}
    return [child for child, parent in above.items() if parent == pid]


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_port_that_is_taken_is_said(at, home):
    said = whipsaw(home, "serve", "--port", str(at["port"]))
    assert said.returncode == 2
    assert f"port {at['port']} is taken" in said.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--host", "0.0.0.0"), "this machine alone"),  # noqa: S104 - it is refused
        (("--port", "http"), "0 to 65535"),
        (("aapl",), "whipsaw AAPL"),
        (("--source", "files:/no/such/folder", "--port", "-1"), "--port"),
    ],
)
def test_bad_usage_is_refused_before_there_is_a_page(home, words, says):
    said = whipsaw(home, "serve", *words)
    assert (said.returncode, said.stdout) == (2, "")
    assert says in said.stderr


@pytest.mark.timeout(240)  # a browser starts
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed here")
def test_in_a_real_browser_the_table_is_shown_and_a_key_changes_it(at):
    with chromium() as tabs:
        page = tabs()
        page.open(at["url"])
        page.until(lambda text: "AAA" in text and "Watchlist" in text, seconds=60)
        drawn = page.picture()
        page.press("?")
        page.until(lambda text: "all keys" in text)
        assert page.picture() != drawn
        assert {urlsplit(each).hostname for each in page.requested if not each.startswith("data:")} == {"127.0.0.1"}
