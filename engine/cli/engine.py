"""The background engine: run, started, stopped, asked how it does."""

import os
import sys
from argparse import Namespace

from engine import report
from engine.arguments import options
from engine.cli.output import answer, tell
from engine.client import connect, engine_arguments, gone
from engine.errors import Unreachable
from engine.protocol import EngineStatus, GetStatus, Stop


async def engine(given: Namespace) -> int:
    """Run it here, or start, stop or ask the one in the background."""
    chosen = options(given)
    if given.what == "run":
        os.execv(sys.executable, [sys.executable, "-P", "-m", "engine", *engine_arguments(chosen)])  # noqa: S606
    if given.what == "status":
        return await _status(given)
    client = await connect(chosen, start=given.what == "start")
    try:
        if given.what == "stop":
            await client.ask(Stop())
    finally:
        await client.close()
    if given.what == "stop":
        await gone(chosen.where)
    words = "is running" if given.what == "start" else "has stopped"
    answer(given, f"engine {client.lease.pid} {words}", {"pid": client.lease.pid, "done": given.what})
    return 0


async def _status(given: Namespace) -> int:
    try:
        client = await connect(options(given), start=False)
    except Unreachable as error:
        if type(error) is not Unreachable:
            raise
        where = options(given).where
        answer(given, f"no engine is running on {where.data}", report.not_running(str(where.data)))
        return 0
    try:
        status = await client.ask(GetStatus())
    finally:
        await client.close()
    assert isinstance(status, EngineStatus)  # noqa: S101 - the protocol's own answer
    tell(given, status)
    return 0
