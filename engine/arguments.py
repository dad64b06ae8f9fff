"""The command line's grammar: every command and flag once, for parsing, for help and for what both are tested by."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn

from msgspec.structs import replace

from engine.config import SOURCES
from engine.errors import BadRequest, EngineError
from engine.home import Options

DEMO, SCREEN = "demo", "screen"
HEADLESS_DEMO = "demo-headless"
SERVE = "serve"
SERVE_PORT = 8765
WATCHLIST = "watchlist"
ALARMS = "alarms"
COMMANDS = (
    DEMO, "engine", WATCHLIST, "fetch", "import", "export", "train", "tune", "models", "evaluate", "scan", "replay",
    ALARMS, SERVE, "config",
)  # fmt: skip
__all__ = ["COMMANDS", "DEMO", "SCREEN", "SERVE", "BadRequest", "EngineError", "options", "parse", "screen_words"]

REPLAY_RETRAIN = 252
REFIT, FOLDS = 504, 10
DEEDS = ("ack", "snooze", "mute", "unmute")
SNOOZE = 5
TRIALS = 30
GRADED_AFTER = 10

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


class _Version(argparse.Action):
    """Says the version and ends; looking it up takes longer than all the rest of the parsing."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from importlib.metadata import version  # noqa: PLC0415

        sys.stdout.write(f"whipsaw {version('whipsaw')}\n")
        parser.exit()


class Parser(argparse.ArgumentParser):
    """Raises BadRequest instead of ending the process."""

    def error(self, message: str) -> NoReturn:
        """Refuse, naming the nearest command where one was mistyped."""
        raise BadRequest(message[:1].upper() + message[1:], do=f"`{self.prog} --help` shows what there is")


