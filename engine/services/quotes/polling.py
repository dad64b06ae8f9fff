"""Quotes by polling, while no stream brings them."""

import asyncio
from collections.abc import Callable, Collection

from engine.core.quotes import Quote
from engine.errors import EngineError
from engine.ports import Clock, LiveSource, SourceState, StreamState

LOOK = 60.0
"""Seconds between two looks at what may have changed by itself."""
_SHARE = 0.75
"""Polling leaves the rest of a source's budget to the bars."""


class Polling:
    """Asks for the quotes of open markets every so many seconds, from when the stream fell silent.

    `wanted` gives the symbols whose markets are open at an instant; `take` is given each quote, `told` is called when
    the way quotes come has changed.
    """

    def __init__(
        self,
        clock: Clock,
        seconds: float,
        *,
        streamed: bool,
        wanted: Callable[[float], Collection[str]],
        take: Callable[[Quote], None],
        told: Callable[[], None],
    ) -> None:
        """Without a stream it is silent from the start."""
        self._clock = clock
        self._seconds = seconds
        self._streamed = streamed
        self._wanted = wanted
        self._take = take
        self._told = told
        self._due = asyncio.Event()
        self._silent_since: float | None = None if streamed else clock.now()
        self._attempted_at: float | None = None
        self._polled_at: float | None = None
        self.fault: str | None = None
        """Why the last poll brought nothing, in words."""

    def hear(self, stream: StreamState) -> None:
        """How the stream does now."""
        if stream.state in ("live", "off"):
            self._silent_since = self._polled_at = self.fault = None
        elif self._silent_since is None:
            self._silent_since = self._clock.now()
        self.look()

    def look(self) -> None:
        """What is wanted may be something else now: see at once whether a poll is due."""
        self._due.set()

    @property
    def succeeds(self) -> bool:
        """Whether quotes come by it now."""
        if self._polled_at is None or self.fault is not None or self._silent_since is None:
            return False
        return self._clock.now() - self._polled_at <= 2 * self._seconds

    async def run(self, source: LiveSource) -> None:
        """Poll, until cancelled."""
        while True:
            self._due.clear()
            if self._due_in() <= 0:
                await self._poll(source)
            await waited(self._due, max(0.0, min(LOOK, self._due_in())))

    def _due_in(self) -> float:
        """Seconds until the next poll; infinite while quotes come by stream."""
        if self._silent_since is None:
            return float("inf")
        now = self._clock.now()
        if not self._wanted(now):
            return LOOK
        # without a stream there is nothing to wait for; the clock may have been set back since
        first = min(self._silent_since, now) + self._seconds if self._streamed else now
        since = self._attempted_at
        return (first if since is None else max(first, min(since, now) + self._seconds)) - now

    async def _poll(self, source: LiveSource) -> None:
        now = self._attempted_at = self._clock.now()
        symbols = sorted(self._wanted(now))
        fault = _kept_from_polling(source.state(), len(symbols), now)
        if fault is None:
            try:
                quotes = await asyncio.to_thread(source.quotes, symbols)
            except EngineError as error:
                fault = str(error)
            else:
                for quote in quotes:
                    self._take(quote)
                self._polled_at = now if quotes else None
                fault = None if quotes else f"{source.name} gave no quote"
        # the stream may have come back in the meantime
        self.fault = None if self._silent_since is None else fault
        self._told()


def _kept_from_polling(source: SourceState, symbols: int, now: float) -> str | None:
    """Why that many more requests are not made now, if so."""
    if source.retry_at is not None and source.retry_at > now:
        return source.fault or f"{source.name} is not asked for now"
    if source.allowed is not None and source.used + symbols > _SHARE * source.allowed:
        return f"no polling: {source.used} of {source.allowed} requests to {source.name} are used"
    return None


async def waited(event: asyncio.Event, seconds: float) -> None:
    """Wait for an event, but no longer than that."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        pass
