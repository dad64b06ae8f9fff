"""Every command with its flags, for parsing and for help."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

from engine.arguments.flags import ALARMS, DEMO, SERVE, WATCHLIST, Parser, common, low_bandwidth, symbols
from engine.arguments.values import count, day, port, speed, train_length

_Command: TypeAlias = Callable[[str, str], argparse.ArgumentParser]

SERVE_PORT = 8765
REPLAY_RETRAIN = 252
REFIT, FOLDS = 504, 10
DEEDS = ("ack", "snooze", "mute", "unmute")
SNOOZE = 5
TRIALS = 30
GRADED_AFTER = 10


def build_parser() -> Parser:
    """All commands."""
    parser = Parser(
        prog="whipsaw",
        description="A terminal monitor for stock momentum. Without a command it opens the screen.",
        epilog="whipsaw [-w LIST] [SYMBOL...] opens the screen on a list or on symbols, which are written in capitals.",
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    shared = common()

    def command(name: str, words: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=words, description=words, parents=[shared], allow_abbrev=False)

    _demo(command)
    _engine(commands, shared)
    _watchlist(commands, shared)
    fetch = command("fetch", "fetch history into the store")
    symbols(fetch)
    _stretch(fetch)
    _files(command)
    _models(command)
    _evaluate(command)
    _scoring(command)
    _alarms(command)
    _serve(command)
    config = command("config", "where the settings are, what they are, whether they hold")
    config.add_argument("what", choices=("path", "show", "check", "set"), help="set: save the changes that follow")
    config.add_argument("changes", nargs="*", metavar="KEY=VALUE", help="set: for example alarms.budget=4")
    config.add_argument("--yes", action="store_true", help="set: save without asking")
    return parser


def _demo(command: _Command) -> None:
    demo = command(DEMO, "open the screen on real prices of 2008, offline; with --json play them without a screen")
    demo.add_argument("--from", dest="start", type=day, metavar="DATE", help="first session (2008-06-02)")
    demo.add_argument("--to", dest="end", type=day, metavar="DATE", help="last session, with --json")
    low_bandwidth(demo)
    demo.add_argument("--speed", type=speed, metavar="N", help="sessions a second (2)")


def _engine(commands: Any, shared: Parser) -> None:
    engine = commands.add_parser("engine", help="the background engine", parents=[shared], allow_abbrev=False)
    words = "how it does; start or stop it; run: in this terminal, until ctrl+c"
    engine.add_argument("what", choices=("status", "start", "stop", "run"), help=words)


def _watchlist(commands: Any, shared: Parser) -> None:
    words = "show, edit and import watchlists; find a symbol by its name"
    watchlist = commands.add_parser(WATCHLIST, help=words, description=words, allow_abbrev=False)
    actions = watchlist.add_subparsers(dest="what", metavar="WHAT", required=True)

    def action(name: str, words: str) -> argparse.ArgumentParser:
        parser: argparse.ArgumentParser = actions.add_parser(
            name, help=words, description=words, parents=[shared], allow_abbrev=False
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


def _files(command: _Command) -> None:
    load = command("import", "take daily prices from CSV or Parquet files into the store, a symbol a file")
    load.add_argument("files", nargs="+", type=Path, metavar="FILE", help="SYMBOL.csv, SYMBOL.parquet, or their folder")
    export = command("export", "write stored history to files, one a symbol")
    kind = export.add_mutually_exclusive_group(required=True)
    kind.add_argument("--csv", type=Path, metavar="DIR", help="as CSV, into this folder")
    kind.add_argument("--parquet", type=Path, metavar="DIR", help="as Parquet, into this folder")
    symbols(export)


def _models(command: _Command) -> None:
    train = command("train", "train a model")
    symbols(train)
    _stretch(train)
    train.add_argument("--preset", metavar="NAME", help="pooled or article")
    models = command("models", "the models of the list: in charge, earlier, rejected, and what each is worth")
    models.add_argument(
        "what", nargs="?", choices=("list", "rollback"), default="list", help="list, or go back to the one before"
    )
    models.add_argument("--model", type=count, metavar="N", help="roll back this one, instead of the newest")
    tune = command("tune", "try settings, and train a model under the best; goes on where it stood")
    symbols(tune)
    tune.add_argument("--trials", type=count, default=TRIALS, metavar="N", help="in all, those on record too (30)")
    tune.add_argument("--preset", metavar="NAME", help="pooled or article")
    tune.add_argument("--reset", action="store_true", help="forget the trials on record")


def _evaluate(command: _Command) -> None:
    evaluate = command("evaluate", "what forecasts are worth: a preset walked forward through history, and baselines")
    symbols(evaluate)
    _stretch(evaluate)
    evaluate.add_argument("--preset", metavar="NAME", help="pooled or article")
    evaluate.add_argument("--refit", type=count, default=REFIT, metavar="N", help="sessions between trainings (504)")
    evaluate.add_argument(
        "--train",
        type=train_length,
        metavar="N",
        help="sessions in the training block, or expanding: all before (expanding, 1260 where that takes long)",
    )
    evaluate.add_argument("--folds", type=count, default=FOLDS, metavar="N", help="the last N folds, at most 10 (10)")


def _scoring(command: _Command) -> None:
    scan = command("scan", "score the list after a session, and say what fires")
    symbols(scan)
    scan.add_argument("--as-of", type=day, metavar="DATE", help="as it would have been after that session")
    scan.add_argument(
        "--explain", action="store_true", help="why these symbols (MARKET: the list) have an alarm, or none"
    )
    scan.add_argument("--exit-code", action="store_true", help="end with status 3 if an alarm is open")
    replay = command("replay", "play a stretch of history as if live, without a screen")
    symbols(replay)
    _stretch(replay, required=True)
    replay.add_argument(
        "--retrain", type=count, default=REPLAY_RETRAIN, metavar="N", help="sessions between trainings (252)"
    )


def _alarms(command: _Command) -> None:
    alarms = command(ALARMS, "list the alarms on record; acknowledge, snooze or mute some by their numbers")
    alarms.add_argument("what", nargs="?", choices=("list", *DEEDS), default="list", help="list, or what is done to ID")
    alarms.add_argument("ids", nargs="*", type=count, metavar="ID", help="an alarm's number, as the list gives it")
    alarms.add_argument("--since", type=day, metavar="DATE", help="opened on that day or later")
    alarms.add_argument(
        "--grades",
        type=int,
        nargs="?",
        const=GRADED_AFTER,
        choices=(5, 10, 21),
        metavar="N",
        help="how the alarms of each kind turned out after 5, 10 or 21 sessions (10)",
    )
    alarms.add_argument("--history", type=count, metavar="ID", help="all that happened to one alarm")
    quiet = alarms.add_mutually_exclusive_group()
    quiet.add_argument("--sessions", type=count, default=SNOOZE, metavar="N", help="snooze: for so many sessions (5)")
    quiet.add_argument("--until", type=day, metavar="DATE", help="snooze: until that day")
    alarms.add_argument("--ticker", action="store_true", help="mute: all kinds of its ticker, instead of its own alone")


def _serve(command: _Command) -> None:
    serve = command(SERVE, "the screen in a browser on this machine")
    symbols(serve)
    serve.add_argument(
        "--port", type=port, default=SERVE_PORT, metavar="N", help=f"another port than {SERVE_PORT}; 0: any free one"
    )
    serve.add_argument("--host", default="127.0.0.1", metavar="ADDRESS", help="another loopback address, as ::1")
    low_bandwidth(serve)


def _stretch(parser: argparse.ArgumentParser, *, required: bool = False) -> None:
    """From one session to another."""
    parser.add_argument("--from", dest="start", type=day, metavar="DATE", required=required, help="first session")
    parser.add_argument("--to", dest="end", type=day, metavar="DATE", required=required, help="last session")
