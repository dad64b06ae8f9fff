"""The one function that travels to a worker as it stands, by value: a worker that cannot load what it is sent dies.

It names nothing of Whipsaw before it runs, so that a cluster without it is told, and harmed by nothing.
"""

import asyncio
import importlib
from collections.abc import Mapping, Sequence
from typing import Any

ERRAND = "engine.adapters.trainer.errand"


async def launch(key: str, given: bytes, line: Mapping[str, Any], command: Sequence[str] | None) -> bytes:
    """What the errand gives on the worker's own Whipsaw. Raises ImportError where there is none."""
    errand = await asyncio.to_thread(importlib.import_module, ERRAND)
    result: bytes = await errand.carry_out(key, given, line, command)
    return result
