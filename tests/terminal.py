"""A real pseudo-terminal: a program runs in it, its bytes are counted and drawn on pyte's screen."""

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Self

import pyte

MODE = re.compile(rb"\x1b\[\?(\d+)([hl])")
FOUND = {b"7": b"h", b"25": b"h"}
"""A terminal wraps lines and shows its cursor; any other mode that a screen uses is off before it."""
PAIRS = ((rb"\x1b\[>\d+u", rb"\x1b\[<u"), (rb"\x1b\[22;2t", rb"\x1b\[23;2t"))
"""What is put aside and taken back: the keyboard's protocol and the title."""
PLAIN = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")
ROOT = str(Path(__file__).parents[1])
"""Where the program's code is taken from: beside these tests, whatever else is installed."""


class Terminal:
    """A program in a terminal of so many columns and rows."""

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        columns: int = 120,
        rows: int = 40,
        folder: str | os.PathLike[str] | None = None,
        *,
        controlling: bool = True,
    ) -> None:
        """Unless it is `controlling`, the system tells the program nothing of what becomes of it."""
        kept = {name: os.environ[name] for name in PLAIN if name in os.environ} | {"PYTHONPATH": ROOT}
        self.raw = bytearray()
        self._drawn = 0
        self._silent: list[int] = []
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self.pid, self._end = pty.fork() if controlling else _forked_apart()
        if self.pid == 0:  # the child: nothing of the test's own environment but what a login would give it
            with contextlib.suppress(BaseException):
                if folder:
                    os.chdir(folder)
                os.execvpe(command[0], list(command), {**kept, "TERM": "xterm-256color", **environment})
            os._exit(127)
        self.resize(columns, rows)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(ProcessLookupError, ChildProcessError):
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        for each in (self._end, *self._silent):
            os.close(each)

    @property
    def line_settings(self) -> list[object]:
        """Echo, canonical mode and the rest, as stty shows them."""
        return termios.tcgetattr(self._end)

    @property
    def leftovers(self) -> set[bytes]:
        """The modes that are not as a terminal has them before a screen."""
        modes = dict(MODE.findall(bytes(self.raw)))
        odd = {b"?" + mode + state for mode, state in modes.items() if state != FOUND.get(mode, b"l")}
        return odd | {put for put, back in PAIRS if len(re.findall(put, self.raw)) != len(re.findall(back, self.raw))}

    def signal(self, number: signal.Signals) -> None:
        """Send the program a signal."""
        os.kill(self.pid, number)

    def hang_up(self) -> None:
        """The terminal goes away, as when its window is closed; nothing comes from it any more."""
        os.close(self._end)
        self._end, other = os.pipe()
        os.set_blocking(self._end, False)
        self._silent.append(other)

    def resize(self, columns: int, rows: int) -> None:
        """Another size, as when a window is dragged."""
        self._screen.resize(rows, columns)
        fcntl.ioctl(self._end, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def draw(self, sequences: str) -> None:
        """Another program writes on it."""
        _ = self.lines  # after what has come so far
        self._stream.feed(sequences.encode())

    def press(self, keys: str) -> None:
        """Type."""
        os.write(self._end, keys.encode())

    @property
    def lines(self) -> list[str]:
        """What is on the screen; drawing it takes its time, so it is done when somebody looks."""
        self._stream.feed(bytes(self.raw[self._drawn :]))
        self._drawn = len(self.raw)
        return list(self._screen.display)

    @property
    def text(self) -> str:
        """All of it."""
        return "\n".join(self.lines)

    def until(self, holds: Callable[[str], bool], seconds: float = 30.0) -> float:
        """Read until the screen holds; gives how long that took. Fails with the screen as it is."""
        began = time.monotonic()
        for _ in self._reading(seconds):
            if holds(self.text):
                return time.monotonic() - began
        raise AssertionError(f"not within {seconds} s; the screen is\n{self.text}")

    def shows(self, words: str, seconds: float = 30.0) -> float:
        """Read until these words stand there."""
        return self.until(lambda text: words in text, seconds)

    def sends(self, words: bytes, seconds: float = 30.0) -> None:
        """Read until these bytes have come, whatever they draw."""
        for _ in self._reading(seconds):
            if words in self.raw:
                return
        raise AssertionError(f"not within {seconds} s; the screen is\n{self.text}")

    def read_for(self, seconds: float) -> int:
        """Read that long; gives how many bytes came."""
        before = len(self.raw)
        for _ in self._reading(seconds):
            pass
        return len(self.raw) - before

    def ended(self, seconds: float = 10.0) -> int:
        """Read until the program has gone; gives its exit status."""
        for _ in self._reading(seconds):
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._take()
                return os.waitstatus_to_exitcode(status)
        raise AssertionError(f"it has not ended within {seconds} s; the screen is\n{self.text}")

    def _reading(self, seconds: float) -> Iterator[None]:
        end = time.monotonic() + seconds
        yield
        while (left := end - time.monotonic()) > 0:
            if select.select([self._end], [], [], min(left, 0.1))[0] and not self._take():
                end = min(end, time.monotonic() + 1.0)
            yield

    def _take(self) -> bool:
        try:
            came = os.read(self._end, 65_536)
        except OSError:  # the other end has closed: Linux says EIO
            return False
        self.raw += came
        return bool(came)


def _forked_apart() -> tuple[int, int]:
    """As pty.fork, but of a session that has no controlling terminal."""
    end, theirs = pty.openpty()
    pid = os.fork()
    if pid == 0:
        os.setsid()
        os.close(end)
        for each in range(3):
            os.dup2(theirs, each)
    os.close(theirs)
    return pid, end
