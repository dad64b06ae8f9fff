"""What a fast replay sends to a terminal: the demo at 8 sessions a second, with Symbol open and with Watch."""

import sys
import tempfile

from tests.benchmarks.screen import TRUECOLOR
from tests.benchmarks.table import Figure, show
from tests.terminal import Terminal

SPEED, SECONDS = 8, 60
SCREENS = {"Symbol": "2", "Watch": "1"}


def sent() -> dict[str, int]:
    """Bytes in a minute of play by screen, at 120x40; seconds in which it waits for a training do not count."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-P", "-m", "tui", "demo", "--speed", str(SPEED)]
        with Terminal(command, {**TRUECOLOR, "WHIPSAW_HOME": folder}, folder=folder) as terminal:
            terminal.shows("model #1", seconds=300)
            found = {}
            for name, key in SCREENS.items():
                terminal.press(key)
                terminal.read_for(3.0)
                found[name] = _a_minute_of_play(terminal)
            terminal.press("Q")
            terminal.ended()
            return found


def _a_minute_of_play(terminal: Terminal) -> int:
    counted = []
    while len(counted) < SECONDS:
        before = _plays(terminal)
        came = terminal.read_for(1.0)
        if before and _plays(terminal):
            counted.append(came)
        assert "ended" not in terminal.lines[0], "the sample is over before a minute was counted"
    return sum(counted)


def _plays(terminal: Terminal) -> bool:
    return f"replay {SPEED}/s" in terminal.lines[0]


def main() -> None:
    """All of it."""
    what = f"bytes a minute of a replay at {SPEED} sessions a second, 120x40"
    show("A fast replay", [Figure(f"{what}, {name}", f"{count:,}", "", None) for name, count in sent().items()])


if __name__ == "__main__":
    main()
