"""The commands by name, and the flags that all of them share with the screen."""

import argparse
from pathlib import Path
from typing import NoReturn

from engine.config import SOURCES
from engine.errors import BadRequest

DEMO, SCREEN = "demo", "screen"
SERVE = "serve"
WATCHLIST = "watchlist"
ALARMS = "alarms"
COMMANDS = (
    DEMO, "engine", WATCHLIST, "fetch", "import", "export", "train", "tune", "models", "evaluate", "scan", "replay",
    ALARMS, SERVE, "config",
)  # fmt: skip


class Parser(argparse.ArgumentParser):
    """Raises BadRequest instead of ending the process."""

    def error(self, message: str) -> NoReturn:
        """Refuse, naming the words of which one is missing."""
        do = f"`{self.prog} --help` shows what there is"
        if words := self._missing(message):
            needs = f"`{self.prog}` needs one of the words {', '.join(words[:-1])} or {words[-1]}"
            raise BadRequest(needs, do=f"for example `{self.prog} {words[0]}`; {do}")
        raise BadRequest(message[:1].upper() + message[1:], do=do)

    def _missing(self, message: str) -> list[str]:
        """The words of which one belongs where there is none."""
        if "required: " not in message:
            return []
        found = (each.choices for each in self._actions if each.dest == "what" and not each.option_strings)
        return [str(word) for choices in found for word in choices or ()]


def common() -> Parser:
    """The flags of every command."""
    common = Parser(add_help=False, allow_abbrev=False)
    common.add_argument("--json", action="store_true", help="answer in JSON")
    common.add_argument("--home", type=Path, metavar="DIR", help="keep everything in this folder")
    common.add_argument("--config", dest="config_file", type=Path, metavar="FILE", help="another settings file")
    common.add_argument("--source", metavar="SOURCE", help=", ".join(SOURCES))
    common.add_argument("--log-level", choices=("debug", "info", "warning", "error"), help="what the engine's log says")
    common.add_argument("-w", "--watchlist", metavar="LIST", help="the list that is meant")
    return common


def symbols(parser: argparse.ArgumentParser) -> None:
    """Symbols, or none: the list."""
    parser.add_argument("symbols", nargs="*", metavar="SYMBOL", help="instead of the list")


def low_bandwidth(parser: argparse.ArgumentParser) -> None:
    """For a thin line."""
    parser.add_argument("--low-bandwidth", action="store_true", help="an update every five seconds")