def build_parser() -> Parser:
    """All commands."""
    parser = Parser(
        prog="whipsaw",
        description="A terminal monitor for stock momentum. Without a command it opens the screen.",
        epilog="whipsaw [-w LIST] [SYMBOL...] opens the screen on a list or on symbols, which are written in capitals.",
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    common = _common()

    def command(name: str, words: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=words, description=words, parents=[common], allow_abbrev=False)

    _demo(command)
    _engine(commands, common)
    _watchlist(commands, common)
    fetch = command("fetch", "fetch history into the store")
    _symbols(fetch)
    _stretch(fetch)
    _files(command)
    _models(command)
    _evaluate(command)
    _scoring(command)
    _alarms(command)
    _serve(command)
    config = command("config", "where the settings are, what they are, whether they hold")
    config.add_argument("what", choices=("path", "show", "check", "set"))
    config.add_argument("changes", nargs="*", metavar="KEY=VALUE", help="set: for example alarms.budget=4")
    config.add_argument("--yes", action="store_true", help="set: save without asking")
    return parser


def _models(command: Callable[[str, str], argparse.ArgumentParser]) -> None:
    train = command("train", "train a model")
    _symbols(train)
    _stretch(train)
    train.add_argument("--preset", metavar="NAME", help="pooled or article")
    models = command("models", "the models of the list: in charge, earlier, rejected, and what each is worth")
    models.add_argument(
        "what", nargs="?", choices=("list", "rollback"), default="list", help="list, or go back to the one before"
    )
    models.add_argument("--model", type=_count, metavar="N", help="roll back this one, instead of the newest")
    tune = command("tune", "try settings, and train a model under the best; goes on where it stood")
    _symbols(tune)
    tune.add_argument("--trials", type=_count, default=TRIALS, metavar="N", help="in all, those on record too (30)")
    tune.add_argument("--preset", metavar="NAME", help="pooled or article")
    tune.add_argument("--reset", action="store_true", help="forget the trials on record")


def _scoring(command: Callable[[str, str], argparse.ArgumentParser]) -> None:
    scan = command("scan", "score the list after a session, and say what fires")
    _symbols(scan)
    scan.add_argument("--as-of", type=_day, metavar="DATE", help="as it would have been after that session")
    scan.add_argument(
        "--explain", action="store_true", help="why these symbols (MARKET: the list) have an alarm, or none"
    )
    scan.add_argument("--exit-code", action="store_true", help="end with status 3 if an alarm is open")
    replay = command("replay", "play a stretch of history as if live, without a screen")
    _symbols(replay)
    _stretch(replay, required=True)
    replay.add_argument(
        "--retrain", type=_count, default=REPLAY_RETRAIN, metavar="N", help="sessions between trainings (252)"
    )


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


def _common() -> Parser:
    common = Parser(add_help=False, allow_abbrev=False)
    common.add_argument("--json", action="store_true", help="answer in JSON")
    common.add_argument("--home", type=Path, metavar="DIR", help="keep everything in this folder")
    common.add_argument("--config", dest="config_file", type=Path, metavar="FILE", help="another settings file")
    common.add_argument("--source", metavar="SOURCE", help=", ".join(SOURCES))
    common.add_argument("--log-level", choices=("debug", "info", "warning", "error"), help="what the engine's log says")
    common.add_argument("-w", "--watchlist", metavar="LIST", help="the list that is meant")
    return common


def _demo(command: Callable[[str, str], argparse.ArgumentParser]) -> None:
    demo = command("demo", "open the screen on real prices of 2008, offline; with --json play them without a screen")
    demo.add_argument("--from", dest="start", type=_day, metavar="DATE", help="first session (2008-06-02)")
    demo.add_argument("--to", dest="end", type=_day, metavar="DATE", help="last session, with --json")
    _low_bandwidth(demo)
    demo.add_argument("--speed", type=_speed, metavar="N", help="sessions a second (2)")


def _engine(commands: Any, common: Parser) -> None:
    engine = commands.add_parser("engine", help="the background engine", parents=[common], allow_abbrev=False)
    engine.add_argument("what", choices=("run", "start", "stop", "status"))


def _watchlist(commands: Any, common: Parser) -> None:
    words = "show, edit and import watchlists; find a symbol by its name"
    watchlist = commands.add_parser(WATCHLIST, help=words, description=words, allow_abbrev=False)
    actions = watchlist.add_subparsers(dest="what", metavar="WHAT", required=True)

    def action(name: str, words: str) -> argparse.ArgumentParser:
        parser: argparse.ArgumentParser = actions.add_parser(
            name, help=words, description=words, parents=[common], allow_abbrev=False
        )
        return parser

    show = action("show", "what a list holds: names, groups, holdings, price levels")
    show.add_argument("name", nargs="?", metavar="NAME", help="instead of the default list")
    add = action("add", "put symbols at the end of a list, all or none; comments in its file stay")
    add.add_argument("symbols", nargs="+", metavar="SYMBOL", help="as Yahoo writes it: BRK-B, 005930.KS, ^KS11")
    add.add_argument("--new", action="store_true", help="make the list that -w names, if there is none")
    remove = action("remove", "take symbols off a list, all or none; comments in its file stay")
    remove.add_argument("symbols", nargs="+", metavar="SYMBOL", help="as it stands on the list")
    rules = action("set", "rules of a list's alarms, or of a ticker's; says first what they would have meant")
    rules.add_argument(
        "changes", nargs="+", metavar="KEY=VALUE", help="alarms.budget=1, TSLA.budget=0.5, TSLA.off=drift,volume_spike"
    )
    rules.add_argument("--yes", action="store_true", help="save without asking")
    load = action("import", "make a list of a text file (a symbol a line), a CSV file or Yahoo's portfolio export")
    load.add_argument("file", type=Path, metavar="FILE", help="CSV needs a column Symbol or Ticker")
    load.add_argument("--name", metavar="NAME", help="what the list is called, instead of the file's name")
    search = action("search", "symbols whose name or code is like a text")
    search.add_argument("text", nargs="+", metavar="TEXT", help="part of a name or of a code")


def _files(command: Callable[[str, str], argparse.ArgumentParser]) -> None:
    load = command("import", "take daily prices from CSV or Parquet files into the store, a symbol a file")
    load.add_argument("files", nargs="+", type=Path, metavar="FILE", help="SYMBOL.csv or SYMBOL.parquet")
    export = command("export", "write stored history to files, one a symbol")
    kind = export.add_mutually_exclusive_group(required=True)
    kind.add_argument("--csv", type=Path, metavar="DIR", help="as CSV, into this folder")
    kind.add_argument("--parquet", type=Path, metavar="DIR", help="as Parquet, into this folder")
    _symbols(export)


def _evaluate(command: Callable[[str, str], argparse.ArgumentParser]) -> None:
    evaluate = command("evaluate", "what forecasts are worth: a preset walked forward through history, and baselines")
    _symbols(evaluate)
    _stretch(evaluate)
    evaluate.add_argument("--preset", metavar="NAME", help="pooled or article")
    evaluate.add_argument("--refit", type=_count, default=REFIT, metavar="N", help="sessions between trainings (504)")
    evaluate.add_argument(
        "--train",
        type=_train_length,
        metavar="N",
        help="sessions in the training block, or expanding: all before (expanding, 1260 where that takes long)",
    )
    evaluate.add_argument("--folds", type=_count, default=FOLDS, metavar="N", help="the last N folds, at most 10 (10)")


def _alarms(command: Callable[[str, str], argparse.ArgumentParser]) -> None:
    alarms = command(ALARMS, "list the alarms on record; acknowledge, snooze or mute some by their numbers")
    alarms.add_argument("what", nargs="?", choices=("list", *DEEDS), default="list", help="list, or what is done to ID")
    alarms.add_argument("ids", nargs="*", type=_count, metavar="ID", help="an alarm's number, as the list gives it")
    alarms.add_argument("--since", type=_day, metavar="DATE", help="opened on that day or later")
    alarms.add_argument(
        "--grades",
        type=int,
        nargs="?",
        const=GRADED_AFTER,
        choices=(5, 10, 21),
        metavar="N",
        help="how the alarms of each kind turned out after 5, 10 or 21 sessions (10)",
    )
    alarms.add_argument("--history", type=_count, metavar="ID", help="all that happened to one alarm")
    quiet = alarms.add_mutually_exclusive_group()
    quiet.add_argument("--sessions", type=_count, default=SNOOZE, metavar="N", help="snooze: for so many sessions (5)")
    quiet.add_argument("--until", type=_day, metavar="DATE", help="snooze: until that day")
    alarms.add_argument("--ticker", action="store_true", help="mute: all kinds of its ticker, instead of its own alone")


def _serve(command: Callable[[str, str], argparse.ArgumentParser]) -> None:
    serve = command(SERVE, "the screen in a browser on this machine")
    _symbols(serve)
    serve.add_argument(
        "--port", type=_port, default=SERVE_PORT, metavar="N", help=f"another port than {SERVE_PORT}; 0: any free one"
    )
    serve.add_argument("--host", default="127.0.0.1", metavar="ADDRESS", help="another loopback address, as ::1")
    _low_bandwidth(serve)


def _low_bandwidth(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--low-bandwidth", action="store_true", help="an update every five seconds")


def _symbols(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("symbols", nargs="*", metavar="SYMBOL", help="instead of the list")


def _stretch(parser: argparse.ArgumentParser, *, required: bool = False) -> None:
    parser.add_argument("--from", dest="start", type=_day, metavar="DATE", required=required, help="first session")
    parser.add_argument("--to", dest="end", type=_day, metavar="DATE", required=required, help="last session")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"a date is written YYYY-MM-DD, received {text!r}") from None


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"a whole number from 1 up is needed, received {text!r}")
    return int(text)


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"a whole number from 0 to 65535 is needed, received {text!r}")
    return int(text)


def _train_length(text: str) -> int | str:
    return text if text == "expanding" else _count(text)


def _speed(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= 1000:
        raise argparse.ArgumentTypeError(f"a number above 0, 1000 at most, is needed, received {text!r}")
    return value


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """What a command line asks for; `command` is SCREEN where it names none. Raises BadRequest."""
    first = _first_word(arguments)
    if first is not None and first in COMMANDS:
        given, unknown = build_parser().parse_known_args(_ordered(first, arguments))
        if unknown:
            raise BadRequest(
                f"`whipsaw {first}` knows nothing of {' '.join(unknown)}",
                do=f"`whipsaw {first} --help` shows what there is",
            )
        return given
    if first is not None and first != first.upper():
        raise unknown_command(first)
    if first is None and any(flag in arguments for flag in ("-h", "--help")):
        return build_parser().parse_args(arguments)
    return _screen_parser().parse_args(arguments, argparse.Namespace(command=SCREEN))


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
    parser = Parser(prog="whipsaw", parents=[_common()], allow_abbrev=False)
    _symbols(parser)
    _low_bandwidth(parser)
    parser.add_argument("--version", action=_Version, nargs=0, help="say which version this is")
    return parser


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
