"""Every headless command by its name."""

import asyncio
import os
import sys
from argparse import Namespace
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from engine.arguments import DEMO, WATCHLIST, parse
from engine.cli.alarms import alarms
from engine.cli.config import config
from engine.cli.engine import engine
from engine.cli.history import export, fetch, load
from engine.cli.lists import watchlist
from engine.cli.models import evaluate, models, train, tune
from engine.cli.output import refuse
from engine.cli.scoring import demo, replay, scan
from engine.errors import EngineError


def main(words: Sequence[str]) -> int:
    """Carry out a headless command; gives the exit status."""
    as_json = "--json" in words
    try:
        given = parse(words)
        return asyncio.run(_COMMANDS[given.command](given))
    except EngineError as error:
        return refuse(error, as_json=as_json)
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


_COMMANDS: dict[str, Callable[[Namespace], Coroutine[Any, Any, int]]] = {
    WATCHLIST: watchlist,
    "fetch": fetch,
    "import": load,
    "export": export,
    "train": train,
    "models": models,
    "evaluate": evaluate,
    "tune": tune,
    "scan": scan,
    "replay": replay,
    DEMO: demo,
    "alarms": alarms,
    "engine": engine,
    "config": config,
}
