"""The terminal: Textual's own way to it, which leaves it as it was found whatever stops or ends the screen."""

import asyncio
import os
import signal
import termios
from typing import Any

from textual.drivers.linux_driver import LinuxDriver

from tui.abilities import ascii_alone
from tui.notices import TITLED, UNTITLED

_EXACT_MOUSE_OFF = "\x1b[?1016l"
_AHEAD = 6
"""Writes that may wait to be taken: two updates, each with what stands before and after it."""
_LOOK = 0.5
"""Seconds between two looks whether the terminal is there: where it is not the controlling one, nobody tells."""


class Terminal(LinuxDriver):
    """Ends in good order when it is told to from outside, and keeps the terminal's own title aside meanwhile."""

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self._held = False
        """Whether the terminal is the screen's."""
        self._next_look: asyncio.TimerHandle | None = None

    @property
    def behind(self) -> bool:
        """Whether the terminal does not take what it was sent, as when a connection hangs."""
        return self._writer_thread is not None and self._writer_thread._queue.qsize() > _AHEAD

    def start_application_mode(self) -> None:
        """Take the terminal. A process that goes on without having let go of it, has it still."""
        if self._held:
            return
        before = self._writer_thread
        super().start_application_mode()  # type: ignore[no-untyped-call]
        self._held = self._writer_thread is not before  # in the background nothing may be written
        if self._held:
            loop = asyncio.get_running_loop()
            for told in (signal.SIGTERM, signal.SIGHUP):
                loop.add_signal_handler(told, self._told_to_go, told)
            self._title(TITLED)
            if self.input_tty:  # a pipe has no settings to be looked at
                self._look()

    def stop_application_mode(self) -> None:
        """Let go of it."""
        self._held = False
        if self._next_look is not None:
            self._next_look.cancel()
        self._title(UNTITLED)
        if self._mouse_pixels:
            self.write(_EXACT_MOUSE_OFF)
        super().stop_application_mode()

    def _sigtstp_application(self, *_: Any) -> None:
        """Stop, with all that was started together, until the shell lets it go on.

        The system passes over the signal where no shell could: then the screen is back at once.
        """
        self.suspend_application_mode()
        self._must_signal_resume = True
        ours = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.killpg(os.getpgrp(), signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, ours)
        self.resume_application_mode()

    def _title(self, told: str) -> None:
        if not ascii_alone(os.environ, "utf-8"):
            self.write(told)

    def _told_to_go(self, told: signal.Signals) -> None:
        if told == signal.SIGHUP and not self._there():
            # nothing is left to be put in order, and what is written to it would never be taken
            signal.signal(told, signal.SIG_DFL)
            os.kill(os.getpid(), told)
        self._app.exit(return_code=128 + told)

    def _look(self) -> None:
        """Go where the terminal has gone: its end would be read for ever."""
        if self._there():
            self._next_look = asyncio.get_running_loop().call_later(_LOOK, self._look)
        else:
            self._told_to_go(signal.SIGHUP)

    def _there(self) -> bool:
        try:
            termios.tcgetattr(self.fileno)
        except termios.error:
            return False
        return True
