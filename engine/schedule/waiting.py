"""What the engine's loops share: they wait for an event or a while, and no fault ends them."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from engine.errors import EngineError

log = logging.getLogger(__name__)


@contextmanager
def kept_going(what: str) -> Iterator[None]:
    """A fault of the store or of a file ends no loop: it is logged, and the next turn tries again."""
    try:
        yield
    except EngineError as error:
        log.warning("%s could not be taken up: %s", what, error)


async def waited(event: asyncio.Event, seconds: float) -> bool:
    """Wait for an event, but no longer than that, and take it down; gives whether it came."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        pass
    came = event.is_set()
    event.clear()
    return came
