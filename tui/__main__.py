"""The `whipsaw` command: opens the screen, or hands over to the headless commands.

What the first paint does not need is imported where it is used.
"""

import gc

gc.disable()  # what start-up makes is there to stay: collecting it holds up the first paint; the app turns it on again

import os

os.environ.setdefault("TEXTUAL_FPS", "120")  # a key right behind a frame has to wait for the next one

import asyncio
import sys
from argparse import Namespace
from typing import TYPE_CHECKING

from msgspec import json
from msgspec.structs import replace

from engine.arguments import DEMO, SCREEN, SERVE, BadRequest, EngineError, options, parse, screen_words
from engine.config import screen_settings
from engine.home import Options
from tui.keymap import shown
from tui.rebinding import rebound

if TYPE_CHECKING:
    from engine.client import Client
    from engine.config import ScreenSettings
    from tui.keymap import Keymap

LOW_BANDWIDTH_RATE = 0.2


def main() -> int:
    """Carry out the command line; gives the exit status."""
    words = sys.argv[1:]
    try:
        given = parse(words)
        if given.command == SCREEN or (given.command == DEMO and not given.json):
            return _open_screen(given)
        if given.command == SERVE:
            return _serve(given)
    except EngineError as error:
        from engine.cli import refuse  # noqa: PLC0415

        return refuse(error, as_json="--json" in words)
    gc.enable()
    from engine.cli import main as headless  # noqa: PLC0415

    return headless(words)


def _open_screen(given: Namespace) -> int:
    chosen = options(given)
    screen, keys = _screen(chosen)
    if given.command == DEMO and (given.start or given.speed):
        asyncio.run(_refuse_a_second_demo(chosen, shown("stop", keys)))
    from tui.app import DETACHED, WhipsawApp  # noqa: PLC0415 - a mistyped command is answered without loading the screen

    app = WhipsawApp(
        _Door(chosen).open,
        watchlist=given.watchlist,
        symbols=tuple(getattr(given, "symbols", ())),
        rate=LOW_BANDWIDTH_RATE if given.low_bandwidth else screen.rate,
        theme=screen.theme,
        glyphs="ascii" if given.low_bandwidth and screen.glyphs == "auto" else screen.glyphs,
        red_up=screen.red_up,
        keys=keys,
        notices=screen.notices,
        columns=screen.columns,
        grouped=screen.groups,
    )
    said = app.run()
    if given.command == DEMO:
        print(f"the demo's home is {chosen.where.data}")
    if said:
        print(said, *([f"({_back(given)} comes back to it)"] if said == DETACHED else []))
    return app.return_code or 0


def _back(given: Namespace) -> str:
    """The command that attaches to the engine that was left."""
    return "whipsaw demo" if given.command == DEMO else "whipsaw"


def _screen(chosen: Options) -> "tuple[ScreenSettings, Keymap]":
    """What config.toml says of the screen, and the keys. Raises ConfigError, or BadRequest where two keys clash."""
    screen = screen_settings(chosen)
    keys, wrong = rebound(screen.keys)
    if wrong:
        raise BadRequest(
            f"screen.keys in config.toml: {'; '.join(wrong)}", do="each command of a screen has its own key"
        )
    return screen, keys


def _serve(given: Namespace) -> int:
    """The screen in a browser; what would keep it from opening is said here, before there is a page."""
    words = screen_words(given)
    _screen(options(parse(words)))
    gc.enable()
    try:
        from tui.web import Address, serve  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise BadRequest(
            f"for the browser {error.name} is missing", do="install the extra: `pip install 'whipsaw[serve]'`"
        ) from error

    def announce(at: Address) -> None:
        told = {"url": at.url, "host": at.host, "port": at.port, "pid": os.getpid()}
        print(json.encode(told).decode() if given.json else f"whipsaw is at {at.url}\nctrl+c ends it", flush=True)

    serve(words, given.host, given.port, announce)
    return 0


async def _refuse_a_second_demo(chosen: Options, stop: str) -> None:
    """A demo that runs already has its own date and speed; nobody is told that they were taken over."""
    from engine.client import Unreachable, connect  # noqa: PLC0415

    try:
        client = await connect(chosen, start=False)
    except Unreachable:
        return
    await client.close()
    raise BadRequest(
        "a demo is running already, with a date and a speed of its own",
        do=f"attach to it with `whipsaw demo`, or end it there with {stop}",
    )


class _Door:
    """The way to the engine: a replay begins anew with the screen, and goes on where it stood after a loss."""

    def __init__(self, chosen: Options) -> None:
        self._chosen = chosen

    async def open(self) -> "Client":
        from engine.client import connect  # noqa: PLC0415

        client = await connect(self._chosen)
        self._chosen = replace(self._chosen, resume=True)
        return client


if __name__ == "__main__":
    sys.exit(main())
