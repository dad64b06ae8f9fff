"""The screen: first paint, bytes over the wire, memory, and how soon the demo has its first model."""

import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.table import Figure, show
from tests.terminal import Terminal

ROUNDS = 25
TICKS = 20
IDLE_MINUTES = 3
EMPTY = """
from textual.app import App
from textual.widgets import Static
class Empty(App):
    def compose(self):
        yield Static("Watchlist")
Empty().run()
"""
TRUECOLOR = {"COLORTERM": "truecolor"}


def first_text(command: list[str], folder: str, words: bytes = b"Watchlist") -> float:
    """Seconds from the start of a program to the first frame with text."""
    began = time.monotonic()
    with Terminal(command, {**TRUECOLOR, "WHIPSAW_HOME": folder}, folder=folder) as terminal:
        terminal.sends(words)
        return time.monotonic() - began


def first_paint() -> Figure:
    """Ours against an empty Textual app's, in turn, on a home where no engine runs."""
    ours, empty = [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "none").mkdir()
            empty.append(first_text([sys.executable, "-P", "-c", EMPTY], folder))
            ours.append(first_text([sys.executable, "-P", "-m", "tui", "--source", f"files:{folder}/none"], folder))
            subprocess.run(
                [sys.executable, "-P", "-m", "tui", "engine", "stop", "--home", folder],
                capture_output=True,
                check=False,
            )
    ratio = statistics.median(one / other for one, other in zip(ours, empty, strict=True))
    value = f"{ratio:.2f} x ({1000 * statistics.median(ours):.0f} ms, {1000 * statistics.median(empty):.0f} ms)"
    return Figure("first frame with text, against an empty Textual app", value, "1.25 x", ratio <= 1.25)


@contextmanager
def fed(folder: str, tickers: int = 50) -> Iterator[subprocess.Popen[str]]:
    """A feeder of so many tickers on a home."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.feeder", folder, str(tickers)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as feeder:
        assert feeder.stdout
        feeder.stdout.readline()
        yield feeder
        assert feeder.stdin
        feeder.stdin.close()


def bytes_and_memory(*flags: str) -> tuple[float, int, list[int], float]:
    """Fifty tickers at 120x40: bytes a tick when all change, between minutes and at them when nothing does, memory."""
    with tempfile.TemporaryDirectory() as folder, fed(folder) as feeder:
        command = [sys.executable, "-P", "-m", "tui", *flags]
        with Terminal(command, {**TRUECOLOR, "WHIPSAW_HOME": folder}, folder=folder) as terminal:
            terminal.shows("TK05")
            terminal.read_for(2.0)
            between, minutes = idle(terminal)
            _clear_of_the_minute(TICKS)
            ticks = []
            for _ in range(TICKS):
                assert feeder.stdin
                feeder.stdin.write("\n")
                feeder.stdin.flush()
                ticks.append(terminal.read_for(0.7))
            return statistics.median(ticks), between, minutes, _megabytes(terminal.pid)


def over_the_wire() -> list[Figure]:
    """What a screen sends, as it is and with --low-bandwidth; and its memory."""
    tick, between, minutes, memory = bytes_and_memory()
    low, low_between, _, _ = bytes_and_memory("--low-bandwidth")
    a_minute = f"{60 * tick / 1000:,.0f} kB, {12 * low / 1000:,.0f} kB"
    return [
        Figure("bytes a tick, 50 tickers all changing, 120x40", f"{tick:,.0f}", "3,072", tick <= 3_072),
        Figure("the same with --low-bandwidth", f"{low:,.0f}", "3,072", low <= 3_072),
        Figure("a minute of that: 60 ticks; 12 with --low-bandwidth", a_minute, "", None),
        Figure(
            f"bytes in {IDLE_MINUTES} minutes when nothing changes, between the minutes, either way",
            f"{between}, {low_between}",
            "0",
            between == low_between == 0,
        ),
        Figure("bytes at the most of these minutes (ages)", f"{max(minutes):,}", "3,072", max(minutes) <= 3_072),
        Figure("opening a screen and coming back: Symbol, Model, Engine, help", opened(), "", None),
        Figure("the screen's memory", f"{memory:.0f} MB", "80 MB", memory <= 80),
    ]


def opened() -> str:
    """Bytes there and back."""
    told = []
    with tempfile.TemporaryDirectory() as folder, fed(folder):
        command = [sys.executable, "-P", "-m", "tui"]
        with Terminal(command, {**TRUECOLOR, "WHIPSAW_HOME": folder}, folder=folder) as terminal:
            terminal.shows("TK05")
            _clear_of_the_minute(20)
            terminal.read_for(2.0)
            for key in "236?":
                terminal.press(key)
                there = terminal.read_for(1.5)
                terminal.press("\x1b")
                told.append(f"{there / 1000:.1f} + {terminal.read_for(1.5) / 1000:.1f}")
    return ", ".join(told) + " kB"


def idle(terminal: Terminal) -> tuple[int, list[int]]:
    """Bytes while nothing changes: those between the steps of the minute clock, and those of each step."""
    between, minutes = 0, []
    for _ in range(IDLE_MINUTES):
        between += terminal.read_for(60 - time.time() % 60 - 0.5)
        minutes.append(terminal.read_for(1.5))
    return between, minutes


def first_model() -> list[Figure]:
    """A fresh demo: prices on the screen, and its first model."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-P", "-m", "tui", "demo"]
        began = time.monotonic()
        with Terminal(command, {**TRUECOLOR, "WHIPSAW_HOME": folder}, folder=folder) as terminal:
            terminal.shows("AAPL")
            prices = time.monotonic() - began
            terminal.shows("model #1", seconds=120)
            model = time.monotonic() - began
            terminal.press("Q")
            terminal.ended()
    return [
        Figure("fresh demo: prices on the screen", f"{prices:.1f} s", "3 s", prices <= 3),
        Figure("fresh demo: its first model trained", f"{model:.0f} s", "60 s", model <= 60),
    ]


def killed_engine() -> Figure:
    """kill -9 on the demo's engine, until its screen shows prices of the next one; the median of three."""
    taken = []
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-P", "-m", "tui", "demo"]
        lock = Path(folder) / "demo" / "engine.lock"
        with Terminal(command, {**TRUECOLOR, "WHIPSAW_HOME": folder}, folder=folder) as terminal:
            terminal.shows("AAPL")
            for _ in range(3):
                pid = json.loads(lock.read_text())["pid"]
                os.kill(pid, signal.SIGKILL)
                began = time.monotonic()
                terminal.shows("engine ○", seconds=10)
                terminal.until(lambda text: "AAPL" in text and "engine ●" in text, seconds=20)
                assert json.loads(lock.read_text())["pid"] != pid
                taken.append(time.monotonic() - began)
            terminal.press("Q")
            terminal.ended()
    seconds = statistics.median(taken)
    return Figure("engine killed with -9: the screen is whole again", f"{seconds:.1f} s", "3 s", seconds <= 3)


def _clear_of_the_minute(seconds: float) -> None:
    """The minute clock may redraw ages: measure between two minutes."""
    left = 60 - time.time() % 60
    if left < seconds:
        time.sleep(left + 1)


def _megabytes(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS"))


def main() -> None:
    """All of it."""
    show("The screen", [first_paint(), *over_the_wire(), *first_model(), killed_engine()])


if __name__ == "__main__":
    main()
