"""What a command line asks for, of which engine, and the words that open the same screen again."""

import argparse
import os
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import NoReturn

from msgspec.structs import replace

from engine.arguments.flags import ALARMS, COMMANDS, DEMO, SCREEN, WATCHLIST, Parser, common, low_bandwidth, symbols
from engine.errors import BadRequest
from engine.home import Options

HEADLESS_DEMO = "demo-headless"

_WITH_VALUE = frozenset(
    {
        "--home",
        "--config",
        "--source",
        "--log-level",
        "-w",
        "--watchlist",
        "--since",
        "--history",
        "--grades",
        "--sessions",
        "--until",
        "--host",
        "--port",
    }
)


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """What a command line asks for; `command` is SCREEN where it names none. Raises BadRequest."""
    first = _first_word(arguments)
    if first is not None and first in COMMANDS:
        given, unknown = _whole().parse_known_args(_ordered(first, arguments))
        if unknown:
            raise BadRequest(
                f"`whipsaw {first}` knows nothing of {' '.join(unknown)}",
                do=f"`whipsaw {first} --help` shows what there is",
            )
        return given
    if first is not None and first != first.upper():
        raise unknown_command(first)
    if first is None and any(flag in arguments for flag in ("-h", "--help")):
        return _whole().parse_args(arguments)
    return _screen_parser().parse_args(arguments, argparse.Namespace(command=SCREEN))


def _whole() -> Parser:
    """The grammar of all commands, which the screen does without."""
    from engine.arguments.grammar import build_parser  # noqa: PLC0415

    return build_parser()


def unknown_command(word: str) -> BadRequest:
    """What to say to a word that is neither a command nor, being in small letters, a symbol."""
    import difflib  # noqa: PLC0415

    near = difflib.get_close_matches(word, COMMANDS, 1)
    meant = f"did you mean `whipsaw {near[0]}`? " if near else ""
    return BadRequest(
        "there is no such command",
        received=word,
        do=f"{meant}Symbols are written in capitals: `whipsaw {word.upper()}`",
    )


def options(given: argparse.Namespace) -> Options:
    """Which engine a command line means; the demo has a home and a source of its own."""
    home = given.home or (Path(folder) if (folder := os.environ.get("WHIPSAW_HOME")) else None)
    plain = Options(home=home, config=given.config_file, source=_absolute(given.source), log_level=given.log_level)
    if given.command != DEMO:
        return plain
    if given.json:  # without a screen there is no clock to follow: the sample's files are played from end to end
        import watchlists  # noqa: PLC0415 - the screen does not wait for what it does not need

        sample = f"files:{watchlists.folder() / 'sample'}"
        return replace(plain, source=plain.source or sample, sub_home=HEADLESS_DEMO)
    overrides = ["engine.linger=1"]
    if given.start:
        overrides.append(f'replay.start="{given.start}"')
    if given.speed:
        overrides.append(f"replay.speed={given.speed}")
    return replace(plain, source=plain.source or "replay", sub_home=DEMO, overrides=tuple(overrides))


def screen_words(given: argparse.Namespace) -> list[str]:
    """The words after `whipsaw` that open the screen which a command line means, from whatever folder."""
    flags = {
        "--home": given.home and given.home.expanduser().absolute(),
        "--config": given.config_file and given.config_file.expanduser().absolute(),
        "--source": _absolute(given.source),
        "--log-level": given.log_level,
        "--watchlist": given.watchlist,
    }
    words = [word for flag, value in flags.items() if value is not None for word in (flag, str(value))]
    return [*given.symbols, *words, *(["--low-bandwidth"] if given.low_bandwidth else [])]


def _absolute(source: str | None) -> str | None:
    """The engine has another working directory: a folder is named in full."""
    kind, colon, folder = (source or "").partition(":")
    return f"{kind}:{Path(folder).expanduser().absolute()}" if colon and folder else source


def _screen_parser() -> Parser:
    parser = Parser(prog="whipsaw", parents=[common()], allow_abbrev=False)
    symbols(parser)
    low_bandwidth(parser)
    parser.add_argument("--version", action=_Version, nargs=0, help="say which version this is")
    return parser


class _Version(argparse.Action):
    """Says the version and ends; looking it up takes longer than all the rest of the parsing."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from importlib.metadata import version  # noqa: PLC0415

        sys.stdout.write(f"whipsaw {version('whipsaw')}\n")
        parser.exit()


def _ordered(first: str, arguments: Sequence[str]) -> list[str]:
    """The command before its flags, and so what it is to do where that is a word of its own."""
    rest = list(arguments)
    rest.remove(first)
    if first == ALARMS:
        return [first, *_words_first(rest)]
    if first != WATCHLIST:
        return [first, *rest]
    what = _first_word(rest)
    if what is None:  # flags without it are no matter: what is said is that it is missing
        return [first, *(word for word in rest if word in ("-h", "--help"))]
    rest.remove(what)
    return [first, what, *rest]


def _words_first(arguments: Sequence[str]) -> list[str]:
    """What is no flag and no flag's value before all that is."""
    words, flags = list[str](), list[str]()
    for before, word in pairwise(("", *arguments)):
        # a flag that may have a value need not have one
        value = before in _WITH_VALUE and not word.startswith("-")
        (flags if value or word.startswith("-") else words).append(word)
    return [*words, *flags]


def _first_word(arguments: Sequence[str]) -> str | None:
    """The first word that is no flag and no flag's value."""
    rest = iter(arguments)
    for word in rest:
        if word in _WITH_VALUE:
            next(rest, None)
        elif not word.startswith("-"):
            return word
    return None
