"""The whole of it as a person meets it: the demo in a real terminal, with a real engine and the real trainer."""

import json
import os
import re
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest

from tests.terminal import Terminal

ATTACH = [sys.executable, "-P", "-m", "tui", "demo"]
DEMO = [*ATTACH, "--from", "2008-09-22", "--speed", "4"]
ALARM = re.compile(r"\d\d (Sep|Oct) (AAPL|GOOG|IBM|MSFT) +[a-z ]+ · ")
"""A row of the alarms' pane, of whatever kind: day, symbol, kind and why."""


@contextmanager
def screens(home, command):
    """Opens screens on a home, and closes them."""
    opened: list[Terminal] = []

    def opener(columns: int = 120, rows: int = 40, **more: str) -> Terminal:
        opened.append(Terminal(command, {"WHIPSAW_HOME": str(home), **more}, columns, rows, home))
        return opened[-1]

    yield opener
    for terminal in opened:
        terminal.__exit__()


@contextmanager
def stopped(home):
    """A home whose demo trains briefly; its engine is ended afterwards."""
    (home / "demo").mkdir()
    (home / "demo" / "config.toml").write_text("[model]\nepochs = 2\n")
    yield home
    subprocess.run(
        [sys.executable, "-P", "-m", "tui", "engine", "stop", "--home", str(home / "demo")],
        capture_output=True,
        check=False,
    )


@pytest.fixture
def demo(tmp_path):
    """Opens the demo on a home of its own."""
    with stopped(tmp_path), screens(tmp_path, DEMO) as opener:
        yield opener


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """A home whose demo runs from the first screen that is opened there."""
    with stopped(tmp_path_factory.mktemp("demo")) as home:
        yield home


@pytest.fixture
def screen(shared):
    """Opens the demo that others may have opened before, for what is the same whatever its engine has done."""
    with screens(shared, ATTACH) as opener:
        yield opener


def engine_pid(home) -> int:
    return int(json.loads((home / "demo" / "engine.lock").read_text())["pid"])


@pytest.mark.timeout(300)  # TensorFlow starts, a model is trained, and half a month of sessions is played
def test_the_demo_shows_prices_trains_and_leaves_the_terminal_clean(demo):
    terminal = demo(COLORTERM="truecolor")
    terminal.shows("AAPL", seconds=20)
    terminal.until(lambda text: "TensorFlow" in text or "epoch" in text, seconds=60)
    terminal.shows("model #1", seconds=100)
    terminal.until(ALARM.search, seconds=100)
    terminal.press("q")
    assert terminal.ended() == 0
    for restored in (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?1000l"):
        assert restored in terminal.raw
    assert "the engine lives on (whipsaw demo comes back to it)" in terminal.raw.decode(errors="replace")


def test_a_killed_engine_is_said_and_replaced_and_the_screen_is_whole_again(demo, tmp_path):
    terminal = demo()
    terminal.shows("AAPL", seconds=20)
    first = engine_pid(tmp_path)
    os.kill(first, signal.SIGKILL)
    terminal.until(lambda text: "lost" in text or "gone" in text or "starting the engine" in text, seconds=10)
    terminal.until(lambda text: "AAPL" in text and "lost" not in text and engine_pid(tmp_path) != first, seconds=20)


def test_every_size_is_useful_down_to_the_table_alone_and_says_so_below(screen):
    terminal = screen(80, 24)
    terminal.shows("AAPL", seconds=20)
    assert all(len(line) <= 80 for line in terminal.lines)
    terminal.resize(60, 15)
    terminal.until(lambda text: "AAPL" in text and "Alarms" not in text)
    terminal.resize(50, 12)
    terminal.until(lambda text: "60" in text and "15" in text and "AAPL" not in text)
    terminal.resize(120, 40)
    terminal.until(lambda text: "Watchlist" in text and "Alarms" in text)


def test_a_terminal_without_truecolor_gets_none(screen):
    terminal = screen()
    terminal.shows("AAPL", seconds=20)
    assert not re.search(rb"\x1b\[[0-9;]*[34]8;2;", terminal.raw)


def test_help_opens_and_closes_and_a_bad_symbol_is_answered_in_words(screen):
    terminal = screen()
    terminal.shows("AAPL", seconds=20)
    terminal.press("?")
    terminal.shows("all keys")
    terminal.press("\x1b")
    terminal.until(lambda text: "all keys" not in text and "AAPL" in text)
    terminal.press("a")
    terminal.press("NOSUCH\r")
    terminal.shows("NOSUCH")


def test_q_capital_stops_the_engine_too(demo, tmp_path):
    terminal = demo()
    terminal.shows("AAPL", seconds=20)
    pid = engine_pid(tmp_path)
    terminal.press("Q")
    assert terminal.ended() == 0
    assert b"stopped" in terminal.raw
    status = subprocess.run(
        [sys.executable, "-P", "-m", "tui", "engine", "status", "--json", "--home", str(tmp_path / "demo")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(status.stdout)["pid"] != pid
