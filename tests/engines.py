"""A real engine inside the test's own loop: its server on a real socket, its trainer a fake unless another is given."""

import asyncio
import csv
import functools
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from engine.adapters.calendars import recorded_elsewhere
from engine.client import Client, Lease, connect
from engine.config import Settings, SettingsFile, load
from engine.core.bars import History
from engine.home import Options, home
from engine.ports import Clock, Trainer
from engine.protocol import View, apply
from engine.server import serve
from engine.wiring import Engine
from tests.fakes import FakeTrainer

record = functools.cache(recorded_elsewhere)
"""What is on record of an exchange is the same for every engine of a run: it is read once, in a process as ever."""


@dataclass(frozen=True, slots=True)
class Running:
    """An engine and its work, which ends when the engine ends by itself."""

    engine: Engine
    work: asyncio.Task[None]


def write_csv(folder: Path, of: History) -> Path:
    """One SYMBOL.csv, as people have them; an engine that reads meanwhile never sees half of it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{of.symbol}.csv"
    with (part := path.with_suffix(".part")).open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(("Date", "Open", "High", "Low", "Close", "Volume"))
        columns = (of.open, of.high, of.low, of.close, of.volume)
        for session, *values in zip(of.sessions, *columns, strict=True):
            out.writerow((str(session), *(f"{value:.6f}" for value in values)))
    return part.replace(path)


def write_all(folder: Path, histories: Sequence[History]) -> Path:
    """A folder of them."""
    for each in histories:
        write_csv(folder, each)
    return folder


def settings_for(source: str, *overrides: str) -> Settings:
    """Defaults with a source, and what else is given as key=value."""
    return load(Path("/nonexistent"), (f'source.name="{source}"', "screen.rate=20", *overrides))


@asynccontextmanager
async def running(
    folder: Path, source: str, *overrides: str, trainer: Trainer | None = None, clock: Clock | None = None
) -> AsyncIterator[Running]:
    """An engine on a home, serving; it takes up what is written into the home's config.toml."""
    where = home(folder)
    reread = SettingsFile(Options(home=folder, source=source, overrides=overrides)).changed
    settings = settings_for(source, *overrides)
    engine = Engine(where, settings, trainer or FakeTrainer(), clock, record, reread=reread)
    server = await serve(engine.desk, where.socket, rate=20.0)
    where.lock_file.write_bytes(msgspec.json.encode(Lease(1, str(where.socket), source)))
    work = asyncio.create_task(engine.run())
    try:
        yield Running(engine, work)
    finally:
        engine.stopping.set()
        await asyncio.gather(work, return_exceptions=True)
        server.close()
        await server.wait_closed()
        await engine.close()


@asynccontextmanager
async def client_of(folder: Path) -> AsyncIterator[Client]:
    """A client of the engine on a home."""
    client = await connect(Options(home=folder), start=False)
    try:
        yield client
    finally:
        await client.close()


async def until(view: View, client: Client, holds: Callable[[View], bool]) -> View:
    """The view once it holds, from pushed changes alone."""
    async with asyncio.timeout(60):
        if holds(view):
            return view
        async for changed in client.changes():
            view = apply(view, changed)
            if holds(view):
                return view
    raise AssertionError("the engine went away")
