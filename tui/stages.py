"""The screens other than Watch: each is loaded when it is first opened, or in a quiet moment after the first frame."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from textual.command import CommandPalette, Provider

from tui.keymap import Keymap, Place
from tui.stage import Stage
from tui.state import State

if TYPE_CHECKING:
    from tui.screens.help import Help

Opens = Callable[[tuple[int, int], State, Keymap], Stage]
"""Makes a screen of so many cells, that shows the state at once."""


def opens(place: Place) -> Opens | None:
    """What opens a screen above Watch; None for Watch itself, which is always there."""
    load = _ABOVE_WATCH.get(place)
    return load() if load else None


def help_screen() -> "type[Help]":
    """The keys."""
    from tui.screens.help import Help  # noqa: PLC0415

    return Help


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
    for load in (*_ABOVE_WATCH.values(), help_screen, commands):
        load()
        yield


def _symbol() -> Opens:
    from tui.screens.symbol import SymbolScreen  # noqa: PLC0415

    return SymbolScreen


def _model() -> Opens:
    from tui.screens.model import ModelScreen  # noqa: PLC0415

    return ModelScreen


def _backtest() -> Opens:
    from tui.screens.absent import Backtest  # noqa: PLC0415

    return Backtest


def _trade() -> Opens:
    from tui.screens.absent import Trade  # noqa: PLC0415

    return Trade


def _engine() -> Opens:
    from tui.screens.engine import EngineScreen  # noqa: PLC0415

    return EngineScreen


_ABOVE_WATCH: Final[dict[Place, Callable[[], Opens]]] = {
    "symbol": _symbol,
    "model": _model,
    "backtest": _backtest,
    "trade": _trade,
    "engine": _engine,
}
