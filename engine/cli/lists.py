"""Watchlists, and the search for symbols."""

import sys
from argparse import Namespace
from collections.abc import Callable

from engine import format as fmt
from engine import report
from engine.cli.connection import absolute, carried_out, symbols
from engine.cli.output import agreed, answer, tell, to_stderr
from engine.protocol import (
    AddTickers,
    Command,
    Edited,
    ImportWatchlist,
    Preview,
    RemoveTickers,
    Search,
    SetRules,
    ShowWatchlist,
)


async def watchlist(given: Namespace) -> int:
    """Show, edit or import a list, or search for a symbol."""
    if given.what == "set":
        return await _set(given)
    commands: dict[str, Callable[[], Command]] = {
        "show": lambda: ShowWatchlist(given.name or given.watchlist),
        "add": lambda: AddTickers(symbols(given), given.watchlist, given.new),
        "remove": lambda: RemoveTickers(symbols(given), given.watchlist),
        "import": lambda: ImportWatchlist(absolute(given.file), given.name or given.watchlist),
        "search": lambda: Search(" ".join(given.text)),
    }
    result = await carried_out(given, commands[given.what]())
    for note in result.notes if isinstance(result, Edited) else ():
        sys.stderr.write(f"{fmt.plain(note)}\n")
    tell(given, result)
    return 0


async def _set(given: Namespace) -> int:
    """Say what other rules of a list's alarms would have meant, and write them where that is wanted."""
    changes = tuple(given.changes)
    effect = await carried_out(given, Preview(changes, (), given.watchlist, of_list=True), to_stderr)
    sys.stderr.write(f"{report.as_words(effect)}\n")
    saved = given.yes or agreed()
    words = "nothing is saved; --yes saves it"
    if saved:
        words = report.as_words(await carried_out(given, SetRules(changes, given.watchlist)))
    answer(given, words, {"saved": saved, "effect": report.as_json(effect)})
    return 0
