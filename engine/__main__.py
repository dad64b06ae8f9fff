"""`python -m engine`: build the engine of a home, serve it, until told to stop.

The first line on standard output says, as JSON, that it listens, or why it cannot: whoever started it waits for that.
"""

import argparse
import asyncio
import contextlib
import fcntl
import json
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator
from logging.handlers import RotatingFileHandler
from pathlib import Path

from engine.client import Lease, lease
from engine.config import Settings, SettingsFile
from engine.errors import AlreadyRunning, EngineError, StoreError
from engine.home import Home, Options
from engine.interpreter import shared_finely
from engine.logbook import Logbook

LOG_BYTES = 1_000_000


def main(arguments: list[str] | None = None) -> int:
    """Run an engine in the foreground, or with --detach as a process of its own."""
    given = _parser().parse_args(arguments)
    options = Options(
        home=given.home,
        config=given.config,
        source=given.source,
        overrides=tuple(given.set),
        sub_home=given.sub_home,
        log_level=given.log_level,
        resume=given.resume,
    )
    if given.detach and os.fork():
        return 0
    if given.detach:
        os.setsid()
    try:
        return _say_own_days(options) if given.own_days else run(options, announce=given.detach)
    except EngineError as error:
        _refuse(error, announce=given.detach or given.own_days)
        return error.exit_status


def run(options: Options, *, announce: bool = False) -> int:
    """Build, serve, work, close. Raises EngineError if it cannot begin."""
    shared_finely()
    where = options.where
    file = SettingsFile(options)
    settings = file.read()
    _log_to(where, settings, options.log_level, to_file=announce)
    with _only_one(where) as lock:
        _own_home(where, settings, resume=options.resume)
        return asyncio.run(_serve(where, settings, file.changed, lock, announce=announce))


def _say_own_days(options: Options) -> int:
    from engine.wiring import own_days  # noqa: PLC0415 - an engine imports it after its lock

    days, text = own_days(options.where)
    _say({"days": days, "text": text})
    return 0


async def _serve(
    where: Home, settings: Settings, reread: Callable[[], Settings | None], lock: int, *, announce: bool
) -> int:
    from engine.server import serve  # noqa: PLC0415 - after the lock: a second engine is refused in no time
    from engine.wiring import Engine  # noqa: PLC0415

    engine = Engine(where, settings, reread=reread)
    server = await serve(engine.desk, where.socket, settings.screen.rate)
    _write_lease(lock, Lease(os.getpid(), str(where.socket), settings.source.name))
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, engine.stopping.set)
    logging.getLogger(__name__).info("listening on %s, source %s", where.socket, settings.source.name)
    if announce:
        _say({"listening": str(where.socket), "pid": os.getpid()})
    else:
        sys.stderr.write(f"engine {os.getpid()} on {where.data}, source {settings.source.name}; Ctrl+C ends it\n")
    try:
        await engine.run()
    finally:
        server.close()
        await server.wait_closed()
        await engine.close()
        where.socket.unlink(missing_ok=True)
    return 0


@contextlib.contextmanager
def _only_one(where: Home) -> Iterator[int]:
    """Hold the home's lock. Raises AlreadyRunning, which names the first one's pid."""
    try:
        where.state.mkdir(parents=True, exist_ok=True)
        lock = os.open(where.lock_file, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StoreError(f"the home {where.data} cannot be used: {error}", do="choose another --home") from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            first = lease(where)
            raise AlreadyRunning(
                "an engine is running on this home already",
                received=f"pid {first.pid}" if first else str(where.data),
                do="`whipsaw engine stop` ends it",
            ) from None
        yield lock
    finally:
        os.close(lock)


def _write_lease(lock: int, ours: Lease) -> None:
    text = json.dumps({"pid": ours.pid, "socket": ours.socket, "source": ours.source}).encode()
    os.ftruncate(lock, 0)
    os.pwrite(lock, text, 0)


def _own_home(where: Home, settings: Settings, *, resume: bool) -> None:
    """A replay lives in a home of its own and begins anew there, unless it is to go on where it stood."""
    name, _, _ = settings.source.name.partition(":")
    marker = where.data / "replay"
    if name != "replay":
        return
    if (where.data / "whipsaw.db").exists() and not marker.exists():
        raise StoreError(
            "a replay needs a home of its own, and this one holds a store already",
            received=str(where.data),
            do="name another --home, or use `whipsaw demo`",
        )
    where.data.mkdir(parents=True, exist_ok=True)
    marker.touch()
    if not resume:
        for file in (*where.data.glob("whipsaw.db*"), where.pause_file):
            file.unlink(missing_ok=True)


def _log_to(where: Home, settings: Settings, level: str | None, *, to_file: bool) -> None:
    handler: logging.Handler = logging.StreamHandler()
    if to_file:
        where.log_file.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(where.log_file, maxBytes=LOG_BYTES, backupCount=1)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    chosen = (level or "info").upper()
    logging.basicConfig(level=chosen, handlers=[handler, Logbook()])
    logging.getLogger("websockets").setLevel(logging.WARNING)


def _refuse(error: EngineError, *, announce: bool) -> None:
    """Say why it ends: to a person at the terminal, or to whoever started it and to the log."""
    if not announce:
        sys.stderr.write(f"whipsaw: {error}\n")
        return
    logging.getLogger(__name__).error("%s", error)
    _say({"error": {"kind": error.kind, "message": error.message, "received": error.received, "do": error.do}})


def _say(word: dict[str, object]) -> None:
    """Say the one line, then let go of standard output, so that nobody waits for more."""
    sys.stdout.write(json.dumps(word) + "\n")
    sys.stdout.flush()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _parser() -> argparse.ArgumentParser:
    """What `whipsaw engine run` takes; what else there is only the screen and the commands say to it."""
    hidden = argparse.SUPPRESS
    parser = argparse.ArgumentParser(
        prog="whipsaw engine run", description="The engine of one home.", allow_abbrev=False
    )
    parser.add_argument("--home", type=Path, metavar="DIR", help="folder that holds everything")
    parser.add_argument("--sub-home", help=hidden)
    parser.add_argument("--config", type=Path, metavar="FILE", help="settings file")
    parser.add_argument("--source", help="yahoo, krx, files:DIR, replay or replay:DIR")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help=hidden)
    parser.add_argument("--log-level", choices=("debug", "info", "warning", "error"))
    parser.add_argument("--resume", action="store_true", help=hidden)
    parser.add_argument("--own-days", action="store_true", help=hidden)
    parser.add_argument("--detach", action="store_true", help=hidden)
    return parser


if __name__ == "__main__":
    sys.exit(main())
