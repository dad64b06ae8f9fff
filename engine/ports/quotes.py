"""Live quotes."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Literal, Protocol

from engine.core.quotes import Quote


@dataclass(frozen=True, slots=True)
class StreamState:
    """A stream of live quotes: since when it is so, and when it is tried again (seconds since the epoch)."""

    state: Literal["off", "connecting", "live", "stale", "lost"] = "off"
    since: float = 0.0
    retry_at: float | None = None
    why: str | None = None


class QuoteStream(Protocol):
    """Live quotes. It reconnects by itself and says so; it never raises."""

    name: str

    @property
    def state(self) -> StreamState:
        """How it does now."""
        ...

    def want(self, symbols: Collection[str]) -> None:
        """The symbols wanted from now on, instead of those before."""
        ...

    async def run(self, said: Callable[[Quote | StreamState], None]) -> None:
        """Deliver quotes, and each change of its state, until cancelled."""
        ...
