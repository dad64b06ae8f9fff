"""From a command line to a page that is there until ctrl+c."""

import asyncio
import errno
import shlex
import signal
import sys
from collections.abc import Callable, Sequence

from aiohttp import web
from msgspec import Struct

from engine.client import BadRequest
from tui.web.door import loopback, new_key
from tui.web.site import Site


class Address(Struct, frozen=True):
    """Where the page is."""

    host: str
    port: int
    key: str

    @property
    def url(self) -> str:
        """For a browser on this machine."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}/{self.key}/"


def serve(words: Sequence[str], host: str, port: int, announce: Callable[[Address], None]) -> None:
    """Serve screens opened by `whipsaw WORDS`, until the process is told to end; port 0 is any that is free.

    Raises BadRequest for a host that others reach and for a port that cannot be had.
    """
    here = loopback(host)
    if here is None:
        raise BadRequest(
            "the page is for browsers on this machine alone",
            received=f"--host {host}",
            do=f"leave --host out; from another machine: `ssh -L {port}:127.0.0.1:{port} THIS-MACHINE`",
        )
    # exec: the process that is ended is the screen, and no shell around it
    command = shlex.join([sys.executable, "-P", "-m", "tui", *words])
    asyncio.run(_served(Site(f"exec {command}", key := new_key()), Address(here, port, key), announce))


async def _served(site: Site, wished: Address, announce: Callable[[Address], None]) -> None:
    told = asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(each, told.set)
    runner = web.AppRunner(site.application(), access_log=None)
    await runner.setup()
    try:
        await _listen(runner, wished)
        announce(Address(wished.host, runner.addresses[0][1], wished.key))
        await told.wait()
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, wished: Address) -> None:
    try:
        await web.TCPSite(runner, wished.host, wished.port).start()
    except OSError as error:
        busy = error.errno == errno.EADDRINUSE
        raise BadRequest(
            f"port {wished.port} is taken by another program" if busy else f"port {wished.port}: {error.strerror}",
            received=f"--port {wished.port}",
            do="name another with --port; 0 takes any that is free",
        ) from error
