"""The settings: where they are, what they are, whether they hold, and changed."""

import sys
from argparse import Namespace
from pathlib import Path

import msgspec

from engine import report
from engine.arguments import options
from engine.cli.connection import carried_out
from engine.cli.output import agreed, answer, to_stderr
from engine.client import own_days
from engine.config import assignment, commented, load, save
from engine.errors import BadRequest
from engine.protocol import Preview


async def config(given: Namespace) -> int:
    """Show, check or change them. Raises ConfigError where they do not hold."""
    chosen = options(given)
    path = chosen.config or chosen.where.config_file
    if (given.what == "set") != bool(given.changes):
        raise BadRequest("set takes settings as key=value", do="for example `whipsaw config set alarms.budget=4`")
    if given.what == "set":
        return await _set(given, path)
    settings, days_file = load(path), chosen.where.calendars_file
    if given.what == "path":
        answer(given, f"{path}\n{days_file}", {"path": str(path), "calendars": str(days_file)})
        return 0
    own = await own_days(chosen)
    there = days_file.exists()
    if given.what == "show":
        words = f"{_shown(path)}\n# {days_file}{'' if there else ' (not there yet)'}\n{own.text}"
        answer(given, words, {**msgspec.to_builtins(settings), "calendars": own.text if there else None})
    else:
        words = f"{path}: good\n{days_file}: " + (f"good, days of your own: {own.days}" if there else "not there")
        answer(given, words, {"path": str(path), "good": True, "calendars": str(days_file), "days": own.days})
    return 0


async def _set(given: Namespace, path: Path) -> int:
    """Say what a change of the alarms would have meant, and save it where that is wanted."""
    load(path, given.changes)
    changes = [assignment(each) for each in given.changes]
    of_alarms = tuple(text for text in given.changes if assignment(text).sections[:1] == ("alarms",))
    effect = None
    if of_alarms:
        effect = await carried_out(given, Preview(of_alarms, (), given.watchlist), to_stderr)
        sys.stderr.write(f"{report.as_words(effect)}\n")
    saved = given.yes or agreed()
    if saved:
        save(path, changes)
    told = {"path": str(path), "saved": saved, "effect": None if effect is None else report.as_json(effect)}
    taken_up = " and ".join(dict.fromkeys(change.taken_up for change in changes))
    words = f"saved in {path}, taken up {taken_up}" if saved else "nothing is saved; --yes saves it"
    answer(given, words, told)
    return 0


def _shown(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else commented()
