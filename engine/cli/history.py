"""Prices: fetched, taken from files, written to files."""

from argparse import Namespace

from engine.cli.connection import absolute, carried_out, symbols
from engine.cli.output import tell
from engine.protocol import ExportBars, FetchBars, ImportBars, Progress


async def fetch(given: Namespace) -> int:
    """Fetch history into the store; 1 if a symbol failed."""
    return await _fetched(given, FetchBars(symbols(given), given.watchlist, given.start, given.end))


async def load(given: Namespace) -> int:
    """Take price files into the store; 1 if one failed."""
    return await _fetched(given, ImportBars(tuple(absolute(file) for file in given.files)))


async def export(given: Namespace) -> int:
    """Write stored history, a file a symbol."""
    folder = absolute(given.csv or given.parquet)
    command = ExportBars(folder, "csv" if given.csv else "parquet", symbols(given), given.watchlist)
    await carried_out(given, command)
    return 0


async def _fetched(given: Namespace, command: FetchBars | ImportBars) -> int:
    failed = False

    def hear(item: Progress) -> None:
        nonlocal failed
        failed = failed or getattr(item, "status", None) == "failed"
        tell(given, item)

    await carried_out(given, command, hear)
    return int(failed)
