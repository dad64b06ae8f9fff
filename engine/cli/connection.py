"""How a command reaches the engine."""

from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

from engine.arguments import options
from engine.cli.output import tell
from engine.client import Client, connect
from engine.errors import UnknownSource, Unreachable
from engine.home import Options
from engine.protocol import Command, Progress, Result


async def carried_out(given: Namespace, command: Command, hear: Callable[[Progress], None] | None = None) -> Result:
    """The result of a command; its progress is told, or goes to `hear`. Raises what the engine refuses it with."""
    client = await _connected(options(given))
    result: Result | None = None
    try:
        async for item in client.stream(command):
            if isinstance(item, Progress):
                hear(item) if hear else tell(given, item)
            else:
                result = item
    finally:
        await client.close()
    if result is None:
        raise Unreachable("the engine went away")
    return result


async def _connected(chosen: Options) -> Client:
    client = await connect(chosen)
    if chosen.source and client.lease.source != chosen.source:
        await client.close()
        raise UnknownSource(
            f"the engine on this home runs with the source {client.lease.source}",
            received=f"--source {chosen.source}",
            do="name another --home, or end it first: `whipsaw engine stop`",
        )
    return client


def absolute(path: Path) -> str:
    """The engine has another working directory: a file is named in full."""
    return str(path.expanduser().absolute())


def symbols(given: Namespace) -> tuple[str, ...]:
    """Those that were named, in capitals."""
    return tuple(symbol.upper() for symbol in given.symbols)
