"""A loop whose clock leaps: where nothing is left to be done now, it is the time of the next timer at once.

All that a screen waits for here are timers: Textual's, its own, the test's. They come in the order and with the
distances that they have on any clock, and what is to be done at an instant is done before it passes; only nobody waits.
"""

import asyncio
import selectors
import time


class LeapingLoop(asyncio.SelectorEventLoop):
    """A loop on such a clock, which begins at 0."""

    def __init__(self) -> None:
        self._leaping = _Leaping()
        super().__init__(self._leaping)

    def time(self) -> float:
        """Seconds that have passed in it."""
        return self._leaping.passed


class LeapingLoops(asyncio.DefaultEventLoopPolicy):
    """`asyncio.run` on such loops."""

    def new_event_loop(self) -> asyncio.AbstractEventLoop:
        """A loop that begins at 0."""
        return LeapingLoop()


class _Leaping(selectors.DefaultSelector):
    """Looks who is ready, and where nobody is, lets the time pass that it was to wait for one."""

    def __init__(self) -> None:
        super().__init__()
        self.passed = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """As any selector, without the wait; one without an end is a wait for another thread, and is waited for."""
        if not timeout or timeout < 0:
            return super().select(timeout)
        ready = super().select(0)
        if not ready:
            self.passed += timeout
        return ready


def now() -> float:
    """The time of the loop that runs; the machine's where none does."""
    try:
        return asyncio.get_running_loop().time()
    except RuntimeError:
        return time.monotonic()
