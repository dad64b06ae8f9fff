"""The screens other than Watch: loaded in a quiet moment, built when they are first gone to, kept from then on."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

from textual.app import App
from textual.command import CommandPalette, Provider

from tui.keymap import Keymap, Place
from tui.stage import Stage
from tui.state import State

if TYPE_CHECKING:
    from tui.screens.help import Help

_HELP: Final = "help"


class Stages:
    """Goes from one screen of an app to another, by way of Watch, which is always there."""

    def __init__(self, app: App[Any], keys: Keymap) -> None:
        self._app, self._keys = app, keys

    def go(self, place: Place, state: State) -> None:
        """Show this screen; it stands there as if it had just been built, with this state."""
        while len(self._app.screen_stack) > 1:
            left = self._app.screen
            self._app.pop_screen()
            if isinstance(left, Stage):
                left.leave()
        if place in _ABOVE_WATCH:
            if not self._app.is_screen_installed(place):
                self._app.install_screen(_ABOVE_WATCH[place]()(self._app.size, self._keys), place)
            self._app.get_screen(place, Stage).begin(state, self._app.size)
            self._app.push_screen(place)

    def help(self) -> None:
        """Show the keys, over the screen that is there."""
        screen = _help()
        if isinstance(self._app.screen, screen):
            return
        if not self._app.is_screen_installed(_HELP):
            self._app.install_screen(screen(self._app.size, self._keys), _HELP)
        self._app.get_screen(_HELP, screen).fit(self._app.size)
        self._app.push_screen(_HELP)


def palette() -> CommandPalette:
    """The commands by name."""
    from tui.screens.palette import Palette  # noqa: PLC0415

    return Palette(id="--command-palette")


def commands() -> type[Provider]:
    """What the palette offers."""
    from tui.screens.palette import Commands  # noqa: PLC0415

    return Commands


def loading() -> Iterator[None]:
    """Loads what was not opened so far, a screen at each step: some milliseconds, so that a key finds it there."""
    for load in (*_ABOVE_WATCH.values(), _help, commands):
        load()
        yield


def _help() -> "type[Help]":
    from tui.screens.help import Help  # noqa: PLC0415

    return Help


def _symbol() -> type[Stage]:
    from tui.screens.symbol import SymbolScreen  # noqa: PLC0415

    return SymbolScreen


def _model() -> type[Stage]:
    from tui.screens.model import ModelScreen  # noqa: PLC0415

    return ModelScreen


def _backtest() -> type[Stage]:
    from tui.screens.absent import Backtest  # noqa: PLC0415

    return Backtest


def _trade() -> type[Stage]:
    from tui.screens.absent import Trade  # noqa: PLC0415

    return Trade


def _engine() -> type[Stage]:
    from tui.screens.engine import EngineScreen  # noqa: PLC0415

    return EngineScreen


_ABOVE_WATCH: Final[dict[Place, Callable[[], type[Stage]]]] = {
    "symbol": _symbol,
    "model": _model,
    "backtest": _backtest,
    "trade": _trade,
    "engine": _engine,
}
